"""Sends what is due of the broadcasts: one leader among all workers, batch after batch, at the pace of each account.

Four kinds of work go on beside each other. One takes the next batch while the one before still leaves; some send; one writes down what
became of the messages, all that have gathered together; and one looks after what was interrupted and what has ended. None holds a
connection to the database while a platform takes its time.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import structlog

from bot.channels.bulk import Bulk, Outcome, Parcel
from bot.channels.errors import Rejected
from bot.conversation.broadcast_doubts import Doubts
from bot.conversation.broadcast_words import BadBroadcast
from bot.conversation.broadcasting import Broadcasting
from bot.errors import StoreUnavailable
from bot.store.broadcasts import Run
from bot.store.engine import libpq_url

log = structlog.get_logger(__name__)

LEADER = 0x5375617202
"""The advisory lock whose holder is the leader."""
AT_ONCE = 16
"""So many messages are with the platforms at the same moment."""
BATCH = 28
BATCH_S = 0.4
LOW_S = 0.1
FEEDERS = 2
"""Without a pace, so many batches are taken beside each other: the database's answers would else be waited for."""
"""A batch is so much of the pace: a pause stops everything that was not taken yet."""
IDLE_S = 0.3
WATCH_S = 0.25
CARE_S = 1.0
GATHER_S = 0.02
"""What became of messages gathers for so long before it is written down."""
REJECTED = 3
"""When a platform refuses so many messages of a run one after the other as they are, the broadcast is bad, and stops."""


