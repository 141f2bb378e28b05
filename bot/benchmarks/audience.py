"""How long the studio takes to count whom a message is for, and to say who would get it and why others would not, with a million people.

The people are those of `suar bench broadcast_plan`; some of them have joined a campaign or have an open case.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text

from bot.benchmarks import Tell
from bot.benchmarks.broadcast_plan import CONTENT, seed
from bot.benchmarks.figures import quantile
from bot.benchmarks.machine import Machine, load_average, look
from bot.benchmarks.memory import KILOBYTE, memory_of
from bot.benchmarks.scratch import scratch_folder
from bot.campaigns.audience import read_rule
from bot.campaigns.broadcast import read_content
from bot.campaigns.dry_run import DryRun, dry_run
from bot.campaigns.reach import reach
from bot.campaigns.schedule import Now
from bot.campaigns.segments import Segments
from bot.campaigns.store_broadcasts import Broadcasts, Draft
from bot.clock import SystemClock
from bot.content.load import load_content
from bot.local.postgres import LocalPostgres
from bot.settings import Settings
from bot.store.campaigning import ROLE
from bot.store.engine import Database
from bot.store.migrate import migrate
from bot.store.tables import CampaignRow

PEOPLE, QUICK = 1_000_000, 50_000
COUNTS, DRY_RUNS = 20, 5
COUNT_S, DRY_RUN_S = 1.0, 20.0
"""The aims: a count, 95 times in a hundred; and every dry run."""
LOOK_S = 0.25
HOME = "Asia/Jakarta"
CHANNELS = ("whatsapp", "telegram", "webchat")
PER_SECOND = 25.0
ROWS = "{:<18}{:>12}{:>10}{:>10}{:>10}"
MORE = (
    """
    INSERT INTO campaign_members (campaign_id, contact_id)
    SELECT :campaign, contact_id FROM profiles ORDER BY contact_id LIMIT :people / 5
    """,
    """
    INSERT INTO cases (id, contact_id, conversation_id, reference, level, locale, state)
    SELECT id, contact_id, id, CAST(id AS text), 'none', locale, 'waiting' FROM conversations
    ORDER BY conversations.id LIMIT :people / 200
    """,
    "ANALYZE campaign_members, cases",
)


@dataclass(frozen=True)
class Timed:
    """How long one thing took, each time."""

    name: str
    found: int
    """How many people."""
    took_s: tuple[float, ...]


@dataclass(frozen=True)
class Peak:
    """The most memory that was taken, in megabytes: by this process, and by all of the database's server."""

    here_mb: float
    server_mb: float


@dataclass(frozen=True)
class Found:
    """What was measured."""

    people: int
    counts: tuple[Timed, ...]
    dry: Timed
    left_out: Mapping[str, int | None]
    peak: Peak
    machine: Machine


def rules(campaign: UUID) -> Mapping[str, dict[str, Any]]:
    """Return the saved audiences that are counted, as they are kept."""
    city = {"field": "city", "in": ["kupang"]}
    lately = {"field": "last_seen", "op": "within", "days": 30}
    return {
        "everybody": {"all": []},
        "one city": city,
        "three rules": {
            "all": [
                {"field": "language", "in": ["id", "jv"]},
                lately,
                {"any": [city, {"field": "interest", "in": ["events"]}]},
            ]
        },
        "with exclusions": {
            "all": [
                lately,
                {"none": [{"field": "campaign", "in": [str(campaign)]}, city]},
            ]
        },
    }


async def measure(settings: Settings, tell: Tell, *, quick: bool) -> str:
    """Count audiences and dry-run a message in a database of its own, and return the report."""
    load, people = load_average(), QUICK if quick else PEOPLE
    with scratch_folder(settings.data_dir) as folder:
        server = LocalPostgres(folder)
        await server.start()
        try:
            await asyncio.to_thread(migrate, server.dsn)
            tell(f"making up {people:,} people…")
            await seed(server.dsn, people)
            machine = await look(server.dsn, folder, load)
            assert server.process is not None
            found = await _measure(server.dsn, people, machine, server.process.pid, tell)
        finally:
            await server.stop()
    return report(found)


