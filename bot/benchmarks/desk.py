"""`suar bench desk`: two hundred counsellors with a conversation open, and fifty messages a second from their people.

The real web processes and a durable PostgreSQL of our own; people write over the fake of Telegram, and each page does what the
browser does: it keeps the live connection and fetches what that tells it to. The language model is left out, so that the desk
is measured and not the reading. Some pages lose their connection for a while in the middle.
"""

import asyncio
import math
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.benchmarks import Tell, machine
from bot.benchmarks.contestants import Contestant, start_suar
from bot.benchmarks.crowd import running_town
from bot.benchmarks.desk_pages import OpenPage, words_of
from bot.benchmarks.desk_report import Findings, print_report
from bot.benchmarks.desk_seed import seated
from bot.benchmarks.memory import memory_of
from bot.benchmarks.scratch import scratch_folder
from bot.benchmarks.stage import own_database
from bot.content.load import load_content
from bot.local import processes
from bot.settings import Settings

COUNSELLORS = 200
A_SECOND = 50
FOR_S = 120.0
AWAY_S = 60.0
AWAY = 5
"""How many pages lose their connection."""
QUICKLY, FEW_A_SECOND = 20, 10
"""How many counsellors and messages a second there are in a quick run."""
WARM_S = 5.0
"""Nothing is measured before: every page loads everything once when it opens."""
LOOK_EVERY_S = 5.0
ARRIVES_WITHIN_S, LOOK_AGAIN_S = 60.0, 0.1


@dataclass
class Run:
    """One run, as it goes."""

    suar: Contestant
    pages: list[OpenPage]
    a_second: int
    for_s: float
    away_s: float
    sent_at: dict[int, float] = field(default_factory=dict)
    person_of: dict[int, int] = field(default_factory=dict)
    memory_mb: list[float] = field(default_factory=list)
    """What the web processes take together, every few seconds."""

    async def go(self) -> None:
        """Let the people write while the pages are open; wait until what they wrote is shown."""
        tasks = [asyncio.create_task(page.stay()) for page in self.pages]
        watch = asyncio.create_task(self._watch_memory())
        try:
            await asyncio.gather(*(page.until_open() for page in self.pages))
            await asyncio.sleep(WARM_S)
            losing = asyncio.create_task(self._lose(tasks))
            await self.suar.town.there(self._write())
            await losing
            await self._until_shown()
        finally:
            for task in (watch, *tasks):
                task.cancel()
            ended = await asyncio.gather(watch, *tasks, return_exceptions=True)
        # A page or the watch that ended by itself has failed, and the run with it.
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def _write(self) -> None:
        """Let one person after the other write, at a steady pace. Runs in the loop of the fake."""
        loop, people = asyncio.get_running_loop(), [page.seat.person for page in self.pages]
        began = loop.time()
        for number in range(int(self.for_s * self.a_second)):
            await asyncio.sleep(max(0.0, began + number / self.a_second - loop.time()))
            person = people[number % len(people)]
            self.person_of[number] = person
            self.sent_at[number] = time.perf_counter()
            self.suar.crowd.control.people.write(person, words_of(number))

    async def _lose(self, tasks: list["asyncio.Task[None]"]) -> None:
        """Cut some pages off for a while, a quarter into the run."""
        await asyncio.sleep(self.for_s / 4)
        for task in tasks[:AWAY]:
            task.cancel()
        await asyncio.gather(*tasks[:AWAY], return_exceptions=True)
        await asyncio.sleep(self.away_s)
        for number, page in enumerate(self.pages[:AWAY]):
            tasks[number] = asyncio.create_task(page.stay())

    async def _until_shown(self) -> None:
        for _ in range(int(ARRIVES_WITHIN_S / LOOK_AGAIN_S)):
            if self._shown() >= len(self.sent_at):
                return
            await asyncio.sleep(LOOK_AGAIN_S)

    def _shown(self) -> int:
        return sum(len(page.shown_at) for page in self.pages)

    async def _watch_memory(self) -> None:
        web = self.suar.running[:-1]  # the last is the worker
        while True:
            measured = [await asyncio.to_thread(memory_of, process.pid) for process in web]
            self.memory_mb.append(sum(each.shared_out_mb for each in measured))
            await asyncio.sleep(LOOK_EVERY_S)

    def waits_s(self) -> list[float]:
        """Return how long each message took to the screen of a page that was connected all the time; for ever if it never came."""
        pages = {page.seat.person: page for page in self.pages[AWAY:]}
        return [
            pages[person].shown_at.get(number, math.inf) - self.sent_at[number]
            for number, person in self.person_of.items()
            if person in pages
        ]

    def wrong(self, pages: Sequence[OpenPage]) -> int:
        """Count the messages that do not stand exactly once on the page that they belong to."""
        found = 0
        for page in pages:
            wanted = {n for n, person in self.person_of.items() if person == page.seat.person}
            shown = page.on_screen()
            found += sum(shown[number] != 1 for number in wanted | shown.keys())
        return found


async def measure(settings: Settings, tell: Tell, *, quick: bool) -> str:
    """Run the benchmark; return its report. Quick is twenty counsellors for ten seconds.

    Raises:
        SetupError: Something that is measured cannot be started.
    """
    load = machine.load_average()
    count = QUICKLY if quick else COUNSELLORS
    async with _running(settings, tell, count, quick=quick) as (run, dsn):
        tell(f"{count} counsellors are at the desk; their people write for {run.for_s:g} s.")
        await run.go()
        found = Findings(
            machine=await machine.look(dsn, settings.data_dir, load),
            counsellors=count,
            a_second=run.a_second,
            sent=len(run.sent_at),
            for_s=run.for_s,
            away_s=run.away_s,
            away=AWAY,
            waits_s=run.waits_s(),
            wrong=run.wrong(run.pages[AWAY:]),
            wrong_after=run.wrong(run.pages[:AWAY]),
            fetches=sum(page.fetches for page in run.pages),
            refused=sum(page.refused for page in run.pages),
            memory_mb=run.memory_mb,
            load_after=machine.load_average(),
        )
    return print_report(found)


@asynccontextmanager
async def _running(
    settings: Settings, tell: Tell, count: int, *, quick: bool
) -> AsyncIterator[tuple[Run, str]]:
    tell("Starting the database, the web processes, and seating the counsellors.")
    content = load_content()
    with scratch_folder(settings.data_dir) as scratch:
        async with own_database(scratch) as dsn, running_town() as town:
            told = {"SUAR_DATABASE_URL": dsn}
            cores = os.cpu_count() or 1
            suar = await start_suar(town, content, scratch, told, web_processes=cores)
            try:
                people = [int(person) for person in suar.crowd.people[:count]]
                async with seated(suar.base_url, dsn, scratch / "suar", people) as seats:
                    pages = [OpenPage(suar.base_url, seat) for seat in seats]
                    if quick:
                        yield Run(suar, pages, FEW_A_SECOND, 10.0, 3.0), dsn
                    else:
                        yield Run(suar, pages, A_SECOND, FOR_S, AWAY_S), dsn
            finally:
                for process in suar.running:
                    await processes.stop(process)
