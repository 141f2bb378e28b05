"""Broadcasts whose process dies at planned points while people stop, are handed over and fall asleep: for property tests.

A death is simulated: at its point everything the process was doing ends at once, its advisory lock goes, and another process begins. What
the fake channel has kept is the record of what arrived.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import Update, select, update
from typing_extensions import override

from bot.campaigns.quiet import TALKING
from bot.channels import bulk as sending
from bot.channels.bulk import Bulk
from bot.channels.errors import ContactStopped, RateLimited, SendError, TemporarilyDown, Unanswered
from bot.channels.testing import NAME, FakeChannel
from bot.clock import SystemClock
from bot.content.load import Content
from bot.conversation import broadcast_doubts as doubting
from bot.conversation import broadcasting as taking
from bot.conversation.broadcasting import Broadcasting
from bot.jobs import broadcaster as leading
from bot.jobs.broadcaster import Broadcaster
from bot.messages import Address
from bot.store.engine import Database
from bot.store.outbox import Letter
from bot.store.tables import BroadcastRow, BroadcastRunRow
from tests.support.broadcasts import TEXT, Reader, agree, ends, start_run
from tests.support.clock import FixedClock
from tests.support.world import Person, TestHouse, make_house

WHERE = (sending, taking, doubting)
"""The modules with points at which a process can die."""
DEEDS = ("stop", "withdraw", "hand_over", "talk", "night", "pause", "nothing")
SHUTS = {"stop", "withdraw", "hand_over"}
"""After these nobody gets a broadcast."""
TALKS = ("hand_over", "talk")
"""After these nobody gets a broadcast for a while."""
MANY_LOOKS = 100
"""After so many looks what still waits, waits for the clock."""
FAILURES: dict[str, SendError] = {
    "away": TemporarilyDown(),
    "slow_down": RateLimited(1),
    "left": ContactStopped(),
    "unanswered": Unanswered(),
}
DAY = datetime.fromisoformat("2026-11-22T04:00:00+00:00")
"""Noon in Jakarta."""
PEOPLE = 7
QUICKLY = (
    (doubting, "GRACE_S", 0.0),
    (doubting, "AGAIN_S", 0.0),
    (sending, "AGAIN_S", 0.0),
    (leading, "CARE_S", 0.02),
    (leading, "IDLE_S", 0.01),
    (leading, "WATCH_S", 0.01),
    (leading, "GATHER_S", 0.0),
)
"""A death costs seconds of waiting, and a new process reads what all read; not in here."""


@dataclass
class StoryClock(FixedClock):
    """Stands still until it is moved, and draws by chance: several stories are told on one database."""

    @override
    def choice(self, options: Sequence[str]) -> str:
        return SystemClock().choice(options)


class Died(BaseException):
    """The process is dead."""


@dataclass(frozen=True)
class Event:
    """What happens when a point is passed for the n-th time: the process dies, or somebody does something just then."""

    point: str
    times: int
    dies: bool = False
    deed: str = "nothing"
    whom: int = 0


@dataclass(frozen=True)
class Plan:
    """One example."""

    events: tuple[Event, ...]
    failures: tuple[str, ...] = ()
    lost: frozenset[int] = frozenset()
    """Sends, by their number, that arrive although the channel does not answer."""


@dataclass
class LossyChannel(FakeChannel):
    """Keeps letters; some arrive without an answer."""

    lost: frozenset[int] = frozenset()
    tries: int = 0
    on_sent: list[datetime] = field(default_factory=list)
    clock: FixedClock = field(default_factory=FixedClock)

    async def send(self, address: Address, letter: Letter) -> str | None:
        """Keep the letter, fail as told, or keep it and say nothing. Replies arrive: whom one did not reach is written to by the worker's recovery,
        which is in no story, and gets nothing else meanwhile."""
        if letter.message.text != TEXT["id"]:
            self.sent.append((address, letter))
            return str(len(self.sent))
        self.tries += 1
        self.on_sent.append(self.clock.now())
        sent = await super().send(address, letter)
        await asyncio.sleep(0)
        if self.tries in self.lost:
            raise Unanswered
        return sent


@dataclass
class Story:
    """Plays one plan to its end."""

    db: Database
    content: Content
    plan: Plan
    clock: FixedClock = field(default_factory=lambda: StoryClock(DAY))
    channel: LossyChannel = field(init=False)
    readers: Sequence[Reader] = ()
    people: Sequence[Person] = ()
    town: TestHouse = field(init=False)
    run: UUID | None = None
    done: list[tuple[str, int, int]] = field(default_factory=list)
    """Deeds that were committed: which, whose, and how many letters had been decided upon before."""
    spoke: list[tuple[int, datetime]] = field(default_factory=list)
    """Who has been answered, and when."""
    shut: list[tuple[int, datetime]] = field(default_factory=list)
    """Who has said, and been answered, that they want none, or a person; and when."""
    deaths: int = 0
    _looks: int = 0
    _passed: Counter[str] = field(default_factory=Counter)
    _doing: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.channel = LossyChannel(lost=self.plan.lost, clock=self.clock)

    async def play(self) -> None:
        """Play it, with people who are in no other story."""
        with ExitStack() as patches:
            for module in WHERE:
                patches.enter_context(patch.object(module, "fault_point", self._pass))
            for module, name, value in QUICKLY:
                patches.enter_context(patch.object(module, name, value))
            await self._play()

    async def _play(self) -> None:
        async with AsyncExitStack() as stack:
            town = await stack.enter_async_context(self._house())
            addresses = [Address(NAME, "bot", f"{uuid4()}") for _ in range(PEOPLE)]
            self.readers = await agree(self.db, town.people, addresses, at=self.clock.now())
            self.run = await start_run(self.db, self.readers, due_at=self.clock.now())
            self.town = town
            # One each: what somebody does twice are two events.
            self.people = [Person(town, reader.address.value) for reader in self.readers]
            self.channel.failures.extend(FAILURES[each] for each in self.plan.failures)
            for _ in range(len(self.plan.events) + 2):
                if await self._live():
                    break
            await asyncio.gather(*self._doing)
            await self._live()

    def _house(self) -> AbstractAsyncContextManager[TestHouse]:
        return make_house(self.db, self.clock, self.content, self.channel)

    async def _live(self) -> bool:
        """Let one process work until it dies, or nothing is left to do; tell whether it lived."""
        async with self._house() as house:
            broadcasting = Broadcasting(house.conversations, house.delivery.holder, "Asia/Jakarta")
            worker = Broadcaster(broadcasting, Bulk(house.delivery.channels, None), self.db.dsn)
            work = asyncio.create_task(worker.run())
            try:
                while not work.done() and await self._is_open():
                    await asyncio.sleep(0.02)
                    self.clock.pass_(seconds=0.05)
            finally:
                work.cancel()
                [ended] = await asyncio.gather(work, return_exceptions=True)
        if isinstance(ended, BaseExceptionGroup) and ended.subgroup(Died) is not None:
            self.deaths += 1
            return False
        if not isinstance(ended, asyncio.CancelledError) and isinstance(ended, BaseException):
            raise ended
        return True

    async def _is_open(self) -> bool:
        assert self.run is not None
        found = await ends(self.db, self.run)
        open_ = {state for state, _ in found} & {"waiting", "taken"}
        self._looks += 1
        if self._looks % MANY_LOOKS == 0:
            # Who was heard in between, to stop it say, and has not been answered yet, is looked at anew after a talk's time.
            await asyncio.gather(*self._doing)
            self.clock.pass_(seconds=TALKING.total_seconds())
        if open_ and any(deed in TALKS for deed, *_ in self.done):
            await asyncio.gather(*self._doing)
            self.done = [each for each in self.done if each[0] not in TALKS]
            self.clock.pass_(seconds=TALKING.total_seconds())
        if open_:
            await self._recover()
        if open_ and any(deed in {"night", "pause"} for deed, *_ in self.done):
            await asyncio.gather(*self._doing)
            await self._end_obstacles()
        return bool(open_)

    async def _recover(self) -> None:
        """Answer what is not answered, and send what waited behind a message of a process that died: what else the worker does every second."""
        for number in {event.whom % PEOPLE for event in self.plan.events}:
            conversation_id = self.readers[number].conversation_id
            await self.town.conversations.recover(conversation_id)
            await self.town.delivery.drain(conversation_id)

    async def _end_obstacles(self) -> None:
        """Let the morning come, and a campaigner resume."""
        self.done = [each for each in self.done if each[0] not in {"night", "pause"}]
        self.clock.at = max(self.clock.at, DAY + timedelta(days=1))
        async with self.db.transaction() as conn:
            await conn.execute(self._set("scheduled"))

    def _pass(self, point: str) -> None:
        self._passed[point] += 1
        for event in self.plan.events:
            if (event.point, event.times) != (point, self._passed[point]):
                continue
            if event.deed != "nothing":
                self._doing.append(asyncio.get_running_loop().create_task(self._do(event)))
            if event.dies:
                raise Died

    async def _do(self, event: Event) -> None:
        person = self.people[event.whom % PEOPLE]
        if event.deed == "stop":
            await person.press("privacy.show.stop")
        elif event.deed == "withdraw":
            await person.press("broadcast.open.stop")
        elif event.deed == "hand_over":
            await person.ask_for_a_person()
        elif event.deed == "talk":
            await person.write("halo")
        elif event.deed == "pause":
            async with self.db.transaction() as conn:
                await conn.execute(self._set("paused"))
        elif event.deed == "night":
            self.clock.at = max(self.clock.at, DAY + timedelta(hours=11))
        if event.deed in TALKS:
            self.spoke.append((event.whom % PEOPLE, self.clock.now()))
        # Who says something else between asking for a person and agreeing is asked anew, and in no hands yet.
        talks = any((each.deed, each.whom) == ("talk", event.whom) for each in self.plan.events)
        if event.deed in SHUTS and not (event.deed == "hand_over" and talks):
            self.shut.append((event.whom % PEOPLE, self.clock.now()))
        self.done.append((event.deed, event.whom % PEOPLE, len(self.channel.sent)))

    def _set(self, state: str) -> Update:
        mine = select(BroadcastRunRow.broadcast_id).where(BroadcastRunRow.id == self.run)
        return update(BroadcastRow).where(BroadcastRow.id.in_(mine)).values(state=state)

    def heard(self, reader: Reader) -> list[str]:
        """Return what somebody was sent, in order."""
        return self.channel.texts(reader.address)

    def copies(self) -> Counter[str]:
        """Return how often each person got the broadcast, by the channel's record."""
        return Counter(
            address.value
            for address, letter in self.channel.sent
            if letter.message.text == TEXT["id"]
        )
