"""Events and who comes to them, as a turn and the reminders read and write them: under the main role, beside a person's state.

Nobody is booked over: whoever signs up or cancels holds the event's row from before the places are counted until their own row is
committed. The order of locks is always the conversation, the event, its rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.contacts import Party
from bot.store.tables import (
    CampaignRatingRow,
    CampaignRow,
    EventRow,
    EventSignupRow,
)

COMING, WAITING = "coming", "waiting"
OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"
LISTED = 20
"""So many events at most are looked up for somebody who asks what is on."""
KEEP = timedelta(days=14)
"""Who came is deleted so long after an event."""
MOVED = "moved"
"""Begins the mark of somebody who knows where and when an event is since it was changed so many times."""


@dataclass(frozen=True)
class Event:
    """An event as somebody sees it who may sign up, with what they did."""

    id: UUID
    slug: str
    words: Mapping[str, Mapping[str, str]]
    """`title`, `short`, `place`, `about`, by language."""
    city: str | None
    zone: str
    starts_at: datetime
    ends_at: datetime
    places: int | None
    state: str
    moves: int
    coming: int = 0
    mine: str | None = None
    """`coming`, `waiting`, or None."""
    ahead: int = 0
    """How many wait before them."""

    @property
    def left(self) -> int | None:
        """How many places are left; None where as many can come as like."""
        return None if self.places is None else max(0, self.places - self.coming)


@dataclass(frozen=True)
class SignUp:
    """Somebody who signed up, and their event, as the reminders see them."""

    event_id: UUID
    slug: str
    contact_id: UUID
    conversation_id: UUID
    state: str
    event_state: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    moves: int
    at: datetime
    promoted_at: datetime | None
    reminded: tuple[str, ...] = field(default=())


async def look(
    conn: AsyncConnection, contact_id: UUID, *, wanted: str | None, now: datetime, lock: bool
) -> list[Event]:
    """Return the events that somebody can see, the next first: what is on, and theirs.

    Args:
        conn: Where.
        contact_id: Who asks.
        wanted: The slug of one that they mean; it is there though it is over, closed or cancelled, as long as its campaign is live.
        now: What time it is.
        lock: Nobody else signs up for `wanted`, or cancels, until this transaction ends.
    """
    if lock and wanted is not None:
        await conn.execute(select(EventRow.id).where(EventRow.slug == wanted).with_for_update())
    rows = await conn.execute(_visible(contact_id, wanted, now))
    return [Event(**row._mapping) for row in rows]


async def sign_up(conn: AsyncConnection, party: Party, slug: str, *, now: datetime) -> str | None:
    """Give somebody a place or, where there is none, one on the waiting list.

    Returns:
        `coming` or `waiting`; None where nobody can sign up (any more). Who has signed up keeps what they have.
    """
    row = await _locked(conn, slug)
    if row is None or row.state != OPEN or row.starts_at <= now:
        return None
    state = COMING if row.places is None or await _coming(conn, row.id) < row.places else WAITING
    keys = {"event_id": row.id, "contact_id": party.contact_id}
    await conn.execute(
        insert(EventSignupRow)
        .values(
            **keys, conversation_id=party.conversation_id, state=state, at=now,
            reminded=[f"{MOVED}:{row.moves}"],
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    found = select(EventSignupRow.state).filter_by(**keys)
    return await conn.scalar(found)


async def cancel(conn: AsyncConnection, contact_id: UUID, slug: str, *, now: datetime) -> bool:
    """Take somebody off an event, and move up whoever waits longest; tell whether they are signed up for any other."""
    row = await _locked(conn, slug)
    if row is not None:
        mine = (EventSignupRow.event_id == row.id, EventSignupRow.contact_id == contact_id)
        await conn.execute(delete(EventSignupRow).where(*mine))
        await fill(conn, row.id, now=now)
    other = select(EventSignupRow.event_id).where(EventSignupRow.contact_id == contact_id)
    return await conn.scalar(other.limit(1)) is not None


async def fill(conn: AsyncConnection, event_id: UUID, *, now: datetime) -> int:
    """Move up as many as there are free places, those who have waited longest first; return how many. The event's row is locked."""
    event = await conn.execute(
        select(EventRow.places, EventRow.state, EventRow.starts_at).where(EventRow.id == event_id)
    )
    row = event.one()
    if row.state == CANCELLED or row.starts_at <= now:
        return 0
    waiting = (
        select(EventSignupRow.contact_id)
        .where(EventSignupRow.event_id == event_id, EventSignupRow.state == WAITING)
        .order_by(EventSignupRow.at, EventSignupRow.contact_id)
    )
    if row.places is not None:
        waiting = waiting.limit(max(0, row.places - await _coming(conn, event_id)))
    moved = await conn.execute(
        update(EventSignupRow)
        .where(
            EventSignupRow.event_id == event_id,
            EventSignupRow.contact_id.in_(waiting.scalar_subquery()),
        )
        .values(state=COMING, promoted_at=now)
    )
    return moved.rowcount


async def fill_all(conn: AsyncConnection, *, now: datetime) -> int:
    """Move people up wherever a place became free because somebody was forgotten; return how many."""
    waits = exists().where(EventSignupRow.event_id == EventRow.id, EventSignupRow.state == WAITING)
    ahead = (EventRow.starts_at > now, EventRow.state != CANCELLED)
    events = await conn.scalars(
        select(EventRow.id).where(waits, *ahead).order_by(EventRow.id).with_for_update()
    )
    return sum([await fill(conn, event, now=now) for event in events.all()])


