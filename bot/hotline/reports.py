"""Counts of a chosen time in which no small group can be seen, not even as the difference of two reports. Pure.

How it holds: a report is made of whole months. In each month by itself every group of fewer than `SMALL` is hidden,
and beside it the next smallest ones, until those that are hidden are two at least and together not few. A group is
told for a stretch of months only where no month of it hides the group. So every number that can be worked out from any
reports is a sum of numbers that were told, or of months in which several are hidden together. A month of very few people
hides its total too. `tests/unit/hotline/test_reports.py` works it out for made-up months.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SMALL = 5
FEWEST_WAITS = 20
"""Waits are told as figures only of so many."""
ANSWERED, LEFT, WAITING = "answered", "left", "waiting"
KEPT, BROKEN, NOT_YET, NONE = "kept", "broken", "not_yet", "none"
HOURS_A_BLOCK = 4
OPEN = "open"


@dataclass(frozen=True)
class Seen:
    """What a report looks at of one case: no person, and nobody of the staff."""

    month: date
    """The first day of the month in which they asked for a person."""
    level: str
    language: str
    hour: int
    """Of the day on which they asked, in the desk's own zone."""
    end: str
    """`answered`, `left` before anybody wrote, or `waiting` still."""
    promise: str
    """`kept`, `broken`, `not_yet`, or `none` where none was made."""
    outcome: str
    """What became of it, or `open`."""
    waited: timedelta | None = None
    """Until somebody wrote; None where nobody did."""


@dataclass(frozen=True)
class Told:
    """One group of a table; `count` is None where it is hidden."""

    name: str
    count: int | None


@dataclass(frozen=True)
class Table:
    """People by one thing. The groups that are told, and the total, may not add up: others are hidden."""

    name: str
    groups: tuple[Told, ...]
    total: int | None


@dataclass(frozen=True)
class Waits:
    """Between which times four of five waited, and the middle one; of one class."""

    level: str
    middle: timedelta | None
    low: timedelta | None = None
    high: timedelta | None = None


@dataclass(frozen=True)
class Report:
    """Everything of a stretch of months."""

    first: date
    last: date
    tables: tuple[Table, ...]
    waits: tuple[Waits, ...]


def block_of(hour: int) -> str:
    """Return the part of the day that an hour lies in, as in ``08-12``."""
    first = hour // HOURS_A_BLOCK * HOURS_A_BLOCK
    return f"{first:02}-{first + HOURS_A_BLOCK:02}"


BY: Mapping[str, Callable[[Seen], str]] = {
    "level": lambda seen: seen.level,
    "language": lambda seen: seen.language,
    "hour": lambda seen: block_of(seen.hour),
    "end": lambda seen: seen.end,
    "promise": lambda seen: seen.promise,
    "outcome": lambda seen: seen.outcome,
}
"""The tables of a report, in their order."""
ORDER: Mapping[str, Sequence[str]] = {
    "level": ("immediate", "high", "concern", "none"),
    "hour": tuple(block_of(hour) for hour in range(0, 24, HOURS_A_BLOCK)),
    "end": (ANSWERED, LEFT, WAITING),
    "promise": (KEPT, BROKEN, NOT_YET, NONE),
}
"""How the groups of a table are listed; the others by their size."""


def report(cases: Sequence[Seen], first: date, last: date) -> Report:
    """Return the report of the months from `first` to `last`, both counted and both the first of a month."""
    chosen = [case for case in cases if first <= case.month <= last]
    tables = tuple(_table(name, by, chosen) for name, by in BY.items())
    told = {group.name for group in tables[0].groups if group.count}
    return Report(
        first,
        last,
        tables,
        tuple(_waits(level, chosen) for level in ORDER["level"] if level in told),
    )


def hidden(counts: Mapping[str, int]) -> frozenset[str]:
    """Return which groups of one month are not told."""
    small = {name for name, count in counts.items() if 0 < count < SMALL}
    if not small:
        return frozenset()
    rest = sorted((count, name) for name, count in counts.items() if count >= SMALL)
    for count, name in rest:
        if len(small) > 1 and sum(counts[each] for each in small) >= SMALL:
            break
        del count
        small.add(name)
    return frozenset(small)


def publish(months: Iterable[Mapping[str, int]]) -> tuple[dict[str, int | None], int | None]:
    """Return what may be told of a stretch of months: each group's count or None, and the total or None."""
    sums: Counter[str] = Counter()
    gone: set[str] = set()
    total: int | None = 0
    for counts in months:
        sums.update(counts)
        gone |= hidden(counts)
        people = sum(counts.values())
        total = None if total is None or 0 < people < SMALL else total + people
    return {name: None if name in gone else count for name, count in sums.items()}, total


def _table(name: str, by: Callable[[Seen], str], cases: Sequence[Seen]) -> Table:
    months: dict[date, Counter[str]] = {}
    for case in cases:
        months.setdefault(case.month, Counter())[by(case)] += 1
    counts, total = publish(months.values())
    listed = ORDER.get(name) or sorted(counts, key=lambda each: (-(counts[each] or 0), each))
    return Table(name, tuple(Told(each, counts.get(each, 0)) for each in listed), total)


def _waits(level: str, cases: Iterable[Seen]) -> Waits:
    spans = sorted(
        case.waited for case in cases if case.level == level and case.waited is not None
    )
    if len(spans) < FEWEST_WAITS:
        return Waits(level, None)
    at = len(spans) - 1
    return Waits(level, spans[at // 2], spans[at // 10], spans[at - at // 10])
