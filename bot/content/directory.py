"""Which number to give: the fixed emergency fallback, and the services whose last check is good and new."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.content.hours import is_open
from bot.content.model import ANYWHERE, EmergencyNumber, Need, Service
from bot.understanding.model import Risk, RiskLevel

FRESH = timedelta(days=90)
"""A directory entry whose last check is older goes dark."""
WARN = timedelta(days=14)
"""So long before that, it stands on the list of those to check again."""
UNANSWERED = 3
"""So many calls in a row without an answer darken an entry."""
HOME = "ID"
"""Where the emergency numbers of region `ID` can be called."""


class Result(StrEnum):
    """What came of a check."""

    OK = "ok"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class Check:
    """One check of an entry by the staff."""

    number: int
    """Later ones have higher numbers."""
    service_id: str
    on: date
    result: Result


@dataclass(frozen=True)
class Standing:
    """What the checks of one entry come to."""

    good: date | None = None
    """The day of the last good one."""
    wrong: date | None = None
    """The day of the last one since then that found something wrong."""
    unanswered: tuple[date, ...] = ()
    """The days since then on which nobody answered."""


class Light(StrEnum):
    """Whether an entry can be relied on, and if not, why."""

    SHOWN = "shown"
    NO_WAY = "no_way"
    """No number and no address is known, whatever else is right."""
    NEVER_CHECKED = "never_checked"
    TOO_OLD = "too_old"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"


Standings = Mapping[str, Standing]
"""By the service's id; one that is not in it was never checked."""


def standings_of(checks: Iterable[Check]) -> dict[str, Standing]:
    """Return what the checks of each service come to, in whatever order they are given."""
    found: dict[str, Standing] = {}
    for check in sorted(checks, key=lambda each: (each.on, each.number)):
        before = found.get(check.service_id, Standing())
        found[check.service_id] = _after(before, check)
    return found


def _after(before: Standing, check: Check) -> Standing:
    match check.result:
        case Result.OK:
            return Standing(good=check.on)
        case Result.WRONG:
            return Standing(before.good, check.on, before.unanswered)
        case Result.NO_ANSWER:
            return Standing(before.good, before.wrong, (*before.unanswered, check.on))


def light_of(service: Service, standing: Standing, today: date) -> Light:
    """Tell whether an entry's last check is good and new enough. It is computed, so an entry goes dark by itself.

    The day that stands in the entry's own file counts like a good check, made before any other of that day.
    """
    if not service.can_be_reached:
        return Light.NO_WAY
    checked = last_good(service, standing)
    filed = service.checked_on or date.min
    if standing.wrong is not None and standing.wrong >= filed:
        return Light.WRONG
    if sum(day >= filed for day in standing.unanswered) >= UNANSWERED:
        return Light.NO_ANSWER
    if checked is None:
        return Light.NEVER_CHECKED
    return Light.SHOWN if today - checked <= FRESH else Light.TOO_OLD


def last_good(service: Service, standing: Standing) -> date | None:
    """Return the day of the last good check, whether it stands in the file or in the database."""
    return max(filter(None, (service.checked_on, standing.good)), default=None)


def is_due(service: Service, standing: Standing, today: date) -> bool:
    """Tell whether an entry is to be checked again: it is dark, or will be within `WARN`."""
    checked = last_good(service, standing)
    if checked is None or light_of(service, standing, today) is not Light.SHOWN:
        return True
    return today - checked >= FRESH - WARN


def showable(services: Iterable[Service], checks: Standings, today: date) -> list[Service]:
    """Return the entries that people may be told of: allowed, and found right within the last 90 days."""
    return [
        service
        for service in services
        if service.for_people
        and light_of(service, checks.get(service.id, Standing()), today) is Light.SHOWN
    ]


def find(
    services: Iterable[Service],
    *,
    need: Need | None = None,
    place: str | None = None,
    language: str | None = None,
) -> list[Service]:
    """Return the entries that fit all that is asked; None asks for nothing.

    Args:
        services: Where to look.
        need: What help is looked for.
        place: A country's code. Entries that can be used anywhere fit every place, also one of no known code.
        language: A language spoken there.
    """
    return [
        service
        for service in services
        if (need is None or need in service.needs)
        and (place is None or place in service.countries or ANYWHERE in service.countries)
        and (language is None or language in service.languages)
    ]


def in_order(services: Iterable[Service], now: datetime, language: str) -> list[Service]:
    """Return the entries that are open now first, then those that speak the person's language; else as they stand."""

    def rank(service: Service) -> tuple[int, bool]:
        opened = is_open(service.open, service.zone, now)
        return {True: 0, None: 1, False: 2}[opened], language not in service.languages

    return sorted(services, key=rank)


def fallback_for(
    numbers: Sequence[EmergencyNumber], need: Need, place: str, *, limit: int = 3
) -> list[EmergencyNumber]:
    """Return the fixed numbers that fit a need in a place, for when no checked service can be named; never none.

    Who looks for help as a refugee gets the lines for refugees, wherever they are, and no line of a state.
    """
    if need == "refugee":
        chosen = [each for each in numbers if each.audience == "refugees"]
    else:
        ranked = sorted(numbers, key=lambda each: _distance(each, need, place))
        chosen = [each for each in ranked if _distance(each, need, place) < _FAR]
    return (chosen or [each for each in numbers if "any" in each.kinds] or list(numbers))[:limit]


_FAR = 3


def _distance(number: EmergencyNumber, need: Need, place: str) -> int:
    at_home = place == HOME
    if number.audience == "refugees" or (number.region == HOME and not at_home):
        return _FAR
    here = number.region == "any" or (number.region == HOME) == at_home
    if need in number.needs:
        return 0 if here else 1
    return 2 if here and "any" in number.kinds else _FAR


def fitting_emergency(
    numbers: Sequence[EmergencyNumber], risk: Risk, *, limit: int = 2
) -> list[EmergencyNumber]:
    """Return the few numbers that fit what a person told best, never none: a frightened person reads no list.

    Where harm is told, to others or to oneself, the one for danger now comes first. A number that can be called from abroad is preferred among
    equals, because we do not know (and do not ask in that moment) where the person is.
    """
    ranked = sorted(numbers, key=lambda number: _rank(number, risk.kinds))
    chosen: list[EmergencyNumber] = []
    if risk.level >= RiskLevel.HIGH or "self_harm" in risk.kinds:
        chosen += [each for each in ranked if "any" in each.kinds and each.region == "ID"][:1]
    chosen += [each for each in ranked if each not in chosen]
    return chosen[:limit]


def _rank(number: EmergencyNumber, kinds: Collection[str]) -> int:
    """Fitting ones first, then those for anybody; a line for refugees only comes after what serves everybody."""
    if any(kind in number.kinds for kind in kinds):
        near = 0 if number.region == "ID" else -1
        return 2 if number.audience == "refugees" else near
    if "any" in number.kinds:
        return 1
    return 3
