"""What the order of the queue promises: how long somebody waits at most, proved in `docs/queue.md`.

Time here is that of a clock which runs only while the person may be offered and a qualified counsellor is on duty and
under her limit.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.hotline.order import PROMISE, SOONEST
from bot.understanding.model import RiskLevel

MOST = timedelta(days=30)
"""A bound above this is none."""


@dataclass(frozen=True)
class Arrivals:
    """At most this many come in any stretch of time: some at once, and so many an hour on top."""

    at_once: int
    per_hour: float

    def within(self, span: timedelta) -> int:
        """Return how many come at most in a stretch as long as `span`."""
        return self.at_once + int(self.per_hour * (span / timedelta(hours=1)))


@dataclass(frozen=True)
class Load:
    """What a bound takes for granted."""

    pace: timedelta
    """While somebody can be offered, somebody is, at least once in each stretch of this length."""
    urgent: Arrivals
    """Those who go before everybody: in danger now, or come back from a counsellor who fell silent."""
    others: Arrivals


def passable_for(level: RiskLevel) -> timedelta:
    """Return how much later than somebody of `level` another one of no more danger may come and still go before them."""
    return PROMISE[level] - SOONEST[level]


def bound(level: RiskLevel, ahead: int, load: Load) -> timedelta | None:
    """Return how long somebody waits at most until they are offered; None where the load allows no bound.

    Args:
        level: Of the person.
        ahead: How many who wait already go before them.
        load: What else comes, and how fast people are taken.
    """
    wait = load.pace
    while wait <= MOST:
        longer = load.pace * (ahead + _going(level, wait, load))
        if longer <= wait:
            return wait
        wait = longer
    return None


def _going(level: RiskLevel, wait: timedelta, load: Load) -> int:
    """Count those who may go first of all that come from now on, and the person, who is one of what comes."""
    urgent = load.urgent.within(wait)
    if level is RiskLevel.IMMEDIATE:
        return max(1, urgent)
    return urgent + max(1, load.others.within(min(wait, passable_for(level))))
