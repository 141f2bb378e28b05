"""What counsellors do with referrals that reaches the person or leaves the house: show it in the talk, and make the file."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.fit import fit
from bot.content.casework import Protocol
from bot.content.file_step import OwnFile
from bot.conversation.draw import draw
from bot.conversation.own import STEP
from bot.conversation.service import Conversations
from bot.conversation.state import World
from bot.conversation.steps.base import Scene
from bot.conversation.steps.own_file import question
from bot.conversation.unchecked import played
from bot.errors import Conflict, NotFound, Watched
from bot.faults import fault_point
from bot.hotline import consent, protocols
from bot.hotline.away import Away
from bot.hotline.referrals import changes
from bot.hotline.referrals.access import Referral, access_referral
from bot.hotline.referrals.draft import due_of
from bot.hotline.referrals.states import State
from bot.hotline.staff import Staff
from bot.messages import Outgoing
from bot.store import notices, outbox, transcript
from bot.store.contacts import Party
from bot.store.outbox import Letter

Render = Callable[[Referral, Protocol, datetime], str]
"""Writes the page for the receiver."""


@dataclass
class Referring:
    """The counsellors' side of referrals."""

    conversations: Conversations

    async def show(self, staff: Staff, referral_id: UUID) -> None:
        """Show a draft to the person in the talk, word for word, with yes and no under it.

        Raises:
            NotFound: It is not theirs.
            Conflict: They do not talk with the person now, or it is no draft.
            ConsentMissing: The person no longer agrees to talk.
            NotSure: Somebody else may be writing.
            Watched: A quiz covers the conversation, because somebody may be looking.
            Away: Somebody else is at their phone now.
        """
        talk = self.conversations
        async with talk.db.transaction() as conn:
            row = await changes.lock(conn, referral_id)
            referral = await access_referral(conn, talk.people, staff, referral_id)
            # Under the person's lock, so that no safe word comes between this look and the message.
            party = await talk.people.get(conn, row.conversation_id, lock=True)
            if party.owner != "staff" or party.owner_staff_id != staff.id:
                raise Conflict
            if talk.state_of(party).is_covered(talk.clock.now()):
                raise Watched
            if party.parked:
                raise Away
            await consent.check(conn, row.case_id, consent.TALK)
            message = self.question(party, referral)
            version = hashlib.sha256(message.text.encode()).hexdigest()[:16]
            now = talk.clock.now()
            await changes.mark_shown(
                conn, row, party, staff, message.text, version=version, at=now
            )
            letters = await self._put(conn, party, row, message, staff)
        await self._deliver(party, letters)

    async def send(self, staff: Staff, referral_id: UUID, way: str, render: Render) -> None:
        """Make the file or the page for the receiver, once; asked for again it is the same one.

        Raises:
            Refused: See `changes.check_sendable` and `changes.send`; sent already, it is a `Conflict`.
        """
        talk = self.conversations
        async with talk.db.transaction() as conn:
            row = await changes.lock(conn, referral_id)
            if row.state == State.CLOSED:
                raise Conflict
            followed = await protocols.get_followed(conn, row.case_id, talk.content.protocols)
            await changes.check_sendable(conn, staff, row, followed.protocol)
            referral = await access_referral(conn, talk.people, staff, referral_id)
            now = talk.clock.now()
            await changes.send(
                conn,
                talk.people,
                staff,
                row,
                way=way,
                page=render(referral, followed.protocol, now),
                due_at=due_of(followed.protocol, now),
                at=now,
            )
            fault_point("before_referral_commit")
        fault_point("after_referral_commit")

    def question(self, party: Party, referral: Referral) -> Outgoing:
        """Return what the person reads of a referral before it goes anywhere."""
        talk = self.conversations
        content = talk.content
        step = content.step(STEP)
        assert isinstance(step, OwnFile)
        unknown = set(referral.fields) - set(step.fields)
        if unknown:
            raise NotFound
        world = World(now=talk.clock.now(), draw=draw(talk.clock, content))
        scene = Scene(content, talk.state_of(party), world, STEP)
        ask: Any = partial(
            question,
            step,
            number=referral.item.number,
            receiver=referral.item.receiver,
            purpose=referral.purpose,
            fields=tuple(referral.fields.items()),
        )
        asked = played(scene, ask)
        assert asked is not None
        [message] = asked.say
        return message

    async def _put(
        self,
        conn: AsyncConnection,
        party: Party,
        row: Any,  # noqa: ANN401  # of `changes.lock`
        message: Outgoing,
        staff: Staff,
    ) -> list[Letter]:
        talk = self.conversations
        channel = talk.delivery.channels.get(party.address.channel)
        parts = fit([message], channel.capabilities) if channel else [message]
        holder = talk.delivery.inline_holder(party.address.channel)
        letters = await outbox.put(
            conn, party, parts, clock=talk.clock, epoch=party.epoch, author="staff",
            staff_id=staff.id, holder=holder, vanish_s=talk.vanish_s(party, parts),
        )  # fmt: skip
        await transcript.add(
            conn,
            party,
            "staff",
            message.text,
            at=talk.clock.now(),
            case_id=row.case_id,
            outbox_id=letters[-1].id,
        )
        await notices.to_desk(conn, "message", row.case_id)
        if holder is None:
            await notices.to_outbox(conn, party.conversation_id)
        return letters

    async def _deliver(self, party: Party, letters: list[Letter]) -> None:
        delivery = self.conversations.delivery
        if delivery.inline_holder(party.address.channel) is not None:
            await delivery.deliver(party.address, letters)
