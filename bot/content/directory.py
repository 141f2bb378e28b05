"""Which number to give: the fixed emergency fallback, fitted to what a person told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from bot.content.model import EmergencyNumber, Service
from bot.understanding.model import Risk, RiskLevel

FRESH = timedelta(days=90)
"""A directory entry whose last check is older goes dark."""


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


def showable(services: Iterable[Service], checks: dict[str, date], today: date) -> list[Service]:
    """Return the entries that may be shown: allowed, and found working within the last 90 days.

    Args:
        services: The directory.
        checks: The day of the last successful check by the staff, by service id.
        today: The day it is.
    """
    shown = []
    for service in services:
        if service.surface not in {"show", "show_after_check"}:
            continue
        checked = max(filter(None, (service.checked_on, checks.get(service.id))), default=None)
        if checked is not None and today - checked <= FRESH:
            shown.append(service)
    return shown
