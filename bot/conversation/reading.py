"""Reads what a person wrote, together with what they wrote before, and keeps for a while what is needed for that."""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.conversation.burst import Gathered
from bot.conversation.state import State
from bot.messages import Incoming
from bot.store import traffic, transcript
from bot.store.batch import Batch
from bot.store.contacts import Party, People
from bot.understanding.model import RiskLevel, Understanding
from bot.understanding.service import EARLIER, Reader
from bot.understanding.shape import Shape, shape_of


@dataclass(frozen=True)
class Reading:
    """Reads the events of a turn."""

    reader: Reader
    people: People
    clock: Clock
    buffer_for: timedelta

    async def meaning(
        self, incoming: Incoming, meaning: Understanding | None, party: Party
    ) -> Understanding:
        """Return what an event means to this person; `meaning` is what it was read as before they were known, if it was read."""
        if not incoming.has_words:
            return meaning or Understanding()
        if meaning is None:
            return await self.reader.read(incoming.text, prior=party.locale)
        return self.reader.expecting(meaning, incoming.text, party.locale)

    async def remember(
        self,
        batch: Batch,
        party: Party,
        state: State,
        gathered: Gathered,
        meaning: Understanding,
    ) -> Understanding:
        """Keep a stranger's words for a while, and note their shape; return what they mean together with earlier ones."""
        text, now = gathered.event.incoming.text, self.clock.now()
        meaning = await self._with_earlier(batch, party, state, text, meaning)
        until, reading = now + self.buffer_for, meaning.in_short()
        transcript.remember(batch, party, text, at=now, until=until, reading=reading)
        danger = meaning.risk.level is not RiskLevel.NONE
        for shape in _shapes(gathered, danger=danger):
            traffic.note(batch, self.people.lookup, party.address, shape, danger=danger, now=now)
        return meaning

    async def _with_earlier(
        self, batch: Batch, party: Party, state: State, text: str, meaning: Understanding
    ) -> Understanding:
        """Read a message together with the ones before it, where that may change what it tells of danger."""
        if not self.reader.depends_on_earlier(meaning):
            return meaning
        now = self.clock.now()
        conn = await batch.connection()
        lines = await transcript.buffered(conn, party, now=now, limit=EARLIER)
        earlier = [line.text for line in lines]
        return await self.reader.read_together(meaning, text, earlier, state.recent_risk(now))


def _shapes(gathered: Gathered, *, danger: bool) -> list[Shape]:
    """Return the shapes of all texts that a turn answers, in one fixed order whoever writes them."""
    texts = [each.incoming for each in gathered.of if each.incoming.has_words]
    found = (shape_of(each.text, danger=danger) for each in texts)
    return sorted({shape for shape in found if shape is not None}, key=lambda each: each.words)
