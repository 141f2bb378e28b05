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
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.capabilities import NOTHING, Capabilities
from bot.channels.delivery import Delivery
from bot.channels.errors import SendError
from bot.channels.fit import fit
from bot.clock import Clock
from bot.content.load import Content
from bot.conversation import phones
from bot.conversation.answering import Answer
from bot.conversation.apply import Applied, Effects
from bot.conversation.burst import Gathered, gather
from bot.conversation.chats import FindDoors, no_doors, tell
from bot.conversation.decide import Decider
from bot.conversation.draw import draw
from bot.conversation.effects import AnswerGoOn
from bot.conversation.intake import Intake, Kept
from bot.conversation.pace import STEP as PACE_STEP
from bot.conversation.reading import Reading
from bot.conversation.state import Owner, State, World
from bot.conversation.templates import with_template
from bot.conversation.trouble import trouble
from bot.conversation.turn import TurnResult, begin
from bot.conversation.vanish import vanish_s
from bot.errors import NotFound, Refused, StoreUnavailable
from bot.faults import fault_point
from bot.hotline import cases
from bot.messages import Address, Incoming, Outgoing, clean_text
from bot.store import (
    contacts,
    follow_ups,
    inbox,
    notices,
    outbox,
    paces,
    sending,
    traffic,
    window,
)
from bot.store.batch import Batch, Rows
from bot.store.contacts import Party, People
from bot.store.engine import Database, was_deadlock
from bot.store.inbox import Pending
from bot.store.outbox import Letter
from bot.store.paces import Limits, Pace
from bot.understanding.model import Understanding
from bot.understanding.service import Reader

