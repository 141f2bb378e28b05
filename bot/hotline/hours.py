"""Who is on duty when: the windows of a rota, several a day, over midnight, each in some languages.

Pure. Indonesia's three zones have no summer time, but nothing here leans on that: a window is written in the time of a
zone, and from then on it is two moments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.errors import Refused

ZONES = {
    "WIB": ZoneInfo("Asia/Jakarta"),
    "WITA": ZoneInfo("Asia/Makassar"),
    "WIT": ZoneInfo("Asia/Jayapura"),
}
"""The zones in which a rota is written and read, by their names in Indonesia."""
HOME = "WIB"
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=16)
"""A window outside these is a slip of the hand."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)
NOTHING = timedelta()


@dataclass(frozen=True)
class Shift:
    """A window in which somebody is on duty."""

    id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    languages: frozenset[str] = frozenset()
    """In which they answer then."""
    zone: str = HOME
    """In whose time it was written."""

    def holds(self, now: datetime) -> bool:
        """Tell whether it goes on at `now`: its first moment is in it, its last is not."""
        return self.starts_at <= now < self.ends_at

    @property
    def day(self) -> date:
        """The day on which it begins, in its own zone."""
        return self.starts_at.astimezone(ZONES[self.zone]).date()

    def answers(self, language: str | None) -> bool:
        """Tell whether it counts for people of a language; None asks for anybody."""
        return language is None or language in self.languages


def window(day: date, start: time, end: time, zone: str) -> tuple[datetime, datetime]:
    """Return the moments of a window that begins on `day`; one that ends no later than it begins ends on the next day.

    Raises:
        Refused: `length`: it would be shorter than `SHORTEST` or longer than `LONGEST`.
    """
    last = day if start < end else day + DAY
    begins = datetime.combine(day, start, ZONES[zone])
    ends = datetime.combine(last, end, ZONES[zone])
    if not SHORTEST <= ends - begins <= LONGEST:
        raise Refused("length")
    return begins, ends


def overlap(one: Shift, other: Shift) -> bool:
    """Tell whether the same person would be on duty twice at once."""
    same = one.staff_id == other.staff_id
    return same and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def on_duty(shifts: Iterable[Shift], now: datetime, language: str | None = None) -> list[Shift]:
    """Return the shifts that go on at `now` (aware), for people of `language`."""
    return [shift for shift in shifts if shift.holds(now) and shift.answers(language)]


def cover(shifts: Iterable[Shift], language: str | None = None) -> list[tuple[datetime, datetime]]:
    """Return the stretches of time in which somebody is on duty, in order; no two of them touch."""
    merged: list[tuple[datetime, datetime]] = []
    wanted = (shift for shift in shifts if shift.answers(language))
    for shift in sorted(wanted, key=lambda each: each.starts_at):
        if merged and shift.starts_at <= merged[-1][1]:
            first, last = merged[-1]
            merged[-1] = (first, max(last, shift.ends_at))
        else:
            merged.append((shift.starts_at, shift.ends_at))
    return merged


def opens(shifts: Iterable[Shift], now: datetime, language: str | None = None) -> datetime | None:
    """Return from when on somebody is on duty: `now` itself where somebody is; None where the rota names nobody."""
    return next((max(first, now) for first, last in cover(shifts, language) if last > now), None)


def reached(
    shifts: Iterable[Shift], now: datetime, span: timedelta, language: str | None = None
) -> datetime | None:
    """Return when `span` of time on duty has passed since `now`; None where the rota does not reach so far."""
    left = span
    for first, last in cover(shifts, language):
        begins = max(first, now)
        if last <= begins:
            continue
        if left <= last - begins:
            return begins + left
        left -= last - begins
    return None


def covered(
    shifts: Iterable[Shift], start: datetime, end: datetime, language: str | None = None
) -> timedelta:
    """Return for how much of a stretch of time somebody is on duty."""
    parts = (
        min(last, end) - max(first, start)
        for first, last in cover(shifts, language)
        if first < end and last > start
    )
    return sum(parts, NOTHING)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def next_week(
    shifts: Sequence[Shift], taken: Sequence[Shift], days_off: Iterable[date]
) -> tuple[list[tuple[Shift, datetime, datetime]], int]:
    """Return what a week copied into the next one adds, with its moments, and how many shifts it leaves out.

    Left out is what would begin on a day off, and what the next week has already (`taken`).

    A shift keeps the hands of the clock of its zone.
    """
    off = frozenset(days_off)
    added, left_out = [], 0
    for shift in shifts:
        starts_at = _a_week_later(shift.starts_at, shift)
        ends_at = _a_week_later(shift.ends_at, shift)
        moved = Shift(shift.id, shift.staff_id, starts_at, ends_at, shift.languages, shift.zone)
        if moved.day in off or any(overlap(moved, other) for other in taken):
            left_out += 1
        else:
            added.append((shift, starts_at, ends_at))
    return added, left_out


def _a_week_later(moment: datetime, shift: Shift) -> datetime:
    local = moment.astimezone(ZONES[shift.zone])
    return datetime.combine(local.date() + WEEK, local.time(), local.tzinfo)
