"""`GET /chat/recording/<id>`: published recordings, for pages of the web chat. They speak what anybody may read, so anybody may hear them."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.webchat import VOICES
from bot.errors import StoreUnavailable
from bot.sound import CONTENT_TYPES
from bot.store import voices
from bot.store.engine import Database

MAX_SPAN_CHARS = 40
"""Python refuses to read numbers of thousands of digits."""
_ABSENT = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class ChatRecordings:
    """Gives out what may be heard; everything else is not there."""

    db: Database

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route(f"{VOICES}/{{voice_id:uuid}}", self.give)]

    async def give(self, request: Request) -> Response:
        """Give one recording, or the part of it that a player asks for."""
        try:
            async with self.db.transaction(durable=False) as conn:
                sound = await voices.find_heard(conn, request.path_params["voice_id"])
        except StoreUnavailable:
            return Response(status_code=503, headers=_ABSENT)
        if sound is None:
            return Response(status_code=404, headers=_ABSENT)
        # It may be taken back: a browser asks again each time. Nothing of it tells who has listened.
        return ranged(
            request, sound.data, CONTENT_TYPES[sound.kind], {"Cache-Control": "private, no-cache"}
        )


def ranged(request: Request, data: bytes, content_type: str, headers: dict[str, str]) -> Response:
    """Return bytes, or those that a `Range` asks for: some browsers play nothing that cannot be had in parts."""
    headers = {**headers, "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff"}
    part = _part(request.headers.get("range", ""), len(data))
    if part is None:
        return Response(data, media_type=content_type, headers=headers)
    first, last = part
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, media_type=content_type, headers=headers)


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte that are asked for; None for all, and for what cannot be read."""
    unit, _, span = asked.partition("=")
    first, dash, last = span.partition("-")
    if (
        unit.strip() != "bytes"
        or not dash
        or not first.isdecimal()
        or not (last.isdecimal() or not last)
        or len(span) > MAX_SPAN_CHARS
    ):
        return None
    begin, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (begin, end) if begin <= end else None
