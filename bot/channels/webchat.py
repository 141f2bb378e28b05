"""The web chat's sockets: each open page collects its own messages, in order, and says what it has seen."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID, uuid4

import structlog

from bot.channels.capabilities import WEB, Capabilities
from bot.channels.errors import Rejected, TemporarilyDown
from bot.channels.port import Channel, Pictures
from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.messages import VOICE, Address, Media, Outgoing
from bot.store import notices, outbox, receipts
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.outbox import Letter

NAME = "web"
ACCOUNT = "web"
VOICES = "/chat/recording"
"""Where a page finds the recordings."""

log = structlog.get_logger(__name__)


@dataclass
class WebChat(Channel):
    """A channel that is pulled: the process that holds a page's socket takes its messages from the outbox."""

    name: str = NAME
    capabilities: Capabilities = WEB
    pictures: Pictures | None = None
    """None: pictures that the server draws are left out."""
    pages: "dict[Address, Page]" = field(default_factory=dict)

    async def send(self, address: Address, letter: Letter) -> str | None:  # noqa: ARG002
        """Never called: the messages are collected."""
        return None

    async def find_arrived(self, address: Address, letter: Letter) -> str | None:  # noqa: ARG002
        """The page knows a message by its id and shows it once."""
        return None

    async def show_typing(self, address: Address) -> None:
        """Nothing: the page is told by a notice, in whichever process it is open."""

    async def delete(self, address: Address, platform_id: str) -> bool:  # noqa: ARG002
        """Nothing: the page knows until when it may show a message."""
        return False

    async def fetch(self, ref: str, *, limit: int) -> bytes:  # noqa: ARG002
        """Never called: no file is kept elsewhere."""
        raise Rejected

    async def say_now(self, address: Address, message: Outgoing) -> None:
        """Show something on the open page, if it is open here.

        Its id is its own: a page shows each id once, and what is said now may be said again.
        """
        page = self.pages.get(address)
        if page is None or message.voice is not None:
            return
        try:
            await page.show(message_json(message, f"now-{uuid4().hex}", "bot"))
        except Exception as exc:
            # The page has gone at this very moment; whatever its socket raises, nothing but ours may leave here.
            raise TemporarilyDown from exc


@dataclass
class Page:
    """One open page of the web chat."""

    address: Address
    push: Callable[[dict[str, Any]], Awaitable[None]]
    acks: bool
    """Whether the page says which messages it has seen; else a message counts as seen once it has left."""
    db: Database
    people: People
    clock: Clock
    holder: int
    unseen: dict[str, int] = field(default_factory=dict)
    from_staff: set[int] = field(default_factory=set)
    """Those of the unseen that a counsellor wrote: she is told when they have arrived."""
    pictures: Pictures | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    """Tells the pages of one person apart, also those that other processes serve."""

    async def collect(self) -> None:
        """Take what waits in the outbox and show it."""
        while letters := await self._take_whole():
            await self._show_all(letters)

    async def _take_whole(self) -> Sequence[Letter]:
        """Take letters, and know of each that was taken, also when the page goes meanwhile: `leave` puts them back."""
        taking = asyncio.ensure_future(self._take())
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            with suppress(StoreUnavailable):
                await taking
            raise

    async def _take(self) -> Sequence[Letter]:
        async with self.db.transaction(durable=False) as conn:
            party = await self.people.find(conn, self.address, lock=True)
            if party is None:
                return []
            letters, _ = await outbox.take(
                conn,
                party,
                holder=self.holder,
                now=self.clock.now(),
                beside=frozenset(self.unseen.values()),
            )
        self.unseen |= {str(letter.uid): letter.id for letter in letters}
        return letters

    async def seen(self, uid: str) -> None:
        """The person's page has a message; it need not be sent again."""
        number = self.unseen.pop(uid, None)
        if number is not None:
            await self._mark([number])

    async def read(self, uid: str) -> None:
        """The person has had a message before their eyes."""
        try:
            wanted = UUID(uid)
        except ValueError:
            return
        async with self.db.transaction(durable=False) as conn:
            party = await self.people.find(conn, self.address)
            if party is not None:
                await receipts.mark_read(conn, party.conversation_id, wanted, self.clock.now())

    async def show(self, data: dict[str, Any]) -> None:
        """Send something to the page."""
        await self.push(data)

    async def leave(self, conversation_id: UUID | None) -> None:
        """The page is gone: what it has not seen waits for the next one, which may be open already elsewhere."""
        numbers, self.unseen = list(self.unseen.values()), {}
        self.from_staff.clear()
        if not numbers:
            return
        try:
            async with self.db.transaction(durable=False) as conn:
                await outbox.put_back(conn, numbers, not_before=None, error=None)
                if conversation_id is not None:
                    await notices.to_outbox(conn, conversation_id)
        except StoreUnavailable:
            log.warning("page_left_without_store")

    async def _show_all(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            self.unseen[str(letter.uid)] = letter.id
            if self.acks and letter.author == "staff":
                self.from_staff.add(letter.id)
        sent: list[int] = []
        for letter in letters:
            data = message_json(letter.message, str(letter.uid), letter.author)
            if letter.vanish_s is not None:
                data["vanish_s"] = letter.vanish_s
            if letter.quoted is not None:
                # By its own id: the page alone knows whether its words are still there.
                data["quote"] = letter.quoted
            await self.push({**data, "media": await self._shown(letter.message.media)})
            sent.append(letter.id)
        if not self.acks:
            self.unseen.clear()
            await self._mark(sent)

    async def _shown(self, media: Sequence[Media]) -> list[dict[str, Any]]:
        """Return media as the page reads them; one that cannot be drawn is left out."""
        shown = []
        for each in media:
            if not each.is_made_here:
                shown.append(_media_json(each))
                continue
            picture = await self.pictures.make(each) if self.pictures is not None else None
            if picture is not None and self.pictures is not None:
                # Its size is known before it is loaded, so that nothing moves under a finger.
                size = {"width": picture.width, "height": picture.height}
                shown.append({**_media_json(each), "url": self.pictures.path_of(each), **size})
        return shown

    async def _mark(self, numbers: Sequence[int]) -> None:
        async with self.db.transaction(durable=False) as conn:
            now = self.clock.now()
            await outbox.mark_sent(conn, [(number, None) for number in numbers], now)
            arrived = self.from_staff.intersection(numbers)
            if arrived:
                await receipts.mark_delivered(conn, sorted(arrived), now)
        self.from_staff.difference_update(numbers)


def message_json(message: Outgoing, uid: str, author: str) -> dict[str, Any]:
    """Return a message as the page reads it (the contract's ``message``); of a file it learns only that it is there."""
    data: dict[str, Any] = {
        "type": "message",
        "id": uid,
        "from": author,
        "text": message.text,
        "buttons": [{"id": button.id, "title": button.title} for button in message.buttons],
        "media": [_media_json(each) for each in message.media if not each.is_made_here],
    }
    if message.sensitive:
        data["sensitive"] = True
    return data if message.file is None else {**data, "file": asdict(message.file)}


def _media_json(media: Media) -> dict[str, Any]:
    if media.kind == VOICE:
        # What it speaks stands in the message before it.
        return {"kind": VOICE, "url": f"{VOICES}/{media.url}", "alt": ""}
    kind = "image" if media.is_made_here else media.kind
    return {"kind": kind, "url": media.url, "alt": media.alt}
