"""The load: people who wait for the answer before they go on, some number of them at once."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.benchmarks.figures import Sample
from bot.errors import SuarError

TURN_WITHIN_S = 30.0


class BenchmarkFailed(SuarError):  # reads as what happened, like the rest of the tree
    """Something that is measured does not answer."""


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
        BenchmarkFailed: An answer did not come within half a minute.
    """
    ends = time.perf_counter() + for_s
    latencies: list[float] = []
    cycles: list[float] = []

    async def lane(mine: Sequence[int]) -> None:
        for person in itertools.cycle(mine):
            began = time.perf_counter()
            if began >= ends or len(latencies) >= at_most:
                return
            async with asyncio.timeout(TURN_WITHIN_S):
                latencies.append(await turn(person))
            cycles.append(time.perf_counter() - began)

    try:
        async with asyncio.TaskGroup() as group:
            for number in range(at_once):
                group.create_task(lane(people[number::at_once]))
    except* TimeoutError as group_of_late:
        raise BenchmarkFailed(f"no answer within {TURN_WITHIN_S:g} s.") from group_of_late
    # No lane ever idles, so this is the rate, also where a turn takes longer than the whole run was to take.
    return Sample(at_once * len(cycles) / sum(cycles), tuple(latencies))
