"""`suar bench broadcast --kills 100`: 100,000 people are written to while the worker dies a hundred times by `kill -9`."""

import asyncio

from bot.benchmarks import Tell
from bot.benchmarks.crowd import running_town
from bot.benchmarks.scratch import scratch_folder
from bot.benchmarks.stage import own_database
from bot.settings import Settings
from tests.support.broadcast_crash import Crashes, Scene, crash
from tests.support.processes import running_forkery

PEOPLE, QUICK = 100_000, 2_000
PER_SECOND = 300
SEED = 20_260_730
WITHIN_S = 7_200.0


async def measure_kills(settings: Settings, tell: Tell, *, kills: int, quick: bool) -> str:
    """Send with so many deaths; return what Telegram's record says."""
    people = QUICK if quick else PEOPLE
    with scratch_folder(settings.data_dir) as scratch, running_forkery() as forkery:
        async with own_database(scratch) as dsn, running_town() as town:
            tell(f"{people} people agree to hear of campaigns")
            scene = await Scene.set(dsn, town, forkery, people, PER_SECOND)
            found = await crash(scene, kills=kills, seed=SEED, within_s=WITHIN_S, tell=tell)
    await asyncio.sleep(0)
    return report(found)


def report(found: Crashes) -> str:
    """Return the report as text."""
    held = not (found.never or found.more or found.changed) and found.twice <= found.unknown
    return "\n".join(
        [
            f"{found.people} people, {found.kills} deaths, {found.seconds:.0f} s,"
            f" {found.probes} questions to Telegram",
            f"never {found.never}, twice {found.twice}, more {found.more},"
            f" reported as unknown {found.unknown}, changed afterwards {found.changed}",
            "Everybody exactly once, but for those who are reported: "
            + ("reached" if held else "missed"),
        ]
    )
