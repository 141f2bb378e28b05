"""When a service is open, in its own local time."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from bot.content.parts import Strict

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
END_OF_DAY = 24 * 60
_WEEK = 7


def _minutes(value: object) -> int:
    """Read ``09:00`` as minutes since midnight."""
    hours, colon, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (colon and len(hours) == len(minutes) == 2 and f"{hours}{minutes}".isdecimal()):
        # YAML reads a bare 10:00 as the number 600.
        raise ValueError('write a time in quotes with four digits, as in "09:00"')
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > END_OF_DAY:
        raise ValueError('there is no such time; the day goes from "00:00" to "24:00"')
    return total


def _known_zone(name: str) -> str:
    try:
        _zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"there is no time zone {name!r}; write an IANA name, as in Asia/Jakarta"
        ) from None
    return name


Minute = Annotated[int, BeforeValidator(_minutes)]
Zone = Annotated[str, AfterValidator(_known_zone)]


class Opening(Strict):
    """The same hours on some days of the week; a night that goes over midnight is written as two."""

    days: tuple[Day, ...] = Field(min_length=1)
    start: Minute = Field(alias="from")
    end: Minute = Field(alias="to")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Opening":
        if self.end <= self.start:
            raise ValueError(
                "`to` is not after `from`; write a night as two: up to 24:00, and from 00:00"
            )
        return self


def _not_overlapping(openings: tuple[Opening, ...]) -> tuple[Opening, ...]:
    for day in DAYS:
        spans = sorted(
            (each.start, each.end) for each in openings for on in each.days if on == day
        )
        if any(second[0] < first[1] for first, second in pairwise(spans)):
            raise ValueError(f"the hours of {day} overlap; join them, or change one")
    return openings


def _form(value: Any) -> str:  # noqa: ANN401  # whatever the file holds
    return "always" if isinstance(value, str) else "hours"


Open = Annotated[
    Annotated[Literal["always"], Tag("always")]
    | Annotated[
        tuple[Opening, ...], Field(min_length=1), AfterValidator(_not_overlapping), Tag("hours")
    ],
    Discriminator(_form),
]
"""Always, or the hours of a week."""


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def is_open(hours: Open | None, zone: str, now: datetime) -> bool | None:
    """Tell whether a service is open at `now` (aware); None where its hours are not known."""
    if hours is None or hours == "always":
        return None if hours is None else True
    local = now.astimezone(_zone(zone))
    minute = local.hour * 60 + local.minute
    return any(
        DAYS[local.weekday()] in each.days and each.start <= minute < each.end for each in hours
    )


def opens_next(hours: Open | None, zone: str, now: datetime) -> datetime | None:
    """Return when a service that is closed at `now` (aware) opens, in its local time; None where that is not known.

    Holidays are not in it: the words of the entry say what is known of them.
    """
    if hours is None or hours == "always":
        return None
    # In UTC: two moments of one zone would be compared by the hands of the clock.
    at = now.astimezone(UTC)
    return next((start for start in _starts(hours, zone, now) if start.astimezone(UTC) > at), None)


def _starts(hours: tuple[Opening, ...], zone: str, now: datetime) -> Iterator[datetime]:
    """Yield every opening of the eight days from today on, in order."""
    today = now.astimezone(_zone(zone)).date()
    for day in (today + timedelta(days=number) for number in range(_WEEK + 1)):
        on = DAYS[day.weekday()]
        for start in sorted(each.start for each in hours if on in each.days):
            wall = datetime.combine(day, time(*divmod(start, 60)), _zone(zone))
            # Through UTC and back: an hour that the clocks leap over is the one after it.
            yield wall.astimezone(UTC).astimezone(_zone(zone))
