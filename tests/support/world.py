"""The whole bot for a test: real database, real content, a fake channel, and people who write to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from bot.channels.delivery import Delivery
from bot.channels.testing import NAME, FakeChannel
from bot.content.load import Content
from bot.conversation.service import Conversations
from bot.conversation.talks import Talks
from bot.hotline.staff import Role, Staff, add_staff
from bot.jobs.procrastinate_queue import JobQueue, make_app
from bot.jobs.recovery import Recovery
from bot.messages import Address, Incoming, IncomingKind, Outgoing, StaffId
from bot.store.contacts import People
from bot.store.crypto import Keyring
from bot.store.engine import Database
from bot.store.holder import Holder
from bot.store.keys import get_lookup
from bot.understanding.service import Reader
from tests.support.clock import FixedClock
from tests.support.loaded import the_lexicon
from tests.support.nlu import ToldNlu

TEST_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@dataclass
class Person:
    """Somebody who writes to the bot on the fake channel."""

    house: "TestHouse"
    value: str
    _count: "count[int]" = field(default_factory=count)

    @property
    def address(self) -> Address:
        """Where they are reached."""
        return Address(NAME, "bot", self.value)

    async def write(self, text: str) -> list[Outgoing]:
        """Write a text; return what comes back."""
        return await self._do(IncomingKind.TEXT, text)

    async def press(self, button: str) -> list[Outgoing]:
        """Press a button by its id; return what comes back."""
        return await self._do(IncomingKind.BUTTON, button)

    async def start(self, payload: str = "") -> list[Outgoing]:
        """Come in by a link."""
        return await self._do(IncomingKind.START, payload)

    def event(self, kind: IncomingKind, text: str) -> Incoming:
        """Return the next event of this person, for tests that deliver it themselves."""
        return Incoming(self.address, f"{self.value}-{next(self._count)}", kind, text, "en")

    async def ask_for_a_person(self) -> None:
        """Go through consent to the queue, sharing what was written."""
        await self.press("consent.ask")
        shown = {button.id for message in self.inbox()[-1:] for button in message.buttons}
        share = "consent.ask.share"
        await self.press(share if share in shown else "consent.ask.talk")

    def inbox(self) -> list[Outgoing]:
        """Return everything this person was sent."""
        sent = self.house.channel.sent
        return [letter.message for address, letter in sent if address == self.address]

    async def _do(self, kind: IncomingKind, text: str) -> list[Outgoing]:
        before = len(self.inbox())
        await self.house.conversations.receive(self.event(kind, text))
        return self.inbox()[before:]


@dataclass(repr=False)  # asyncio shows what a fixture has made to itself, several times a test
class TestHouse:
    """The bot, its parts, and makers of people."""

    __test__ = False
    db: Database
    clock: FixedClock
    content: Content
    people: People
    nlu: ToldNlu
    channel: FakeChannel
    delivery: Delivery
    conversations: Conversations
    talks: Talks
    recovery: Recovery
    _names: "count[int]" = field(default_factory=count)

    def person(self) -> Person:
        """Return somebody new."""
        return Person(self, f"person-{next(self._names)}")

    async def staff(self, role: Role = Role.COUNSELLOR) -> Staff:
        """Return somebody new on the desk."""
        number = next(self._names)
        made = Staff(
            StaffId(self.clock.new_id()),
            f"{role.value}-{number}@example.org",
            f"Staff {number}",
            role,
            ("id", "en"),
            "en",
        )
        async with self.db.transaction() as conn:
            await add_staff(conn, made, password_hash="-")
        return made


@asynccontextmanager
async def make_house(
    db: Database, clock: FixedClock, content: Content, channel: FakeChannel | None = None
) -> AsyncIterator[TestHouse]:
    """Wire the bot for a test; two houses on one database stand for two processes."""
    keyring = Keyring.of((TEST_KEY,))
    async with db.transaction() as conn:
        lookup = await get_lookup(conn, keyring)
    people = People(keyring, lookup, clock)
    channel, nlu = channel or FakeChannel(), ToldNlu()
    queue = JobQueue(make_app(db.dsn))
    holder = Holder(db.dsn)
    held = asyncio.create_task(holder.run())
    await holder.held()
    delivery = Delivery(db, people, {NAME: channel}, queue, clock, holder.number)
    conversations = Conversations(
        db=db,
        people=people,
        content=content,
        reader=Reader(nlu, the_lexicon()),
        delivery=delivery,
        clock=clock,
        default_locale="id",
        buffer_for=timedelta(hours=24),
    )
    recovery = Recovery(db, conversations, delivery, clock, [NAME])
    try:
        yield TestHouse(
            db, clock, content, people, nlu, channel, delivery, conversations,
            Talks(conversations), recovery,
        )  # fmt: skip
    finally:
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)
