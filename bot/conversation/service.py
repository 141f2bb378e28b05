"""Runs the turns: stores an event once, lets the pure turn decide, commits everything together, then sends.

The journey of one event:

1. A text is stored in the inbox first (its understanding takes a while; the order of arrival is kept).
2. Its meaning is asked for, outside any transaction.
3. Under the conversation's lock, every unanswered event is played in order; state, messages, effects and the marks in
   the inbox are committed together, once. A turn without effects is two journeys to the database: look, and write.
4. The messages leave. Whatever a crash leaves behind is taken up again by `recover` and by the delivery.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.delivery import Delivery
from bot.clock import Clock
from bot.content.load import Content
from bot.conversation import phones
from bot.conversation.answering import Answer
from bot.conversation.apply import Effects
from bot.conversation.burst import gather
from bot.conversation.chats import FindDoors, no_doors
from bot.conversation.decide import Decider
from bot.conversation.draw import draw
from bot.conversation.intake import Intake, Kept
from bot.conversation.one_turn import OneTurn
from bot.conversation.pace import STEP as PACE_STEP
from bot.conversation.reading import Reading
from bot.conversation.saying import Saying
from bot.conversation.state import Owner, State, World
from bot.conversation.templates import with_template
from bot.conversation.turn import begin
from bot.errors import NotFound, StoreUnavailable
from bot.faults import fault_point
from bot.messages import Address, Incoming, Outgoing, clean_text
from bot.store import (
    follow_ups,
    paces,
    sending,
    traffic,
    window,
)
from bot.store.batch import Batch
from bot.store.contacts import Party, People
from bot.store.engine import Database, was_deadlock
from bot.store.inbox import Pending
from bot.store.outbox import Letter
from bot.store.paces import Limits, Pace
from bot.understanding.model import Understanding
from bot.understanding.service import Reader

Beside = Callable[[Coroutine[Any, Any, None]], None]
FOLLOW_UP_STEP = "follow_up.hello"
FOLLOW_UP_TEMPLATE = "follow_up"
SETTLE_S, SETTLE_LOOK_S = 8.0, 0.05
"""So long somebody who wants to make room waits for a message to them that is just being sent, and how often it is looked."""
Take = Callable[[AsyncConnection, Party, datetime], Awaitable[bool | Mapping[str, Any]]]
"""Notes that a person is written to now; False when they are not to be (any more). A mapping is what the step has to know of the world."""


@dataclass
class Conversations:
    """Everything that happens between a person and the bot."""

    db: Database
    people: People
    content: Content
    reader: Reader
    delivery: Delivery
    clock: Clock
    default_locale: str
    buffer_for: timedelta
    limits: Limits = field(default_factory=Limits)
    """From when on events wait for each other."""
    public_url: str = ""
    """Where public pages are, without a slash at the end; empty where they have no address."""
    find_doors: FindDoors = no_doors
    """Which channels are set up, as links into them need to know it."""
    _locks: dict[Address, asyncio.Lock] = field(default_factory=dict)

    async def receive(self, incoming: Incoming, *, beside: Beside | None = None) -> None:
        """Take an event in, answer it, and send the answer as far as the channel lets us.

        When this returns, the event and its answer are durable. An event that comes again has no second effect.

        Args:
            incoming: What the person did.
            beside: Given the sending, to go on with it after this has returned; None waits for it.

        Raises:
            StoreUnavailable: The database is away and nothing was kept; the platform must deliver again.
        """
        incoming = replace(incoming, text=clean_text(incoming.text))
        async with self._in_order(incoming.address):
            meaning = None
            if incoming.has_words:
                kept = await self.intake.keep(incoming)
                if not kept.is_new:
                    return
                fault_point("after_inbox")
                if await self._put_off(kept, incoming):
                    return
                meaning = await self.reader.read(incoming.text)
                fault_point("after_understanding")
            try:
                answer = await self._settled(incoming.address, incoming, meaning)
            except StoreUnavailable as error:
                # Two chats of one person that did something to both at once: the other one has gone through by now.
                if not was_deadlock(error):
                    raise
                answer = await self._settled(incoming.address, incoming, meaning)
            await self._after_waiting(answer)
        if beside is None:
            await self.saying.send(answer)
        else:
            beside(self.saying.send(answer))

    async def recover(self, conversation_id: UUID) -> None:
        """Answer what a crash left unanswered in a conversation."""
        async with self.db.transaction(durable=False) as conn:
            try:
                party = await self.people.get(conn, conversation_id)
            except NotFound:
                return
        async with self._in_order(party.address):
            answer = await self._settled(party.address, None, None)
        await self.saying.send(answer)

    async def follow_up(self, conversation_id: UUID) -> bool:
        """Write first to somebody who agreed to it and whose time has come; False when it is not to be (any more)."""

        async def take(conn: AsyncConnection, _: Party, now: datetime) -> bool:
            return await follow_ups.take(conn, conversation_id, now=now)

        return await self.write_first(
            conversation_id, FOLLOW_UP_STEP, take, template=FOLLOW_UP_TEMPLATE
        )

    async def write_first(
        self,
        conversation_id: UUID,
        step: str,
        take: Take,
        *,
        aside: bool = False,
        template: str | None = None,
    ) -> bool:
        """Say what stands at `step` where `take` allows it, in one transaction under the conversation's lock.

        With `aside` the step that waits for the person stays the one it was. On WhatsApp the house's `template` says it to those who have
        not written for a day, once Meta has approved it.
        """
        now = self.clock.now()
        answer = None
        async with self.db.batch() as batch:
            conn = await batch.connection()
            party = await self.people.get(conn, conversation_id, lock=True)
            taken = False if party.parked else await take(conn, party, now)
            if taken is not False:
                answer = Answer(party.address)
                world = World(now=now, draw=draw(self.clock, self.content))
                world = replace(world, **(taken if isinstance(taken, Mapping) else {}))
                before = self.state_of(party)
                result = begin(before, step, self.content, world)
                if aside:
                    result = replace(result, state=replace(result.state, at=before.at))
                if template is not None and party.address.channel == window.CHANNEL:
                    said = await with_template(conn, self.content, template, result)
                    result = replace(result, outgoing=said)
                self.saying.write(batch, party, result, answer, at=None)
                fault_point("before_first_commit")
        fault_point("after_first_commit")
        if answer is not None:
            await self.saying.send(answer)
        return answer is not None

    @property
    def saying(self) -> Saying:
        """What puts the bot's messages on their way."""
        return Saying(self.delivery, self.clock, self.default_locale)

    @property
    def intake(self) -> Intake:
        """What keeps events, and lets wait what may."""
        return Intake(self.db, self.people, self.clock, self.reader.lexicon, self.limits)

    async def _put_off(self, kept: Kept, incoming: Incoming) -> bool:
        """Let a text wait for the end of a pause where it may; False where it is answered now."""
        party, intake = kept.party, self.intake
        state = self.state_of(party)
        if kept.pace.is_regular:
            await intake.note_cadence(incoming, party, state)
        if not intake.may_wait(incoming, party, state, kept.pace, self.content):
            return False
        await intake.put_off(incoming, party)
        if not kept.pace.told:
            await self._tell_pace(party.conversation_id)
        return True

    async def _after_waiting(self, answer: Answer) -> None:
        if answer.waiting is not None:
            await self.intake.thin(*answer.waiting)
        if answer.tell_pace is not None:
            await self._tell_pace(answer.tell_pace)

    async def _tell_pace(self, conversation_id: UUID) -> None:
        """Say once that the answer takes a moment; never beside a counsellor, nor while somebody else may be looking."""

        async def take(conn: AsyncConnection, party: Party, now: datetime) -> bool:
            if party.owner != Owner.BOT or self.state_of(party).is_covered(now):
                return False
            return await paces.tell_once(conn, conversation_id, now=now)

        await self.write_first(conversation_id, PACE_STEP, take, aside=True)

    async def _settled(
        self, address: Address, incoming: Incoming | None, meaning: Understanding | None
    ) -> Answer:
        """Play every unanswered event; where somebody is to make room, first wait until nothing is on its way to them."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLE_S
        answer = await self._answer(address, incoming, meaning)
        while answer.unfinished:
            await self.saying.send(answer)
            await asyncio.sleep(SETTLE_LOOK_S)
            patient = loop.time() < deadline
            answer = await self._answer(address, incoming, meaning, patient=patient)
        return answer

    async def _answer(
        self,
        address: Address,
        incoming: Incoming | None,
        meaning: Understanding | None,
        *,
        patient: bool = True,
    ) -> Answer:
        """Play every unanswered event of a conversation in order; commit once.

        One that may let somebody else be here is left, `unfinished`, while something is on its way; not `patient`, it is told so.
        """
        answer = Answer(address)
        async with self.db.batch() as batch:
            party, waiting, pace = await self.intake.look(batch, address, incoming)
            if incoming is not None and await self._waits(batch, party, incoming, pace, answer):
                return answer
            if any(event.waits for event in waiting):
                # Before the events themselves, as whoever lets one wait does: so neither waits for the other.
                paces.note_answered(batch, party.conversation_id)
                traffic.tally(answer.tally, "together", 1, self.clock.now())
            for gathered in gather(waiting):
                busy = await self._is_busy(batch, party, gathered.event.incoming)
                if busy and patient:
                    answer.unfinished = True
                    break
                mine = incoming is not None and _is(gathered.event, incoming)
                after = await self._turn(party).play(
                    batch, party, gathered, meaning if mine else None, answer, busy=busy
                )
                if after is None:
                    break
                party = after
            if answer.tally:
                await answer.tally.write(await batch.connection())
            fault_point("before_turn_commit")
        fault_point("after_turn_commit")
        return answer

    async def _waits(
        self, batch: Batch, party: Party, incoming: Incoming, pace: Pace, answer: Answer
    ) -> bool:
        """Keep an event that is no text for the end of a pause, where it may wait."""
        state, intake = self.state_of(party), self.intake
        if not intake.may_wait(incoming, party, state, pace, self.content):
            return False
        waiting = await intake.put_off_press(batch, incoming, party)
        answer.tell_pace = None if pace.told else party.conversation_id
        answer.waiting = party.conversation_id, waiting
        return True

    async def _is_busy(self, batch: Batch, party: Party, incoming: Incoming) -> bool:
        """Tell whether something is on its way to somebody who may be about to make room; nothing more can leave under their lock."""
        if not phones.may_change(self.state_of(party), incoming.unmarked(party.mark), party.owner):
            return False
        return await sending.in_flight(await batch.connection(), party.conversation_id)

    def _turn(self, party: Party) -> OneTurn:
        """Return what plays a turn of a person, with what is said and wired now."""
        people, clock, channels = self.people, self.clock, self.delivery.channels
        deleting = [name for name, each in channels.items() if each.capabilities.deletes]
        decider = Decider(
            clock,
            people,
            self.content,
            self.public_url,
            deletes=self.saying.capabilities(party.address).deletes,
            find_doors=self.find_doors,
            default_locale=self.default_locale,
        )
        return OneTurn(
            self.content,
            clock,
            Reading(self.reader, people, clock, self.buffer_for),
            decider,
            Effects(clock, people, self.reader, self.delivery.queue, deleting),
            self.saying,
        )

    def add(
        self, batch: Batch, party: Party, messages: Sequence[Outgoing]
    ) -> Callable[[], list[Letter]]:
        """Add the bot's messages to the outbox; see `Saying.add`."""
        return self.saying.add(batch, party, messages)

    def vanish_s(self, party: Party, messages: Sequence[Outgoing]) -> int | None:
        """Return after how many seconds messages are to vanish; see `Saying.vanish_s`."""
        return self.saying.vanish_s(party, messages)

    def state_of(self, party: Party) -> State:
        """Return where a conversation stands; a new one stands at its beginning."""
        return self.saying.state_of(party)

    def fitted(self, party: Party, messages: Sequence[Outgoing]) -> list[Outgoing]:
        """Return messages as the person's channel can show them."""
        return self.saying.fitted(party, messages)

    @asynccontextmanager
    async def _in_order(self, address: Address) -> AsyncIterator[None]:
        """Let the events of one person pass one by one, in the order they came to this process."""
        lock = self._locks.setdefault(address, asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked() and not lock._waiters:
                self._locks.pop(address, None)


def _is(event: Pending, incoming: Incoming) -> bool:
    return event.incoming.event_id == incoming.event_id