async def list_signups(
    conn: AsyncConnection, *, since: datetime, until: datetime
) -> Sequence[SignUp]:
    """Return whoever signed up for an event that ended after `since` and begins before `until`, the next first.

    Events that were cancelled or changed are there whenever they are.
    """
    soon = (EventRow.starts_at <= until) | (EventRow.state == CANCELLED) | (EventRow.moves > 0)
    query = _signups().where(
        EventRow.ends_at > since, soon | EventSignupRow.promoted_at.is_not(None)
    )
    rows = await conn.execute(query.order_by(EventRow.starts_at, EventSignupRow.contact_id))
    return [_signup(row) for row in rows]


async def find_signup(conn: AsyncConnection, event_id: UUID, contact_id: UUID) -> SignUp | None:
    """Return somebody's place as it is now, and lock it; None where there is none (any more)."""
    query = _signups().where(EventRow.id == event_id, EventSignupRow.contact_id == contact_id)
    row = (await conn.execute(query.with_for_update(of=EventSignupRow))).one_or_none()
    return _signup(row) if row else None


async def mark(conn: AsyncConnection, signup: SignUp, marks: Sequence[str]) -> None:
    """Note what somebody is told now; their row is locked."""
    await conn.execute(
        update(EventSignupRow)
        .where(
            EventSignupRow.event_id == signup.event_id,
            EventSignupRow.contact_id == signup.contact_id,
        )
        .values(reminded=[*signup.reminded, *marks])
    )


async def rate(conn: AsyncConnection, campaign_id: UUID, rating: str, *, day: datetime) -> None:
    """Count what somebody said of a campaign; of whom it came is not kept."""
    one = insert(CampaignRatingRow).values(
        campaign_id=campaign_id, day=day.date(), rating=rating, count=1
    )
    keys = [CampaignRatingRow.campaign_id, CampaignRatingRow.day, CampaignRatingRow.rating]
    more = {"count": CampaignRatingRow.count + 1}
    await conn.execute(one.on_conflict_do_update(index_elements=keys, set_=more))


async def campaign_of(conn: AsyncConnection, slug: str) -> UUID | None:
    """Return the campaign of an event."""
    return await conn.scalar(select(EventRow.campaign_id).where(EventRow.slug == slug))


async def purge(conn: AsyncConnection, *, now: datetime) -> int:
    """Forget who came to events that are long over; return how many rows that were."""
    over = select(EventRow.id).where(EventRow.ends_at < now - KEEP)
    gone = await conn.execute(delete(EventSignupRow).where(EventSignupRow.event_id.in_(over)))
    return gone.rowcount


async def _locked(conn: AsyncConnection, slug: str) -> Any:  # noqa: ANN401  # a row
    query = select(
        EventRow.id, EventRow.state, EventRow.places, EventRow.starts_at, EventRow.moves
    ).where(EventRow.slug == slug)
    return (await conn.execute(query.with_for_update())).one_or_none()


async def _coming(conn: AsyncConnection, event_id: UUID) -> int:
    coming = (EventSignupRow.event_id == event_id, EventSignupRow.state == COMING)
    return await conn.scalar(select(func.count()).select_from(EventSignupRow).where(*coming)) or 0


def _visible(contact_id: UUID, wanted: str | None, now: datetime) -> Select[Any]:
    mine = EventSignupRow.__table__.alias("mine")
    others = EventSignupRow.__table__.alias("others")
    of_event = others.c.event_id == EventRow.id
    coming = select(func.count()).select_from(others).where(of_event, others.c.state == COMING)
    ahead = (
        select(func.count())
        .select_from(others)
        .where(of_event, others.c.state == WAITING, others.c.at < mine.c.at)
    )
    is_live = CampaignRow.state == "live"
    is_on = is_live & (EventRow.state == OPEN) & (EventRow.starts_at > now)
    is_meant = is_live & (EventRow.state != "draft") & (EventRow.slug == (wanted or ""))
    is_mine = mine.c.state.is_not(None) & (EventRow.ends_at > now)
    return (
        select(
            EventRow.id, EventRow.slug, EventRow.words, EventRow.city, EventRow.zone,
            EventRow.starts_at, EventRow.ends_at, EventRow.places, EventRow.state, EventRow.moves,
            coming.scalar_subquery().label("coming"), mine.c.state.label("mine"),
            func.coalesce(ahead.scalar_subquery(), literal(0)).label("ahead"),
        )
        .join(CampaignRow, CampaignRow.id == EventRow.campaign_id)
        .outerjoin(mine, (mine.c.event_id == EventRow.id) & (mine.c.contact_id == contact_id))
        .where(or_(is_on, is_meant, is_mine))
        # The one that is meant is among them, however many there are.
        .order_by(EventRow.slug != (wanted or ""), EventRow.starts_at, EventRow.slug)
        .limit(LISTED)
    )  # fmt: skip


def _signups() -> Any:  # noqa: ANN401  # a select with more columns than its type can name
    return select(
        EventRow.id.label("event_id"), EventRow.slug, EventSignupRow.contact_id,
        EventSignupRow.conversation_id, EventSignupRow.state, EventRow.state.label("event_state"),
        EventRow.starts_at, EventRow.ends_at, EventRow.zone, EventRow.moves, EventSignupRow.at,
        EventSignupRow.promoted_at, EventSignupRow.reminded,
    ).join(EventSignupRow, EventSignupRow.event_id == EventRow.id)  # fmt: skip


def _signup(row: Any) -> SignUp:  # noqa: ANN401  # a row
    return SignUp(**{**row._mapping, "reminded": tuple(row.reminded)})
