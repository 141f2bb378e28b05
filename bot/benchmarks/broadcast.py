"""`suar bench broadcast`: how fast broadcasts are sent beside a bare aiogram loop, and whether their pace is held while people get replies.

Both send to the same fake of Telegram in the same run, in turns. The PostgreSQL is one of our own and durable.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from bot.app import House, open_house
from bot.benchmarks import Tell
from bot.benchmarks.contestants import ECHO_TOKEN
from bot.benchmarks.crowd import Crowd, Town, running_town
from bot.benchmarks.figures import quantile
from bot.benchmarks.scratch import scratch_folder
from bot.benchmarks.stage import own_database
from bot.channels.bulk import Bulk
from bot.channels.telegram import make_bot
from bot.conversation.broadcasting import Broadcasting
from bot.jobs.broadcaster import AT_ONCE, Broadcaster
from bot.messages import Address, Incoming, IncomingKind
from bot.settings import Settings, read_settings
from tests.support.broadcast_crash import ACCOUNT, TOKEN, zone_of_day
from tests.support.broadcasts import TEXT, agree, run_state, start_run

PEOPLE, QUICK = 3_000, 400
ROUNDS = 3
PACES = (30, 80)
PACED_S, QUICK_S = 30.0, 6.0
AIM, HELD, REPLIES_S = 0.6, 0.02, 2.0
WRITERS = 200
BUTTON = "menu.main"


@dataclass(frozen=True)
class Stage:
    """A house of Suar and a bare bot on one Telegram."""

    house: House
    town: Town
    crowd: Crowd
    bare: Crowd
    scratch: Path


@dataclass
class Found:
    """What was measured."""

    bare: list[float] = field(default_factory=list)
    """Messages a second."""
    ours: list[float] = field(default_factory=list)
    paces: dict[int, tuple[float, float]] = field(default_factory=dict)
    """By what was asked for: the pace that was held, and the p95 of replies in seconds."""


async def measure(settings: Settings, tell: Tell, *, quick: bool) -> str:
    """Run the benchmark; return its report. Quick is one short round."""
    people, rounds = (QUICK, 1) if quick else (PEOPLE, ROUNDS)
    found = Found()
    async with _stage(settings, people) as stage:
        for number in range(rounds):
            found.bare.append(await _bare_loop(stage, people))
            found.ours.append(await _broadcast(stage, people))
            tell(f"round {number + 1}: {found.ours[-1]:.0f} and {found.bare[-1]:.0f} a second")
        for pace in PACES:
            found.paces[pace] = await _paced(stage, pace, QUICK_S if quick else PACED_S)
            tell(f"{pace} a second: {found.paces[pace][0]:.2f}")
    return report(found)


def report(found: Found) -> str:
    """Return the report as text."""
    ratios = [ours / bare for ours, bare in zip(found.ours, found.bare, strict=True)]
    ratio = statistics.median(ratios)
    lines = [
        f"Bare aiogram: {statistics.median(found.bare):.0f} messages a second, {AT_ONCE} at once",
        f"Suar: {statistics.median(found.ours):.0f}, with all that it looks up and writes down",
        f"Ratio {ratio:.2f} (rounds {min(ratios):.2f} to {max(ratios):.2f}),"
        f" aim {AIM:g}: {_said(ratio >= AIM)}",
    ]
    for pace, (held, replies) in found.paces.items():
        off = held / pace - 1
        lines.append(
            f"At {pace} a second: {held:.2f} ({off:+.1%}), aim within {HELD:.0%}:"
            f" {_said(abs(off) <= HELD)}; replies p95 {replies * 1000:.0f} ms,"
            f" aim {REPLIES_S:g} s: {_said(replies < REPLIES_S)}"
        )
    return "\n".join(lines)


def _said(reached: bool) -> str:  # a table of two words
    return "reached" if reached else "missed"


@asynccontextmanager
async def _stage(settings: Settings, people: int) -> AsyncIterator[Stage]:
    with scratch_folder(settings.data_dir) as scratch:
        async with own_database(scratch) as dsn, running_town() as town:
            everybody = range(1, people + WRITERS + 1)
            crowd, bare = town.crowd(TOKEN, everybody), town.crowd(ECHO_TOKEN, everybody)
            ours = read_settings(
                data_dir=scratch, database_url=dsn, telegram_token=TOKEN,
                telegram_api_url=town.url, log_level="error",
            )  # fmt: skip
            async with open_house(ours) as house:
                yield Stage(house, town, crowd, bare, scratch)


async def _bare_loop(stage: Stage, people: int) -> float:
    """Send to everybody as aiogram's documentation shows, as many at once as Suar; return messages a second."""
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup  # noqa: PLC0415

    bot, gate = make_bot(ECHO_TOKEN, stage.town.url), asyncio.Semaphore(AT_ONCE)
    rows = [
        [InlineKeyboardButton(text=title, callback_data=f"broadcast.open.{title}")]
        for title in ("Main kuis", "Stop pesan ini")
    ]
    markup = InlineKeyboardMarkup(inline_keyboard=rows)

    async def send(person: int) -> None:
        async with gate:
            await bot.send_message(person, TEXT["id"], reply_markup=markup)

    began = time.perf_counter()
    await asyncio.gather(*map(send, range(1, people + 1)))
    seconds = time.perf_counter() - began
    await bot.session.close()
    return people / seconds


