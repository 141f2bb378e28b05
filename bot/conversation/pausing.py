"""A counsellor rests for ten minutes from a talk in which she is abused, and may take it up again at any moment."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.draw import draw
from bot.conversation.holding import Leaving
from bot.conversation.state import Owner, World
from bot.conversation.talks import BY_ITSELF, Talks
from bot.conversation.turn import begin
from bot.faults import fault_point
from bot.hotline import cases, consent, pauses
from bot.hotline.claimed import access_claimed
from bot.hotline.pause_rules import Ended
from bot.hotline.staff import Staff
from bot.store import audit, contacts
from bot.store.audit import Kind
from bot.store.batch import Batch
from bot.store.contacts import Party
from bot.store.outbox import Letter

STEP = "calm.paused"
"""What the person reads."""


@dataclass(frozen=True)
class Pausing:
    """Begins and ends pauses, for whoever may write in the talk."""

    talks: Talks

    async def begin(self, staff: Staff, case_id: UUID, *, gives_back: bool) -> None:
        """Pause a talk, and tell its person calmly, in the same transaction.

        Args:
            staff: Has the case, or has joined it.
            case_id: The case.
            gives_back: Whether it goes back to the queue afterwards, for somebody else.

        Raises:
            NotFound: The case is not theirs.
            Conflict: Nobody has it now.
            Refused: The person is in danger now (`immediate`), or the talk is paused already (`paused`).
        """
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            party, case = await access_claimed(conn, talk.people, staff, case_id, joined=True)
            says = await self._may_be_said(conn, party, case)
            now = talk.clock.now()
            # Before the words: what the desk says by itself stands below what was there.
            await pauses.begin(conn, staff, case, gives_back=gives_back, told=says, now=now)
            letters = await self._say(conn, party, case, staff) if says else []
            await audit.append(
                conn,
                talk.people.lookup,
                Kind.TALK_PAUSED,
                at=now,
                staff_id=staff.id,
                subject_id=case_id,
            )
            fault_point("before_pause_commit")
        fault_point("after_pause_commit")
        await self.talks.deliver(party, letters)

    async def end(self, staff: Staff, case_id: UUID) -> bool:
        """Take a paused talk up again at once; False where it is not paused any more.

        Raises:
            NotFound: The case is not theirs.
            Conflict: Nobody has it now.
        """
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            _, case = await access_claimed(conn, talk.people, staff, case_id, joined=True)
            now = talk.clock.now()
            return await pauses.end(conn, case, Ended.UNDONE, now=now, staff_id=staff.id)

    async def _may_be_said(
        self, conn: AsyncConnection, party: Party, case: cases.OpenCase
    ) -> bool:
        """Tell whether the person can read it now: kept back, it would come when it is not true any more."""
        if not await consent.holds(conn, case.id, consent.TALK):
            return False
        return await self.talks.kept_back(conn, party, case, Leaving.NOW) is None

    async def _say(
        self, conn: AsyncConnection, party: Party, case: cases.OpenCase, staff: Staff
    ) -> list[Letter]:
        talk = self.talks.conversations
        before, now = talk.state_of(party), talk.clock.now()
        world = World(now=now, draw=draw(talk.clock, talk.content), owner=Owner.STAFF)
        said = begin(before, STEP, talk.content, world)
        [asks] = said.outgoing
        letters, _ = await self.talks.put_line(
            conn, party, case, asks.text, staff, None, author=BY_ITSELF, asks=asks
        )
        # Where buttons are typed, they are to be known under their titles; nothing else of the bot's side moves.
        kept = replace(before, offered=said.state.offered)
        batch = Batch(conn)
        contacts.save_state(batch, party, kept.to_json(), locale=kept.locale, at=None)
        await batch.send()
        return letters
