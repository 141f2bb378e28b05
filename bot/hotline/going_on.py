"""What somebody on WhatsApp has answered to "may we go on?": the thread says so."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline.cases import OpenCase
from bot.hotline.watched import EVENT
from bot.store import notices, transcript
from bot.store.contacts import Party

YES, NOT_NOW = "go_on", "not_now"


async def note(
    conn: AsyncConnection, party: Party, case: OpenCase, *, yes: bool, now: datetime
) -> None:
    """Note in the thread that the person wants to go on, or not now; the caller holds the conversation's lock."""
    sign = YES if yes else NOT_NOW
    await transcript.add(conn, party, EVENT, sign, at=now, case_id=case.id)
    await notices.to_desk(conn, "message", case.id)
