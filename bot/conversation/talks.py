"""What counsellors do in a conversation: take the next person, write, give back, close."""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.fit import fit
from bot.conversation.draw import draw
from bot.conversation.service import Conversations
from bot.conversation.state import World
from bot.conversation.turn import after_talk
from bot.errors import Conflict, NotFound, Refused
from bot.faults import fault_point
from bot.hotline import cases, claiming, consent, lists, promised
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.messages import CaseId, Outgoing, clean_text
from bot.store import contacts, inbox, notices, outbox, sending, transcript
from bot.store.batch import Batch
from bot.store.contacts import Party
from bot.store.outbox import Letter

CLAIM_WAIT_S = 8.0
"""A claim waits this long for a message of the bot that is just being sent."""
STAFF_EVENTS = "desk"


@dataclass
class Talks:
    """The counsellors' side of the conversations."""

    conversations: Conversations

    async def claim_next(self, staff: Staff) -> CaseId | None:
        """Give `staff` the next person who fits; None when there is none for them.

        When this returns, no message of the bot is on its way in that conversation, and none will follow.

        Raises:
            NotFound: This role does not talk with people.
        """
        if not staff.may(Permission.TALK):
            raise NotFound
        talk = self.conversations
        async with talk.db.transaction() as conn:
            case_id = await claiming.claim_next(conn, talk.people, staff, now=talk.clock.now())
            fault_point("before_claim_commit")
        fault_point("after_claim_commit")
        if case_id is not None:
            await self._settle(case_id)
        return case_id

    async def reply(self, staff: Staff, case_id: UUID, text: str, *, token: str) -> None:
        """Write to the person.

        Args:
            staff: Who writes; must have the case.
            case_id: The case.
            text: The words.
            token: Unique for this message: sent twice, it is written once.

        Raises:
            Refused: The text is empty, the case is somebody else's, or the person no longer agrees to talk.
        """
        words = clean_text(text).strip()
        if not words:
            raise Refused("empty")
        async with self.conversations.db.transaction() as conn:
            party, case = await self._mine(conn, staff, case_id)
            await consent.check(conn, case.id, consent.TALK)
            letters: list[Letter] = []
            if await inbox.once(conn, party, STAFF_EVENTS, f"{case_id}:{token}"):
                letters = await self._put(conn, party, case, words, staff)
            fault_point("before_reply_commit")
        fault_point("after_reply_commit")
        await self._deliver(party, letters)

    async def release(self, staff: Staff, case_id: UUID) -> None:
        """Give the person back to the queue: who has the case, or who oversees, where its counsellor has gone.

        Raises:
            NotFound: The case is not theirs.
        """
        async with self.conversations.db.transaction() as conn:
            party, case = await self._claimed(
                conn, staff, case_id, anybodys=staff.may(Permission.OVERSEE)
            )
            await cases.release(conn, case, party.conversation_id, staff)

    async def close(self, staff: Staff, case_id: UUID, outcome: str) -> None:
        """End the talk with an outcome; the bot asks the person how it was and is there again.

        Raises:
            Refused: The outcome is not one of `cases.OUTCOMES`, or the case is not theirs.
        """
        if outcome not in cases.OUTCOMES:
            raise Refused("outcome")
        talk = self.conversations
        async with talk.db.transaction() as conn:
            party, case = await self._mine(conn, staff, case_id)
            now = talk.clock.now()
            epoch = await cases.close(
                conn, case, party.conversation_id, outcome=outcome, now=now, staff_id=staff.id
            )
            party = replace(party, owner="bot", owner_staff_id=None, epoch=epoch)
            letters = await self._ask_how_it_was(conn, party, case)
            fault_point("before_close_commit")
        fault_point("after_close_commit")
        await self._deliver(party, letters)

    async def retry(self, staff: Staff, outbox_id: int) -> None:
        """Try a message again that was given up.

        Raises:
            NotFound: There is none of that number for this person of the staff.
        """
        talk = self.conversations
        async with talk.db.transaction() as conn:
            seen = await lists.list_undelivered(conn, staff)
            if not staff.may(Permission.OVERSEE) and outbox_id not in {item.id for item in seen}:
                raise NotFound
            conversation_id = await outbox.try_again(conn, outbox_id)
            if conversation_id is None:
                raise NotFound
            await notices.to_outbox(conn, conversation_id)
        await talk.delivery.drain(conversation_id)

    async def _mine(
        self, conn: AsyncConnection, staff: Staff, case_id: UUID
    ) -> tuple[Party, cases.OpenCase]:
        """Lock a case that `staff` has, with its person."""
        return await self._claimed(conn, staff, case_id, anybodys=False)

    async def _claimed(
        self, conn: AsyncConnection, staff: Staff, case_id: UUID, *, anybodys: bool
    ) -> tuple[Party, cases.OpenCase]:
        row = await cases.lock(conn, case_id)
        if not staff.may(Permission.TALK) or not (anybodys or row.claimed_by == staff.id):
            raise NotFound
        if row.state != "claimed":
            raise Conflict
        party = await self.conversations.people.get(conn, row.conversation_id)
        case = await cases.find_open(conn, row.conversation_id)
        if case is None or case.id != case_id:
            raise Conflict
        return party, case

    async def _put(
        self, conn: AsyncConnection, party: Party, case: cases.OpenCase, words: str, staff: Staff
    ) -> list[Letter]:
        talk = self.conversations
        channel = talk.delivery.channels.get(party.address.channel)
        message = Outgoing(words)
        parts = fit([message], channel.capabilities) if channel else [message]
        holder = talk.delivery.inline_holder(party.address.channel)
        letters = await outbox.put(
            conn,
            party,
            parts,
            clock=talk.clock,
            epoch=party.epoch,
            author="staff",
            staff_id=staff.id,
            holder=holder,
        )
        await transcript.add(
            conn,
            party,
            "staff",
            words,
            at=talk.clock.now(),
            case_id=case.id,
            outbox_id=letters[-1].id,
        )
        await cases.note_answer(conn, case.id)
        await promised.note_answer(conn, case.id, now=talk.clock.now())
        await notices.to_desk(conn, "message", case.id)
        if holder is None:
            await notices.to_outbox(conn, party.conversation_id)
        return letters

    async def _ask_how_it_was(
        self, conn: AsyncConnection, party: Party, case: cases.OpenCase
    ) -> list[Letter]:
        talk = self.conversations
        now = talk.clock.now()
        world = World(now=now, draw=draw(talk.clock, talk.content))
        asked = after_talk(talk.state_of(party), case.level, talk.content, world)
        batch = Batch(conn)
        state = asked.state
        contacts.save_state(batch, party, state.to_json(), locale=state.locale, at=now)
        letters = talk.add(batch, party, asked.outgoing)
        await batch.send()
        return letters()

    async def _deliver(self, party: Party, letters: list[Letter]) -> None:
        delivery = self.conversations.delivery
        if delivery.inline_holder(party.address.channel) is None:
            return
        if letters:
            await delivery.deliver(party.address, letters)
        else:
            await delivery.drain(party.conversation_id)

    async def _settle(self, case_id: UUID) -> None:
        """Wait until no message of the bot is on its way in a conversation that was just claimed."""
        talk = self.conversations
        loop = asyncio.get_running_loop()
        deadline = loop.time() + CLAIM_WAIT_S
        while loop.time() < deadline:
            async with talk.db.transaction(durable=False) as conn:
                conversation_id = await cases.conversation_of(conn, case_id)
                if conversation_id is None:
                    return
                if not await sending.in_flight(conn, conversation_id, author="bot"):
                    return
            await asyncio.sleep(0.05)
