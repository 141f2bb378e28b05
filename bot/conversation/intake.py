"""Takes events in: keeps each at once, counts how fast its person writes, and lets wait what may.

Nothing is put off before the lexicon has read it: an event is kept as one that is answered at once, and only the second transaction, after the
reading, marks it as one that waits. A process that dies between the two leaves an event that the worker answers as any other.
"""

from dataclasses import dataclass
from uuid import UUID

from bot.clock import Clock
from bot.content.load import Content
from bot.conversation.pace import never_waits
from bot.conversation.state import Owner, State
from bot.errors import NotFound
from bot.faults import fault_point
from bot.messages import Address, Incoming
from bot.store import inbox, paces, traffic
from bot.store.batch import Batch, Rows
from bot.store.contacts import Party, People
from bot.store.counts import Tally
from bot.store.crypto import DataKey
from bot.store.engine import CONFLICT, Database
from bot.store.inbox import Pending
from bot.store.paces import Limits, Pace
from bot.understanding.lexicon import Lexicon
from bot.understanding.model import RiskLevel
from bot.understanding.shape import CADENCE, shape_of
from bot.understanding.spelling import spell

THIN_EVERY = 50
"""What is too much is let go of in portions."""


@dataclass(frozen=True)
class Kept:
    """What has become of a text that came in."""

    is_new: bool
    """False when it has been answered already."""
    party: Party
    pace: Pace


