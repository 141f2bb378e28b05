"""How fast one account may write to many: held on average, never a flood."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.pace import CREDIT_S, HASTE, Pace

PER_SECOND = 40.0
GAP = 1 / PER_SECOND
TINY = 1e-6


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose clock stands still but for what is slept, and what a test lets pass."""

    moment = 1000.0

    def time(self) -> float:
        return self.moment

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        if not ready and scheduled:
            self.moment = max(self.moment, scheduled[0].when())
        super()._run_once()  # type: ignore[misc]


def turns_of(delays: Sequence[float], account: Pace) -> list[float]:
    """Take a turn after each delay (seconds); return when they were given."""
    loop = _Loop()

    async def take() -> list[float]:
        given_at = []
        for delay in delays:
            loop.moment += delay
            await account.turn()
            given_at.append(loop.time())
        return given_at

    try:
        return loop.run_until_complete(take())
    finally:
        loop.close()


@given(st.lists(st.floats(0, 5), min_size=2, max_size=300))
def test_never_a_flood(delays: list[float]) -> None:
    """Whatever the delays, two messages are never closer than the haste allows, and no second holds more than the pace with its haste."""
    at = turns_of(delays, Pace(PER_SECOND))
    assert all(after - before >= GAP / HASTE - TINY for before, after in pairwise(at))


@given(st.lists(st.floats(0, 0.3), min_size=3, max_size=8))
def test_what_was_delayed_is_made_up_for(stalls: list[float]) -> None:
    """Stalls in between leave the pace as it was, once there was time to make up for them."""
    delays = [each for stall in stalls for each in (stall, *[0.0] * 399)]
    at = turns_of(delays, Pace(PER_SECOND))
    assert max(stalls) < CREDIT_S
    held = (len(at) - 1) / (at[-1] - at[0])
    assert abs(held / PER_SECOND - 1) < 0.01


def test_a_long_night_is_not_made_up_for() -> None:
    """After an hour in which nothing was to be sent, only a little is made up for."""
    at = turns_of([0.0, 3600.0, *[0.0] * 400], Pace(PER_SECOND))[1:]
    due = 1 + (at[-1] - at[0]) * PER_SECOND
    assert len(at) <= due + CREDIT_S * PER_SECOND + 1
