"""A queue in time that does not pass: people come, counsellors ask for the next person, talks end. Pure.

It is the core of `suar bench queue`, with weeks that are made up, and of the rota's forecast, with days like those that were.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from bot.hotline.order import Place, may_be_offered
from bot.hotline.weight import LIMIT, WEIGHT, has_room
from bot.understanding.model import RiskLevel

Key = Callable[[Place], Any]
Room = Callable[[RiskLevel, int, int], bool]


@dataclass(frozen=True)
class Caller:
    """Somebody who comes."""

    place: Place
    leaves_at: datetime
    talk: timedelta
    language: str = ""


Fits = Callable[[int, Caller], bool]
"""Tells whether a counsellor, by number, may be given somebody."""


@dataclass
class Wait:
    """How it went for somebody."""

    caller: Caller
    taken_at: datetime | None = None
    stood_by: int = 0
    """How many others were given to a counsellor who might have had this person."""

    @property
    def ended_at(self) -> datetime:
        """When they were taken, or left."""
        return self.taken_at or self.caller.leaves_at


@dataclass
class _Desk:
    """The queue and one counsellor's load each, while time goes by."""

    key: Key
    room: Room
    fits: Fits
    load: list[int]
    queue: list[tuple[Any, int, Wait]] = field(default_factory=list)

    def press(self, who: int, now: datetime) -> Wait | None:
        """Give a counsellor the first in the queue who may be hers."""
        may = [
            entry
            for entry in self.queue
            if self.room(entry[2].caller.place.level, self.load[who], LIMIT)
            and may_be_offered(entry[2].caller.place, now)
            and self.fits(who, entry[2].caller)
        ]
        for _, _, passed in may[1:]:
            passed.stood_by += 1
        if not may:
            return None
        self.queue.remove(may[0])
        taken = may[0][2]
        taken.taken_at = now
        self.load[who] += WEIGHT[taken.caller.place.level]
        return taken


def everybody(who: int, caller: Caller) -> bool:
    """Let every counsellor be given everybody."""
    del who, caller
    return True


def simulate(
    callers: Sequence[Caller],
    presses: Iterable[tuple[datetime, int]],
    counsellors: int,
    key: Key,
    *,
    room: Room = has_room,
    fits: Fits = everybody,
    watched: int | None = None,
) -> list[Wait]:
    """Let time go by with a queue in the order of `key`; return how everybody waited who came.

    Args:
        callers: In the order in which they come.
        presses: When which counsellor, by number, asks for the next person, in order.
        counsellors: How many there are.
        key: The order of the queue.
        room: Whether a counsellor with a load may take somebody of a level.
        fits: Whether a counsellor may be given somebody.
        watched: Of whom only the wait matters: once they are taken, the rest is left as it stands.
    """
    desk = _Desk(key, room, fits, [0] * counsellors)
    waits = [Wait(caller) for caller in callers]
    coming = iter([*enumerate(waits)])
    following = next(coming, None)
    ends: list[tuple[datetime, int, int]] = []
    for now, who in presses:
        while following is not None and following[1].caller.place.waiting_since <= now:
            number, wait = following
            insort(desk.queue, (key(wait.caller.place), number, wait))
            following = next(coming, None)
        while ends and ends[0][0] <= now:
            _, counsellor, weight = heappop(ends)
            desk.load[counsellor] -= weight
        desk.queue = [entry for entry in desk.queue if entry[2].caller.leaves_at > now]
        taken = desk.press(who, now)
        if taken is not None:
            heappush(ends, (now + taken.caller.talk, who, WEIGHT[taken.caller.place.level]))
            if watched is not None and taken is waits[watched]:
                break
    return waits
