"""Ends everything that somebody would be written to for without asking for it at that moment."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation import campaigning
from bot.hotline import casefile_days, consent
from bot.store import contacts, study
from bot.store.contacts import Party


async def stop(conn: AsyncConnection, party: Party, *, now: datetime) -> None:
    """Write to a person first no more, in whichever chat: greetings, planned days, campaigns, events and the study end."""
    await contacts.set_stopped(conn, party.contact_id, now)
    await consent.end_follow_ups(conn, party.contact_id, at=now)
    await study.end(conn, party.contact_id, at=now)
    await casefile_days.change_pace(conn, party.contact_id, "stop", now=now)
    await campaigning.stop(conn, party, now=now)
