"""Campaigns as they are kept: the frame around broadcasts, links, events and results."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import acts
from bot.clock import Clock
from bot.errors import Conflict, NotFound, Refused
from bot.store.tables import BroadcastRow, CampaignRow

KIND = "campaign"
MAX_TITLE, MAX_ABOUT, MAX_DOMAINS = 120, 1000, 10
MAX_SLUG = 48
DOMAIN = re.compile(
    r"^(?=.{4,100}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"
)
UNDER_WAY = ("waiting", "scheduled", "paused")
"""States of messages that may still go out."""

Act = Literal["go_live", "end", "archive", "unarchive"]
MOVES: Mapping[tuple[str, str], str] = {
    ("draft", "go_live"): "live",
    ("ended", "go_live"): "live",
    ("live", "end"): "ended",
    ("draft", "archive"): "archived",
    ("ended", "archive"): "archived",
    ("archived", "unarchive"): "draft",
}
"""What can be done with a campaign in each state; what is taken out of the archive is what it was before."""
UNDOES: Mapping[str, Act] = {
    "go_live": "end",
    "end": "go_live",
    "archive": "unarchive",
    "unarchive": "archive",
}


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
    archived_from: str | None = None

    @property
    def domains(self) -> tuple[str, ...]:
        """Its own web sites, to which buttons may lead."""
        return tuple(self.body.get("domains", ()))


@dataclass(frozen=True)
class Frame:
    """What somebody writes about a campaign."""

    title: str
    about: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    domains: tuple[str, ...] = ()

    def problems(self) -> list[tuple[str, str]]:
        """Return what is wrong, as field and code."""
        found = []
        if not self.title:
            found.append(("title", "empty"))
        elif len(self.title) > MAX_TITLE:
            found.append(("title", "too_long"))
        if len(self.about) > MAX_ABOUT:
            found.append(("about", "too_long"))
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            found.append(("ends_on", "ends_before"))
        if len(self.domains) > MAX_DOMAINS or not all(map(DOMAIN.match, self.domains)):
            found.append(("domains", "no_domain"))
        return found


class StillUnderWay(Refused):
    """Messages of the campaign may still go out: they are cancelled or over before it ends."""

    def __init__(self, messages: int) -> None:
        self.messages = messages
        super().__init__(f"{messages} messages are under way")


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
    CampaignRow.archived_from,
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
        row.version, row.archived_from,
    )  # fmt: skip


async def create(
    conn: AsyncConnection,
    frame: Frame,
    *,
    clock: Clock,
    by: UUID,
    body: Mapping[str, Any] | None = None,
) -> UUID:
    """Keep a new campaign as a draft; return its id. Its short name is made from its title."""
    made = clock.new_id()
    slug = await _free_slug(conn, frame.title)
    await conn.execute(
        insert(CampaignRow).values(
            id=made, slug=slug, created_by=by, **_columns(frame, body or {})
        )
    )
    await acts.note(
        conn, by=by, act="create", kind=KIND, subject=made, campaign=made, at=clock.now()
    )
    return made


async def edit(
    conn: AsyncConnection, campaign_id: UUID, frame: Frame, *, version: int, at: datetime, by: UUID
) -> None:
    """Change what is written about a campaign.

    Raises:
        NotFound: There is none.
        Conflict: Somebody has changed it meanwhile.
    """
    seen = await lock(conn, campaign_id, version)
    await _save(conn, seen, at=at, **_columns(frame, seen.body))
    await acts.note(
        conn, by=by, act="edit", kind=KIND, subject=campaign_id, campaign=campaign_id, at=at
    )


async def act(
    conn: AsyncConnection, campaign_id: UUID, act: str, *, version: int, at: datetime, by: UUID
) -> None:
    """Do something with a campaign.

    Raises:
        NotFound: There is none.
        Conflict: Somebody has changed it meanwhile, or it cannot be done in its state.
        StillUnderWay: It is to end, and messages of it may still go out.
    """
    seen = await lock(conn, campaign_id, version)
    state = MOVES.get((seen.state, act))
    if state is None:
        raise Conflict
    if act in {"end", "archive"}:
        counts = (await count_messages(conn)).get(campaign_id, Counter())
        if under_way := sum(counts.get(each, 0) for each in UNDER_WAY):
            raise StillUnderWay(under_way)
    if act == "unarchive":
        state = seen.archived_from or state
    former = seen.state if act == "archive" else None
    await _save(conn, seen, at=at, state=state, archived_from=former)
    await acts.note(
        conn, by=by, act=act, kind=KIND, subject=campaign_id, campaign=campaign_id, at=at
    )


async def keep(
    conn: AsyncConnection, seen: Campaign, body: Mapping[str, Any], *, at: datetime
) -> None:
    """Change what belongs to a campaign beside its frame; its version goes up."""
    await _save(conn, seen, at=at, body=dict(body))


async def lock(conn: AsyncConnection, campaign_id: UUID, version: int) -> Campaign:
    """Return a campaign that nobody else changes meanwhile.

    Raises:
        NotFound: There is none.
        Conflict: It is another version by now.
    """
    seen = await get(conn, campaign_id, lock=True)
    if seen.version != version:
        raise Conflict
    return seen


async def count_messages(conn: AsyncConnection) -> dict[UUID, Counter[str]]:
    """Return how many messages each campaign has in each state."""
    columns = (BroadcastRow.campaign_id, BroadcastRow.state)
    found: dict[UUID, Counter[str]] = {}
    for row in await conn.execute(select(*columns, func.count()).group_by(*columns)):
        found.setdefault(row[0], Counter())[row[1]] = row[2]
    return found


async def _save(conn: AsyncConnection, seen: Campaign, *, at: datetime, **values: Any) -> None:  # noqa: ANN401  # columns
    values |= {"version": seen.version + 1, "changed_at": at}
    await conn.execute(update(CampaignRow).where(CampaignRow.id == seen.id).values(**values))


def _columns(frame: Frame, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": frame.title,
        "about": frame.about,
        "starts_on": frame.starts_on,
        "ends_on": frame.ends_on,
        "body": {**body, "domains": list(frame.domains)},
    }


async def _free_slug(conn: AsyncConnection, title: str) -> str:
    """Return a short name that no other campaign has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-")
    slug = slug if len(slug) > 1 else "campaign"
    taken = set(
        await conn.scalars(select(CampaignRow.slug).where(CampaignRow.slug.startswith(slug)))
    )
    number = 2
    found = slug
    while found in taken:
        found, number = f"{slug}-{number}", number + 1
    return found
