"""Who is writing right now: told at once, kept nowhere, and never to a phone that somebody may be looking at."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from bot.channels.errors import SendError
from bot.conversation.service import Conversations
from bot.conversation.state import Owner
from bot.errors import Refused
from bot.hotline import cases
from bot.hotline.claimed import access_claimed
from bot.hotline.staff import Staff
from bot.messages import Address
from bot.store import notices

log = structlog.get_logger(__name__)

AGAIN = timedelta(seconds=4)
"""A platform shows it for five seconds, and does not like to be told more often."""


@dataclass
class Typing:
    """Tells each side that the other one is writing."""

    conversations: Conversations
    _told: dict[UUID, datetime] = field(default_factory=dict)

    async def by_person(self, address: Address) -> None:
        """Tell the desk that somebody who talks with a counsellor is writing."""
        talk = self.conversations
        async with talk.db.transaction(durable=False) as conn:
            party = await talk.people.find(conn, address)
            # What is typed into the quiz of a cover may be somebody else's.
            if party is None or party.owner != Owner.STAFF:
                return
            if talk.state_of(party).is_covered(talk.clock.now()):
                return
            case = await cases.find_open(conn, party.conversation_id)
            if case is not None and not case.is_paused(talk.clock.now()):
                await notices.to_typing(conn, "person", case.id)

    async def by_staff(self, staff: Staff, case_id: UUID) -> None:
        """Tell the person that their counsellor is writing, where their channel can show it; at most every four seconds."""
        talk = self.conversations
        now = talk.clock.now()
        if now - self._told.get(case_id, now - AGAIN) < AGAIN:
            return
        self._told = {case: at for case, at in self._told.items() if now - at < AGAIN}
        self._told[case_id] = now
        try:
            async with talk.db.transaction(durable=False) as conn:
                party, _ = await access_claimed(conn, talk.people, staff, case_id, joined=True)
                if party.parked or talk.state_of(party).is_covered(now):
                    return
                await notices.to_typing(conn, "staff", party.conversation_id)
        except Refused:
            return
        channel = talk.delivery.channels.get(party.address.channel)
        if channel is not None:
            try:
                await channel.show_typing(party.address)
            except SendError as error:
                log.info("typing_not_shown", error=error.code)
