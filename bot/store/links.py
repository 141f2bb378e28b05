"""Links by which people come to a campaign: what one leads to, and how often it was opened on a day, of whom is not kept."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.counts import Tally
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


async def city_of(conn: AsyncConnection, code: str) -> str | None:
    """Return the city that a link was made for; None where it was made for none, or there is no such link."""
    return await conn.scalar(select(CampaignLinkRow.city).where(CampaignLinkRow.code == code))


def count_opened(tally: Tally, code: str, *, day: date) -> None:
    """Count that a link was opened."""
    tally.add(LinkCountRow, {"code": code, "day": day}, opened=1)


def count_finished(tally: Tally, code: str, *, day: date) -> None:
    """Count that a quiz behind a link was played to its end."""
    tally.add(LinkCountRow, {"code": code, "day": day}, finished=1)


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
