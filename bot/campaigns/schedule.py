"""When a broadcast goes out: now, at a moment, at a time on everybody's own wall, again and again, or so many days after somebody joined.

Everything here is pure. A schedule *fires* at certain moments; each firing is one run. In a run everybody has a moment of their own, by
their zone, which is never before the firing and never in their quiet hours (`bot.campaigns.quiet`). A clock time that does not exist, or
exists twice, is what `bot.campaigns.clocks` says. `zones` are the zones that people can live by.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from apscheduler.triggers.cron import CronTrigger
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)

from bot.campaigns.clocks import instant, local_day
from bot.campaigns.quiet import QUIET, next_open
from bot.content.hours import DAYS, Day, Zone

_DAY = timedelta(days=1)
WINDOW = timedelta(hours=6)
"""A drip fires this often, each time for those whose moment comes before the next. It is shorter than the shortest time between joining
and a first message (midnight to eight, less a leap), so that whoever joins is seen by the firing that is theirs."""
LATE = timedelta(hours=24)
"""A firing missed by more than this is not made up for."""


def _open(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("write the time without a zone, as in 09:00")
    if QUIET.covers(at):
        raise ValueError(
            f"{at:%H:%M} is in the quiet hours; choose a time from {QUIET.until:%H:%M} to before {QUIET.since:%H:%M}"
        )
    return at.replace(second=0, microsecond=0)


OpenTime = Annotated[time, AfterValidator(_open)]
"""A time of day outside the quiet hours, to the minute."""
Month = Annotated[int, Field(ge=1, le=31)]


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Now(_Schedule):
    """As soon as it is approved."""

    kind: Literal["now"] = "now"


class At(_Schedule):
    """At one moment for all; where it is night, in the morning."""

    kind: Literal["at"] = "at"
    at: AwareDatetime
    zone: Zone | None = None
    """By whose clock it was written, to show it and to move it to another day; None: not known."""


class Local(_Schedule):
    """When everybody's own clock shows this time on this day."""

    kind: Literal["local"] = "local"
    on: date
    time: OpenTime


class Recurring(_Schedule):
    """On some weekdays, or some days of the month (`last` for its last), at a time: of one zone, or of everybody's own.

    In a month without the day, nothing goes out.
    """

    kind: Literal["recurring"] = "recurring"
    weekdays: tuple[Day, ...] = ()
    days: tuple[Month | Literal["last"], ...] = ()
    time: OpenTime
    zone: Zone | None = None
    """None: everybody's own."""
    since: date | None = None
    until: date | None = None
    """The last day."""

    @model_validator(mode="after")
    def _has_days(self) -> "Recurring":
        if bool(self.weekdays) == bool(self.days):
            raise ValueError("choose weekdays or days of the month, and not both")
        if self.since and self.until and self.until < self.since:
            raise ValueError("it ends before it begins")
        return self


class Drip(_Schedule):
    """So many days after somebody joined the campaign, when their own clock shows this time."""

    kind: Literal["drip"] = "drip"
    days: Annotated[int, Field(ge=1, le=365)]
    time: OpenTime
    until: date | None = None
    """The last day, in the house's own zone, on which anybody gets it."""


Schedule = Annotated[Now | At | Local | Recurring | Drip, Field(discriminator="kind")]
AnySchedule = Now | At | Local | Recurring | Drip
_READ: TypeAdapter[AnySchedule] = TypeAdapter(Schedule)


def read_schedule(data: object) -> AnySchedule:
    """Rebuild a schedule from its JSON form (`model_dump(mode="json")`).

    Raises:
        pydantic.ValidationError: It is none; says what is wrong: an unknown field, a date that does not exist, a time at night.
    """
    return _READ.validate_python(data)


@dataclass(frozen=True)
class Due:
    """When a run's message is for those who live by `zone`."""

    zone: str
    at: datetime
    """In UTC, outside their quiet hours."""
    wanted: datetime
    """When it would be without the quiet hours."""
    joined_from: datetime | None = None
    joined_to: datetime | None = None
    """It is for those who joined the campaign from the first moment until before the second; None: for all."""


def next_fire(
    schedule: AnySchedule,
    after: datetime,
    zones: Collection[str],
    *,
    home: str,
) -> datetime | None:
    """Return the first moment after `after` at which the schedule fires, in UTC; None when it does not any more.

    Args:
        schedule: When it is meant to go out.
        after: An aware moment. For the first firing, a moment before the approval; then the firing before.
        zones: Those that people live by.
        home: The house's own zone.
    """
    after = after.astimezone(UTC)
    match schedule:
        case Now():
            return None
        case At(at=at):
            found = at.astimezone(UTC)
            return found if found > after else None
        case Local():
            found = _fires(schedule.on, schedule.time, zones)
            return found if found > after else None
        case Recurring():
            return next((at for _, at in _recurring(schedule, after, zones) if at > after), None)
        case Drip():
            number = (after - _EPOCH) // WINDOW + 1
            found = _EPOCH + number * WINDOW
            over = schedule.until is not None and local_day(found, home) > schedule.until
            return None if over else found


