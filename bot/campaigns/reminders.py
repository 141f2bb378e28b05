"""What somebody who signed up for an event is told, and when. Pure.

    place       they have moved up from the waiting list: at once
    moved       time or place was changed: at once, each time
    cancelled   it does not take place: at once
    day         the day before, at six in the evening by their own clock
    hours       two hours before
    thanks      after it, with a question how it was

Never in their quiet hours. The day before may be told next morning, as long as it is no later than three hours before; what two hours
before would be in the night is told in the morning up to half an hour before, or not at all. Whoever signs up later than a reminder
was due has just read it. Whatever was told once is marked, and what is told includes what it makes needless.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from bot.campaigns.clocks import instant, local_day
from bot.campaigns.quiet import is_quiet

Kind = Literal["cancelled", "moved", "place", "hours", "day", "thanks"]
KINDS: tuple[Kind, ...] = ("cancelled", "moved", "place", "hours", "day", "thanks")
"""In the order in which they go before each other."""
EVENING = time(18)
HOURS = timedelta(hours=2)
_DAY_UNTIL = timedelta(hours=3)
_HOURS_UNTIL = timedelta(minutes=30)
_THANKS_AFTER = timedelta(hours=1)
_THANKS_UNTIL = timedelta(days=3)
_DAY = timedelta(days=1)
AHEAD = timedelta(days=2)
"""Nothing is due longer than this before an event, but for what has changed."""
BEHIND = _THANKS_UNTIL
"""Nothing is due longer than this after an event."""
BY_ITSELF: tuple[Kind, ...] = ("hours", "day")


@dataclass(frozen=True)
class Place:
    """Somebody's place at an event."""

    state: str
    """`coming` or `waiting`."""
    event_state: str
    starts_at: datetime
    ends_at: datetime
    moves: int
    at: datetime
    """When they signed up."""
    promoted: bool = False
    reminded: frozenset[str] = frozenset()


def mark_of(kind: Kind, moves: int) -> str:
    """Return what is noted when somebody is told; what belongs to a time that was changed since can be told anew."""
    return kind if kind in {"cancelled", "place", "thanks"} else f"{kind}:{moves}"


def due(place: Place, zone: str, now: datetime) -> tuple[Kind, tuple[str, ...]] | None:
    """Return what somebody is to be told now, and the marks that go with it; None where nothing.

    Args:
        place: Theirs.
        zone: By which they live (an IANA name).
        now: Aware.
    """
    if is_quiet(now, zone):
        return None
    kind = next((each for each in _open(place, zone, now) if not _is_told(place, each)), None)
    if kind is None:
        return None
    told = {kind, *(each for each in BY_ITSELF if _is_open(place, each, zone, now))}
    if kind in {"place", "cancelled"}:
        told.add("moved")
    fresh = (each for each in KINDS if each in told and not _is_told(place, each))
    return kind, tuple(mark_of(each, place.moves) for each in fresh)


def planned(starts_at: datetime, zone: str) -> dict[Kind, datetime | None]:
    """Return when the two reminders before an event go to somebody who lives by `zone`; None: not at all."""
    found: dict[Kind, datetime | None] = {}
    for kind in BY_ITSELF:
        since, until = _window(kind, starts_at, zone)
        moments = (
            since + timedelta(minutes=10 * n)
            for n in range(int((until - since) / timedelta(minutes=10)))
        )
        found[kind] = next((each for each in moments if not is_quiet(each, zone)), None)
    return found


def _open(place: Place, zone: str, now: datetime) -> Iterator[Kind]:
    return (kind for kind in KINDS if _is_open(place, kind, zone, now))


def _is_told(place: Place, kind: Kind) -> bool:
    return mark_of(kind, place.moves) in place.reminded


def _is_open(place: Place, kind: Kind, zone: str, now: datetime) -> bool:
    """Tell whether this could be told now, by the state of things and the time."""
    if place.event_state == "cancelled":
        return kind == "cancelled" and now < place.ends_at
    if kind == "thanks":
        since = place.ends_at + _THANKS_AFTER
        return place.state == "coming" and since <= now < place.ends_at + _THANKS_UNTIL
    if kind == "cancelled" or now >= place.starts_at:
        return False
    if kind == "moved":
        return place.moves > 0
    if place.state != "coming":
        return False
    if kind == "place":
        return place.promoted
    since, until = _window(kind, place.starts_at, zone)
    return since <= now < until and place.at < since


def _window(kind: Kind, starts_at: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return from when until when a reminder before an event may go."""
    if kind == "hours":
        return starts_at - HOURS, starts_at - _HOURS_UNTIL
    evening = instant(local_day(starts_at, zone) - _DAY, EVENING, zone)
    return evening, max(evening, starts_at - _DAY_UNTIL)
