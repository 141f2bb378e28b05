"""A schedule as a form: what a campaigner types is kept as it is, and says where it is no schedule. Pure."""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from pydantic import ValidationError
from starlette.datastructures import FormData

from bot.campaigns.broadcast import Ground
from bot.campaigns.clocks import instant, zone_of
from bot.campaigns.moving import clock_of
from bot.campaigns.quiet import QUIET
from bot.campaigns.schedule import AnySchedule, At, Drip, Local, Now, Recurring, read_schedule
from bot.content.hours import DAYS
from bot.errors import Refused

KINDS = ("now", "at", "local", "recurring", "drip")
OWN = "own"
"""In the place of a zone: everybody's own clock."""
MONTH_DAYS = (*(str(day) for day in range(1, 32)), "last")
_TIME = re.compile(r"^(\d{1,2})[:.](\d{2}(?::\d{2}(?:\.\d{1,6})?)?)$", re.ASCII)
_YEARS = range(1970, 2101)


class BadWhen(Refused):
    """What was typed is no schedule."""

    def __init__(self, field: str, code: str) -> None:
        self.field = field
        """The field of `Typed` that it is about."""
        self.code = code
        super().__init__(f"{field}: {code}")


@dataclass(frozen=True)
class Typed:
    """The form as it was typed."""

    kind: str = "now"
    at_day: str = ""
    at_time: str = "10:00"
    at_zone: str = ""
    at_was: str = ""
    """The moment that the form was made from. While day, time and zone stay, it is that one: also its seconds, and the second of two
    that a clock shows alike."""
    local_day: str = ""
    local_time: str = "10:00"
    rhythm: str = "weekdays"
    """Or `month`."""
    weekdays: tuple[str, ...] = ()
    month_days: tuple[str, ...] = ()
    recurring_time: str = "10:00"
    recurring_zone: str = OWN
    since: str = ""
    until: str = ""
    drip_days: str = "1"
    drip_time: str = "10:00"
    drip_until: str = ""
    end_day: str = ""
    """After this moment, by the house's own clock, nobody gets it any more."""
    end_time: str = ""


def typed_of(schedule: AnySchedule, not_after: datetime | None, ground: Ground) -> Typed:
    """Return the form that shows a schedule."""
    shown: dict[str, Any] = {"kind": schedule.kind, "at_zone": ground.home}
    match schedule:
        case At():
            zone = clock_of(schedule, ground)
            day, at = _shown(schedule.at, zone)
            shown |= {"at_day": day, "at_time": at, "at_zone": zone}
            shown["at_was"] = schedule.at.isoformat()
        case Local():
            shown |= {"local_day": f"{schedule.on}", "local_time": _clock(schedule.time)}
        case Recurring():
            shown |= _recurring_fields(schedule)
        case Drip():
            shown |= {"drip_days": str(schedule.days), "drip_time": _clock(schedule.time)}
            shown["drip_until"] = _day(schedule.until)
    if not_after is not None:
        shown["end_day"], shown["end_time"] = _shown(not_after, ground.home)
    return Typed(**shown)


def _recurring_fields(schedule: Recurring) -> dict[str, Any]:
    return {
        "rhythm": "weekdays" if schedule.weekdays else "month",
        "weekdays": tuple(schedule.weekdays),
        "month_days": tuple(str(day) for day in schedule.days),
        "recurring_time": _clock(schedule.time),
        "recurring_zone": schedule.zone or OWN,
        "since": _day(schedule.since),
        "until": _day(schedule.until),
    }


def _shown(moment: datetime, zone: str) -> tuple[str, str]:
    there = moment.astimezone(zone_of(zone))
    return f"{there.date()}", _clock(there.time())


def _clock(at: time) -> str:
    return at.replace(fold=0).isoformat("auto" if at.second or at.microsecond else "minutes")


def _day(day: date | None) -> str:
    return f"{day}" if day else ""


def read_typed(form: FormData) -> Typed:
    """Read the form that somebody sent."""
    read: dict[str, Any] = {}
    for each in fields(Typed):
        values = [value.strip() for value in form.getlist(each.name) if isinstance(value, str)]
        if each.name in {"weekdays", "month_days"}:
            read[each.name] = tuple(dict.fromkeys(value for value in values if value))
        else:
            read[each.name] = values[0] if values else ""
    return Typed(**read)


