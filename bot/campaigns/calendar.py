"""The calendar: what goes out on which day, what takes place, and where two messages would come too close to each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import condition
from bot.campaigns.broadcast import BroadcastContent, Ground
from bot.campaigns.clocks import local_day
from bot.campaigns.dry_run import RECENT
from bot.campaigns.people import PEOPLE, REACHED
from bot.campaigns.planning import ROOM, planned_zone
from bot.campaigns.schedule import Drip, Now, Recurring, day_of, dues, next_fire
from bot.campaigns.size import SMALLEST
from bot.campaigns.store_broadcasts import Broadcast
from bot.store.tables import BroadcastRunRow, EventRow

AHEAD = frozenset({"draft", "waiting", "scheduled", "paused"})
"""The states in which a message may still go out."""
MAX_PAIRS = 60
"""So many pairs of messages are looked at; a calendar so full is no calendar any more."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One firing of a message."""

    broadcast: Broadcast
    at: datetime
    day: date
    state: str
    """The message's, or of one that has fired its run's."""
    ran: bool = False
    """It has fired."""
    over: bool = False
    """Its time has passed without it."""


@dataclass(frozen=True)
class Event:
    """Something that takes place."""

    slug: str
    words: Mapping[str, Any]
    starts_at: datetime
    day: date
    """By the clock of the place."""
    zone: str
    state: str


@dataclass(frozen=True)
class Clash:
    """Two messages that would come to the same people within twenty hours: whoever gets the first is left out of the second."""

    first: Entry
    second: Entry
    people: int


def entries(
    broadcasts: Iterable[Broadcast], since: date, until: date, now: datetime, *, ground: Ground
) -> list[Entry]:
    """Return every firing from `since` to `until` (both days of the calendar) that is still to come or was missed, in order."""
    found = [
        entry
        for each in broadcasts
        if each.state in AHEAD
        for entry in _ahead(each, since, until, now, ground)
    ]
    return sorted(found, key=lambda entry: (entry.at, entry.broadcast.draft.name))


def _ahead(
    broadcast: Broadcast, since: date, until: date, now: datetime, ground: Ground
) -> Iterator[Entry]:
    schedule = broadcast.draft.schedule
    if isinstance(schedule, Now | Drip):
        return
    after = datetime.combine(since, time(), UTC) - 2 * _DAY
    if isinstance(schedule, Recurring) or broadcast.state in {"scheduled", "paused"}:
        # What fired before stands in its runs.
        after = max(after, now)
    while (at := next_fire(schedule, after, ground.zones, home=ground.home)) is not None:
        day = day_of(schedule, at, ground.zones, home=ground.home)
        if day > until:
            return
        if day >= since:
            yield Entry(broadcast, at, day, broadcast.state, over=at <= now)
        after = at


async def ran(
    conn: AsyncConnection,
    broadcasts: Iterable[Broadcast],
    since: date,
    until: date,
    *,
    ground: Ground,
) -> list[Entry]:
    """Return what has fired from `since` to `until`; a drip, which fires all the time, is left out."""
    known = {each.id: each for each in broadcasts}
    start = datetime.combine(since, time(), UTC)
    query = (
        select(BroadcastRunRow.broadcast_id, BroadcastRunRow.due_at, BroadcastRunRow.state)
        .where(
            ~BroadcastRunRow.test,
            BroadcastRunRow.due_at >= start - 2 * _DAY,
            BroadcastRunRow.due_at < start + (until - since + 3 * _DAY),
        )
        .order_by(BroadcastRunRow.due_at)
    )
    found = []
    for row in await conn.execute(query):
        of = known.get(row.broadcast_id)
        if of is None or isinstance(of.draft.schedule, Drip):
            continue
        day = day_of(of.draft.schedule, row.due_at, ground.zones, home=ground.home)
        if since <= day <= until:
            found.append(Entry(of, row.due_at, day, row.state, ran=True))
    return found


async def events(conn: AsyncConnection, since: date, until: date) -> list[Event]:
    """Return what takes place from `since` to `until`, by the clocks of the places; what was cancelled is left out."""
    query = (
        select(EventRow.slug, EventRow.words, EventRow.starts_at, EventRow.zone, EventRow.state)
        .where(EventRow.state != "cancelled")
        .order_by(EventRow.starts_at)
    )
    found = (
        Event(row.slug, row.words, row.starts_at, local_day(row.starts_at, row.zone), row.zone,
              row.state)
        for row in await conn.execute(query)
    )  # fmt: skip
    return [event for event in found if since <= event.day <= until]


async def clashes(
    conn: AsyncConnection, listed: Sequence[Entry], *, ground: Ground, today: date
) -> list[Clash]:
    """Return where two messages come within twenty hours to the same five people or more.

    Args:
        conn: As the role of campaigns.
        listed: What goes out; what has fired is left out.
        ground: What planning has to know of the house.
        today: The day in UTC, from which "last seen" counts.
    """
    close = list(_close(listed, ground))[:MAX_PAIRS]
    if not close:
        return []
    who = {entry.broadcast.id: entry.broadcast for pair in close for entry in pair[:2]}
    labels = {number: f"is{place}" for place, number in enumerate(who)}
    looked = [
        _is_meant(who[number], ground, today).label(label) for number, label in labels.items()
    ]
    people = select(planned_zone(ground).label("zone"), *looked).where(REACHED).subquery()
    counts = [
        func.count().filter(
            people.c[labels[first.broadcast.id]],
            people.c[labels[second.broadcast.id]],
            people.c.zone.in_(zones),
        )
        for first, second, zones in close
    ]
    await conn.execute(text(ROOM))
    row = (await conn.execute(select(*counts).select_from(people))).one()
    counted = (Clash(*pair[:2], people) for pair, people in zip(close, row, strict=True))
    return [clash for clash in counted if clash.people >= SMALLEST]


def _close(listed: Sequence[Entry], ground: Ground) -> Iterator[tuple[Entry, Entry, list[str]]]:
    """Yield which two come within twenty hours, and by which clocks, each two messages once."""
    ahead = [entry for entry in listed if not entry.ran and not entry.over]
    moments = {id(each): _moments(each, ground) for each in ahead}
    seen: set[frozenset[UUID]] = set()
    for first, second in combinations(ahead, 2):
        both = frozenset((first.broadcast.id, second.broadcast.id))
        if second.at - first.at > 2 * _DAY or len(both) == 1 or both in seen:
            continue
        one, other = moments[id(first)], moments[id(second)]
        zones = [zone for zone in one.keys() & other if abs(one[zone] - other[zone]) < RECENT]
        if zones:
            seen.add(both)
            yield first, second, sorted(zones)


def _moments(entry: Entry, ground: Ground) -> dict[str, datetime]:
    return {
        due.zone: due.at for due in dues(entry.broadcast.draft.schedule, entry.at, ground.zones)
    }


def _is_meant(broadcast: Broadcast, ground: Ground, today: date) -> ColumnElement[bool]:
    where = condition(broadcast.draft.audience, today=today, home=ground.home)
    return and_(where, _reads(broadcast.draft.content, ground))


def _reads(content: BroadcastContent, ground: Ground) -> ColumnElement[bool]:
    """Return the condition that it is there in a language for somebody."""
    if content.fallback is not None:
        return true()
    known = {*ground.chains, *content.locales}
    readers = [locale for locale in known if ground.language_for(content, locale) is not None]
    return and_(PEOPLE.c.locale.is_not(None), PEOPLE.c.locale.in_(sorted(readers)))
