"""Whatever those who share a phone do, and in whatever order: nobody reads what is another's, and nothing is lost."""

import asyncio
import os
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.content.load import Content
from bot.conversation.holding import Leaving
from bot.hotline.staff import Staff
from bot.messages import CaseId, IncomingKind, Outgoing
from bot.store.engine import Database
from bot.store.moving import move
from bot.store.tables import AddressRow, CaseRow, ConversationRow
from tests.support.clock import FixedClock
from tests.support.phones import Phone
from tests.support.tables import empty_tables
from tests.support.world import Person, TestHouse, make_house

MANY = int(os.environ.get("SUAR_TEST_PHONES", "15"))
WORDS = ("hujan di sawah", "layang putih", "perahu tua biru")
acts = st.sampled_from(
    ["new", "leave", "back", "back", "wrong", "write", "write", "case", "reply", "reply",
     "close", "erase", "block", "move", "look"]
)  # fmt: skip
ALONE = frozenset({"reply", "close", "look", "move"})
"""What happens beside the phone, or is one event of it."""
walks = st.lists(st.tuples(acts, st.integers(0, 2)), min_size=4, max_size=14)


@dataclass
class Holder(Person):
    """Whoever holds the phone; each of their events is watched."""

    walk: "Walk | None" = None

    async def _do(self, kind: IncomingKind, text: str) -> list[Outgoing]:
        before = len(self.inbox())
        event = self.house.conversations.receive(self.event(kind, text))
        if self.walk is None:
            await event
        else:
            await self.walk.watch(event)
        return self.inbox()[before:]