def schedule_of(typed: Typed) -> AnySchedule:
    """Return the schedule that was typed.

    Raises:
        BadWhen: It is none; says at which field and why: `no_kind`, `no_day`, `no_such_day`, `no_time`, `no_such_time`, `leap` (the
            clocks leap over it), `quiet`, `no_zone`, `no_days`, `days`, `ends_first`, or `bad` for what no page of ours sends.
    """
    match typed.kind:
        case "now":
            return Now()
        case "at":
            return _at(typed)
        case "local":
            on = _read_day(typed.local_day, "local_day")
            return Local(on=on, time=_read_open(typed.local_time, "local_time"))
        case "recurring":
            return _recurring(typed)
        case "drip":
            return _drip(typed)
    raise BadWhen("kind", "no_kind")


def end_of(typed: Typed, ground: Ground) -> datetime | None:
    """Return after which moment nobody gets it any more; None: there is none.

    Raises:
        BadWhen: Half of it is missing, or there is no such moment.
    """
    if not typed.end_day and not typed.end_time:
        return None
    return _moment(typed.end_day, typed.end_time, ground.home, ("end_day", "end_time"))


def _at(typed: Typed) -> At:
    zone = _read_zone(typed.at_zone, "at_zone")
    if typed.at_was:
        was = _read_moment(typed.at_was)
        if was is not None and _shown(was, zone) == (typed.at_day, typed.at_time):
            return At(at=was, zone=zone)
    at = _moment(typed.at_day, typed.at_time, zone, ("at_day", "at_time"))
    return At(at=at.astimezone(zone_of(zone)), zone=zone)


def _read_moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in _YEARS else None


def _moment(day: str, at: str, zone: str, names: tuple[str, str]) -> datetime:
    on, clock = _read_day(day, names[0]), _read_time(at, names[1])
    found = instant(on, clock, zone)
    there = found.astimezone(zone_of(zone))
    if (there.date(), there.time().replace(fold=0)) != (on, clock):
        raise BadWhen(names[1], "leap")
    return found


def _recurring(typed: Typed) -> AnySchedule:
    by_week = typed.rhythm == "weekdays"
    chosen = typed.weekdays if by_week else typed.month_days
    name = "weekdays" if by_week else "month_days"
    if not chosen:
        raise BadWhen(name, "no_days")
    if not set(chosen) <= set(DAYS if by_week else MONTH_DAYS):
        raise BadWhen(name, "bad")
    since, until = _read_end(typed.since, "since"), _read_end(typed.until, "until")
    if since and until and until < since:
        raise BadWhen("until", "ends_first")
    days = chosen if by_week else [day if day == "last" else int(day) for day in chosen]
    at = _read_open(typed.recurring_time, "recurring_time")
    own = typed.recurring_zone == OWN
    zone = None if own else _read_zone(typed.recurring_zone, "recurring_zone")
    data = {"kind": "recurring", name.removeprefix("month_"): days, "time": at, "zone": zone}
    return _checked({**data, "since": since, "until": until})


def _drip(typed: Typed) -> AnySchedule:
    days = typed.drip_days
    if not (days.isascii() and days.isdecimal() and len(days) <= 3 and 1 <= int(days) <= 365):
        raise BadWhen("drip_days", "days")
    at = _read_open(typed.drip_time, "drip_time")
    until = _read_end(typed.drip_until, "drip_until")
    return _checked({"kind": "drip", "days": int(days), "time": at, "until": until})


def _checked(data: object) -> AnySchedule:
    try:
        return read_schedule(data)
    except ValidationError as exc:
        raise BadWhen("kind", "bad") from exc


def _read_day(text: str, field: str) -> date:
    if not text:
        raise BadWhen(field, "no_day")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadWhen(field, "no_such_day") from None
    if found.year not in _YEARS:
        raise BadWhen(field, "no_such_day")
    return found


def _read_end(text: str, field: str) -> date | None:
    return _read_day(text, field) if text else None


def _read_time(text: str, field: str) -> time:
    if not text:
        raise BadWhen(field, "no_time")
    match = _TIME.match(text)
    try:
        return time.fromisoformat(f"{match[1]:0>2}:{match[2]}" if match else "none")
    except ValueError:
        raise BadWhen(field, "no_such_time") from None


def _read_open(text: str, field: str) -> time:
    at = _read_time(text, field)
    if QUIET.covers(at):
        raise BadWhen(field, "quiet")
    return at


def _read_zone(text: str, field: str) -> str:
    try:
        zone_of(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadWhen(field, "no_zone") from None
    return text
