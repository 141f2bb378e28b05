"""Several of the staff in one talk: what the person is told of it is said here, in their language."""

from dataclasses import dataclass
from uuid import UUID

from bot.conversation.talks import Talks
from bot.errors import Conflict, NotFound
from bot.hotline import guests, transfers
from bot.hotline.claimed import access_claimed
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, get_staff, list_on_desk

JOINED, TAKEN_OVER = "joined", "taken_over"
"""Ready replies that nobody picks: they are said by themselves (`flows/replies.yml`)."""


@dataclass(frozen=True)
class Together:
    """Consulting, joining and handing over."""

    talks: Talks

    async def consult(self, staff: Staff, case_id: UUID, colleague_id: UUID) -> None:
        """Ask a colleague who is at the desk now to look at a case of hers.

        Raises:
            NotFound: The case is not hers, or the colleague is not at the desk.
            Conflict: They are asked already.
        """
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            await access_claimed(conn, talk.people, staff, case_id)
            now = talk.clock.now()
            there = await list_on_desk(conn, now)
            colleague = next((each for each in there if each.id == colleague_id), None)
            if colleague is None:
                raise NotFound
            await guests.invite(conn, staff, case_id, colleague, now=now)

    async def answer_consult(self, staff: Staff, case_id: UUID, *, accepts: bool) -> None:
        """Look with a colleague who asked for it, or not."""
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            now = talk.clock.now()
            if accepts:
                await guests.accept(conn, staff, case_id, now=now)
            else:
                await guests.end(conn, case_id, staff.id, now=now)

    async def leave(self, staff: Staff, case_id: UUID, guest_id: UUID) -> None:
        """Let somebody be in a case no more: oneself, or somebody whom one has asked.

        Raises:
            NotFound: They are not in it, or it is not one's to end.
        """
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            if guest_id != staff.id:
                await access_claimed(conn, talk.people, staff, case_id)
            await guests.end(conn, case_id, guest_id, now=talk.clock.now())

    async def join(self, staff: Staff, case_id: UUID) -> None:
        """Come into a colleague's talk as somebody who oversees; the person is told who is there now.

        Raises:
            NotFound: One does not oversee, or there is no such case.
            Conflict: One is in it already, has it oneself, or nobody has it.
        """
        if not staff.may(Permission.OVERSEE):
            raise NotFound
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            _, case = await access_claimed(conn, talk.people, staff, case_id, anybodys=True)
            if case.claimed_by == staff.id:
                raise Conflict
            await guests.join(conn, staff, case_id, now=talk.clock.now())
            said = await self.talks.say(conn, staff, case_id, JOINED)
        await self.talks.deliver(*said)

    async def offer(self, staff: Staff, case_id: UUID, colleague_id: UUID, why: str) -> None:
        """Offer a case of hers to a colleague; it stays hers until they accept."""
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            party, _ = await access_claimed(conn, talk.people, staff, case_id)
            colleague = await get_staff(conn, colleague_id)
            now = talk.clock.now()
            await transfers.offer(conn, party, staff, case_id, colleague, why=why, now=now)

    async def take_back_offer(self, staff: Staff, case_id: UUID) -> None:
        """Offer a case no more."""
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            await access_claimed(conn, talk.people, staff, case_id)
            await transfers.take_back(conn, staff, case_id, now=talk.clock.now())

    async def answer_offer(self, staff: Staff, case_id: UUID, *, accepts: bool) -> None:
        """Take a case over that was offered, which the person is told, or leave it where it is."""
        talk = self.talks.conversations
        async with talk.db.transaction() as conn:
            now = talk.clock.now()
            if not accepts:
                await transfers.decline(conn, staff, case_id, now=now)
                return
            await transfers.accept(conn, staff, case_id, now=now)
            said = await self.talks.say(conn, staff, case_id, TAKEN_OVER)
        await self.talks.deliver(*said)