@dataclass
class Broadcaster:
    """One for each worker; only the leader does anything."""

    broadcasting: Broadcasting
    bulk: Bulk
    dsn: str
    in_hand: set[int] = field(default_factory=set)
    doubts: Doubts = field(init=False)
    _queue: asyncio.Queue[Parcel] = field(default_factory=asyncio.Queue)
    _low: asyncio.Event = field(default_factory=asyncio.Event)
    _outcomes: list[Outcome] = field(default_factory=list)
    _some: asyncio.Event = field(default_factory=asyncio.Event)
    _rejected: dict[UUID, Counter[str]] = field(default_factory=dict)
    """How often one after the other the words of each kind of a run have been refused."""
    _refused: dict[UUID, str] = field(default_factory=dict)
    """Runs of which a platform takes nothing any more, and why."""
    _runs: Sequence[Run] = ()
    """Those that go on, as they were a moment ago."""
    _going: set[UUID] = field(default_factory=set)
    """Runs that nobody has paused or cancelled, as far as is known."""
    _proven: set[UUID] = field(default_factory=set)
    """Runs of which a message has left."""
    _on_the_way: Counter[UUID] = field(default_factory=Counter)
    _turn: int = 0

    def __post_init__(self) -> None:
        house = self.broadcasting.conversations
        self.doubts = Doubts(house, self.broadcasting.holder, self.in_hand)

    async def run(self) -> None:
        """Lead, or wait to lead, until cancelled."""
        while True:
            try:
                conn = await psycopg.AsyncConnection.connect(libpq_url(self.dsn), autocommit=True)
                async with conn:
                    await self._wait_to_lead(conn)
                    await self._lead(conn)
            except* (psycopg.Error, OSError, StoreUnavailable):
                log.warning("broadcaster_without_store")
            await asyncio.sleep(1)

    async def _wait_to_lead(self, conn: "psycopg.AsyncConnection[Any]") -> None:
        while True:
            answer = await conn.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,))
            if await answer.fetchone() == (True,):
                log.info("broadcaster_leads")
                return
            # Whoever has led before may still hold messages that only this process can ask for.
            await self.settle()
            await self.look_after()
            await asyncio.sleep(CARE_S)

    async def _lead(self, conn: "psycopg.AsyncConnection[Any]") -> None:
        self._some.set()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                for _ in range(1 if self.bulk.per_second else FEEDERS):
                    group.create_task(self._feed(conn))
                for _ in range(AT_ONCE):
                    group.create_task(self._send())
                group.create_task(self._write())
                group.create_task(self._care())
        finally:
            self._let_go()

    async def _feed(self, conn: "psycopg.AsyncConnection[Any]") -> None:
        """Take batch after batch, the runs in turn, each as soon as the one before has nearly left."""
        low = self._worth(LOW_S)
        await self._look()
        while True:
            # The lock lives on this connection: when it breaks, another may lead, so we must not.
            await conn.execute("SELECT 1")
            if not await self._take_next(self._runs):
                first = any(map(self._first_on_the_way, self._going))
                await asyncio.sleep(GATHER_S if first else IDLE_S)
            while self._queue.qsize() > low:
                self._low.clear()
                await self._low.wait()

    async def _watch(self) -> None:
        """Notice soon when a run is paused or cancelled: what was taken and has not left then goes back."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self._look()

    async def _look(self) -> None:
        self._runs = await self.broadcasting.list_sendable()
        self._going = {run.id for run in self._runs}

    async def _take_next(self, runs: Sequence[Run]) -> bool:
        """Take a batch of the next run in which somebody is due; False when in none."""
        for _ in runs:
            self._turn += 1
            run = runs[self._turn % len(runs)]
            if self._first_on_the_way(run.id):
                continue
            try:
                taken = await self.broadcasting.take(run, self._limit(run.id))
            except BadBroadcast as bad:
                await self.broadcasting.end(run.id, "stopped", bad.code)
                continue
            self.in_hand.update(parcel.letter.id for parcel in taken.parcels)
            self._on_the_way[run.id] += len(taken.parcels)
            for parcel in taken.parcels:
                self._queue.put_nowait(parcel)
            if taken.looked_at:
                return True
        return False

    def _first_on_the_way(self, run_id: UUID) -> bool:
        """Tell whether the first messages of a run have not all come to something: a bad broadcast fails these few, not thousands."""
        return run_id not in self._proven and self._on_the_way[run_id] > 0

    def _limit(self, run_id: UUID) -> int:
        worth = self._worth(BATCH_S)
        return worth if run_id in self._proven else min(worth, REJECTED)

    def _worth(self, seconds: float) -> int:
        """Return how many messages leave in so many seconds."""
        if self.bulk.per_second is None:
            return BATCH
        return max(1, min(BATCH, int(self.bulk.per_second * seconds)))

    async def _send(self) -> None:
        low = self._worth(LOW_S)
        while True:
            parcel = await self._queue.get()
            if self._queue.qsize() <= low:
                self._low.set()
            self._note(await self.bulk.send(parcel, self._may_go))

    def _may_go(self, parcel: Parcel) -> bool:
        """Tell whether nobody has stopped or paused a run since its message was taken, and no night has come."""
        going = parcel.run_id in self._going and not self._is_bad(parcel.run_id)
        return going and self.broadcasting.is_day(parcel)

    def _note(self, outcome: Outcome) -> None:
        parcel = outcome.parcel
        rejected = self._rejected.setdefault(parcel.run_id, Counter())
        if outcome.stops is not None:
            self._refused[parcel.run_id] = outcome.stops
        elif outcome.failed == Rejected.code:
            rejected[parcel.kind] += 1
        elif outcome.sent:
            self._proven.add(parcel.run_id)
            if not self._is_bad(parcel.run_id):
                rejected[parcel.kind] = 0
        self._on_the_way[parcel.run_id] -= 1
        self._outcomes.append(outcome)
        self._some.set()

    def _is_bad(self, run_id: UUID) -> bool:
        """Tell whether the same words of a run have been refused too often, one after the other, or all of them for good."""
        if run_id in self._refused:
            return True
        return max(self._rejected.get(run_id, {}).values(), default=0) >= REJECTED

    async def _write(self) -> None:
        """Write down what has gathered, round after round."""
        while True:
            await self._some.wait()
            await asyncio.sleep(GATHER_S)
            self._some.clear()
            await self.settle()

    async def settle(self) -> None:
        """Write down what became of the messages that have been sent so far."""
        outcomes = self._outcomes[:]
        if not outcomes:
            return
        in_doubt = [outcome.parcel for outcome in outcomes if outcome.in_doubt]
        await self._settle([outcome for outcome in outcomes if not outcome.in_doubt])
        del self._outcomes[: len(outcomes)]
        self.doubts.add(in_doubt)
        self.in_hand.difference_update(outcome.parcel.letter.id for outcome in outcomes)
        await self._stop_bad(outcomes)

    async def _settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write outcomes down, and let go what waited behind these messages."""
        if not outcomes:
            return
        behind = await self.broadcasting.settle(outcomes)
        delivery = self.broadcasting.conversations.delivery
        await asyncio.gather(*map(delivery.drain, behind))

    async def _stop_bad(self, outcomes: Sequence[Outcome]) -> None:
        for run_id in {outcome.parcel.run_id for outcome in outcomes}:
            if self._is_bad(run_id):
                because = self._refused.pop(run_id, Rejected.code)
                await self.broadcasting.end(run_id, "stopped", because)

    async def _care(self) -> None:
        while True:
            await self.look_after()
            await asyncio.sleep(CARE_S)

    async def look_after(self) -> None:
        """Ask for what was interrupted, and end what is over."""
        await self.doubts.take_over()
        await self._settle(await self.doubts.ask())
        await self.broadcasting.finish()

    def _let_go(self) -> None:
        """Leave what was not handed to a platform, and what was, to be asked for when somebody leads again."""
        with suppress(asyncio.QueueEmpty):
            while True:
                self._queue.get_nowait()
        self._on_the_way.clear()
        self.in_hand.clear()
        self.in_hand.update(outcome.parcel.letter.id for outcome in self._outcomes)
