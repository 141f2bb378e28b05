"""Who of the staff did what with campaigns, and when. A line is added in the transaction of the act itself and never changed; no text is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, column, insert, or_, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import CampaignActRow

SHOWN = 50
"""So many lines a page shows, the newest."""
STAFF = table("staff", column("id"), column("name"))
"""What campaign code may read of the staff."""


@dataclass(frozen=True)
class Done:
    """One line of what happened."""

    at: datetime
    who: str | None
    """None: the house itself, by its clock."""
    staff_id: UUID | None
    act: str
    kind: str
    """`campaign`, `message`, `link` or another."""
    subject_id: UUID


async def note(
    conn: AsyncConnection,
    *,
    by: UUID | None,
    act: str,
    kind: str,
    subject: UUID,
    campaign: UUID | None = None,
    at: datetime,
) -> None:
    """Add a line, as part of the transaction in which it is done.

    Args:
        conn: The transaction, as the role of campaigns or as the house.
        by: Who of the staff; None: the house itself.
        act: What was done, an id for which `templates/studio/words.html` has the words.
        kind: With what: `campaign`, `message`, `link`, `event`, `quiz`, `segment`.
        subject: Its id.
        campaign: The campaign that it belongs to.
        at: An aware moment.
    """
    values = {
        "at": at, "staff_id": by, "act": act, "kind": kind,
        "subject_id": subject, "campaign_id": campaign,
    }  # fmt: skip
    await conn.execute(insert(CampaignActRow).values(**values))


async def of_subject(conn: AsyncConnection, subject: UUID) -> Sequence[Done]:
    """Return what was done with one thing, the newest first."""
    return await _read(conn, CampaignActRow.subject_id == subject)


async def of_campaign(conn: AsyncConnection, campaign: UUID) -> Sequence[Done]:
    """Return what was done with a campaign and all that belongs to it, the newest first."""
    mine = or_(CampaignActRow.campaign_id == campaign, CampaignActRow.subject_id == campaign)
    return await _read(conn, mine)


async def _read(conn: AsyncConnection, where: ColumnElement[bool]) -> Sequence[Done]:
    row = CampaignActRow
    query = (
        select(row.at, STAFF.c.name, row.staff_id, row.act, row.kind, row.subject_id)
        .outerjoin_from(CampaignActRow, STAFF, STAFF.c.id == row.staff_id)
        .where(where)
        .order_by(row.id.desc())
        .limit(SHOWN)
    )
    return [Done(*found) for found in await conn.execute(query)]
