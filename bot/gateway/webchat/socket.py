"""The chat's socket, `GET /chat/ws`: what the person sends comes in once, what they are sent goes out in order."""

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.channels.webchat import ACCOUNT, NAME, Page, WebChat, message_json
from bot.conversation.service import Conversations
from bot.conversation.state import Owner
from bot.conversation.trouble import offline
from bot.conversation.typing import Typing
from bot.errors import StoreUnavailable
from bot.gateway.webchat.door import Door
from bot.gateway.webchat.frames import Malformed, parse_frame
from bot.gateway.webchat.guest import Entry
from bot.gateway.webchat.language import follow_locale
from bot.gateway.webchat.tokens import Tokens
from bot.messages import Address, Incoming, IncomingKind
from bot.store import notices
from bot.store.contacts import Party
from bot.store.notices import OUT, PAGES, TYPING, Ear

log = structlog.get_logger(__name__)

PACE_S = 0.05
"""Events of one page are taken at most this fast; a flood is slowed down, never cut off."""
KINDS = {
    "text": IncomingKind.TEXT,
    "button": IncomingKind.BUTTON,
    "start": IncomingKind.START,
}


@dataclass
class ChatSocket:
    """Serves the sockets of this process."""

    channel: WebChat
    conversations: Conversations
    ear: Ear
    holder: int
    door: Door = field(default_factory=Door)
    page_stamp: str = ""
    """Which page fits this server; one that says it is another is told. Empty: none is."""

    def routes(self) -> list[WebSocketRoute]:
        """Return the socket's route."""
        return [WebSocketRoute("/chat/ws", self.serve)]

    async def serve(self, socket: WebSocket) -> None:
        """Talk with one page until it goes."""
        await socket.accept()
        session = _Session(self, socket)
        try:
            await session.run()
        except* (WebSocketDisconnect, RuntimeError):
            pass  # The page is gone: while we listened, or while we sent.
        finally:
            await session.leave()


COME_AGAIN = 1013
"""The code with which a socket is closed whose page is to come again later."""