async def _broadcast(stage: Stage, people: int) -> float:
    """Send a run to everybody as fast as it goes; return messages a second."""
    run = await _run(stage, range(1, people + 1))
    stage.crowd.account.last.clear()
    began = time.perf_counter()
    async with _sending(stage, None):
        while len(stage.crowd.account.last) < people:  # noqa: ASYNC110  # another thread counts
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - began
        await _until_over(stage, run)
    return people / seconds


async def _until_over(stage: Stage, run: UUID) -> None:
    while await run_state(stage.house.db, run) == "running":  # noqa: ASYNC110  # another task writes it
        await asyncio.sleep(0.02)


async def _paced(stage: Stage, pace: int, seconds: float) -> tuple[float, float]:
    """Send at a pace while people press buttons; return the pace that was held and the p95 of replies."""
    count = int(pace * seconds)
    most = len(stage.crowd.people) - WRITERS
    people = [number % most + 1 for number in range(count)]
    first = await _run(stage, sorted(set(people)))
    times, waits = _Times(stage), list[float]()
    async with _sending(stage, pace):
        talking = asyncio.create_task(_talk(stage, waits))
        try:
            await _until_over(stage, first)
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
    return times.pace(), quantile(waits, 0.95)


@dataclass
class _Times:
    """When Telegram took the messages of broadcasts from now on."""

    stage: Stage
    since: float = field(default_factory=time.time)

    def pace(self) -> float:
        """Return how many a second it were, leaving out the first and last second."""
        taken = sorted(
            message.at_s
            for chat in self.stage.crowd.account.chats.values()
            for message in chat.sent
            if message.at_s > self.since and message.payload.get("text") == TEXT["id"]
        )
        inner = [at for at in taken if taken[0] + 1 <= at <= taken[-1] - 1]
        return (len(inner) - 1) / (inner[-1] - inner[0])


async def _talk(stage: Stage, waits: list[float]) -> None:
    """Let people press a button, one after the other, ten a second; note how long each answer took."""
    last = max(stage.crowd.people)
    for number in range(10**6):
        person = last - number % WRITERS
        address = Address("telegram", ACCOUNT, str(person))
        press = Incoming(address, str(uuid4()), IncomingKind.BUTTON, BUTTON, "en")
        began = time.perf_counter()
        await stage.house.conversations.receive(press)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.1)


async def _run(stage: Stage, people: Sequence[int]) -> UUID:
    """Let people agree anew, and be due in a run."""
    house, now = stage.house, datetime.now(UTC)
    await _forget(house)
    addresses = [Address("telegram", ACCOUNT, str(person)) for person in people]
    readers = await agree(house.db, house.people, addresses, at=now, zone=zone_of_day(now))
    return await start_run(house.db, readers, due_at=now)


async def _forget(house: House) -> None:
    """Empty the tables of those who were written to before."""
    from tests.support.tables import empty_tables  # noqa: PLC0415

    async with house.db.engine.begin() as conn:
        await empty_tables(conn)


@asynccontextmanager
async def _sending(stage: Stage, per_second: float | None) -> AsyncIterator[None]:
    house = stage.house
    broadcasting = Broadcasting(house.conversations, house.holder.number, "Asia/Jakarta")
    bulk = Bulk(house.delivery.channels, per_second)
    work = asyncio.create_task(Broadcaster(broadcasting, bulk, house.dsn).run())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
