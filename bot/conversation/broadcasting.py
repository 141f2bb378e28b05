"""Takes those who are due in a run of a broadcast, and writes down what became of their messages.

The one place that sees both campaigns and cases. A batch is one transaction: the people's conversations and contacts are locked, then it is
looked up whether they may be written to (`broadcast_gate`), then the messages stand in the outbox as `sending`, held by this process, and
their people are `taken`. Only after the commit does anything leave. Whoever stops, or is handed over, waits for that commit or is before
it; so nobody is written to who has stopped.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from bot.channels.bulk import BLOCKED, Outcome, Parcel
from bot.conversation.broadcast_batch import Basket
from bot.conversation.broadcast_gate import Facts, is_night, judge
from bot.conversation.broadcast_templates import as_approved
from bot.conversation.broadcast_words import Said, Words
from bot.conversation.service import Conversations
from bot.conversation.templates import of_message
from bot.faults import fault_point
from bot.store import (
    broadcast_runs,
    broadcast_sent,
    broadcasts,
    inbox,
    numbers,
    outbox,
    templates,
    window,
)
from bot.store.batch import Batch
from bot.store.broadcast_sent import Back
from bot.store.broadcasts import Run
from bot.store.contacts import Party

log = structlog.get_logger(__name__)

REST = timedelta(hours=20)
"""Nobody gets two broadcasts within this time."""
CALM = timedelta(seconds=10)
"""The house must have kept up for so long before bulk goes on."""
GOES = frozenset({"scheduled", "done"})
"""The states of a broadcast whose runs go on: a second person has approved it. A test goes on in any other, too."""
ENDS = {
    "cancelled": "cancelled",
    "archived": "cancelled",
    "expired": "expired",
    "stopped": "stopped",
}


@dataclass(frozen=True)
class Taken:
    """What one batch has come to."""

    parcels: Sequence[Parcel]
    looked_at: int
    """How many people were looked at; 0: nobody is due."""


@dataclass
class Broadcasting:
    """Everything about broadcasts that is decided at the moment of sending."""

    conversations: Conversations
    holder: int
    house_zone: str
    words: Words = field(init=False)
    calm_from: datetime | None = None
    """When bulk may go on after the house could not keep up; None where it always could."""

    def __post_init__(self) -> None:
        self.words = Words(self.conversations)

    async def list_sendable(self) -> list[Run]:
        """Return the runs that go on now, the oldest first; end those whose time is over or that somebody has cancelled.

        While the house cannot keep up with what people write, none goes on.
        """
        now = self.conversations.clock.now()
        async with self.conversations.db.transaction(durable=False) as conn:
            runs = await broadcasts.list_open(conn)
            if (await inbox.get_backlog(conn)).is_too_much(now):
                self.calm_from = now + CALM
            ending = [(run, state) for run in runs if (state := _end_of(run, now))]
        for run, state in ending:
            await self.end(run.id, state)
        if self.calm_from is not None and now < self.calm_from:
            return []
        over = {run.id for run, _ in ending}
        return [
            run
            for run in runs
            if run.id not in over and run.state == "running" and (run.test or run.wish in GOES)
        ]

    async def end(self, run_id: UUID, state: str, because: str | None = None) -> None:
        """End a run; see `broadcast_runs.end`."""
        now = self.conversations.clock.now()
        async with self.conversations.db.transaction() as conn:
            await broadcast_runs.end(conn, run_id, state, at=now, because=because)
        log.info("broadcast_run_ended", run=str(run_id), state=state, because=because)

    async def take(self, run: Run, limit: int) -> Taken:
        """Take at most `limit` people who are due in a run; those who may be written to are `taken` when this returns.

        Raises:
            BadBroadcast: It cannot be said to anybody; nobody was taken.
        """
        house, now = self.conversations, self.conversations.clock.now()
        basket = Basket(house.clock, self.holder, run.id, now, asyncio.get_running_loop().time())
        async with house.db.batch() as batch:
            rows = broadcasts.ask_due(batch, run.id, now=now, limit=limit, testers=run.test)
            await batch.send()
            if not rows:
                return Taken((), 0)
            parties = house.people.read_all(rows)
            facts = await self._look(batch, run, parties, basket)
            states = await self._templates(batch, run, rows, parties)
            self._sort(run, rows, parties, facts, basket, states)
            basket.write(batch)
            fault_point("before_batch_commit")
        fault_point("after_batch_commit")
        return Taken(basket.parcels(), len(rows))

    async def _look(
        self, batch: Batch, run: Run, parties: Sequence[Party], basket: Basket
    ) -> Sequence[Facts]:
        """Return what is known of people now that nobody else can have a turn with them."""
        people = [(party.contact_id, party.conversation_id) for party in parties]
        rest = -REST if run.test else REST
        found = broadcasts.ask_facts(batch, run.id, people, since=basket.now - rest)
        accounts = {party.channel_account for party in parties}
        latest = {account: numbers.ask_latest(batch, *account) for account in accounts}
        await batch.send()
        basket.known |= {account: rows[0].platform_id for account, rows in latest.items() if rows}
        return [
            Facts(
                self.conversations.state_of(party), party.owner, party.blocked, row.stopped,
                row.agrees, row.held, row.recent, row.busy, None if run.test else row.heard_at,
                row.zone or self.house_zone, row.heard_at, party.parked,
            )
            for party, row in zip(parties, found, strict=True)
        ]  # fmt: skip

    def _sort(
        self, run: Run, rows: Sequence[Any], parties: Sequence[Party], facts: Sequence[Facts],
        basket: Basket, states: Mapping[str, str],
    ) -> None:  # fmt: skip
        """Put everybody where they belong: who goes, who waits, who is left out."""
        for row, party, fact in zip(rows, parties, facts, strict=True):
            verdict = judge(
                fact, now=basket.now, not_after=run.not_after, house_zone=self.house_zone
            )
            said = self.words.say(run, row.variant, row.wanted, party) if verdict.goes else None
            if isinstance(said, Said) and party.address.channel == window.CHANNEL:
                said = as_approved(
                    said,
                    row.wanted,
                    states,
                    heard_at=fact.last_in_at,
                    now=basket.now,
                    run_id=run.id,
                )
            if verdict.later is not None:
                basket.later.append((party.contact_id, verdict.later))
            elif isinstance(said, Said):
                basket.add(party, fact, said, doubted=row.doubt == broadcast_sent.UNKNOWN)
            else:
                basket.left_out.append((party.contact_id, verdict.why or said or ""))

    async def _templates(
        self, batch: Batch, run: Run, rows: Sequence[Any], parties: Sequence[Party]
    ) -> Mapping[str, str]:
        """Return how it stands with the templates of those on WhatsApp, by their fingerprints."""
        said = {
            (row.wanted, each)
            for row, party in zip(rows, parties, strict=True)
            if party.address.channel == window.CHANNEL
            and isinstance(each := self.words.say(run, row.variant, row.wanted, party), Said)
        }
        wanted = [made for locale, each in said if (made := of_message(each.message, locale))]
        return await templates.statuses(await batch.connection(), wanted) if wanted else {}

    def is_day(self, parcel: Parcel) -> bool:
        """Tell whether it is no night where somebody lives; the clock may have been put on since they were taken."""
        return not is_night(self.conversations.clock.now(), parcel.zone, self.house_zone)

    async def settle(self, outcomes: Sequence[Outcome]) -> list[UUID]:
        """Write down what became of messages; return the conversations in which something waits behind them.

        Those in doubt are left: see `Doubts`.
        """
        now = self.conversations.clock.now()
        sent = [(each.parcel.letter.id, each.platform_id) for each in outcomes if each.sent]
        backs = [
            Back(each.parcel.letter.id, now + timedelta(seconds=each.wait_s), each.why)
            for each in outcomes
            if each.wait_s is not None
        ]
        failed = [(each.parcel.letter.id, each.failed) for each in outcomes if each.failed]
        blocked = [number for number, code in failed if code == BLOCKED]
        fault_point("before_bulk_mark")
        async with self.conversations.db.batch(durable=False) as batch:
            if sent:
                outbox.add_sent(batch, sent, now)
                broadcast_sent.add_told(batch, [number for number, _ in sent])
            if backs:
                broadcast_sent.add_back(batch, backs)
            if failed:
                broadcast_sent.add_failed(batch, failed, blocked=blocked, at=now)
            behind = broadcast_sent.ask_behind(
                batch, [each.parcel.letter.conversation_id for each in outcomes]
            )
        fault_point("after_bulk_mark")
        return [row.conversation_id for row in behind]

    async def finish(self) -> None:
        """End the runs in which nobody waits and nobody is on the way; leave out who waited in those that have ended."""
        now = self.conversations.clock.now()
        async with self.conversations.db.transaction(durable=False) as conn:
            await broadcast_runs.tell_all(conn)
            await broadcast_runs.leave_out_rest(conn, now=now)
            runs = [run for run in await broadcasts.list_open(conn) if run.state == "running"]
            if runs:
                await broadcast_runs.leave_out_gone(conn, [run.id for run in runs], now=now)
            over = [run.id for run in runs if await broadcast_runs.is_over(conn, run.id)]
        for run_id in over:
            await self.end(run_id, "done")


def _end_of(run: Run, now: datetime) -> str | None:
    """Return how an open run is to end now, if it is."""
    if run.wish in ENDS:
        return ENDS[run.wish]
    return "expired" if run.not_after is not None and run.not_after <= now else None