_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def dues(
    schedule: AnySchedule,
    fired: datetime,
    zones: Collection[str],
) -> list[Due]:
    """Return everybody's moment in the run that fires at `fired`, by zone; zones in which it is for nobody are left out."""
    fired = fired.astimezone(UTC)
    if isinstance(schedule, Drip):
        return [due for zone in sorted(zones) for due in _dripping(schedule, fired, zone)]
    wall = _wall(schedule, fired, zones)
    found = []
    for zone in sorted(zones):
        wanted = fired
        if wall is not None:
            wanted = max(instant(*wall, zone), fired)
            if isinstance(schedule, Recurring) and not _has_day(wall[0], zone):
                continue
        found.append(Due(zone, next_open(wanted, zone), wanted))
    return found


def _wall(
    schedule: Now | At | Local | Recurring, fired: datetime, zones: Collection[str]
) -> tuple[date, time] | None:
    """Return what everybody's own clock shows when a run is for them; None where all have the same moment."""
    if isinstance(schedule, Local):
        return schedule.on, schedule.time
    if isinstance(schedule, Recurring) and schedule.zone is None:
        days = [fired.date() + number * _DAY for number in (-1, 0, 1)]
        # The zones may be others than when it fired: the nearest day is the one that was meant.
        near = min(days, key=lambda day: abs(_fires(day, schedule.time, zones) - fired))
        return near, schedule.time
    return None


def day_of(
    schedule: Now | At | Local | Recurring, fired: datetime, zones: Collection[str], *, home: str
) -> date:
    """Return on which day a firing stands in a calendar: the one on everybody's own clock, else the house's."""
    wall = _wall(schedule, fired, zones)
    return wall[0] if wall else local_day(fired, home)


def _fires(day: date, at: time, zones: Collection[str]) -> datetime:
    """Return when the first of all clocks shows `at` on `day`."""
    return min(instant(day, at, zone) for zone in zones)


def _recurring(
    schedule: Recurring, after: datetime, zones: Collection[str]
) -> Iterator[tuple[date, datetime]]:
    """Yield the days from about `after` on, and when each fires, in order."""
    zones = zones if schedule.zone is None else (schedule.zone,)
    for day in _days(schedule, after.date() - 2 * _DAY):
        if there := [zone for zone in zones if _has_day(day, zone)]:
            yield day, _fires(day, schedule.time, there)


def _has_day(day: date, zone: str) -> bool:
    """Tell whether the calendar of a zone has a day; Samoa leapt over one, and it would be kept twice on the next."""
    return local_day(instant(day, time(), zone), zone) == day


def _days(schedule: Recurring, start: date) -> Iterator[date]:
    """Yield the days of the calendar that are meant, from `start` on; in UTC, where no day is leapt over."""
    if schedule.weekdays:
        fields = {"day_of_week": ",".join(sorted(set(schedule.weekdays), key=DAYS.index))}
    else:
        fields = {"day": ",".join(dict.fromkeys(str(day) for day in schedule.days))}
    trigger = CronTrigger(**fields, timezone="UTC")
    start = max(start, schedule.since or start)
    at: datetime | None = datetime.combine(start, time(), UTC)
    while (at := trigger.get_next_fire_time(None, at)) is not None:
        if schedule.until is not None and at.date() > schedule.until:
            return
        yield at.date()
        at += _DAY


def _dripping(schedule: Drip, fired: datetime, zone: str) -> Iterator[Due]:
    """Yield whose moment comes before the drip fires again: those who joined on one day, as their clocks tell."""
    there = local_day(fired, zone)
    for number in (-1, 0, 1):
        day = there + number * _DAY
        wanted = instant(day, schedule.time, zone)
        at = next_open(wanted, zone)
        if not fired <= at < fired + WINDOW:
            continue
        joined = day - schedule.days * _DAY
        start, end = (instant(each, time(), zone) for each in (joined, joined + _DAY))
        if start < end:
            # A day that the clocks of a zone leapt over has no moment: nobody joined on it.
            yield Due(zone, at, wanted, start, end)


def upcoming(
    schedule: AnySchedule,
    after: datetime,
    zones: Collection[str],
    *,
    home: str,
    count: int = 5,
) -> Sequence[datetime]:
    """Return the next firings after `after`, for a calendar or an editor; of a drip, which fires all the time, none."""
    found: list[datetime] = []
    while not isinstance(schedule, Drip) and len(found) < count:
        following = next_fire(schedule, found[-1] if found else after, zones, home=home)
        if following is None:
            break
        found.append(following)
    return found
