"""Files from the web chat, `POST /chat/files`: the bytes are the body, and nothing of them is read before it is known for whom."""

import hashlib
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.webchat import ACCOUNT, NAME
from bot.conversation.files import Files, read_bounded
from bot.conversation.service import Conversations
from bot.errors import NotTaken, StoreUnavailable
from bot.gateway.webchat.frames import MAX_ID_CHARS
from bot.messages import MAX_FILE_BYTES, Address

log = structlog.get_logger(__name__)

MAX_TOKEN_CHARS = 128
STATUS = {"too_large": 413, "not_taken": 415, "broken": 422, "full": 409, "not_now": 409}


@dataclass(frozen=True)
class ChatFiles:
    """Takes files from pages of the web chat."""

    conversations: Conversations

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/chat/files", self.take, methods=["POST"])]

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


def _check_length(request: Request) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_FILE_BYTES:
        raise NotTaken("too_large")


def _refused(why: str) -> Response:
    return JSONResponse({"why": why}, STATUS[why], headers={"Cache-Control": "no-store"})
