"""What counsellors do in a conversation: take the next person, write, give back, close."""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.fit import fit
from bot.conversation.draw import draw
from bot.conversation.holding import Holding, Kept, Leaving, kept_back
from bot.conversation.service import Conversations
from bot.conversation.state import World
from bot.conversation.turn import after_talk
from bot.errors import NotFound, Refused
from bot.faults import fault_point
from bot.hotline import cases, claiming, consent, drafts, lists, pauses, promised, sent_files
from bot.hotline.access import check_quote
from bot.hotline.casefile_changes import check_wrapped_up
from bot.hotline.claimed import access_claimed
from bot.hotline.matching import Fit, Given
from bot.hotline.pause_rules import Ended
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.messages import CaseId, Outgoing, SentFile, clean_text
from bot.scan import Scanned
from bot.store import (
    attachments,
    contacts,
    held,
    inbox,
    notices,
    outbox,
    quotes,
    sending,
    transcript,
    window,
)
from bot.store.batch import Batch
from bot.store.contacts import Party
from bot.store.outbox import Letter

CLAIM_WAIT_S = 8.0
"""A claim waits this long for a message of the bot that is just being sent."""
STAFF_EVENTS = "desk"
BY_ITSELF = "desk"
"""The author of a line in the transcript that the desk said for a counsellor; it ends nobody's waiting for her own word."""
SAID_OF = {Fit.UNWISHED: "unmet_wish", Fit.UNSPOKEN: "unmet_language"}
"""Ready replies (`flows/replies.yml`) that are said to the person at once where a match gives up what they were asked about."""


