"""Who is to be asked which fact again, and when. Pure; whoever sends asks `bot.store.study` again under the conversation's lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bot.campaigns.learning.answers import Phase
from bot.store.study import Taught

WINDOWS: Mapping[Phase, tuple[int, int]] = {"week1": (7, 14), "week4": (28, 42)}
"""Days after the quiz between which somebody is asked: from the first, up to the second. Later it would be no such week any more."""


@dataclass(frozen=True)
class Probe:
    """One fact to be asked of one person now."""

    contact_id: UUID
    conversation_id: UUID
    quiz: str
    fact: str
    phase: Phase


def due(taught: Iterable[Taught], today: date) -> list[Probe]:
    """Return what is to be asked on `today`, at most one of each person: that whose time is over first."""
    found: dict[UUID, tuple[int, Probe]] = {}
    for each in taught:
        for phase, (first, last) in WINDOWS.items():
            days = (today - each.on).days
            if phase in each.asked or not first <= days < last:
                continue
            probe = Probe(each.contact_id, each.conversation_id, each.quiz, each.fact, phase)
            left = last - days
            if each.contact_id not in found or (left, each.fact) < _urgency(
                found[each.contact_id]
            ):
                found[each.contact_id] = (left, probe)
    return [
        probe
        for _, probe in sorted(found.values(), key=lambda pair: (pair[0], pair[1].contact_id))
    ]


def _urgency(found: tuple[int, Probe]) -> tuple[int, str]:
    left, probe = found
    return left, probe.fact
