"""Lines that are kept back: how long, when they go after all, and how they are taken back.

Whoever lets them go decides anew, under the conversation's lock, whether they may still be said: the consent may have ended,
the safe hours may be over, somebody may be looking at the phone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.service import Conversations
from bot.errors import Conflict, NotFound, Refused
from bot.faults import fault_point
from bot.hotline import cases, consent, drafts, safe_hours
from bot.hotline.claimed import access_claimed
from bot.hotline.staff import Staff
from bot.store import held, notices, quotes, transcript, window
from bot.store.contacts import Party
from bot.store.held import Held

UNDO = timedelta(seconds=5)
"""So long a line can be taken back."""


class Leaving(StrEnum):
    """When a line is to leave."""

    NOW = "now"
    UNDOABLE = "undoable"
    WHEN_SAFE = "when_safe"


class Kept(NamedTuple):
    """Why a line is kept back (`bot.store.held`), and until when; None is until somebody says so."""

    why: str
    not_before: datetime | None


async def kept_back(
    conn: AsyncConnection, party: Party, case_id: UUID, leaving: Leaving, *, now: datetime
) -> Kept | None:
    """Return how a line is to be kept back; None where it leaves at once.

    Raises:
        Refused: It is to wait for safe hours, and the person does not agree to be written to later.
    """
    if leaving is Leaving.NOW:
        return None
    if leaving is Leaving.UNDOABLE:
        return Kept(held.MOMENT, now + UNDO)
    hours = await consent.contact_later(conn, party, case_id)
    if hours is None:
        raise Refused("no_safe_hours")
    opens = safe_hours.opens_at(hours, now + UNDO)
    return Kept(held.SAFE_HOUR if opens > now + UNDO else held.MOMENT, opens)


@dataclass(frozen=True)
class Holding:
    """Lets lines go, or takes them back."""

    conversations: Conversations

    async def let_go(self, conversation_id: UUID) -> None:
        """Send what has been kept back for long enough in a conversation, and may still be said."""
        talk = self.conversations
        async with talk.db.transaction() as conn:
            try:
                party = await talk.people.get(conn, conversation_id, lock=True)
            except NotFound:
                return
            due = await self.let_go_in(conn, party)
            if due:
                await notices.to_outbox(conn, conversation_id)
            fault_point("before_let_go_commit")
        if due and talk.delivery.inline_holder(party.address.channel) is not None:
            await talk.delivery.drain(conversation_id)

    async def let_go_in(self, conn: AsyncConnection, party: Party) -> bool:
        """Put what has been kept back for long enough where it is sent from; the caller holds the conversation's lock.

        Returns whether there was anything.
        """
        now = self.conversations.clock.now()
        due = await held.due_in(conn, party.conversation_id, now=now)
        for line in due:
            await self._decide(conn, party, line, now)
        return bool(due)

    async def take_back(self, staff: Staff, case_id: UUID, line_id: int) -> str:
        """Undo a line that has not left; its words, with what they answer, are the counsellor's draft again. Returns them; a file of it is gone.

        Raises:
            NotFound: The case is not theirs.
            Conflict: It is too late, or there is no such line.
        """
        talk = self.conversations
        async with talk.db.transaction() as conn:
            party, case = await access_claimed(conn, talk.people, staff, case_id, joined=True)
            words = await transcript.find_text(conn, party.key, case_id, line_id)
            quote = await quotes.find_quote(conn, case_id, line_id)
            if words is None or not await held.take_back(conn, case_id, line_id):
                raise Conflict
            begun = await drafts.find(conn, party, staff.id, case_id)
            if words:
                now, draft = talk.clock.now(), f"{words}\n{begun.text}" if begun else words
                quote = quote or (begun.quote if begun else None)
                await drafts.put(conn, party, staff.id, case_id, draft, now=now, quote=quote)
                words = draft
            await cases.add_event(conn, case.id, "line_taken_back", staff_id=staff.id)
        return words

    async def _decide(
        self, conn: AsyncConnection, party: Party, line: Held, now: datetime
    ) -> None:
        """Let one line go, keep it for longer, or refuse it; the caller holds the conversation's lock."""
        opens: datetime | None = now
        if line.why == held.SAFE_HOUR:
            hours = await consent.contact_later(conn, party, line.case_id)
            opens = safe_hours.opens_at(hours, now) if hours else None
        if opens is None or not await consent.holds(conn, line.case_id, consent.TALK):
            await held.refuse(conn, line.line_id, error="no_consent")
        elif party.parked:
            await held.keep(conn, line.line_id, why=held.AWAY, not_before=None)
        elif self.conversations.state_of(party).is_covered(now):
            await held.keep(conn, line.line_id, why=held.COVER, not_before=None)
        elif opens > now:
            await held.keep(conn, line.line_id, why=held.SAFE_HOUR, not_before=opens)
        elif await self._is_shut(conn, party, line, now):
            await held.keep(conn, line.line_id, why=held.WINDOW, not_before=None)
        else:
            await held.let_go(conn, line.line_id)
        await notices.to_desk(conn, "message", line.case_id)

    async def _is_shut(
        self, conn: AsyncConnection, party: Party, line: Held, now: datetime
    ) -> bool:
        """Tell whether the platform takes nothing now; the question whether we may go on leaves all the same."""
        there = await window.look(conn, party, line.case_id)
        return there is not None and not there.is_open(now) and line.line_id != there.line_id
