"""`GET /chat/picture/…`: pictures that the server draws, for pages of the web chat."""

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import NotDrawn
from bot.pictures.making import PATH, ServerPictures

KEPT_BY_BROWSERS = frozenset({"quiz", "menu"})
"""Kinds that a browser may keep, as it keeps the page's own files. What a person has done stays on no shared phone."""


@dataclass(frozen=True)
class ChatPictures:
    """Gives out what it can draw; everything else is not there."""

    pictures: ServerPictures

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route(f"{PATH}/{{address:path}}", self.give)]

    async def give(self, request: Request) -> Response:
        """Give one picture, or 304 to a browser that has this very one."""
        try:
            address = self.pictures.address_in(request.path_params["address"])
        except NotDrawn:
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        picture = await self.pictures.draw(address)
        if picture is None:
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        headers = _headers(address.partition(":")[0], picture.data)
        if headers.get("ETag") in _known(request):
            return Response(status_code=304, headers=headers)
        return Response(picture.data, media_type=picture.mime, headers=headers)


def _headers(kind: str, data: bytes) -> dict[str, str]:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    if kind in KEPT_BY_BROWSERS:
        tag = hashlib.sha256(data).hexdigest()[:16]
        headers |= {"Cache-Control": "private, no-cache", "ETag": f'"{tag}"'}
    return headers


def _known(request: Request) -> list[str]:
    given = request.headers.get("if-none-match", "").split(",")
    return [tag.strip().removeprefix("W/") for tag in given]
