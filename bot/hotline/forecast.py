"""How long somebody would wait at a time to come, by days like those that were and the rota as it is. Pure.

Arrivals are counted by hour of the week and smoothed: with the hours beside it, and with the same hour of other days,
because a few weeks hold too few people for each single hour. What share of them speaks a language and is of a class
is drawn towards what it would be if the two had nothing to do with each other. Many evenings are then made up and
played with the queue's own order. With little history nothing is said.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from bot.hotline.forecast_core import Caller, simulate
from bot.hotline.hours import HOME, WEEK, ZONES, Shift
from bot.hotline.order import Place, rank
from bot.understanding.model import RiskLevel

FEWEST_WEEKS, FEWEST_PEOPLE, FEWEST_ALIKE = 4, 40, 5
"""With fewer weeks, people, or people of the language, nothing is said."""
FEWEST_TALKS = 20
HOURS_OF_WEEK = 168
BESIDE = (0.25, 0.5, 0.25)
"""How much of an hour's rate comes from the hour before, itself, and the hour after."""
WEEKS_OF_DAY = 4
"""The same hour of all days counts as much as so many weeks of the hour itself."""
DRAWN = 20
"""And shares are drawn towards independence as by so many people."""
RUNS = 80
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PACE = 2 * MINUTE
"""Whoever is on duty asks for the next person this often while she is under her limit."""
BEFORE, AFTER = 4 * HOUR, 24 * HOUR
"""An evening is played from so long before somebody comes, until so long after."""
ASSUMED = {
    RiskLevel.IMMEDIATE: 60 * MINUTE,
    RiskLevel.HIGH: 55 * MINUTE,
    RiskLevel.CONCERN: 40 * MINUTE,
    RiskLevel.NONE: 20 * MINUTE,
}
"""How long talks last where too few were measured."""


@dataclass(frozen=True)
class Arrival:
    """Somebody who asked for a person."""

    at: datetime
    level: RiskLevel
    language: str


@dataclass(frozen=True)
class History:
    """What is known of the weeks that were."""

    arrivals: tuple[Arrival, ...]
    weeks: int
    """Whole weeks, the last of which ends now."""
    talks: Mapping[RiskLevel, tuple[timedelta, ...]]
    """How long talks lasted, by class."""

    def is_enough(self, language: str) -> bool:
        """Tell whether anything can be said for people of a language."""
        alike = sum(arrival.language == language for arrival in self.arrivals)
        enough = self.weeks >= FEWEST_WEEKS and len(self.arrivals) >= FEWEST_PEOPLE
        return enough and alike >= FEWEST_ALIKE

    def rate(self, moment: datetime) -> float:
        """Return how many people come in the hour around a moment, smoothed."""
        return self._rates[_hour_of_week(moment)]

    @cached_property
    def mix(self) -> Mapping[tuple[RiskLevel, str], float]:
        """The share of each class and language, smoothed."""
        levels = Counter(arrival.level for arrival in self.arrivals)
        languages = Counter(arrival.language for arrival in self.arrivals)
        both = Counter((arrival.level, arrival.language) for arrival in self.arrivals)
        people = len(self.arrivals)
        return {
            (level, language): (
                both[level, language] + DRAWN * levels[level] * languages[language] / people**2
            )
            / (people + DRAWN)
            for level in levels
            for language in languages
        }

    @cached_property
    def _rates(self) -> Sequence[float]:
        counted = Counter(_hour_of_week(arrival.at) for arrival in self.arrivals)
        own = [
            sum(
                share * counted[(hour + beside - 1) % HOURS_OF_WEEK]
                for beside, share in enumerate(BESIDE)
            )
            for hour in range(HOURS_OF_WEEK)
        ]
        of_day = [sum(own[hour::24]) / 7 for hour in range(24)]
        weeks = max(self.weeks, 1)
        return [
            (own[hour] + of_day[hour % 24] / weeks * WEEKS_OF_DAY) / (weeks + WEEKS_OF_DAY)
            for hour in range(HOURS_OF_WEEK)
        ]


@dataclass(frozen=True)
class Forecast:
    """What came of the evenings that were played. A wait of None was longer than `AFTER`."""

    middle: timedelta | None
    low: timedelta | None
    high: timedelta | None
    """Four of five waits lie between `low` and `high`."""
    weeks: int
    people: int
    alike: int
    """How many of the people in the history spoke the language."""
    assumed: bool
    """The length of talks was assumed: too few were measured."""


