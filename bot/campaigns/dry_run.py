"""A dry run: who would get a broadcast and when, who would not and why, in numbers. Nothing is written.

Nobody's danger shows: how many have an open case comes from the database as one number, and from five on (`campaign_count_held`).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Row,
    Select,
    Uuid,
    case,
    cast,
    false,
    func,
    or_,
    select,
    text,
)

from bot.campaigns.broadcast import Ground, first_fire
from bot.campaigns.broadcast_rows import Broadcast
from bot.campaigns.people import PEOPLE
from bot.campaigns.planning import ROOM, Plan, plan
from bot.campaigns.size import Size
from bot.store.engine import Database

RECENT = timedelta(hours=20)
"""Who was meant to get another broadcast within this time is left out when it is sent."""


@dataclass(frozen=True)
class Waits:
    """People for whom it would be night, and when their morning is."""

    zone: str
    people: Size
    until: datetime


@dataclass(frozen=True)
class DryRun:
    """What a run would come to."""

    fires_at: datetime | None
    """None: it does not fire any more, and nobody gets it."""
    gets_it: Size = field(default=Size(None))
    by_channel: Mapping[str, Size] = field(default_factory=dict)
    by_language: Mapping[str, Size] = field(default_factory=dict)
    by_zone: Mapping[str, Size] = field(default_factory=dict)
    by_variant: Mapping[str, Size] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None
    """When the last moment of anybody is; the throttle may make it later."""
    takes: timedelta = timedelta()
    """How long the sending itself takes at the throttle's rate."""
    left_out: Mapping[str, Size] = field(default_factory=dict)
    """How many are meant and do not get it: `stopped`, `blocked`, `no_locale`, `no_template`, `expired`, `recent`, `held`. Those who were held or got
    something recently are among `gets_it`: that is decided when it is sent."""
    waits: tuple[Waits, ...] = ()


async def dry_run(
    db: Database,
    broadcast: Broadcast,
    now: datetime,
    *,
    ground: Ground,
    per_second: float,
    unapproved: Collection[tuple[str, str]] = (),
) -> DryRun:
    """Return what the next run of a broadcast would come to.

    Args:
        db: The database, as the role of campaigns.
        broadcast: As it stands; it need not be approved.
        now: An aware moment.
        ground: What planning has to know of the house.
        per_second: How many messages a second the throttle lets through.
        unapproved: Variants and languages that WhatsApp lets nobody send to those who have not written for a day.
    """
    fires_at = broadcast.next_at or first_fire(broadcast.draft.schedule, now=now, ground=ground)
    if fires_at is None:
        return DryRun(None)
    planned = plan(broadcast, fires_at, ground)
    async with db.transaction(durable=False) as conn:
        await conn.execute(text(ROOM))
        counted = (
            await conn.execute(_counted(planned, broadcast.draft.not_after, unapproved))
        ).all()
        held, recent = (await conn.execute(_kept_back(planned, fires_at - RECENT))).one()
    going = [row for row in counted if row.why is None]
    people = sum(row.people for row in going)
    left_out = _sum([row for row in counted if row.why], "why")
    return DryRun(
        fires_at=fires_at,
        gets_it=Size.of(people),
        by_channel=_sum(going, "channel"),
        by_language=_sum(going, "said"),
        by_zone=_sum(going, "zone"),
        by_variant=_sum(going, "variant"),
        first_at=min((row.at for row in going), default=None),
        last_at=max((row.at for row in going), default=None),
        takes=timedelta(seconds=people / per_second),
        left_out=left_out | {"held": Size.of(held), "recent": Size.of(recent)},
        waits=tuple(_waits(going)),
    )


def _counted(
    planned: Plan, not_after: datetime | None, unapproved: Collection[tuple[str, str]]
) -> Select[Any]:
    """Return how many are meant, by all that the page tells apart."""
    due = planned.due
    over = due.c.at >= not_after if not_after is not None else false()
    why = case(
        (PEOPLE.c.blocked, "blocked"),
        (PEOPLE.c.stopped, "stopped"),
        (planned.said.is_(None), "no_locale"),
        (_needs_approval(planned, unapproved), "no_template"),
        (over, "expired"),
    )
    columns = {
        "channel": PEOPLE.c.channel,
        "said": planned.said,
        "variant": planned.variant,
        "why": why,
        "zone": due.c.zone,
        "at": due.c.at,
        "waits": due.c.at > due.c.wanted,
    }
    each = planned.meant.with_only_columns(
        *(column.label(name) for name, column in columns.items())
    ).subquery()
    return select(*each.c, func.count().label("people")).group_by(*each.c)


def _needs_approval(planned: Plan, unapproved: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Return the condition that WhatsApp lets nobody write to somebody then; only the day is known on which they wrote last."""
    pairs = [
        (planned.variant == variant) & (planned.said == locale) for variant, locale in unapproved
    ]
    silent = PEOPLE.c.last_seen < cast(planned.due.c.at, Date)
    return (PEOPLE.c.channel == "whatsapp") & silent & or_(false(), *pairs)


def _kept_back(planned: Plan, since: datetime) -> Select[Any]:
    """Return how many of those who would get it are held back, and have lately been meant to get another; NULL for fewer than five."""
    ids = func.array_agg(PEOPLE.c.contact_id, type_=ARRAY(Uuid)).label("ids")
    # Gathered once, in a query of its own: each function would gather them anew.
    asked = planned.meant.where(planned.gets_it).with_only_columns(ids).subquery()
    return select(func.campaign_count_held(asked.c.ids), func.campaign_recent(asked.c.ids, since))


def _sum(rows: Sequence[Row[Any]], by: str) -> dict[str, Size]:
    """Return how many there are of each, the most first."""
    found: Counter[str] = Counter()
    for row in rows:
        found[getattr(row, by)] += row.people
    return {name: Size.of(people) for name, people in found.most_common()}


def _waits(rows: Sequence[Row[Any]]) -> Iterator[Waits]:
    found: Counter[tuple[datetime, str]] = Counter()
    for row in rows:
        if row.waits:
            found[row.at, row.zone] += row.people
    for (until, zone), people in sorted(found.items()):
        yield Waits(zone, Size.of(people), until)
