"""What campaigns keep of a person, and the database role under which campaign code runs.

The role `suar_campaigns` (migration 0017) reads no case, text, consent, key or address, and not what became of anybody's message. It
sees the people who agree to `news` through the view `campaign_people`, where the check of that consent stands, and counts through
functions that keep small numbers back.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import (
    BroadcastRecipientRow,
    CampaignMemberRow,
    ConversationRow,
    EventSignupRow,
    InboxRow,
    ProfileRow,
    StudyAnswerRow,
    StudyMemberRow,
    TesterRow,
)

ROLE = "suar_campaigns"
NEWS = "news"
"""The consent to hear of campaigns."""
STUDY = "study"
"""The consent to be asked the same fact again after one and four weeks."""
EVENT = "event"
"""The consent to keep that somebody comes to events, and to write to them about these."""
OF_NEWS = (ProfileRow, CampaignMemberRow)
OF_STUDY = (StudyAnswerRow, StudyMemberRow)
_OWNED = (*OF_NEWS, *OF_STUDY, EventSignupRow, TesterRow, BroadcastRecipientRow)
_TWICE = {
    CampaignMemberRow: "campaign_id",
    StudyAnswerRow: "phase",
    EventSignupRow: "event_id",
    BroadcastRecipientRow: "run_id",
}
"""Tables with several rows of a person, and the column that tells those apart."""


async def forget(conn: AsyncConnection, contact_id: UUID) -> None:
    """Delete all that campaigns know of a person."""
    for table in _OWNED:
        await conn.execute(delete(table).where(table.contact_id == contact_id))


async def zone_of(conn: AsyncConnection, contact_id: UUID) -> str | None:
    """Return the zone by whose clock a person lives (an IANA name), where they have told it."""
    return await conn.scalar(select(ProfileRow.zone).where(ProfileRow.contact_id == contact_id))


async def heard_since(conn: AsyncConnection, conversation_id: UUID, moment: datetime) -> bool:
    """Tell whether somebody has written or pressed something since `moment`; also what is not answered yet counts."""
    talks = exists().where(
        ConversationRow.id == conversation_id, ConversationRow.last_in_at > moment
    )
    waits = exists().where(
        InboxRow.conversation_id == conversation_id, InboxRow.processed_at.is_(None)
    )
    return bool(await conn.scalar(select(talks | waits)))


async def city_of(conn: AsyncConnection, contact_id: UUID) -> str | None:
    """Return the city that a person told; it is kept only while they agree to hear of campaigns."""
    return await conn.scalar(select(ProfileRow.city).where(ProfileRow.contact_id == contact_id))


async def end_news(conn: AsyncConnection, contact_id: UUID) -> None:
    """Delete what a person told so that campaigns fit them: they want to hear of none."""
    for table in OF_NEWS:
        await conn.execute(delete(table).where(table.contact_id == contact_id))


async def end_events(conn: AsyncConnection, contact_id: UUID) -> None:
    """Delete to which events a person comes; whoever waits for their place moves up with the next look (`events.fill_all`)."""
    await conn.execute(delete(EventSignupRow).where(EventSignupRow.contact_id == contact_id))


async def end_study(conn: AsyncConnection, contact_id: UUID) -> None:
    """Delete what a person answered so that learning could be measured."""
    for table in OF_STUDY:
        await conn.execute(delete(table).where(table.contact_id == contact_id))


async def join(conn: AsyncConnection, contact_id: UUID, into: UUID) -> None:
    """Make what campaigns know of one contact the other's; where both have something, the other's stays."""
    for table in _OWNED:
        there = table.__table__.alias("there")
        same = there.c.contact_id == into
        if apart := _TWICE.get(table):
            same &= there.c[apart] == getattr(table, apart)
        if table is StudyAnswerRow:
            same &= there.c.fact == StudyAnswerRow.fact
        both = exists(select(there.c.contact_id).where(same))
        mine = table.contact_id == contact_id
        await conn.execute(delete(table).where(mine, both))
        await conn.execute(update(table).where(mine).values(contact_id=into))