log = structlog.get_logger(__name__)

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
            await self._send(answer)
        else:
            beside(self._send(answer))

    async def recover(self, conversation_id: UUID) -> None:
        """Answer what a crash left unanswered in a conversation."""
        async with self.db.transaction(durable=False) as conn:
            try:
                party = await self.people.get(conn, conversation_id)
            except NotFound:
                return
        async with self._in_order(party.address):
            answer = await self._settled(party.address, None, None)
        await self._send(answer)

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
                self._write(batch, party, result, answer, at=None)
                fault_point("before_first_commit")
        fault_point("after_first_commit")
        if answer is not None:
            await self._send(answer)
        return answer is not None

    @property
    def intake(self) -> Intake:
        """What keeps events, and lets wait what may."""
        return Intake(self.db, self.people, self.clock, self.reader.lexicon, self.limits)

    async def _put_off(self, kept: Kept, incoming: Incoming) -> bool:
        """Let a text wait for the end of a pause where it may; False where it is answered now."""
        party, intake = kept.party, self.intake
        state = self.state_of(party)
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
            await self._send(answer)
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
            party, waiting, pace = await self._look(batch, address, incoming)
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
                after = await self._play(
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

    async def _look(
        self, batch: Batch, address: Address, incoming: Incoming | None
    ) -> tuple[Party, list[Pending], Pace]:
        """Lock a conversation; return whose it is, the unanswered events, the one that has just come in among them, and its pace."""
        found = self.people.ask(batch, address, lock=True)
        # Only what is looked up after the lock has been given is sure to be so.
        lookup = self.people.lookup_of(address)
        pending = inbox.find_pending(batch, lookup, incoming)
        counted: Rows = []
        if incoming is not None and not incoming.has_words:
            counted = self.intake.count_press(batch, incoming)
        await batch.send()
        party = self.people.read(found, address)
        if party is None:
            party = await self.people.find_or_make(batch.conn, address, lock=True)
            pending = inbox.find_pending(batch, lookup, incoming)
            await batch.send()
        # A text was stored before. If it is not here any more, it was erased with the person, and is a stranger's first word.
        keys = {
            each: (await self.people.get(batch.conn, each)).key
            for each in inbox.strangers(pending, party)
        }
        waiting = inbox.read_pending(pending, party, incoming, keys=keys)
        return party, waiting, paces.read(counted)

    async def _waits(
        self, batch: Batch, party: Party, incoming: Incoming, pace: Pace, answer: Answer
    ) -> bool:
        """Keep an event that is no text for the end of a pause, where it may wait."""
        state, intake = self.state_of(party), self.intake
        if not intake.may_wait(incoming, party, state, pace, self.content):
            return False
        now = self.clock.now()
        waiting = paces.put_off(batch, party.conversation_id, self.limits, now=now)
        inbox.store(batch, party, incoming, waits=True)
        await batch.send()
        answer.tell_pace = None if pace.told else party.conversation_id
        answer.waiting = party.conversation_id, waiting[0].waiting if waiting else 0
        return True

    async def _is_busy(self, batch: Batch, party: Party, incoming: Incoming) -> bool:
        """Tell whether something is on its way to somebody who may be about to make room; nothing more can leave under their lock."""
        if not phones.may_change(self.state_of(party), incoming.unmarked(party.mark), party.owner):
            return False
        return await sending.in_flight(await batch.connection(), party.conversation_id)

    async def _play(
        self,
        batch: Batch,
        party: Party,
        gathered: Gathered,
        meaning: Understanding | None,
        answer: Answer,
        *,
        busy: bool = False,
    ) -> Party | None:
        """Play what one turn answers; return who is here afterwards, None when they are erased."""
        incoming = gathered.event.incoming.unmarked(party.mark)
        state, now = self.state_of(party), self.clock.now()
        reading = Reading(self.reader, self.people, self.clock, self.buffer_for)
        meaning = await reading.meaning(incoming, meaning, party)
        case = None
        if party.owner != Owner.BOT:
            case = await cases.find_open(await batch.connection(), party.conversation_id)
        elif incoming.has_words and incoming.text.strip():
            meaning = await reading.remember(batch, party, state, gathered, meaning)
        decider = Decider(
            self.clock,
            self.people,
            self.content,
            self.public_url,
            deletes=self._can(party.address).deletes,
            find_doors=self.find_doors,
            default_locale=self.default_locale,
        )
        result = await decider.decide(batch, party, state, incoming, meaning, case, busy=busy)
        try:
            so_far = await self._apply(batch, party, result, case, meaning)
        except Refused:
            log.warning("effect_refused", inbox=gathered.event.id)
            result = trouble(state, self.content)
            so_far = Applied(party, state.locale, case=case)
        answer.tally.join(so_far.tally)
        if so_far.erased:
            answer.spoken = self.fitted(party, result.outgoing)
            answer.put = []
            return None
        if so_far.news is not None:
            await tell(self, batch, so_far.news)
        if party.owner != Owner.BOT and party.address.channel == window.CHANNEL:
            declined = any(
                isinstance(each, AnswerGoOn) and not each.yes for each in result.effects
            )
            answer_is = window.NOT_NOW if declined else window.YES
            window.note_heard(batch, party, answer_is, at=now)
        for event in gathered.of:
            # Who has made room may have been erased with all their events.
            inbox.mark_answered(batch, so_far.party, event, now)
        if gathered.is_quiet and not result.effects and result.state.risk_at != now:
            result = replace(result, outgoing=())
        return self._write(batch, so_far.party, result, answer, at=now)

    async def _apply(
        self,
        batch: Batch,
        party: Party,
        result: TurnResult,
        case: cases.OpenCase | None,
        meaning: Understanding,
    ) -> Applied:
        so_far = Applied(party, result.state.locale, case=case, meaning=meaning)
        if result.effects:
            effects = Effects(
                self.clock,
                self.people,
                self.reader,
                self.delivery.queue,
                [
                    name
                    for name, channel in self.delivery.channels.items()
                    if channel.capabilities.deletes
                ],
            )
            conn = await batch.connection()
            async with conn.begin_nested():
                for effect in result.effects:
                    await effects.apply(conn, effect, so_far)
        return so_far

    def _write(
        self,
        batch: Batch,
        party: Party,
        result: TurnResult,
        answer: Answer,
        *,
        at: datetime | None,
    ) -> Party:
        """Keep the new state, put the messages into the outbox; return the person as they are afterwards.

        `at` is when they wrote, None where they did not.
        """
        state, state_json = result.state, result.state.to_json()
        contacts.save_state(batch, party, state_json, locale=state.locale, at=at)
        spoken = [message.spoken_in(state.locale) for message in result.outgoing]
        after = replace(party, state=state_json, locale=state.locale)
        answer.put.append(self.add(batch, after, spoken))
        return after

    def add(
        self, batch: Batch, party: Party, messages: Sequence[Outgoing]
    ) -> Callable[[], list[Letter]]:
        """Add the bot's messages to the outbox as the channel can show them; this process holds them.

        What is returned gives their letters once the batch has been sent.
        """
        holder = self.delivery.inline_holder(party.address.channel)
        letters = outbox.add(
            batch,
            party,
            self.fitted(party, messages),
            clock=self.clock,
            epoch=party.epoch,
            holder=holder,
            vanish_s=self.vanish_s(party, messages),
        )
        if holder is None and messages:
            notices.add_to_outbox(batch, party.conversation_id)
        return letters

    def vanish_s(self, party: Party, messages: Sequence[Outgoing]) -> int | None:
        """Return the seconds after which the sensitive ones of these messages are to go from the person's screen."""
        if not any(message.sensitive for message in messages):
            return None
        return vanish_s(self.state_of(party)) if self._can(party.address).deletes else None

    async def _send(self, answer: Answer) -> None:
        letters = answer.letters()
        if self.delivery.inline_holder(answer.address.channel) is not None:
            for _, theirs in groupby(letters, key=attrgetter("conversation_id")):
                await self.delivery.deliver(answer.address, list(theirs))
        channel = self.delivery.channels.get(answer.address.channel)
        for message in answer.spoken:
            if channel is not None:
                try:
                    await channel.say_now(answer.address, message)
                except SendError as error:
                    log.warning("not_said", error=error.code)

    def state_of(self, party: Party) -> State:
        """Return where a conversation stands; a new one stands at its beginning."""
        if party.state is None:
            return State(locale=party.locale or self.default_locale)
        return State.from_json(party.state)

    def _can(self, address: Address) -> Capabilities:
        channel = self.delivery.channels.get(address.channel)
        return channel.capabilities if channel else NOTHING

    def fitted(self, party: Party, messages: Sequence[Outgoing]) -> list[Outgoing]:
        """Return messages as the person's channel can show them."""
        channel = self.delivery.channels.get(party.address.channel)
        return fit(messages, channel.capabilities) if channel else list(messages)

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
