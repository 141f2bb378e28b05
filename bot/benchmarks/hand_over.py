"""From consent to the desk: how long it takes until an open desk shows the person who has just agreed to talk."""

import asyncio
import random
import time
from collections.abc import Sequence

from bot.benchmarks.contestants import Contestant
from bot.benchmarks.crowd import presses, writes
from bot.benchmarks.open_desk import OpenDesk

PAUSE_S = 0.3


async def time_hand_overs(suar: Contestant, desk: OpenDesk, people: Sequence[int]) -> list[float]:
    """Let people agree to talk, one after the other.

    Returns:
        For each of them the seconds from the press of the button (at the webhook) until the desk showed them.
    """
    return [await _time_one(suar, desk, person) for person in people]


async def _time_one(suar: Contestant, desk: OpenDesk, person: int) -> float:
    crowd, town = suar.crowd, suar.town
    await town.there(crowd.turn(person, writes(("/start",))))
    await town.there(crowd.turn(person, presses(("consent.ask",))))
    known = await desk.queue()
    # At no fixed distance from the notice before, so that no rhythm of the desk's own helps or hurts.
    await asyncio.sleep(PAUSE_S * (1 + random.random()))  # noqa: S311  # no secret hangs on it
    shown = asyncio.create_task(desk.until_somebody_new(known))
    began = time.perf_counter()
    await town.there(crowd.turn(person, presses(("consent.ask.talk",))))
    return await shown - began
