"""The load: people who wait for the answer before they go on, some number of them at once."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.benchmarks.figures import Sample

TURN_WITHIN_S = 30.0

Turn = Callable[[int], Awaitable[float]]
"""Has one turn with a person and returns how long it took them to get their answer, in seconds."""


async def have_turns(
    turn: Turn, people: Sequence[int], *, at_once: int, for_s: float, at_most: int
) -> Sample:
    """Let people have turns, `at_once` of them at any time.

    Args:
        turn: One turn.
        people: Each of them belongs to one lane, and those of a lane take turns: with one at
            once, nobody's conversation grows longer than with fifty.
        at_once: How many lanes there are.
        for_s: When to stop beginning turns.
        at_most: After how many turns to stop in any case.

    Raises:
        TimeoutError: An answer did not come within half a minute.
    """
    begun = time.perf_counter()
    ends = begun + for_s
    latencies: list[float] = []
    ended: list[float] = []

    async def lane(mine: Sequence[int]) -> None:
        for person in itertools.cycle(mine):
            if time.perf_counter() >= ends or len(latencies) >= at_most:
                return
            async with asyncio.timeout(TURN_WITHIN_S):
                latencies.append(await turn(person))
            ended.append(time.perf_counter())

    async with asyncio.TaskGroup() as group:
        for number in range(at_once):
            group.create_task(lane(people[number::at_once]))
    # Turns that end later are left out on both sides, else a long last turn would count as idling.
    counted = [moment for moment in ended if moment <= ends]
    seconds = max(counted, default=ends) - begun
    return Sample(len(counted) / seconds, tuple(latencies))
