"""The order of the queue: danger now first, then whoever was promised an answer soonest. `docs/queue.md` says what follows.

The place of somebody in the order never changes while they wait, so nobody is passed twice by the same people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.hotline.safe_hours import closes_after, is_safe
from bot.understanding.model import RiskLevel

PROMISE = {
    RiskLevel.IMMEDIATE: timedelta(minutes=2),
    RiskLevel.HIGH: timedelta(minutes=15),
    RiskLevel.CONCERN: timedelta(hours=6),
    RiskLevel.NONE: timedelta(hours=24),
}
"""How soon a person of each level should hear from a human. Source: fact base, section F2 (proposed classes)."""

SOONEST = {level: PROMISE[max(level, RiskLevel.HIGH)] / 2 for level in RiskLevel}
"""Nobody of a level, however young or pressed for time, is due sooner after they came: what the bound leans on."""

LEAD = timedelta(minutes=15)
"""Whose safe hours are about to end is due this long before, so that there is time left to talk."""

HERE = timedelta(minutes=15)
"""Who has written within this time is there, whatever hours they named for being written to first."""


@dataclass(frozen=True)
class Place:
    """What the order of the queue depends on."""

    case_id: UUID
    level: RiskLevel
    waiting_since: datetime
    child: bool = False
    """The person at risk is under 18."""
    safe_hours: str | None = None
    """When they may be written to first, a key of `safe_hours.WINDOWS`; None for any time."""
    heard_at: datetime | None = None
    """When they last wrote."""
    returned: bool = False
    """A counsellor had them and fell silent."""

    @property
    def urgent(self) -> bool:
        """Before all others: in danger now, or left alone in a talk."""
        return self.level is RiskLevel.IMMEDIATE or self.returned


def due(place: Place) -> datetime:
    """Return by when somebody is to be offered to a counsellor.

    That is the promise of their level, halved for who is under 18, and `LEAD` before their safe hours end the first
    time; never before `SOONEST` has passed.
    """
    promise = PROMISE[place.level] / (2 if place.child else 1)
    wanted = place.waiting_since + promise
    closes = closes_after(place.safe_hours, place.waiting_since)
    if closes is not None and place.level is not RiskLevel.IMMEDIATE:
        wanted = min(wanted, closes - LEAD)
    return max(wanted, place.waiting_since + SOONEST[place.level])


def rank(place: Place) -> tuple[bool, bool, datetime, datetime, UUID]:
    """Return the sorting key of a case; the smallest is next, and no two are the same."""
    calm = place.level is not RiskLevel.IMMEDIATE
    return (calm, not place.returned, due(place), place.waiting_since, place.case_id)


def may_be_offered(place: Place, now: datetime) -> bool:
    """Tell whether a counsellor may get this person now.

    Outside the hours that somebody named as safe nobody takes them, since a first line from us could be read by whoever
    they fear. Danger now is the exception: to take a case is not to write. A counsellor who has it can read, ring the
    services and stand by, and the page says that it is not a safe hour; leaving them unread until the morning could
    cost a life.
    """
    if place.level is RiskLevel.IMMEDIATE or is_safe(place.safe_hours, now):
        return True
    return place.heard_at is not None and now - place.heard_at < HERE


def in_order(places: Iterable[Place], now: datetime) -> list[Place]:
    """Return those of `places` who may be offered now, as they are to be taken."""
    return sorted((place for place in places if may_be_offered(place, now)), key=rank)
