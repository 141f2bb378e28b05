"""A counsellor asks somebody on WhatsApp who has been silent for a day whether the talk may go on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.holding import Kept, Leaving, kept_back
from bot.conversation.talks import BY_ITSELF, Talks
from bot.conversation.templates import Approved, find_approved
from bot.errors import Refused
from bot.faults import fault_point
from bot.hotline import cases, consent
from bot.hotline.claimed import access_claimed
from bot.hotline.safe_hours import is_safe
from bot.hotline.staff import Staff
from bot.store import window
from bot.store.contacts import Party


@dataclass(frozen=True)
class GoingOn:
    """Asks by a template that Meta has approved, once in 24 hours."""

    talks: Talks

    async def ask(self, staff: Staff, case_id: UUID) -> None:
        """Ask; what was written meanwhile leaves by itself once they say yes or write.

        Somebody who named safe hours is asked in them.

        Raises:
            NotFound: The case is not theirs.
            ConsentMissing: The person no longer agrees to talk.
            Refused: `watched`, `window_open`, `asked_already`, or `no_template`.
        """
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            party, case = await access_claimed(conn, talk.people, staff, case_id, joined=True)
            await consent.check(conn, case.id, consent.TALK)
            now = talk.clock.now()
            approved = await self._check(conn, party, case, now)
            asks = approved.said(talk.content, {"counsellor": staff.name})
            kept = await self._kept(conn, party, case, now)
            letters, line_id = await self.talks.put_line(
                conn, party, case, asks.text, staff, kept, author=BY_ITSELF, asks=asks
            )
            await window.note_asked(conn, party, case.id, line_id, at=now)
            fault_point("before_go_on_commit")
        fault_point("after_go_on_commit")
        await self.talks.deliver(party, letters)

    async def _check(
        self, conn: AsyncConnection, party: Party, case: cases.OpenCase, now: datetime
    ) -> Approved:
        talk = self.talks.conversations
        state = talk.state_of(party)
        there = await window.look(conn, party, case.id)
        if state.is_covered(now):
            raise Refused("watched")
        if there is None or there.stage(now) in {"open", "soon"}:
            raise Refused("window_open")
        if not there.may_ask(now):
            raise Refused("asked_already")
        approved = await find_approved(conn, talk.content, window.GO_ON, state.locale)
        if approved is None:
            raise Refused("no_template")
        return approved

    async def _kept(
        self, conn: AsyncConnection, party: Party, case: cases.OpenCase, now: datetime
    ) -> Kept | None:
        """Return until when the question waits, for somebody who named the hours in which a message is safe."""
        hours = await consent.contact_later(conn, party, case.id)
        if hours is None or is_safe(hours, now):
            return None
        return await kept_back(conn, party, case.id, Leaving.WHEN_SAFE, now=now)