def forecast(
    history: History,
    shifts: Sequence[Shift],
    at: datetime,
    level: RiskLevel,
    language: str,
    *,
    more: bool = False,
) -> Forecast | None:
    """Return how long somebody who comes at `at` would wait; None where too little is known.

    Args:
        history: The weeks that were.
        shifts: The rota around that time.
        at: Aware.
        level: Of the person.
        language: In which they are to be answered; who does not speak it does not count for them.
        more: Let one more person who speaks it be there all the time.
    """
    if not history.is_enough(language):
        return None
    spoken = [shift.languages for shift in shifts]
    windows = [(shift.starts_at, shift.ends_at) for shift in shifts]
    if more:
        spoken.append(frozenset({language}))
        windows.append((at - BEFORE, at + AFTER))

    def fits(who: int, caller: Caller) -> bool:
        return caller.language in spoken[who]

    presses = [*_presses(windows, at - BEFORE, at + AFTER)]
    chance = random.Random(7)  # noqa: S311  # the same question has the same answer
    waits = sorted(
        _once(history, presses, fits, at, level, language, len(spoken), chance)
        for _ in range(RUNS)
    )
    return Forecast(
        middle=_known(waits[RUNS // 2]),
        low=_known(waits[RUNS // 10]),
        high=_known(waits[RUNS - 1 - RUNS // 10]),
        weeks=history.weeks,
        people=len(history.arrivals),
        alike=sum(arrival.language == language for arrival in history.arrivals),
        assumed=any(len(history.talks.get(each, ())) < FEWEST_TALKS for each in RiskLevel),
    )


def _once(
    history: History,
    presses: Sequence[tuple[datetime, int]],
    fits: Callable[[int, Caller], bool],
    at: datetime,
    level: RiskLevel,
    language: str,
    counsellors: int,
    chance: random.Random,
) -> timedelta:
    """Play one evening; return how long the person waited."""
    others = [*_others(history, at, chance)]
    watched = sum(caller.place.waiting_since <= at for caller in others)
    mine = _caller(history, watched, at, level, language, chance)
    callers = [*others[:watched], mine, *others[watched:]]
    waits = simulate(callers, presses, counsellors, rank, fits=fits, watched=watched)
    taken = waits[watched].taken_at
    return AFTER if taken is None else taken - at


def _others(history: History, at: datetime, chance: random.Random) -> Iterator[Caller]:
    """Yield who else comes, by thinning the densest stream."""
    densest = max(history.rate(at + number * HOUR) for number in range(HOURS_OF_WEEK)) or 1e-9
    mix = history.mix
    moment = at - BEFORE
    number = 1000
    while (moment := moment + HOUR * chance.expovariate(densest)) < at + AFTER:
        if chance.random() * densest < history.rate(moment):
            [(level, language)] = chance.choices([*mix], [*mix.values()])
            number += 1
            yield _caller(history, number, moment, level, language, chance)


def _caller(
    history: History,
    number: int,
    at: datetime,
    level: RiskLevel,
    language: str,
    chance: random.Random,
) -> Caller:
    place = Place(UUID(int=number), level, at, heard_at=at)
    measured = history.talks.get(level, ())
    enough = len(measured) >= FEWEST_TALKS
    talk = (
        chance.choice(measured) if enough else ASSUMED[level] * chance.lognormvariate(-0.18, 0.6)
    )
    return Caller(place, at + 2 * AFTER, talk, language)


def _presses(
    windows: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime
) -> Iterator[tuple[datetime, int]]:
    moment = start
    while moment < end:
        for who, (first, last) in enumerate(windows):
            if first <= moment < last:
                yield moment, who
        moment += PACE


def _known(wait: timedelta) -> timedelta | None:
    return None if wait >= AFTER else max(wait, timedelta())


def _hour_of_week(moment: datetime) -> int:
    local = moment.astimezone(ZONES[HOME])
    return local.weekday() * 24 + local.hour


def weeks_between(first: datetime, now: datetime) -> int:
    """Return how many whole weeks lie between two moments."""
    return max(0, (now - first) // WEEK)
