"""Which number to give: the fixed emergency fallback, fitted to what a person told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from bot.content.model import EmergencyNumber, Service
from bot.understanding.model import Risk, RiskLevel

FRESH = timedelta(days=90)
"""A directory entry whose last check is older goes dark."""


def fitting_emergency(
    numbers: Sequence[EmergencyNumber], risk: Risk, *, limit: int = 3
) -> list[EmergencyNumber]:
    """Return the numbers that fit what a person told best, never none.

    One for people abroad is always among them, because we do not know (and do not ask in that moment) where the
    person is; where harm is told, so is the one for danger now.
    """
    ranked = sorted(numbers, key=lambda number: _rank(number, risk.kinds))
    chosen = ranked[:1]
    if risk.level >= RiskLevel.HIGH:
        chosen = [number for number in ranked if "any" in number.kinds and number.region == "ID"][
            :1
        ]
        chosen += [number for number in ranked if number not in chosen][:1]
    if not any(number.region in {"abroad", "any"} for number in chosen):
        chosen += [number for number in ranked if number.region in {"abroad", "any"}][:1]
    rest = [number for number in ranked if number not in chosen]
    return [*chosen, *rest[: max(0, limit - len(chosen))]]


def _rank(number: EmergencyNumber, kinds: Collection[str]) -> int:
    """Fitting ones first, then those for anybody; a line for refugees only comes after what serves everybody."""
    if any(kind in number.kinds for kind in kinds):
        return 2 if number.audience == "refugees" else 0
    return 1 if "any" in number.kinds else 3


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
