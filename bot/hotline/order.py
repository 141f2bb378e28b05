"""The order of the queue: danger first, then waiting time, and nobody waits for ever."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.understanding.model import RiskLevel

PROMISE = {
    RiskLevel.IMMEDIATE: timedelta(minutes=2),
    RiskLevel.HIGH: timedelta(minutes=15),
    RiskLevel.CONCERN: timedelta(hours=6),
    RiskLevel.NONE: timedelta(hours=24),
}
"""How soon a person of each level should hear from a human. Source: fact base, section F2 (proposed classes)."""


@dataclass(frozen=True)
class Place:
    """What the order of the queue depends on."""

    case_id: UUID
    level: RiskLevel
    waiting_since: datetime


def rank(place: Place, now: datetime) -> tuple[int, datetime]:
    """Return the sorting key of a case; the smallest is next.

    A case moves up one level each time it has waited for as long as its level was promised, but never to the side of
    those in immediate danger.
    """
    waited = max(now - place.waiting_since, timedelta())
    climbed = int(waited / PROMISE[place.level])
    level = place.level.value
    if place.level is not RiskLevel.IMMEDIATE:
        level = min(level + climbed, RiskLevel.HIGH.value)
    return (-level, place.waiting_since)


def in_order(places: list[Place], now: datetime) -> list[Place]:
    """Return `places` as they are to be taken."""
    return sorted(places, key=lambda place: rank(place, now))
