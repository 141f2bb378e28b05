"""Days off: Indonesia's public holidays, and the operator's own. A copied week leaves them out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

import holidays

_LANGUAGES = {"id": "id", "en": "en_US"}
"""In which languages the library knows the names of the holidays, by ours."""

Kind = Literal["off", "open"]


@dataclass(frozen=True)
class OwnDay:
    """A day that the operator has set: off, or open although it is a holiday."""

    id: UUID
    day: date
    kind: Kind
    name: str = ""


@dataclass(frozen=True)
class DayOff:
    """A day on which a copied week puts nobody, and what it is called."""

    day: date
    name: str
    own_id: UUID | None = None
    """Of the operator's own day; None for a public holiday."""


def days_off(
    first: date, last: date, own: Iterable[OwnDay], locale: str = "id"
) -> Mapping[date, DayOff]:
    """Return the days off from `first` to `last`, both counted, in order.

    Source: the `holidays` package, country ID. Days that follow the moon are announced each year, and the
    package may know them late: the operator adds or opens such a day.
    """
    set_days = {each.day: each for each in own}
    found: dict[date, DayOff] = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        mine = set_days.get(day)
        if mine is not None:
            if mine.kind == "off":
                found[day] = DayOff(day, mine.name, mine.id)
        elif name := _national(day.year, _LANGUAGES.get(locale, "id")).get(day):
            found[day] = DayOff(day, name)
    return found


@lru_cache(maxsize=16)
def _national(year: int, language: str) -> Mapping[date, str]:
    return dict(holidays.country_holidays("ID", years=year, language=language))
