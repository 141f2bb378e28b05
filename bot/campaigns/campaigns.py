"""Campaigns as they are kept: the frame around broadcasts, links, events and results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.store.tables import CampaignRow


@dataclass(frozen=True)
class Campaign:
    """A campaign as it is kept."""

    id: UUID
    slug: str
    title: str
    about: str
    starts_on: date | None
    ends_on: date | None
    state: str
    """`draft`, `live`, `ended` or `archived`."""
    body: Mapping[str, Any]
    """Its own web sites (`domains`), and what else belongs to it."""
    version: int


_COLUMNS = (
    CampaignRow.id,
    CampaignRow.slug,
    CampaignRow.title,
    CampaignRow.about,
    CampaignRow.starts_on,
    CampaignRow.ends_on,
    CampaignRow.state,
    CampaignRow.body,
    CampaignRow.version,
)


async def all_of(conn: AsyncConnection, *, archived: bool = False) -> list[Campaign]:
    """Return the campaigns, those that were changed last first; without those that are archived, or only those."""
    in_archive = CampaignRow.state == "archived"
    query = select(*_COLUMNS).where(in_archive if archived else ~in_archive)
    rows = await conn.execute(query.order_by(CampaignRow.changed_at.desc(), CampaignRow.slug))
    return [_read(row) for row in rows]


async def get(conn: AsyncConnection, campaign_id: UUID, *, lock: bool = False) -> Campaign:
    """Return a campaign; with `lock`, nobody else changes it meanwhile.

    Raises:
        NotFound: There is none.
    """
    query = select(*_COLUMNS).where(CampaignRow.id == campaign_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def _read(row: Row[Any]) -> Campaign:
    return Campaign(
        row.id, row.slug, row.title, row.about, row.starts_on, row.ends_on, row.state, row.body,
        row.version,
    )  # fmt: skip
