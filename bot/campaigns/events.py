"""Events as campaigners make them: words in several languages, a time in a zone, a place, how many can come.

It runs under the role of campaigns: who comes is counted here, and told from five on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import Row, Select, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.parts import MAX_TITLE_CHARS, Strict
from bot.errors import Conflict, NotFound, Refused
from bot.store import events as places
from bot.store.events import CANCELLED, CLOSED, OPEN
from bot.store.tables import CampaignLinkRow, CampaignRow, EventRow, EventSignupRow

SMALL = 5
"""Fewer people than this are not told apart."""
DRAFT = "draft"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG_CHARS = 40
Act = Literal["open", "close", "cancel"]
MOVES: Mapping[Act, tuple[frozenset[str], str]] = {
    "open": (frozenset({DRAFT, CLOSED}), OPEN),
    "close": (frozenset({OPEN}), CLOSED),
    "cancel": (frozenset({DRAFT, OPEN, CLOSED}), CANCELLED),
}
"""From which states each leads where."""


class EventWords(Strict):
    """What people read of an event in one language."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    short: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE_CHARS)]
    """On a button."""
    place: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    about: Annotated[str, StringConstraints(min_length=1, max_length=300)]


@dataclass(frozen=True)
class EventDraft:
    """What somebody writes of an event."""

    words: Mapping[str, Mapping[str, str]]
    """Of `EventWords`, by language."""
    city: str | None
    zone: str
    starts_at: datetime
    ends_at: datetime
    places: int | None

    def columns(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {**vars(self), "words": {code: dict(each) for code, each in self.words.items()}}

    def is_elsewhere(self, other: "EventDraft") -> bool:
        """Tell whether it is at another time or place, so that whoever comes must know."""

        def where(draft: EventDraft) -> Any:  # noqa: ANN401  # compared, and nothing else
            spots = {code: each["place"] for code, each in draft.words.items()}
            return draft.starts_at, draft.ends_at, draft.zone, draft.city, spots

        new, old = where(self), where(other)
        # A language more is no change for whoever has read another.
        both = new[-1].keys() & old[-1].keys()
        return new[:-1] != old[:-1] or any(new[-1][code] != old[-1][code] for code in both)


@dataclass(frozen=True)
class EventRecord:
    """An event as it is kept."""

    id: UUID
    slug: str
    campaign_id: UUID
    campaign: str
    """Its title."""
    campaign_state: str
    draft: EventDraft
    state: str
    moves: int
    changed_at: datetime
    version: int
    coming: int | None
    """How many come; None where that is fewer than five."""
    waiting: int | None

    @property
    def code(self) -> str:
        """The code of the link that leads to it."""
        return code_of(self.slug)


class SlugTaken(Refused):
    """Another event has this name in its address."""


def code_of(slug: str) -> str:
    """Return the code of an event's own link."""
    return f"e-{slug}"


def told(count: int) -> int | None:
    """Return a number of people as it may be told: None where it is small, but not where it is none."""
    return None if 0 < count < SMALL else count


async def list_all(conn: AsyncConnection) -> list[EventRecord]:
    """Return the events of campaigns that are not archived, the next first."""
    query = _select().where(CampaignRow.state != "archived")
    rows = await conn.execute(query.order_by(EventRow.starts_at.desc(), EventRow.slug))
    return [_read(row) for row in rows]


async def get(conn: AsyncConnection, event_id: UUID) -> EventRecord:
    """Return an event.

    Raises:
        NotFound: There is none.
    """
    row = (await conn.execute(_select().where(EventRow.id == event_id))).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


async def find_public(conn: AsyncConnection, slug: str) -> EventRecord | None:
    """Return an event that everybody may see: its campaign is or was live, and it was opened."""
    query = _select().where(
        EventRow.slug == slug,
        EventRow.state != DRAFT,
        CampaignRow.state.in_(("live", "ended")),
    )
    row = (await conn.execute(query)).one_or_none()
    return _read(row) if row else None


async def create(
    conn: AsyncConnection, event_id: UUID, campaign_id: UUID, slug: str, draft: EventDraft
) -> None:
    """Keep a new event, and a link of its campaign that leads to it.

    Raises:
        SlugTaken: There is an event of that name.
        NotFound: There is no such campaign.
    """
    if await conn.scalar(select(exists().where(EventRow.slug == slug))):
        raise SlugTaken
    if not await conn.scalar(select(exists().where(CampaignRow.id == campaign_id))):
        raise NotFound
    values = {"id": event_id, "campaign_id": campaign_id, "slug": slug, **draft.columns()}
    await conn.execute(insert(EventRow).values(**values))
    link = insert_or(CampaignLinkRow).values(
        code=code_of(slug), campaign_id=campaign_id, target=f"event:{slug}", city=draft.city
    )
    await conn.execute(link.on_conflict_do_nothing())


async def edit(
    conn: AsyncConnection, event_id: UUID, draft: EventDraft, *, version: int, now: datetime
) -> None:
    """Change an event. Whoever signed up is told where time or place is another; whoever waits moves up where there is more room.

    Raises:
        NotFound: There is none.
        Conflict: Somebody else has changed it since, or it is over or cancelled.
    """
    before = await _locked(conn, event_id, version)
    is_over = before.draft.ends_at <= now
    if before.state == CANCELLED or is_over:
        raise Conflict
    moves = before.moves
    if before.state != DRAFT and draft.is_elsewhere(before.draft):
        moves += 1
    await _change(conn, event_id, now, **draft.columns(), moves=moves)
    if before.state != DRAFT:
        await places.fill(conn, event_id, now=now)


async def act(
    conn: AsyncConnection, event_id: UUID, what: Act, *, version: int, now: datetime
) -> None:
    """Open, close or cancel an event.

    Raises:
        NotFound: There is none.
        Conflict: Somebody else has changed it since, or it is not in a state for that.
    """
    before = await _locked(conn, event_id, version)
    allowed, after = MOVES[what]
    if before.state not in allowed or (what != "close" and before.draft.starts_at <= now):
        raise Conflict
    await _change(conn, event_id, now, state=after)


async def _locked(conn: AsyncConnection, event_id: UUID, version: int) -> EventRecord:
    lock = select(EventRow.version).where(EventRow.id == event_id).with_for_update()
    found = await conn.scalar(lock)
    if found is None:
        raise NotFound
    if found != version:
        raise Conflict
    return await get(conn, event_id)


async def _change(conn: AsyncConnection, event_id: UUID, now: datetime, **values: Any) -> None:  # noqa: ANN401  # columns
    changed = {**values, "changed_at": now, "version": EventRow.version + 1}
    await conn.execute(update(EventRow).where(EventRow.id == event_id).values(**changed))


def _select() -> Select[Any]:
    def signed(state: str) -> Any:  # noqa: ANN401  # a column
        mine = (EventSignupRow.event_id == EventRow.id, EventSignupRow.state == state)
        count = select(func.count()).select_from(EventSignupRow).where(*mine)
        return count.scalar_subquery().label(state)

    return select(
        EventRow,
        CampaignRow.title.label("campaign"),
        CampaignRow.state.label("campaign_state"),
        signed("coming"),
        signed("waiting"),
    ).join(CampaignRow, CampaignRow.id == EventRow.campaign_id)


def _read(row: Row[Any]) -> EventRecord:
    draft = EventDraft(
        row.words, row.city, row.zone, row.starts_at, row.ends_at, row.places
    )  # fmt: skip
    return EventRecord(
        row.id, row.slug, row.campaign_id, row.campaign, row.campaign_state, draft, row.state,
        row.moves, row.changed_at, row.version, told(row.coming), told(row.waiting),
    )  # fmt: skip
