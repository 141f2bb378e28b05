"""Kill -9 of the worker in the middle of a broadcast: by Telegram's own record everybody gets the message once."""

import asyncio

import pytest

from bot.benchmarks.crowd import running_town
from tests.support.broadcast_crash import Scene, crash, log_of
from tests.support.processes import Forkery, own_database

PEOPLE, KILLS = 2_000, 10
SEED = 20_260_730
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_ten_deaths_in_a_broadcast_double_and_lose_nothing(
    forkery: Forkery, dsn: str
) -> None:
    """While 2,000 people are written to, the worker dies ten times at random moments; each of them gets it exactly once.

    Only who is counted as unknown may have it twice, and nothing that was sent is changed.
    """
    with own_database(dsn) as own:
        async with running_town() as town:
            scene = await Scene.set(own, town, forkery, PEOPLE, per_second=400)
            try:
                found = await crash(scene, kills=KILLS, seed=SEED, within_s=240)
            except TimeoutError:
                pytest.fail(await asyncio.to_thread(log_of, scene))
    assert scene.worker.deaths == [-9] * KILLS
    assert (found.never, found.more, found.changed) == (0, 0, 0)
    assert found.twice <= found.unknown
    assert sum(found.states.values()) == PEOPLE
    assert {state for state, _ in found.states} <= {"sent", "unknown"}
