"""Somebody else is at the person's phone: the thread says so plainly, and what the staff write waits until the person is back.

Which other case may have come from the same phone is said nowhere.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Refused
from bot.hotline import cases
from bot.hotline.watched import EVENT
from bot.store import notices, transcript
from bot.store.contacts import Party
from bot.store.tables import CaseRow, ConversationRow

Sign = Literal["away", "here"]
"""What stands in the line that nobody wrote."""


class Away(Refused):
    """Somebody else is at the person's phone now, so nothing can be shown to them."""


async def is_away(conn: AsyncConnection, case_id: UUID) -> bool:
    """Tell whether somebody else is at the phone from which a case goes on."""
    parked_at = (
        select(ConversationRow.parked_at)
        .join(CaseRow, CaseRow.conversation_id == ConversationRow.id)
        .where(CaseRow.id == case_id)
    )
    return await conn.scalar(parked_at) is not None


async def note(conn: AsyncConnection, party: Party, sign: Sign, *, now: datetime) -> None:
    """Note in the thread of a person's open case that somebody else is at their phone, or that they are back."""
    case = await cases.find_open(conn, party.conversation_id)
    if case is None:
        return
    await transcript.add(conn, party, EVENT, sign, at=now, case_id=case.id)
    await cases.add_event(conn, case.id, f"case_{sign}", at=now)
    await notices.to_desk(conn, "message", case.id)
