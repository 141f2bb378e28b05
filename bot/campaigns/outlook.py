"""What a schedule comes to: its next firings, for how many people by how many clocks, and for whom it would be night. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from bot.campaigns.broadcast import Ground
from bot.campaigns.schedule import AnySchedule, Drip, Local, Now, Recurring, day_of, dues, upcoming
from bot.campaigns.size import Size

COUNT = 5


@dataclass(frozen=True)
class Firing:
    """One firing, as an editor shows it."""

    at: datetime
    """In UTC: the moment for all, or where each has their own, that of the first."""
    day: date
    own: time | None
    """What everybody's own clock shows; None where all have the same moment."""
    zones: int
    """How many clocks the people that it is for live by."""
    people: Size
    night_zones: int
    """In how many of these it is night then: people there get it in the morning."""
    night_people: Size


@dataclass(frozen=True)
class Outlook:
    """What a schedule comes to."""

    kind: Literal["once", "again", "drip", "never"]
    firings: tuple[Firing, ...] = ()
    days: int = 0
    """Of a drip: so many days after somebody joined."""
    own: time | None = None
    """Of a drip: at this time by their own clock."""


def outlook(
    schedule: AnySchedule,
    not_after: datetime | None,
    now: datetime,
    *,
    ground: Ground,
    crowd: Mapping[str, int],
) -> Outlook:
    """Return what a schedule that is approved `now` comes to.

    Args:
        schedule: When it is meant to go out.
        not_after: When it must be over.
        now: An aware moment.
        ground: What planning has to know of the house.
        crowd: How many of those it is for live by each clock.
    """
    if isinstance(schedule, Drip):
        return Outlook("drip", days=schedule.days, own=schedule.time)
    fires = [now]
    if not isinstance(schedule, Now):
        fires = list(upcoming(schedule, now, ground.zones, home=ground.home, count=COUNT))
    shown = tuple(
        _firing(schedule, at, ground, crowd) for at in fires if not_after is None or at < not_after
    )
    if not shown:
        return Outlook("never")
    return Outlook("again" if isinstance(schedule, Recurring) else "once", shown)


def _firing(
    schedule: AnySchedule, at: datetime, ground: Ground, crowd: Mapping[str, int]
) -> Firing:
    assert not isinstance(schedule, Drip)
    found = [due for due in dues(schedule, at, ground.zones) if crowd.get(due.zone)]
    night = [due for due in found if due.at > due.wanted]
    has_own = isinstance(schedule, Local) or (
        isinstance(schedule, Recurring) and schedule.zone is None
    )
    return Firing(
        min((due.at for due in found), default=at) if has_own else at,
        day_of(schedule, at, ground.zones, home=ground.home),
        schedule.time if has_own and isinstance(schedule, Local | Recurring) else None,
        len(found),
        Size.of(sum(crowd[due.zone] for due in found)),
        len(night),
        Size.of(sum(crowd[due.zone] for due in night)),
    )