@dataclass
class _Session:
    house: ChatSocket
    socket: WebSocket
    entry: Entry = field(init=False)
    page: Page | None = None
    conversation_id: UUID | None = None
    locale: str | None = None
    shown_locale: str | None = None
    _newest: str | None = None
    _somebody_types: bool = False
    _files_open: bool = False
    _closing: "asyncio.Task[None] | None" = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        lexicon = self.house.conversations.reader.lexicon
        self.entry = Entry(self.house.door, lexicon, self.push, self._take)
        self._come()

    async def run(self) -> None:
        async with (
            self.house.ear.listening(OUT, self._on_notice),
            self.house.ear.listening(PAGES, self._on_page),
            self.house.ear.listening(TYPING, self._on_typing),
            asyncio.TaskGroup() as group,
        ):
            pump = group.create_task(self._pump())
            try:
                while True:
                    await self._frame(await self._receive())
            finally:
                pump.cancel()

    async def leave(self) -> None:
        """Give back what the page has not seen."""
        self.entry.leave()
        if self.page is not None:
            if self.house.channel.pages.get(self.page.address) is self.page:
                del self.house.channel.pages[self.page.address]
            await self.page.leave(self.conversation_id)

    def _come(self) -> None:
        """Be somebody new, until a session is known."""
        client = self.socket.client
        network = self.house.door.network_of(client.host if client else "")
        self.entry.guest = self.house.door.come(network, self._turn_away)

    def _turn_away(self) -> None:
        self._closing = asyncio.create_task(self._close(COME_AGAIN))

    async def _close(self, code: int) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.socket.close(code)

    async def _receive(self) -> str:
        """Return the next frame; one of bytes is none of the protocol, as an empty one is."""
        message = await self.socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        return message.get("text") or ""

    async def push(self, data: dict[str, Any]) -> None:
        """Send one frame; frames never mix."""
        async with self._sending:
            await self.socket.send_text(json.dumps(data, ensure_ascii=False))

    def _on_notice(self, payload: str) -> None:
        if self.page is not None and (not payload or payload == str(self.conversation_id)):
            self._woken.set()

    def _on_page(self, payload: str) -> None:
        conversation_id, _, page_id = payload.partition(" ")
        if self.page is not None and conversation_id == str(self.conversation_id):
            self._newest = page_id
            self._woken.set()

    def _on_typing(self, payload: str) -> None:
        if payload == f"staff {self.conversation_id}":
            self._somebody_types = True
            self._woken.set()

    async def _pump(self) -> None:
        """Collect whenever somebody says that there is something."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            if self._somebody_types:
                self._somebody_types = False
                await self.push({"type": "typing"})
            newest, self._newest = self._newest, None
            if newest is not None:
                await self._give_way(newest)
            await self._collect()

    async def _give_way(self, newest: str) -> None:
        """Let the page collect that said so last, in whichever process; all of them hear it in the same order."""
        page, pages = self.page, self.house.channel.pages
        if page is None:
            return
        if page.id == newest:
            pages[page.address] = page
        elif pages.get(page.address) is page:
            await self.leave()

    async def _collect(self) -> None:
        if self.page is None or self.house.channel.pages.get(self.page.address) is not self.page:
            return
        try:
            await self.page.collect()
            await self._tell_locale()
        except StoreUnavailable:
            await self.push({"type": "status", "state": "degraded"})

    async def _frame(self, text: str) -> None:
        try:
            data = parse_frame(text)
        except Malformed as exc:
            await self.push({"type": "error", "reason": str(exc)})
            return
        kind = data["type"]
        if kind == "hello":
            await self._hello(data)
        elif kind == "proof":
            self.entry.proof(data["nonce"])
        elif kind == "bye":
            await self.socket.close()
        elif self.page is None:
            await self.push({"type": "error", "reason": "hello first"})
        elif kind == "seen":
            await self.page.seen(data["id"])
        elif kind == "read":
            await self.page.read(data["id"])
        elif kind == "typing":
            await Typing(self.house.conversations).by_person(self.page.address)
            await asyncio.sleep(PACE_S)
        else:
            await self.entry.event(data)
            await asyncio.sleep(PACE_S)

    async def _hello(self, data: dict[str, Any]) -> None:
        await self.leave()
        self._come()
        token, known = await self._token(data)
        if data["session"] not in {None, token}:
            await self.push({"type": "expired"})
        house = self.house
        address = Address(NAME, ACCOUNT, token)
        page = Page(
            address,
            self.push,
            bool(data["acks"]),
            house.conversations.db,
            house.conversations.people,
            house.conversations.clock,
            house.holder,
            pictures=house.channel.pictures,
        )
        self.page = page
        self.locale = data["locale"]
        self.shown_locale = data["locale"]
        self.conversation_id = known.conversation_id if known is not None else None
        await self._take_over(page)
        self._files_open = False
        await self.push({"type": "session", "session": token})
        await self._tell_update(data["page"])
        if known is not None:
            await follow_locale(house.conversations, known, self.locale)
            await self._collect()

    async def _tell_update(self, stamp: str | None) -> None:
        """Tell a page that is older, or newer, than this server that another one waits for it."""
        ours = self.house.page_stamp
        if ours and stamp is not None and stamp != ours:
            await self.push({"type": "update", "page": ours})

    async def _take_over(self, page: Page) -> None:
        """Of several open pages of one person, let the one collect that they used last."""
        pages = self.house.channel.pages
        before = pages.get(page.address)
        if before is page:
            return
        pages[page.address] = page
        if before is not None:
            await before.leave(self.conversation_id)
        await self._tell_others(page)

    async def _tell_others(self, page: Page) -> None:
        """Let a page that another web process serves give way."""
        if self.conversation_id is None:
            return
        talk = self.house.conversations
        # A database that is away keeps everybody else from collecting as well.
        with suppress(StoreUnavailable):
            async with talk.db.transaction(durable=False) as conn:
                await notices.to_pages(conn, self.conversation_id, page.id)

    async def _token(self, data: dict[str, Any]) -> tuple[str, Party | None]:
        """Return the session's token, and whose it is; an unknown one is replaced, and so is one that was ended."""
        talk = self.house.conversations
        tokens = Tokens(talk.people.lookup, talk.clock)
        if data["session"] is not None:
            address = Address(NAME, ACCOUNT, data["session"])
            try:
                async with talk.db.transaction(durable=False) as conn:
                    party = await talk.people.find(conn, address)
            except StoreUnavailable:
                # The session may well be good; it is only that nobody can look now.
                await self.push({"type": "status", "state": "degraded"})
                return data["session"], None
            if party is not None and not party.ended:
                self.entry.welcome()
                return data["session"], party
            # A page of which nothing has been taken yet: what it has sent may still be on its way into the database.
            made_at = tokens.made_at(data["session"]) if data["new"] and party is None else None
            if made_at is not None:
                self.entry.waited_s = (talk.clock.now() - made_at).total_seconds()
                return data["session"], None
        self.entry.waited_s = 0.0
        return tokens.make(), None

    async def _take(self, data: dict[str, Any]) -> None:
        assert self.page is not None
        await self._take_over(self.page)
        address = self.page.address
        scope = hashlib.sha256(address.value.encode()).hexdigest()[:24]
        incoming = Incoming(
            address,
            f"{scope}:{data['id']}",
            KINDS[data["type"]],
            data["content"],
            self.locale,
            platform_id=data["id"],
        )
        talk = self.house.conversations
        try:
            await talk.receive(incoming)
        except StoreUnavailable:
            message = offline(talk.content, self.locale or talk.default_locale)
            await self.push({"type": "status", "state": "degraded"})
            await self.push(message_json(message, f"offline-{data['id']}", "bot"))
            return
        await self.push({"type": "ack", "id": data["id"]})
        await self._know()
        await self._collect()

    async def _know(self) -> None:
        """Learn which conversation this is; after an erasure there is none any more."""
        assert self.page is not None
        talk = self.house.conversations
        if self.conversation_id is None:
            async with talk.db.transaction(durable=False) as conn:
                party = await talk.people.find(conn, self.page.address)
            if party is not None:
                self.conversation_id = party.conversation_id
                await self._tell_others(self.page)

    async def _follow(self, party: Party | None) -> None:
        """Let go of a conversation that was forgotten, and hear of the one that has begun since."""
        assert self.page is not None
        found = party.conversation_id if party is not None else None
        if found == self.conversation_id:
            return
        self.conversation_id = found
        if found is not None:
            await self._tell_others(self.page)
            # Whatever came before we listened for it.
            self._woken.set()

    async def _tell_files(self, party: Party | None) -> None:
        """Tell the page when a file may be sent: while a counsellor will look at it, and only then."""
        is_open = party is not None and party.owner != Owner.BOT
        if is_open != self._files_open:
            self._files_open = is_open
            await self.push({"type": "files", "open": is_open})

    async def _tell_locale(self) -> None:
        """Tell the page when the person has changed the language in the talk."""
        assert self.page is not None
        talk = self.house.conversations
        async with talk.db.transaction(durable=False) as conn:
            party = await talk.people.find(conn, self.page.address)
        await self._follow(party)
        await self._tell_files(party)
        if party is None or party.locale is None or party.locale == self.shown_locale:
            return
        self.shown_locale = self.locale = party.locale
        direction = talk.content.words.direction(party.locale)
        await self.push({"type": "locale", "locale": party.locale, "dir": direction})
