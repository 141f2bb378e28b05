"""Moves what goes out once to another day of the calendar, at the same time of day."""

from datetime import date, datetime, timedelta
from typing import Literal

from bot.campaigns.broadcast import Ground, first_fire
from bot.campaigns.clocks import instant, zone_of
from bot.campaigns.quiet import QUIET
from bot.campaigns.schedule import AnySchedule, At, Local
from bot.errors import Refused

Why = Literal["not_by_day", "no_such_day", "no_such_time", "quiet", "past", "after_its_end"]


class CannotMove(Refused):
    """It cannot go out on that day."""

    def __init__(self, why: Why) -> None:
        self.why: Why = why
        super().__init__(why)


def moves(schedule: AnySchedule) -> bool:
    """Tell whether it goes out on one day, which can be another."""
    return isinstance(schedule, At | Local)


def clock_of(schedule: At, ground: Ground, preferred: tuple[str, ...] = ()) -> str:
    """Return by whose clock a moment was written: where that is not known, the first known zone that shows the same time then.

    Args:
        schedule: The moment.
        ground: The house's zone, which comes first, and all others.
        preferred: Zones that come before the rest.
    """
    if schedule.zone is not None:
        return schedule.zone
    offset = schedule.at.utcoffset()
    known = (ground.home, *preferred, *sorted(ground.zones))
    alike = (zone for zone in known if schedule.at.astimezone(zone_of(zone)).utcoffset() == offset)
    return next(alike, ground.home)


def moved(
    schedule: AnySchedule,
    days: int,
    *,
    now: datetime,
    ground: Ground,
    not_after: datetime | None = None,
) -> At | Local:
    """Return the schedule so many days later, or with a negative number earlier, at the same time by the same clock.

    Raises:
        CannotMove: It is none that goes out on one day; the day or the time does not exist there, is over, lies in the quiet hours,
            or comes after its end.
    """
    new: At | Local
    match schedule:
        case At():
            new = _moved_moment(schedule, days, clock_of(schedule, ground))
        case Local():
            new = schedule.model_copy(update={"on": _later(schedule.on, days)})
        case _:
            raise CannotMove("not_by_day")
    first = first_fire(new, now=now, ground=ground)
    if first is None:
        raise CannotMove("past")
    if not_after is not None and not_after <= first:
        raise CannotMove("after_its_end")
    return new


def _moved_moment(schedule: At, days: int, zone: str) -> At:
    there = schedule.at.astimezone(zone_of(zone))
    if QUIET.covers(there.time()):
        raise CannotMove("quiet")
    day, shown = _later(there.date(), days), there.time().replace(fold=0)
    at = instant(day, shown, zone).astimezone(zone_of(zone))
    if (at.date(), at.time().replace(fold=0)) != (day, shown):
        raise CannotMove("no_such_time")
    return schedule.model_copy(update={"at": at})


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise CannotMove("no_such_day") from None
