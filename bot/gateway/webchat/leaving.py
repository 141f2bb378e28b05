"""`POST /chat/leave`: the quick exit ends the session, so that a browser that brings its tabs back brings no talk back."""

from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.webchat import ACCOUNT, NAME
from bot.conversation.files import read_bounded
from bot.conversation.service import Conversations
from bot.errors import NotTaken, StoreUnavailable
from bot.gateway.webchat.files import MAX_TOKEN_CHARS
from bot.messages import Address
from bot.store import contacts

_KEPT_NOWHERE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class ChatLeaving:
    """Ends sessions. What was sent before still arrives where it belongs: a case, or its own conversation."""

    conversations: Conversations

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route("/chat/leave", self.leave, methods=["POST"])]

    async def leave(self, request: Request) -> Response:
        """Take a token, which is the whole body; the answer is the same whether it was one."""
        try:
            data = await read_bounded(request.stream(), limit=MAX_TOKEN_CHARS)
            token = data.decode()
        except (NotTaken, ClientDisconnect, UnicodeDecodeError):
            return Response(status_code=204, headers=_KEPT_NOWHERE)
        talk = self.conversations
        lookup = talk.people.lookup_of(Address(NAME, ACCOUNT, token))
        try:
            async with talk.db.transaction() as conn:
                await contacts.end_session(conn, lookup, talk.clock.now())
        except StoreUnavailable:
            return Response(status_code=503, headers=_KEPT_NOWHERE)
        return Response(status_code=204, headers=_KEPT_NOWHERE)
