"""Links by which people come to a campaign: what one leads to, and how often it was opened on a day, of whom is not kept."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import CampaignLinkRow, CampaignRow, LinkCountRow, TesterInviteRow, TesterRow

LINK, INVITATION = "c", "t"
"""What stands before the code in the payload of a deep link."""
TESTER = "tester"


async def find(conn: AsyncConnection, payload: str, *, now: datetime) -> tuple[str, str] | None:
    """Return the code and the target of an open link or invitation (`c_<code>`, `t_<code>`); None where there is none."""
    kind, _, code = payload.partition("_")
    if kind == INVITATION:
        invited = select(TesterInviteRow.code).where(
            TesterInviteRow.code == code, TesterInviteRow.expires_at > now
        )
        return (code, TESTER) if await conn.scalar(invited) else None
    query = (
        select(CampaignLinkRow.code, CampaignLinkRow.target)
        .join(CampaignRow, CampaignRow.id == CampaignLinkRow.campaign_id)
        .where(
            CampaignLinkRow.code == code,
            CampaignLinkRow.closed_at.is_(None),
            CampaignRow.state == "live",
        )
    )
    row = (await conn.execute(query)).one_or_none()
    return (row.code, row.target) if row else None


async def campaign_of(conn: AsyncConnection, code: str) -> UUID | None:
    """Return the campaign of a link that is open."""
    query = select(CampaignLinkRow.campaign_id)
    return await conn.scalar(
        query.where(CampaignLinkRow.code == code, CampaignLinkRow.closed_at.is_(None))
    )


async def count_opened(conn: AsyncConnection, code: str, *, day: date) -> None:
    """Count that a link was opened."""
    await _count(conn, code, day, "opened")


async def count_finished(conn: AsyncConnection, code: str, *, day: date) -> None:
    """Count that a quiz behind a link was played to its end."""
    await _count(conn, code, day, "finished")


async def _count(conn: AsyncConnection, code: str, day: date, what: str) -> None:
    # The link may have been deleted since the person came in: then there is nothing to count for.
    known = select(CampaignLinkRow.code).where(CampaignLinkRow.code == code)
    if await conn.scalar(known) is None:
        return
    one = insert(LinkCountRow).values(code=code, day=day, **{what: 1})
    more = {what: getattr(LinkCountRow, what) + 1}
    await conn.execute(
        one.on_conflict_do_update(index_elements=[LinkCountRow.code, LinkCountRow.day], set_=more)
    )


async def take_invitation(
    conn: AsyncConnection, code: str, contact_id: UUID, *, now: datetime
) -> None:
    """Make somebody a tester by an invitation, which is used up; without effect where it is not there any more."""
    label = await conn.scalar(
        delete(TesterInviteRow)
        .where(TesterInviteRow.code == code, TesterInviteRow.expires_at > now)
        .returning(TesterInviteRow.label)
    )
    if label is not None:
        tester = insert(TesterRow).values(contact_id=contact_id, label=label)
        await conn.execute(
            tester.on_conflict_do_update(
                index_elements=[TesterRow.contact_id], set_={"label": label}
            )
        )