@dataclass(frozen=True)
class Intake:
    """Keeps what comes in."""

    db: Database
    people: People
    clock: Clock
    lexicon: Lexicon
    limits: Limits

    async def keep(self, incoming: Incoming) -> Kept:
        """Keep a text before it is understood.

        Raises:
            StoreUnavailable: The database is away and nothing was kept.
        """
        try:
            return await self._keep_once(incoming)
        except CONFLICT:
            # The person was erased by another process at this very moment: now they are a stranger.
            return await self._keep_once(incoming)

    async def _keep_once(self, incoming: Incoming) -> Kept:
        async with self.db.batch(durable=False) as batch:
            party = await self._find_or_make(batch, incoming.address)
            stored = inbox.store(batch, party, incoming)
            counted = self._count(batch, incoming)
        pace = paces.read(counted)
        if stored:
            return Kept(is_new=True, party=party, pace=pace)
        async with self.db.batch(durable=False) as batch:
            known = inbox.find(batch, incoming)
        is_open = any(event.processed_at is None for event in known)
        return Kept(is_new=is_open, party=party, pace=pace)

    async def _find_or_make(self, batch: Batch, address: Address) -> Party:
        found = self.people.ask(batch, address)
        await batch.send()
        party = self.people.read(found, address)
        return party or await self.people.find_or_make(batch.conn, address)

    def _count(self, batch: Batch, incoming: Incoming) -> Rows:
        lookup, shape = self.people.lookup, shape_of(incoming.text)
        return paces.count(
            batch,
            self.people.lookup_of(incoming.address),
            self.limits,
            shape=traffic.hash_of(lookup, shape),
            rhythm=traffic.hash_of(lookup, CADENCE),
            now=self.clock.now(),
        )

    def _count_press(self, batch: Batch, incoming: Incoming) -> Rows:
        """Count an event that is no text."""
        lookup, now = self.people.lookup_of(incoming.address), self.clock.now()
        return paces.count(batch, lookup, self.limits, shape=None, now=now, weight=paces.PRESS)

    async def look(
        self, batch: Batch, address: Address, incoming: Incoming | None
    ) -> tuple[Party, list[Pending], Pace]:
        """Lock a conversation; return whose it is, the unanswered events, the one that has just come in among them, and its pace."""
        found = self.people.ask(batch, address, lock=True)
        # Only what is looked up after the lock has been given is sure to be so.
        lookup = self.people.lookup_of(address)
        pending = inbox.find_pending(batch, lookup, incoming)
        counted: Rows = []
        if incoming is not None and not incoming.has_words:
            counted = self._count_press(batch, incoming)
        await batch.send()
        party = self.people.read(found, address)
        if party is None:
            party = await self.people.find_or_make(batch.conn, address, lock=True)
            pending = inbox.find_pending(batch, lookup, incoming)
            await batch.send()
        # A text was stored before. If it is not here any more, it was erased with the person, and is a stranger's first word.
        keys = await self._keys(batch, pending, party)
        waiting = inbox.read_pending(pending, party, incoming, keys=keys)
        return party, waiting, paces.read(counted)

    async def _keys(self, batch: Batch, pending: Rows, party: Party) -> dict[UUID, DataKey]:
        """Return the keys to what others than `party` have written at their address."""
        return {
            each: (await self.people.get(batch.conn, each)).key
            for each in inbox.strangers(pending, party)
        }

    async def note_cadence(self, incoming: Incoming, party: Party, state: State) -> None:
        """Note for supervisors that texts come as regularly as a machine's; never of somebody in a case, or who tells of danger."""
        now = self.clock.now()
        danger = state.recent_risk(now).level is not RiskLevel.NONE
        danger = danger or party.owner != Owner.BOT or self.tells_danger(incoming.text)
        lookup, address = self.people.lookup, incoming.address
        async with self.db.batch(durable=False) as batch:
            if danger:
                traffic.forget_cadence(batch, lookup, address, now=now)
            else:
                traffic.note(batch, lookup, address, CADENCE, danger=False, now=now)

    def may_wait(
        self, incoming: Incoming, party: Party, state: State, pace: Pace, content: Content
    ) -> bool:
        """Tell whether an event is answered later, together with others."""
        if not pace.may_wait:
            return False
        if never_waits(incoming, state, party.owner, content, self.clock.now()):
            return False
        return not incoming.has_words or not self.tells_danger(incoming.text)

    def tells_danger(self, text: str) -> bool:
        """Tell whether the lexicon finds anything in a text."""
        return self.lexicon.read(spell(text)).level is not RiskLevel.NONE

    async def has_danger_waiting(self, conversation_id: UUID) -> bool:
        """Tell whether the lexicon finds danger in what is unanswered in a conversation, or somebody is with its person."""
        async with self.db.batch(durable=False) as batch:
            try:
                party = await self.people.get(batch.conn, conversation_id)
            except NotFound:
                return False
            pending = inbox.find_pending(batch, self.people.lookup_of(party.address), None)
            await batch.send()
            keys = await self._keys(batch, pending, party)
        if party.owner != Owner.BOT:
            return True
        waiting = (event.incoming for event in inbox.read_pending(pending, party, None, keys=keys))
        texts = [each.text for each in waiting if each.has_words]
        return any(map(self.tells_danger, texts))

    async def put_off(self, incoming: Incoming, party: Party) -> None:
        """Let a text that is kept wait for the others; it is durable when this returns."""
        fault_point("before_put_off")
        async with self.db.batch() as batch:
            waiting = paces.put_off(
                batch, party.conversation_id, self.limits, now=self.clock.now()
            )
            inbox.let_wait(batch, incoming)
        fault_point("after_put_off")
        await self.thin(party.conversation_id, waiting[0].waiting if waiting else 0)

    async def put_off_press(self, batch: Batch, incoming: Incoming, party: Party) -> int:
        """Keep an event that is no text as one that waits, under the conversation's lock; return how many wait in it."""
        now = self.clock.now()
        waiting = paces.put_off(batch, party.conversation_id, self.limits, now=now)
        inbox.store(batch, party, incoming, waits=True)
        await batch.send()
        return waiting[0].waiting if waiting else 0

    async def thin(self, conversation_id: UUID, waiting: int) -> None:
        """Let go of the oldest of what waits where it is too much to keep, and count how many."""
        keep = self.limits.keep
        if waiting <= keep or waiting % THIN_EVERY:
            return
        async with self.db.transaction(durable=False) as conn:
            gone = await paces.thin(conn, conversation_id, keep=keep)
            counted = Tally()
            traffic.tally(counted, "let_go", gone, self.clock.now())
            await counted.write(conn)
