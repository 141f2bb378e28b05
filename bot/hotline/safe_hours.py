"""The time of day at which somebody may be written to first, as they named it when they were asked."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from bot.store.follow_ups import ZONE

WINDOWS: Mapping[str, tuple[time, time]] = {
    "morning": (time(6), time(11)),
    "afternoon": (time(11), time(17)),
    "evening": (time(17), time(21)),
    "night": (time(21), time(6)),
}
"""From the first to the second time of day, by the id of the choice in `flows/flows/consent.yml`; a night ends on the
next morning. Whoever is written to unasked (`bot.store.follow_ups`) is not woken, so the night is shorter there."""


def is_safe(hours: str | None, now: datetime) -> bool:
    """Tell whether somebody may be written to at `now` (aware); always where they named no time we know."""
    if hours is None or hours not in WINDOWS:
        return True
    first, last = WINDOWS[hours]
    moment = now.astimezone(ZONE).time()
    if first < last:
        return first <= moment < last
    return moment >= first or moment < last


def closes_after(hours: str | None, moment: datetime) -> datetime | None:
    """Return when the window ends that is open at `moment` (aware) or else opens next; None where there is none."""
    if hours is None or hours not in WINDOWS:
        return None
    local = moment.astimezone(ZONE)
    ends = datetime.combine(local.date(), WINDOWS[hours][1], ZONE)
    return ends if ends > local else ends + timedelta(days=1)


def opens_at(hours: str | None, now: datetime) -> datetime:
    """Return from when on somebody may be written to: `now` (aware) where it is safe already, else when the window opens next."""
    if hours is None or is_safe(hours, now):
        return now
    local = now.astimezone(ZONE)
    opens = datetime.combine(local.date(), WINDOWS[hours][0], ZONE)
    return opens if opens > local else opens + timedelta(days=1)