@dataclass
class Walk:
    """One phone, and what its people have written and were written."""

    house: TestHouse
    phone: Phone
    written: dict[str, UUID] = field(default_factory=dict)
    """By each word that is somebody's alone: whose."""
    replies: dict[UUID, list[str]] = field(default_factory=dict)
    counsellors: dict[UUID, tuple[Staff, CaseId]] = field(default_factory=dict)
    _names: "count[int]" = field(default_factory=count)

    async def act(self, name: str, number: int) -> None:
        """Let one thing happen, two hours after the last."""
        self.house.clock.pass_(hours=2)
        await self.watch(getattr(self, name)(number) if name in ALONE else None)
        if name not in ALONE:
            await getattr(self, name)(number)

    async def watch(self, event: Awaitable[object] | None) -> None:
        """Let one event happen, and look at what came to the phone: it came to whoever was there, and nothing of another's in it."""
        before, sent = await self.here(), len(self.house.channel.sent)
        if event is not None:
            await event
        after = await self.here()
        letters = [letter for _, letter in self.house.channel.sent[sent:]]
        whose = [letter.conversation_id for letter in letters]
        assert set(whose) <= {before, after}
        if before != after and before in whose:
            assert after not in whose[: len(whose) - whose[::-1].index(before)]
        for letter in letters:
            for word, owner in self.written.items():
                assert word not in letter.message.text or owner == letter.conversation_id
        assert await self.active() <= 1

    async def here(self) -> UUID | None:
        async with self.house.db.transaction() as conn:
            party = await self.house.people.find(conn, self.phone.person.address)
        return party.conversation_id if party else None

    async def active(self) -> int:
        async with self.house.db.transaction() as conn:
            return (
                await conn.scalar(
                    select(func.count())
                    .select_from(AddressRow)
                    .join(ConversationRow, ConversationRow.address_id == AddressRow.id)
                    .where(ConversationRow.parked_at.is_(None))
                )
                or 0
            )

    async def owner(self) -> str:
        async with self.house.db.transaction() as conn:
            party = await self.house.people.find_or_make(conn, self.phone.person.address)
        return party.owner

    async def new(self, number: int) -> None:
        """Somebody new, after words were set."""
        if await self.owner() == "staff":
            await self.phone.write("/switch")
        else:
            await self.phone.hand_over(WORDS[number])

    async def leave(self, _: int) -> None:
        """Somebody new, and no words."""
        if await self.owner() == "staff":
            await self.phone.write("/switch")
        else:
            await self.phone.hand_over(None)

    async def back(self, number: int) -> None:
        """Somebody says words that may be another's."""
        if await self.owner() == "staff":
            await self.phone.write("/switch")
        await self.phone.come_back(WORDS[number], leaving=WORDS[(number + 1) % 3])

    async def wrong(self, _: int) -> None:
        """Somebody guesses."""
        if await self.owner() != "staff":
            await self.phone.switch()
            await self.phone.tap("phone.ask.back")
            await self.phone.write("salah sekali")
            await self.phone.tap("phone.ask.cancel")

    async def write(self, _: int) -> None:
        """Somebody writes a word that is theirs alone."""
        word = f"zebra{next(self._names)}"
        await self.phone.write(f"I tell you {word}")
        here = await self.here()
        assert here is not None
        self.written[word] = here

    async def case(self, _: int) -> None:
        """Somebody asks for a person, and has one."""
        if await self.owner() == "bot":
            await self.phone.tap("consent.ask")
            await self.phone.tap("consent.ask.talk")
        staff = await self.house.staff()
        case_id = await self.house.talks.claim_next(staff)
        if case_id is not None:
            async with self.house.db.transaction() as conn:
                of = await conn.scalar(
                    select(CaseRow.conversation_id).where(CaseRow.id == case_id)
                )
            assert of is not None
            self.counsellors[of] = (staff, case_id)

    async def reply(self, number: int) -> None:
        """A counsellor writes, wherever the person may be."""
        talks = list(self.counsellors.items())
        if talks:
            of, (staff, case_id) = talks[number % len(talks)]
            words = f"answer zebra{next(self._names)}"
            token = str(self.house.clock.new_id())
            await self.house.talks.reply(staff, case_id, words, token=token, leaving=Leaving.NOW)
            self.written[words] = of
            self.replies.setdefault(of, []).append(words)

    async def close(self, number: int) -> None:
        """A counsellor ends a talk."""
        talks = list(self.counsellors.items())
        if talks:
            of, (staff, case_id) = talks[number % len(talks)]
            await self.house.talks.close(staff, case_id, "helped")
            del self.counsellors[of]

    async def erase(self, _: int) -> None:
        """Whoever is here erases everything."""
        here = await self.here()
        await self.phone.write("/erase")
        await self.phone.tap("erase.ask.yes")
        if here is not None:
            self.counsellors.pop(here, None)
            self.replies.pop(here, None)

    async def block(self, _: int) -> None:
        """Somebody blocks the bot and lets it in again."""
        for kind in (IncomingKind.BLOCKED, IncomingKind.UNBLOCKED):
            await self.house.conversations.receive(self.phone.person.event(kind, ""))

    async def move(self, _: int) -> None:
        """The phone has another number."""
        after = self.house.person()
        async with self.house.db.transaction() as conn:
            await move(conn, self.house.people, self.phone.person.address, after.address)
        if await self._is_nobody():
            self.phone = Phone(Holder(self.house, after.value, walk=self))

    async def _is_nobody(self) -> bool:
        async with self.house.db.transaction() as conn:
            return await self.house.people.find(conn, self.phone.person.address) is None

    async def look(self, _: int) -> None:
        """The worker looks."""
        await self.house.recovery.look()
        await self.house.recovery.look()

    async def end(self) -> None:
        """Whoever can come back does, and has got every answer once and in order."""
        for number in range(3):
            await self.act("back", number)
            await self.act("look", 0)
        here = await self.here()
        sent = [letter.message.text for _, letter in self.house.channel.sent]
        for of, words in self.replies.items():
            told = [text for text in sent if text in words]
            assert told == words[: len(told)]
            assert len(set(told)) == len(told)
            if of == here:
                assert told == words


class Street:
    """Where every walk of this file is taken, with an event loop of its own, because Hypothesis calls plain functions."""

    def __init__(self, dsn: str, content: Content) -> None:
        self.dsn, self.content, self.runner = dsn, content, asyncio.Runner()

    def walk(self, steps: list[tuple[str, int]]) -> None:
        """Walk on an empty database."""
        self.runner.run(self._walk(steps))

    async def _walk(self, steps: list[tuple[str, int]]) -> None:
        async with AsyncExitStack() as stack:
            # What the disk does is not in question here.
            database = Database.at(f"{self.dsn}&options=-csynchronous_commit%3Doff")
            stack.push_async_callback(database.close)
            async with database.engine.begin() as conn:
                await empty_tables(conn)
            house = await stack.enter_async_context(
                make_house(database, FixedClock(), self.content)
            )
            holder = Holder(house, "the-phone")
            one = Walk(house, Phone(holder))
            holder.walk = one
            for name, number in steps:
                await one.act(name, number)
            await one.end()


@pytest.fixture(scope="module")
def street(dsn: str, content: Content) -> Iterator[Street]:
    """Where people walk."""
    made = Street(dsn, content)
    yield made
    made.runner.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
@given(walk=walks)
@settings(max_examples=MANY, derandomize=True, deadline=None, database=None)
def test_nobody_reads_what_is_anothers(street: Street, walk: list[tuple[str, int]]) -> None:
    """One is here at most; each message comes while its person is here, with no word of another's, and no answer is lost."""
    street.walk(walk)
