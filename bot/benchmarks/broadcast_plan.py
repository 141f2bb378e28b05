"""How long it takes to plan a broadcast for a million people, and how much memory the planner needs.

The people are made up by the database itself: four zones, three languages, two variants of the text, one in fifty unreachable.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text, update

from bot.benchmarks import Tell
from bot.benchmarks.memory import KILOBYTE
from bot.benchmarks.scratch import scratch_folder
from bot.campaigns.audience import read_rule
from bot.campaigns.broadcast import read_content
from bot.campaigns.dry_run import DryRun, dry_run
from bot.campaigns.firing import fire_due
from bot.campaigns.planning import plan_run
from bot.campaigns.runs import planning
from bot.campaigns.schedule import Now
from bot.campaigns.store_broadcasts import Broadcasts, Draft
from bot.clock import SystemClock
from bot.content.load import load_content
from bot.local.postgres import LocalPostgres
from bot.settings import Settings
from bot.store.campaigning import ROLE
from bot.store.engine import Database
from bot.store.migrate import migrate
from bot.store.tables import BroadcastRow, BroadcastRunRow, CampaignRow

PEOPLE, QUICK = 1_000_000, 20_000
LOOK_S = 0.1
NOON = datetime(2026, 7, 30, 5, 0, tzinfo=UTC)
RULE = {
    "all": [
        {"field": "last_seen", "op": "within", "days": 3650},
        {"none": [{"field": "city", "in": ["atlantis"]}]},
    ]
}
CONTENT = {
    "variants": [
        {"id": "a", "share": 40, "words": {"id": {"text": "Halo!"}, "en": {"text": "Hello!"}}},
        {"id": "b", "share": 60, "words": {"id": {"text": "Hai!"}, "en": {"text": "Hi!"}}},
    ],
    "fallback": "en",
}
SEED = (
    """
    CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS place
    FROM generate_series(1, :people) AS n
    """,
    """
    INSERT INTO contacts (id, wrapped_key, stopped_at)
    SELECT id, '\\x00', CASE WHEN n % 100 = 7 THEN now() END FROM made
    """,
    """
    INSERT INTO addresses (id, contact_id, channel, account, lookup, value_sealed, blocked_at)
    SELECT place, id, 'telegram', 'bot', decode(replace(CAST(place AS text), '-', ''), 'hex'), '\\x00',
        CASE WHEN n % 100 = 8 THEN now() END
    FROM made
    """,
    """
    INSERT INTO conversations (id, contact_id, address_id, locale, last_in_at)
    SELECT gen_random_uuid(), id, place, (ARRAY['id', 'id', 'en', 'jv'])[1 + n % 4],
        now() - (n % 90) * interval '1 day'
    FROM made
    """,
    """
    INSERT INTO consents (contact_id, scope, granted, text_version, locale, channel)
    SELECT id, 'news', true, 'bench', 'id', 'telegram' FROM made
    """,
    """
    INSERT INTO profiles (contact_id, city, zone, age_band, interests)
    SELECT id, (ARRAY['kupang', 'jakarta', NULL])[1 + n % 3],
        (ARRAY['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura', NULL, 'Asia/Riyadh'])[1 + n % 5],
        'a18_24', ARRAY['events']
    FROM made
    """,
    "ANALYZE contacts, addresses, conversations, consents, profiles",
)


@dataclass(frozen=True)
class Planned:
    """What was measured."""

    people: int
    rows: int
    seconds: float
    peak_mb: float
    dry: DryRun
    dry_seconds: float


async def measure(settings: Settings, tell: Tell, *, quick: bool) -> str:
    """Plan a broadcast for a million people in a database of its own, and return the report."""
    people = QUICK if quick else PEOPLE
    with scratch_folder(settings.data_dir) as folder:
        server = LocalPostgres(folder)
        await server.start()
        try:
            await asyncio.to_thread(migrate, server.dsn)
            tell(f"making up {people:,} people…")
            await seed(server.dsn, people)
            tell("planning…")
            found = await _plan(server.dsn, people)
        finally:
            await server.stop()
    return _report(found)


async def seed(dsn: str, people: int) -> None:
    """Let the database make up people who have agreed to hear of campaigns."""
    db = Database.at(dsn, pool_size=1)
    async with db.transaction() as conn:
        for statement in SEED:
            given = {"people": people} if ":people" in statement else {}
            await conn.execute(text(statement), given)
    await db.close()


class _Noon(SystemClock):
    """A clock that stands at noon in Jakarta, where it is day in most zones."""

    def now(self) -> datetime:
        return NOON


async def _plan(dsn: str, people: int) -> Planned:
    db, clock, content = Database.at(dsn, pool_size=2, role=ROLE), _Noon(), load_content()
    desk = Broadcasts(db, clock, lambda: content, "Asia/Jakarta")
    seen = await desk.get(await _write(db, desk))
    began = time.perf_counter()
    dry = await dry_run(db, seen, NOON, ground=desk.ground, per_second=25)
    dried = time.perf_counter()
    await fire_due(db, NOON, clock=clock, ground=desk.ground)
    memory: list[float] = []
    watch = asyncio.create_task(_watch(memory))
    async with db.transaction(durable=False) as conn:
        [run] = await planning(conn)
    started = time.perf_counter()
    await plan_run(db, run, ground=desk.ground)
    seconds = time.perf_counter() - started
    watch.cancel()
    async with db.transaction(durable=False) as conn:
        rows = await conn.scalar(select(BroadcastRunRow.planned)) or 0
    await db.close()
    return Planned(people, rows, seconds, max(memory), dry, dried - began)


async def _write(db: Database, desk: Broadcasts) -> UUID:
    """Write a broadcast and approve it; return its id."""
    campaign = uuid4()
    async with db.transaction() as conn:
        await conn.execute(insert(CampaignRow).values(id=campaign, slug="bench", title="Bench"))
    draft = Draft("Bench", read_content(CONTENT), read_rule(RULE), Now())
    made = await desk.create(campaign, draft, by=None)
    # Nobody of the staff is there: only the state is needed.
    async with db.transaction() as conn:
        due = update(BroadcastRow).values(state="scheduled", next_at=NOON)
        await conn.execute(due.where(BroadcastRow.id == made))
    return made


async def _watch(memory: list[float]) -> None:
    """Note how much memory this process takes, again and again; the database's server is not in it."""
    while True:
        status = await asyncio.to_thread(Path("/proc/self/status").read_text)
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        memory.append(int(line.split()[1]) * KILOBYTE)
        await asyncio.sleep(LOOK_S)


def _report(found: Planned) -> str:
    rate = found.rows / found.seconds
    return "\n".join(
        (
            f"people who agreed:  {found.people:>12,}",
            f"planned:            {found.rows:>12,}",
            f"planning took:      {found.seconds:>12.1f} s, {rate:,.0f} a second (wanted: under 60 s for a million)",
            f"the planner's peak: {found.peak_mb:>12.0f} MB (wanted: under 500 MB)",
            f"a dry run took:     {found.dry_seconds:>12.1f} s",
        )
    )
