"""One turn within the transaction of its answer: what the events mean, what is decided, and all of it carried out and kept."""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.content.load import Content
from bot.conversation.answering import Answer
from bot.conversation.apply import Applied, Effects
from bot.conversation.burst import Gathered
from bot.conversation.chats import tell
from bot.conversation.decide import Decider
from bot.conversation.effects import AnswerGoOn
from bot.conversation.reading import Reading
from bot.conversation.saying import Saying
from bot.conversation.state import Owner
from bot.conversation.trouble import trouble
from bot.conversation.turn import TurnResult
from bot.errors import Refused
from bot.hotline import cases
from bot.store import inbox, window
from bot.store.batch import Batch
from bot.store.contacts import Party
from bot.understanding.model import Understanding

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OneTurn:
    """Plays what one turn answers. The caller holds the conversation's lock, and commits."""

    content: Content
    clock: Clock
    reading: Reading
    decider: Decider
    effects: Effects
    saying: Saying

    async def play(
        self,
        batch: Batch,
        party: Party,
        gathered: Gathered,
        meaning: Understanding | None,
        answer: Answer,
        *,
        busy: bool = False,
    ) -> Party | None:
        """Play it; return who is here afterwards, None when they are erased.

        Args:
            batch: Has the party's lock.
            party: Who wrote.
            gathered: The events that are answered together.
            meaning: What their words were read as before the lock was held; None where nobody has read them.
            answer: What is said and counted is added to it.
            busy: See `Decider.decide`.
        """
        incoming = gathered.event.incoming.unmarked(party.mark)
        state, now = self.saying.state_of(party), self.clock.now()
        meaning = await self.reading.meaning(incoming, meaning, party)
        case = None
        if party.owner != Owner.BOT:
            case = await cases.find_open(await batch.connection(), party.conversation_id)
        elif incoming.has_words and incoming.text.strip():
            meaning = await self.reading.remember(batch, party, state, gathered, meaning)
        result = await self.decider.decide(batch, party, state, incoming, meaning, case, busy=busy)
        try:
            so_far = await self._apply(batch, party, result, case, meaning, incoming.platform_id)
        except Refused:
            log.warning("effect_refused", inbox=gathered.event.id)
            result = trouble(state, self.content)
            so_far = Applied(party, state.locale, case=case)
        answer.tally.join(so_far.tally)
        if so_far.erased:
            answer.spoken = self.saying.fitted(party, result.outgoing)
            answer.put = []
            return None
        if so_far.news is not None:
            await tell(self.saying, self.content, batch, so_far.news)
        self._note_heard(batch, party, result, now)
        for event in gathered.of:
            # Who has made room may have been erased with all their events.
            inbox.mark_answered(batch, so_far.party, event, now)
        if gathered.is_quiet and not result.effects and result.state.risk_at != now:
            result = replace(result, outgoing=())
        return self.saying.write(batch, so_far.party, result, answer, at=now)

    async def _apply(
        self,
        batch: Batch,
        party: Party,
        result: TurnResult,
        case: cases.OpenCase | None,
        meaning: Understanding,
        platform_id: str | None,
    ) -> Applied:
        so_far = Applied(
            party, result.state.locale, case=case, meaning=meaning, platform_id=platform_id
        )
        if result.effects:
            conn = await batch.connection()
            async with conn.begin_nested():
                for effect in result.effects:
                    await self.effects.apply(conn, effect, so_far)
        return so_far

    def _note_heard(self, batch: Batch, party: Party, result: TurnResult, now: datetime) -> None:
        """Note that somebody with whom staff talk on WhatsApp has written: their day has begun anew."""
        if party.owner == Owner.BOT or party.address.channel != window.CHANNEL:
            return
        declined = any(isinstance(each, AnswerGoOn) and not each.yes for each in result.effects)
        answer_is = window.NOT_NOW if declined else window.YES
        window.note_heard(batch, party, answer_is, at=now)
