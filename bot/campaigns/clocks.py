"""Moments from what a clock on a wall shows, in any zone, also where the hands leap.

Two things can be odd about "02:30 on 29 March". It may not exist, because the hands leapt over it: then the first moment after the leap is
meant. It may come twice, because the hands were put back: then the first is meant.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of an IANA name.

    Raises:
        ZoneInfoNotFoundError: There is none (a `KeyError`); a `ValueError` where it is no name at all.
    """
    return ZoneInfo(name)


def instant(day: date, at: time, zone: str) -> datetime:
    """Return the moment, in UTC, at which the clocks of `zone` show `at` on `day`; the module says what that means at a leap."""
    # What `datetime` makes of a clock time that exists twice, or not at all, is told by `fold`.
    wall = datetime.combine(day, at, zone_of(zone))
    first = wall.replace(fold=0).astimezone(UTC)
    if first.astimezone(zone_of(zone)).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return first
    before = wall.replace(fold=1).astimezone(UTC)
    return _leap_between(before, first, zone)


def local_day(moment: datetime, zone: str) -> date:
    """Return which day it is in `zone` at an aware moment."""
    return moment.astimezone(zone_of(zone)).date()


def _leap_between(before: datetime, after: datetime, zone: str) -> datetime:
    """Return the first second at which the clocks of `zone` no longer show what they showed at `before`."""
    there = zone_of(zone)
    offset = before.astimezone(there).utcoffset()
    low, high = 0, int((after - before) / _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        same = (before + middle * _SECOND).astimezone(there).utcoffset() == offset
        low, high = (middle, high) if same else (low, middle)
    return before + high * _SECOND
