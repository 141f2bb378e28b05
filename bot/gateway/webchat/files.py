"""Files of the web chat.

`POST /chat/files`: the bytes are the body, and nothing of them is read before it is known for whom. `GET /chat/files/ID`: a file
of a counsellor, for the one session that it was sent to.
"""

import hashlib
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.webchat import ACCOUNT, NAME
from bot.conversation.files import Files, read_bounded
from bot.conversation.service import Conversations
from bot.errors import NotFound, NotTaken, StoreUnavailable
from bot.gateway.webchat.frames import MAX_ID_CHARS
from bot.messages import MAX_FILE_BYTES, Address
from bot.scan import CONTENT_TYPES, NEUTRAL_NAMES

log = structlog.get_logger(__name__)

MAX_TOKEN_CHARS = 128
_SHOWN = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Should it ever be opened as a page of its own, it may load and run nothing, and it is kept nowhere."""
STATUS = {"too_large": 413, "not_taken": 415, "broken": 422, "full": 409, "not_now": 409}


@dataclass(frozen=True)
class ChatFiles:
    """Takes files from pages of the web chat, and gives out those of counsellors."""

    conversations: Conversations

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/chat/files", self.take, methods=["POST"]),
            Route("/chat/files/{number:uuid}", self.show, methods=["GET"]),
        ]

    async def take(self, request: Request) -> Response:
        """Take one file. The page names its session in a header, which no page of a stranger can set."""
        token = request.headers.get("x-chat-session", "")
        number = request.headers.get("x-chat-id", "")
        if not 0 < len(token) <= MAX_TOKEN_CHARS or not 0 < len(number) <= MAX_ID_CHARS:
            return _refused("not_now")
        scope = hashlib.sha256(token.encode()).hexdigest()[:24]
        address, files = Address(NAME, ACCOUNT, token), Files(self.conversations)
        try:
            await files.check_open(address)
            _check_length(request)
            file = await files.take(
                address, f"{scope}:{number}", await read_bounded(request.stream())
            )
        except NotTaken as refused:
            log.warning("file_refused", why=refused.why)
            return _refused(refused.why)
        except StoreUnavailable:
            return JSONResponse({"why": "lost"}, 503)
        except ClientDisconnect:
            return _refused("broken")
        return JSONResponse({"kind": file.kind.value}, headers={"Cache-Control": "no-store"})

    async def show(self, request: Request) -> Response:
        """Give out one file. The session stands in a header: an address alone opens nothing, and may stand in a history."""
        token = request.headers.get("x-chat-session", "")
        if not 0 < len(token) <= MAX_TOKEN_CHARS:
            return Response(status_code=404, headers=_SHOWN)
        number, address = request.path_params["number"], Address(NAME, ACCOUNT, token)
        try:
            kind, data = await Files(self.conversations).show(address, number)
        except NotFound:
            return Response(status_code=404, headers=_SHOWN)
        except StoreUnavailable:
            return Response(status_code=503, headers=_SHOWN)
        log.info("file_shown", kind=kind.value)
        way = f'attachment; filename="{NEUTRAL_NAMES[kind]}"'
        headers = {**_SHOWN, "Content-Disposition": way}
        return Response(data, media_type=CONTENT_TYPES[kind], headers=headers)


def _check_length(request: Request) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_FILE_BYTES:
        raise NotTaken("too_large")


def _refused(why: str) -> Response:
    return JSONResponse({"why": why}, STATUS[why], headers={"Cache-Control": "no-store"})
