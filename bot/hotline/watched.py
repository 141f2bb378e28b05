"""Somebody may be looking at the person's phone: the thread says so, and what the staff wrote waits until they are back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline.cases import OpenCase, add_event
from bot.store import held, notices, transcript
from bot.store.contacts import Party

EVENT = "event"
"""The author of a line that nobody wrote; what happened stands in it as one of the two signs below."""
WATCHED, UNWATCHED = "watched", "unwatched"


async def note(
    conn: AsyncConnection, party: Party, case: OpenCase, *, is_watched: bool, now: datetime
) -> None:
    """Note that the person has used their safe word, or has brought help back with it; the caller holds the conversation's lock."""
    if is_watched:
        await held.cover(conn, party.conversation_id)
    else:
        await held.uncover(conn, party.conversation_id, now=now)
    sign = WATCHED if is_watched else UNWATCHED
    await transcript.add(conn, party, EVENT, sign, at=now, case_id=case.id)
    await add_event(conn, case.id, "case_watched" if is_watched else "case_unwatched", at=now)
    await notices.to_desk(conn, "message", case.id)
