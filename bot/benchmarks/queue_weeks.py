"""Weeks at a desk that does not exist: who comes, who is on duty, and who is given to whom, in whichever order is asked for.

The figures are made up to be like a small helpline's, with too few counsellors on purpose: a queue that is always empty
shows nothing. They are no measurements of real people.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.hotline.forecast_core import Caller, Key, Room, Wait, simulate
from bot.hotline.order import Place
from bot.hotline.safe_hours import WINDOWS
from bot.hotline.weight import has_room
from bot.understanding.model import RiskLevel

BEGINS = datetime(2026, 1, 4, 17, 0, tzinfo=UTC)
"""A Monday, midnight in Jakarta."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PACE = timedelta(minutes=1)
"""Whoever is on duty asks for the next person this often while she is under her limit."""
A_DAY = 72
BY_HOUR = (5, 3, 2, 1, 1, 2, 3, 4, 5, 5, 5, 5, 6, 5, 5, 5, 6, 6, 8, 10, 12, 12, 10, 8)
"""How the people of a day are spread over its hours: few in the early morning, most in the evening."""
BY_DAY = (1.0, 1.0, 1.6, 1.0, 1.0, 0.8, 0.8)
"""On Wednesdays a campaign brings more."""
SHIFTS = ((7, 15), (11, 19), (15, 23), (19, 24))
"""Hours of each counsellor's day; from midnight to seven nobody is there."""
MIX = {
    RiskLevel.IMMEDIATE: 0.06,
    RiskLevel.HIGH: 0.24,
    RiskLevel.CONCERN: 0.4,
    RiskLevel.NONE: 0.3,
}
TALK = {
    RiskLevel.IMMEDIATE: timedelta(minutes=60),
    RiskLevel.HIGH: timedelta(minutes=55),
    RiskLevel.CONCERN: timedelta(minutes=40),
    RiskLevel.NONE: timedelta(minutes=20),
}
PATIENCE = {
    RiskLevel.IMMEDIATE: timedelta(hours=3),
    RiskLevel.HIGH: timedelta(hours=12),
    RiskLevel.CONCERN: timedelta(days=2),
    RiskLevel.NONE: timedelta(days=4),
}
"""How long somebody of a level waits on average before they leave the queue."""
CHILDREN, SHY = 0.15, 0.25
"""The shares of those under 18, and of those who named a time of day that is safe."""


def people(seed: int, weeks: int) -> list[Caller]:
    """Return who comes in so many weeks, in the order in which they come; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # no secret hangs on it
    return [_caller(chance, number, at) for number, at in enumerate(_arrivals(chance, weeks))]


def run(callers: Sequence[Caller], weeks: int, key: Key, *, room: Room = has_room) -> list[Wait]:
    """Let the weeks go by with a queue in the order of `key`; return how everybody waited who came.

    `room` tells whether a counsellor with a load may take somebody of a level.
    """
    return simulate(callers, _presses(weeks), len(SHIFTS), key, room=room)


def alike(level: RiskLevel, load: int, limit: int) -> bool:
    """Do as `has_room`, for a desk that keeps no room for danger."""
    del level
    return load < limit


def staffed(start: datetime, end: datetime) -> timedelta:
    """Return how much of a stretch of time somebody was on duty."""
    return _staffed_until(end) - _staffed_until(start)


def _staffed_until(moment: datetime) -> timedelta:
    days, rest = divmod(moment - BEGINS, DAY)
    opens, closes = min(SHIFTS)[0] * HOUR, max(last for _, last in SHIFTS) * HOUR
    return days * (closes - opens) + min(max(rest, opens), closes) - opens


def _presses(weeks: int) -> Iterator[tuple[datetime, int]]:
    """Yield when who asks for the next person, in order."""
    for minute in range(weeks * 7 * 24 * 60):
        at = BEGINS + minute * PACE
        hour = minute // 60 % 24
        for who, (first, last) in enumerate(SHIFTS):
            if first <= hour < last:
                yield at, who


def _arrivals(chance: random.Random, weeks: int) -> Iterator[datetime]:
    """Yield moments of a random stream whose rate goes with the hour and the day (by thinning the densest one)."""
    densest = A_DAY * max(BY_HOUR) * max(BY_DAY) / sum(BY_HOUR)
    at, end = timedelta(), weeks * 7 * DAY
    while (at := at + HOUR * chance.expovariate(densest)) < end:
        day, hour = at // DAY % 7, at // HOUR % 24
        if chance.random() * max(BY_HOUR) * max(BY_DAY) < BY_HOUR[hour] * BY_DAY[day]:
            yield BEGINS + at


def _caller(chance: random.Random, number: int, at: datetime) -> Caller:
    [level] = chance.choices([*MIX], [*MIX.values()])
    place = Place(
        case_id=UUID(int=number),
        level=level,
        waiting_since=at,
        child=chance.random() < CHILDREN,
        safe_hours=chance.choice([*WINDOWS]) if chance.random() < SHY else None,
        heard_at=at,
    )
    patience = PATIENCE[level] * chance.expovariate(1)
    return Caller(place, at + patience, TALK[level] * chance.lognormvariate(-0.18, 0.6))
