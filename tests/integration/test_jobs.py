"""Work that is done later exists exactly when its reason does, runs, survives its worker, and happens on time once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
import pytest
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import func, select, text, update

from bot.channels.bulk import Bulk
from bot.channels.errors import RateLimited
from bot.conversation.broadcasting import Broadcasting
from bot.jobs import scheduler as scheduling
from bot.jobs.broadcaster import Broadcaster
from bot.jobs.procrastinate_queue import make_app
from bot.jobs.scheduler import Scheduler
from bot.jobs.tasks.purge import KEEP_EVENTS, purge
from bot.jobs.tasks.retry_stalled import retry_stalled
from bot.jobs.vanisher import Vanisher
from bot.jobs.worker import Worker
from bot.messages import IncomingKind
from bot.queue import DeliverConversation, RunChore
from bot.store.tables import InboxRow, OutboxRow, TranscriptRow
from tests.support.world import TestHouse

KEEP_WORDS = timedelta(hours=24)


async def jobs(house: TestHouse) -> list[Any]:
    """Return every job: its task, status and arguments."""
    async with house.db.transaction() as conn:
        wanted = text("SELECT task_name, status::text, args, scheduled_at FROM procrastinate_jobs")
        return list((await conn.execute(wanted)).all())


def worker_of(app: procrastinate.App, house: TestHouse) -> Worker:
    """Return the worker of a house."""
    broadcasting = Broadcasting(house.conversations, house.delivery.holder, "Asia/Jakarta")
    return Worker(
        app, house.db, house.delivery, house.recovery, house.clock, KEEP_WORDS,
        Broadcaster(broadcasting, Bulk(house.delivery.channels, 25), house.db.dsn),
        Vanisher(house.db, house.people, Bulk(house.delivery.channels, 25), house.clock),
        "Asia/Jakarta",
    )  # fmt: skip


@asynccontextmanager
async def working(house: TestHouse) -> AsyncIterator[Worker]:
    """A worker that runs as long as the block."""
    app = make_app(house.db.dsn)
    worker = worker_of(app, house)
    work = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def until(condition: Any, seconds: float = 15) -> None:
    """Wait until an async condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_a_job_lives_and_dies_with_its_transaction(house: TestHouse) -> None:
    """A job that was asked for in a transaction that fails was never asked for."""
    payload = DeliverConversation(house.clock.new_id())
    async with house.db.transaction() as conn:
        await house.delivery.queue.enqueue(conn, payload)
        await conn.rollback()
    assert await jobs(house) == []
    async with house.db.transaction() as conn:
        await house.delivery.queue.enqueue(conn, payload)
    [job] = await jobs(house)
    assert (job.task_name, job.status, job.args) == (payload.task, "todo", payload.arguments())


async def test_a_message_that_waits_brings_its_own_job(house: TestHouse) -> None:
    """A failed send asks for the next try in the same transaction that notes the failure, for the right moment."""
    house.channel.failures.append(RateLimited(40))
    await house.person().press("menu.main")
    [job] = await jobs(house)
    assert job.task_name == "deliver_conversation"
    assert job.scheduled_at == house.clock.now() + timedelta(seconds=40)


async def test_the_worker_delivers(house: TestHouse) -> None:
    """The worker runs a delivery that was asked for, although the recovery has nothing to do with it."""
    house.clock.at = datetime.now(UTC)
    person = house.person()
    house.channel.failures.append(RateLimited(0.5))
    await person.press("menu.main")
    house.recovery.channels = []

    async def delivered() -> bool:
        house.clock.at = datetime.now(UTC)
        return bool(person.inbox())

    async with working(house):
        await until(delivered)
    assert len(person.inbox()) == 1


async def test_a_job_of_a_killed_worker_is_run_by_another(house: TestHouse) -> None:
    """A job that was under way in a worker that has fallen silent is put back, run, and done."""
    person = house.person()
    house.channel.failures.append(RateLimited(1))
    await person.press("menu.main")
    house.clock.pass_(seconds=2)
    house.recovery.channels = []
    async with house.db.transaction() as conn:
        silent = datetime.now(UTC) - timedelta(minutes=5)
        worker = await conn.scalar(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:at) RETURNING id"),
            {"at": silent},
        )
        await conn.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"),
            {"worker": worker},
        )
    app = make_app(house.db.dsn)
    async with app.open_async():
        worker_of(app, house)
        await retry_stalled(app)
    assert {job.status for job in await jobs(house)} == {"todo"}
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))

    async def delivered() -> bool:
        return bool(person.inbox())

    async with working(house):
        await until(delivered)


