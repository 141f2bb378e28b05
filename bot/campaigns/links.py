"""The links of a campaign, as campaigners make and close them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import acts
from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.store.tables import CampaignLinkRow, LinkCountRow

KIND = "link"
CODE_CHARS = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other on a poster."""


@dataclass(frozen=True)
class Link:
    """A link, and how often it was opened; of whom is not kept."""

    code: str
    target: str
    city: str | None
    leader: str | None
    closed_at: datetime | None
    opened: int
    finished: int

    @property
    def payload(self) -> str:
        """What stands in a deep link."""
        return f"c_{self.code}"


async def all_of(conn: AsyncConnection, campaign_id: UUID) -> Sequence[Link]:
    """Return the links of a campaign, the oldest first."""
    row = CampaignLinkRow
    columns = (row.code, row.target, row.city, row.leader, row.closed_at)
    query = (
        select(
            *columns,
            func.coalesce(func.sum(LinkCountRow.opened), 0),
            func.coalesce(func.sum(LinkCountRow.finished), 0),
        )
        .outerjoin(LinkCountRow, LinkCountRow.code == row.code)
        .where(row.campaign_id == campaign_id)
        .group_by(*columns, row.created_at)
        .order_by(row.created_at, row.code)
    )
    return [Link(*found) for found in await conn.execute(query)]


async def add(
    conn: AsyncConnection,
    campaign_id: UUID,
    *,
    code: str,
    target: str,
    city: str | None,
    clock: Clock,
    by: UUID,
) -> str:
    """Make a link; without a `code` one is drawn. Return its code.

    Raises:
        Conflict: There is a link of this code already, of this campaign or another.
    """
    code = code or "".join(clock.choice(_LETTERS) for _ in range(CODE_CHARS))
    values = {"code": code, "campaign_id": campaign_id, "target": target, "city": city}
    try:
        async with conn.begin_nested():
            await conn.execute(insert(CampaignLinkRow).values(**values))
    except IntegrityError as exc:
        raise Conflict from exc
    await _note(conn, campaign_id, "make_link", clock=clock, by=by)
    return code


async def set_open(
    conn: AsyncConnection, campaign_id: UUID, code: str, *, is_open: bool, clock: Clock, by: UUID
) -> None:
    """Close a link, so that it leads nowhere, or open it again.

    Raises:
        NotFound: The campaign has no such link.
    """
    closed_at = None if is_open else clock.now()
    done = await conn.execute(
        update(CampaignLinkRow)
        .where(CampaignLinkRow.code == code, CampaignLinkRow.campaign_id == campaign_id)
        .values(closed_at=closed_at)
    )
    if done.rowcount == 0:
        raise NotFound
    await _note(conn, campaign_id, "open_link" if is_open else "close_link", clock=clock, by=by)


async def _note(
    conn: AsyncConnection, campaign_id: UUID, act: str, *, clock: Clock, by: UUID
) -> None:
    at = clock.now()
    await acts.note(
        conn, by=by, act=act, kind=KIND, subject=campaign_id, campaign=campaign_id, at=at
    )
