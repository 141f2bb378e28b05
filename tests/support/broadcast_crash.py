"""Sends a broadcast with a worker that dies by `kill -9` at random moments, and counts by Telegram's record who got what."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from bot.benchmarks.crowd import Crowd, Town
from bot.clock import SystemClock
from bot.messages import Address
from bot.store.contacts import People
from bot.store.crypto import Keyring
from bot.store.engine import Database
from bot.store.keys import get_lookup
from tests.support.broadcasts import Reader, agree, ends, run_state, start_run
from tests.support.processes import SECRET_KEY, Forkery, Role, environment

TOKEN = "4200000003:only-for-the-local-fake"  # opens nothing
ACCOUNT = TOKEN.partition(":")[0]


@dataclass(frozen=True)
class Crashes:
    """What came of it."""

    people: int
    kills: int
    never: int
    """Who got nothing."""
    twice: int
    more: int
    """Who got it more than twice."""
    unknown: int
    """Who is reported as perhaps having got it twice, or not at all."""
    changed: int
    """Messages that were changed after they were sent."""
    states: dict[tuple[str, str | None], int]
    probes: int
    seconds: float


@dataclass
class Scene:
    """A database with people who are due, Telegram, and a worker."""

    dsn: str
    town: Town
    crowd: Crowd
    db: Database
    readers: list[Reader]
    run: UUID
    worker: Role

    @classmethod
    async def set(
        cls, dsn: str, town: Town, forkery: Forkery, people: int, per_second: float
    ) -> "Scene":
        """Let people agree, and start a run."""
        crowd = town.crowd(TOKEN, range(1, people + 1))
        db = Database.at(dsn, pool_size=2)
        keyring = Keyring.of((SECRET_KEY,))
        async with db.transaction() as conn:
            lookup = await get_lookup(conn, keyring)
        town_people = People(keyring, lookup, SystemClock())
        now = datetime.now(UTC)
        addresses = [Address("telegram", ACCOUNT, str(each)) for each in crowd.people]
        readers = await agree(db, town_people, addresses, at=now, zone=zone_of_day(now))
        run = await start_run(db, readers, due_at=now)
        folder = forkery.folder / f"broadcast-{run}"
        folder.mkdir()
        env = environment(
            folder,
            SUAR_DATABASE_URL=dsn,
            SUAR_TELEGRAM_TOKEN=TOKEN,
            SUAR_TELEGRAM_API_URL=town.url,
            SUAR_BROADCAST_PER_SECOND=str(per_second),
            SUAR_LOG_LEVEL="warning",
        )
        worker = Role(forkery, ["worker"], env, folder / "worker.log")
        return cls(dsn, town, crowd, db, readers, run, worker)

    def sent(self) -> int:
        """Return how many messages Telegram has taken."""
        return len(self.crowd.account.last)

    async def over(self) -> bool:
        """Tell whether the run has ended."""
        return await run_state(self.db, self.run) != "running"


def zone_of_day(now: datetime) -> str:
    """Return a zone in which it is about noon: nobody is written to at night, also in tests."""
    behind = now.hour - 12
    return f"Etc/GMT{behind:+d}" if behind else "Etc/GMT"


async def crash(
    scene: Scene,
    *,
    kills: int,
    seed: int,
    within_s: float,
    tell: Callable[[str], None] = lambda _: None,
) -> Crashes:
    """Send the run to its end while the worker is killed so often, at moments that are spread over all of it."""
    began, rng = time.perf_counter(), random.Random(seed)
    moments = sorted(rng.sample(range(1, len(scene.readers)), kills))
    scene.worker.start()
    try:
        async with asyncio.timeout(within_s):
            for number, moment in enumerate(moments):
                await _until_more(scene, max(moment, scene.sent() + 1))
                await asyncio.sleep(rng.uniform(0, 0.15))
                deaths = len(scene.worker.deaths)
                scene.worker.kill()
                while len(scene.worker.deaths) == deaths:
                    await asyncio.sleep(0.01)
                tell(f"{number + 1} deaths, {scene.sent()} people have it")
            while not await scene.over():
                await asyncio.sleep(0.2)
    finally:
        scene.worker.stop()
    return await _report(scene, kills, time.perf_counter() - began)


async def _until_more(scene: Scene, count: int) -> None:
    while scene.sent() < count and not await scene.over():
        await asyncio.sleep(0.01)


async def _report(scene: Scene, kills: int, seconds: float) -> Crashes:
    account = scene.crowd.account
    sent = {person: account.chats[person].sent for person in scene.crowd.people}
    times = Counter(len(messages) for messages in sent.values())
    states = await ends(scene.db, scene.run)
    await scene.db.close()
    return Crashes(
        people=len(sent),
        kills=kills,
        never=times[0],
        twice=times[2],
        more=sum(count for number, count in times.items() if number > 2),
        unknown=sum(count for (state, _), count in states.items() if state == "unknown"),
        changed=sum(bool(each.earlier_texts) for messages in sent.values() for each in messages),
        states=states,
        probes=sum(call.method == "editMessageText" for call in account.calls),
        seconds=seconds,
    )


def log_of(scene: Scene) -> str:
    """Return what the worker has logged."""
    return Path(scene.worker.log).read_text()