@dataclass
class Talks:
    """The counsellors' side of the conversations."""

    conversations: Conversations

    @property
    def holding(self) -> Holding:
        """What lets lines go that are kept back, or takes them back."""
        return Holding(self.conversations)

    async def claim_next(self, staff: Staff) -> CaseId | None:
        """Give `staff` the next person who fits; None when there is none for them.

        Where their wish or their language could not be met, they are told so. When this returns, no message of the bot is on its way in that conversation, and none will follow.

        Raises:
            NotFound: This role does not talk with people.
        """
        if not staff.may(Permission.TALK):
            raise NotFound
        talk = self.conversations
        async with talk.db.transaction() as conn:
            given = await claiming.claim_next(conn, talk.people, staff, now=talk.clock.now())
            said = await self._say_unmet(conn, staff, given) if given else None
            fault_point("before_claim_commit")
        fault_point("after_claim_commit")
        if given is None:
            return None
        case_id = CaseId(given.waiting.place.case_id)
        await self._settle(case_id)
        if said:
            await self.deliver(*said)
        return case_id

    async def reply(
        self,
        staff: Staff,
        case_id: UUID,
        text: str,
        *,
        token: str,
        leaving: Leaving = Leaving.NOW,
        file: Scanned | None = None,
        quote: int | None = None,
    ) -> None:
        """Write to the person, or send them a file; while somebody may be looking at their phone it waits, whatever was asked for.

        Args:
            staff: Who writes; must have the case, or have joined it.
            case_id: The case.
            text: The words; with a file there may be none.
            token: Unique for this message: sent twice, it is written once.
            leaving: When it is to leave; until then `Holding.take_back` can undo it.
            file: As `bot.nameless.scan_nameless` gives it.
            quote: The line of the person that it answers.

        Raises:
            Refused: The text is empty, the case is somebody else's, or the person no longer agrees to talk.
            NoSuchLine: What it answers is no line of the person in this case that `staff` may read.
            NotSure: A file, while it may be somebody else who would see it.
            NotTaken: A file, after many others (`full`).
        """
        words = clean_text(text).strip()
        if not words and file is None:
            raise Refused("empty")
        async with self.conversations.db.transaction() as conn:
            people = self.conversations.people
            party, case = await access_claimed(conn, people, staff, case_id, joined=True)
            await consent.check(conn, case.id, consent.TALK)
            letters: list[Letter] = []
            if await inbox.once(conn, party, STAFF_EVENTS, f"{case_id}:{token}"):
                if file is not None:
                    await sent_files.check_may_send(conn, people, staff, case_id)
                if quote is not None:
                    await check_quote(conn, people, staff, case_id, quote)
                kept = await self.kept_back(conn, party, case, leaving)
                letters, _ = await self.put_line(
                    conn, party, case, words, staff, kept, file=file, quote=quote
                )
                await cases.note_answer(conn, case.id)
                # Whoever writes again has taken the talk up again.
                await pauses.end(
                    conn, case, Ended.WROTE, now=self.conversations.clock.now(), staff_id=staff.id
                )
                await promised.note_answer(conn, case.id, now=self.conversations.clock.now())
                await drafts.drop(conn, staff.id, case.id)
                if file is not None:
                    await sent_files.note_sent(conn, people, staff, case_id)
            fault_point("before_reply_commit")
        fault_point("after_reply_commit")
        await self.deliver(party, letters)

    async def release(self, staff: Staff, case_id: UUID) -> None:
        """Give the person back to the queue: who has the case, or who oversees, where its counsellor has gone.

        Raises:
            NotFound: The case is not theirs.
        """
        async with self.conversations.db.transaction() as conn:
            people = self.conversations.people
            party, case = await access_claimed(
                conn, people, staff, case_id, anybodys=staff.may(Permission.OVERSEE)
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
            party, case = await access_claimed(conn, talk.people, staff, case_id)
            await check_wrapped_up(conn, talk.people, staff, case_id, talk.content.wrap_up)
            now = talk.clock.now()
            epoch = await cases.close(
                conn, case, party.conversation_id, outcome=outcome, now=now, staff_id=staff.id
            )
            party = replace(party, owner="bot", owner_staff_id=None, epoch=epoch)
            await self.holding.let_go_in(conn, party)
            # Who is away reads the end of the talk only later, and is not asked about it.
            letters = [] if party.parked else await self._ask_how_it_was(conn, party, case)
            fault_point("before_close_commit")
        fault_point("after_close_commit")
        await self.deliver(party, letters)

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

    async def say(
        self, conn: AsyncConnection, staff: Staff, case_id: UUID, reply: str
    ) -> tuple[Party, list[Letter]]:
        """Say a ready reply by itself; under a cover it waits like everything that the staff say.

        It is no answer of a human: whoever is to write, and by when, stays as it was. Returns what `deliver` sends after the commit.
        """
        talk = self.conversations
        party, case = await access_claimed(conn, talk.people, staff, case_id, joined=True)
        if not await consent.holds(conn, case.id, consent.TALK):
            return party, []
        text = talk.content.replies[reply].text
        words = talk.content.words.say(text, talk.state_of(party).locale, counsellor=staff.name)
        kept = await self.kept_back(conn, party, case, Leaving.NOW)
        letters, _ = await self.put_line(conn, party, case, words, staff, kept, author=BY_ITSELF)
        return party, letters

    async def _say_unmet(
        self, conn: AsyncConnection, staff: Staff, given: Given
    ) -> tuple[Party, list[Letter]] | None:
        reply = SAID_OF.get(given.fit)
        if reply is None:
            return None
        return await self.say(conn, staff, given.waiting.place.case_id, reply)

    async def put_line(
        self,
        conn: AsyncConnection,
        party: Party,
        case: cases.OpenCase,
        words: str,
        staff: Staff,
        kept: Kept | None,
        *,
        author: str = "staff",
        file: Scanned | None = None,
        asks: Outgoing | None = None,
        quote: int | None = None,
    ) -> tuple[list[Letter], int]:
        """Write a line into the thread and the outbox; return what this process may send at once, and the line's number.

        Args:
            conn: The transaction, with the lock of the case.
            party: To whom.
            case: Of which case.
            words: What stands in the thread.
            staff: Who says it.
            kept: How it is kept back; None lets it leave.
            author: `BY_ITSELF` where the desk says it for them.
            file: What goes along.
            asks: The message, where it is more than the words.
            quote: The line that it answers.
        """
        talk = self.conversations
        channel = talk.delivery.channels.get(party.address.channel)
        number = talk.clock.new_id()
        sent = SentFile(str(number), file.kind.value) if file else None
        message = asks or Outgoing(words, file=sent, quote=quote)
        parts = fit([message], channel.capabilities) if channel else [message]
        holder = talk.delivery.inline_holder(party.address.channel) if kept is None else None
        letters = await outbox.put(
            conn,
            party,
            parts,
            clock=talk.clock,
            epoch=party.epoch,
            author="staff",
            staff_id=staff.id,
            holder=holder,
            vanish_s=talk.saying.staff_vanish_s(party),
            all_vanish=True,
        )
        line_id = await transcript.add(
            conn,
            party,
            author,
            words,
            at=talk.clock.now(),
            case_id=case.id,
            outbox_id=letters[-1].id,
        )
        if quote is not None:
            await quotes.note(conn, line_id, quote)
            letters = [
                replace(each, quoted=await quotes.find(conn, party, each.message.quote))
                for each in letters
            ]
        if file is not None:
            now = talk.clock.now()
            await attachments.add(conn, party, case.id, line_id, file, number=number, at=now)
        await held.name_line(conn, [letter.id for letter in letters], line_id)
        if kept is not None:
            await held.hold(conn, line_id, why=kept.why, not_before=kept.not_before)
        await notices.to_desk(conn, "message", case.id)
        if kept is not None:
            return [], line_id
        if holder is None:
            await notices.to_outbox(conn, party.conversation_id)
        return letters, line_id

    async def kept_back(
        self, conn: AsyncConnection, party: Party, case: cases.OpenCase, leaving: Leaving
    ) -> Kept | None:
        """Return how a line to the person is kept back now; None where it leaves at once."""
        now = self.conversations.clock.now()
        if party.parked:
            return Kept(held.AWAY, None)
        if self.conversations.state_of(party).is_covered(now):
            return Kept(held.COVER, None)
        there = await window.look(conn, party, case.id)
        if there is not None and leaving is not Leaving.WHEN_SAFE and not there.is_open(now):
            return Kept(held.WINDOW, None)
        return await kept_back(conn, party, case.id, leaving, now=now)

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

    async def deliver(self, party: Party, letters: list[Letter]) -> None:
        """Send what `say` has put into the outbox, after its transaction; and what waits there already."""
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