async def test_a_job_of_a_living_worker_is_left_alone(house: TestHouse) -> None:
    """A job that a living worker is busy with is not put back."""
    async with house.db.transaction() as conn:
        await house.delivery.queue.enqueue(conn, RunChore("purge"))
        worker = await conn.scalar(
            text("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        )
        await conn.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"),
            {"worker": worker},
        )
    app = make_app(house.db.dsn)
    async with app.open_async():
        await retry_stalled(app)
    assert {job.status for job in await jobs(house)} == {"doing"}
    async with house.db.transaction() as conn:
        await conn.execute(text("DELETE FROM procrastinate_workers"))


async def test_a_delivery_that_runs_twice_sends_once(house: TestHouse) -> None:
    """Two runs of one job at the same time send each message once."""
    person = house.person()
    house.channel.failures.append(RateLimited(1))
    await person.start()
    house.clock.pass_(seconds=2)
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    await asyncio.gather(*(house.delivery.drain(party.conversation_id) for _ in range(3)))
    sent = [letter.uid for _, letter in house.channel.sent]
    assert len(sent) == len(set(sent)) > 0


async def test_purge_forgets_what_was_kept_for_a_while(house: TestHouse) -> None:
    """Words that no case holds, and events that no platform delivers again, go when their time is over."""
    await house.person().write("just asking")
    talked = house.person()
    await talked.write("my boss keeps my passport and the door is locked")
    await talked.ask_for_a_person()
    async with house.db.transaction() as conn:
        await conn.execute(update(InboxRow).values(received_at=house.clock.now()))
        await conn.execute(update(OutboxRow).values(created_at=house.clock.now()))
    house.clock.pass_(hours=23)
    await purge(house.db, house.clock, keep_words=KEEP_WORDS)
    assert await count(house, TranscriptRow) == 2
    house.clock.pass_(hours=2)
    await purge(house.db, house.clock, keep_words=KEEP_WORDS)
    async with house.db.transaction() as conn:
        kept = (await conn.execute(select(TranscriptRow.case_id))).all()
    assert len(kept) == 1
    assert kept[0].case_id is not None
    assert await count(house, InboxRow) > 0
    house.clock.at += KEEP_EVENTS
    await purge(house.db, house.clock, keep_words=KEEP_WORDS)
    assert await count(house, InboxRow) == 0
    assert await count(house, TranscriptRow) == 1


async def test_purge_keeps_what_was_never_answered(house: TestHouse) -> None:
    """An event that still waits for its answer is not forgotten, however old it is."""
    person = house.person()
    await house.conversations.intake.keep(person.event(IncomingKind.TEXT, "hello"))
    house.clock.pass_(days=3650)
    await purge(house.db, house.clock, keep_words=KEEP_WORDS)
    await house.recovery.look()
    assert len(person.inbox()) == 1


async def count(house: TestHouse, table: type) -> int:
    """Return how many rows a table has."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(table)) or 0


async def test_of_two_schedulers_one_leads(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two schedulers fire a schedule once each time, and when the leader goes the other one takes over."""
    monkeypatch.setattr(
        scheduling, "SCHEDULES", {"purge": IntervalTrigger(seconds=1, timezone="UTC")}
    )
    first, second = (asyncio.create_task(Scheduler(house.db.dsn).run()) for _ in range(2))

    async def fired(times: int) -> None:
        async def enough() -> bool:
            return len(await jobs(house)) >= times

        await until(enough)

    try:
        await fired(2)
        began = asyncio.get_running_loop().time()
        before = len(await jobs(house))
        await fired(before + 2)
        took = asyncio.get_running_loop().time() - began
        assert len(await jobs(house)) - before <= took + 1.5
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await fired(len(await jobs(house)) + 1)
    finally:
        for task in (first, second):
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        async with house.db.transaction() as conn:
            await conn.execute(text("DROP TABLE IF EXISTS schedules"))
    assert {job.args["name"] for job in await jobs(house)} == {"purge"}