async def _measure(dsn: str, people: int, machine: Machine, server: int, tell: Tell) -> Found:
    campaign = await _make_more(dsn, people)
    db, clock = Database.at(dsn, pool_size=2, role=ROLE), SystemClock()
    today = clock.now().astimezone(UTC).date()
    segments, counts, peaks = Segments(db, clock), list[Timed](), list[Peak]()
    watch = asyncio.create_task(_watch(server, peaks))
    for name, rule in rules(campaign).items():
        saved = await segments.save(name, read_rule(rule), by=None)
        tell(f"counting {name}…")

        async def count(saved: UUID = saved) -> int:
            kept = await segments.get(saved)
            async with db.transaction(durable=False) as conn:
                found = await reach(conn, kept.rule, channels=CHANNELS, today=today, home=HOME)
            return found.people.exact or 0

        counts.append(await _time(name, COUNTS, count))
    tell("dry runs…")
    dry, last = await _dry_runs(db, campaign, clock.now())
    watch.cancel()
    with suppress(asyncio.CancelledError):
        await watch
    await db.close()
    left_out = {why: size.exact for why, size in last.left_out.items()}
    peak = Peak(max(p.here_mb for p in peaks), max(p.server_mb for p in peaks))
    return Found(people, tuple(counts), dry, left_out, peak, machine)


async def _make_more(dsn: str, people: int) -> UUID:
    """Let people join a campaign and have open cases; return the campaign's id."""
    campaign, db = uuid4(), Database.at(dsn, pool_size=1)
    async with db.transaction() as conn:
        await conn.execute(insert(CampaignRow).values(id=campaign, slug="bench", title="Bench"))
        for statement in MORE:
            given = {"campaign": campaign, "people": people}
            await conn.execute(
                text(statement),
                {name: value for name, value in given.items() if f":{name}" in statement},
            )
    await db.close()
    return campaign


async def _dry_runs(db: Database, campaign: UUID, now: datetime) -> tuple[Timed, DryRun]:
    """Return how long dry runs for everybody took, and what the last one has found."""
    content = load_content()
    desk = Broadcasts(db, SystemClock(), lambda: content, HOME)
    draft = Draft("Bench", read_content(CONTENT), read_rule({"all": []}), Now())
    seen = await desk.get(await desk.create(campaign, draft, by=None))
    found = DryRun(None)

    async def run() -> int:
        nonlocal found
        found = await dry_run(db, seen, now, ground=desk.ground, per_second=PER_SECOND)
        return found.gets_it.exact or 0

    return await _time("dry run", DRY_RUNS, run), found


async def _time(name: str, times: int, do: Callable[[], Awaitable[int]]) -> Timed:
    """Do something so often, and once before: what is read for the first time comes from the disk."""
    found, took = await do(), list[float]()
    for _ in range(times):
        began = time.perf_counter()
        await do()
        took.append(time.perf_counter() - began)
    return Timed(name, found, tuple(took))


async def _watch(server: int, peaks: list[Peak]) -> None:
    """Note again and again how much memory is taken."""
    while True:
        peaks.append(await asyncio.to_thread(_look_at_memory, server))
        await asyncio.sleep(LOOK_S)


def _look_at_memory(server: int) -> Peak:
    lines = Path("/proc/self/status").read_text().splitlines()
    here = next(line for line in lines if line.startswith("VmRSS"))
    try:
        there = memory_of(server).shared_out_mb
    except OSError:
        # One of its processes has ended meanwhile.
        there = 0.0
    return Peak(int(here.split()[1]) * KILOBYTE, there)


def report(found: Found) -> str:
    """Return what was measured, beside its aims."""
    machine = found.machine
    slowest = max(quantile(each.took_s, 0.95) for each in found.counts)
    worst = max(found.dry.took_s)
    left_out = ", ".join(
        f"{why} {few if few is not None else '<5'}" for why, few in found.left_out.items()
    )
    return "\n".join(
        (
            f"{found.people:,} people who agreed; seconds",
            ROWS.format("", "people", "p50", "p95", "max"),
            *(_row(each) for each in (*found.counts, found.dry)),
            f"left out: {left_out}",
            f"a count, p95: {slowest:.2f} s (wanted: at most {COUNT_S:.0f}; {_reached(slowest <= COUNT_S)})",
            f"a dry run, at worst: {worst:.1f} s (wanted: at most {DRY_RUN_S:.0f}; {_reached(worst <= DRY_RUN_S)})",
            f"memory at its peak: {found.peak.here_mb:.0f} MB here, {found.peak.server_mb:.0f} MB of the database's server",
            f"{machine.cores} cores of {machine.cpu}, PostgreSQL {machine.postgres}; load {machine.load:.1f} before",
        )
    )


def _row(timed: Timed) -> str:
    shares = (f"{quantile(timed.took_s, share):.2f}" for share in (0.5, 0.95, 1.0))
    return ROWS.format(timed.name, f"{timed.found:,}", *shares)


def _reached(is_so: bool) -> str:
    return "reached" if is_so else "missed"
