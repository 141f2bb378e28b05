"""Decides when: one leader among any number of schedulers fires the schedules, and firing only enqueues."""

import asyncio
from dataclasses import dataclass

import psycopg
import structlog
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.jobs.procrastinate_queue import make_app
from bot.queue import RunChore
from bot.store.engine import libpq_url, sqlalchemy_url

log = structlog.get_logger(__name__)

LEADER = 0x5375617201
"""The advisory lock whose holder is the leader."""

SCHEDULES = {
    "purge": CronTrigger(minute="*/10", timezone="UTC"),
    "follow_up": CronTrigger(minute="5-55/10", timezone="UTC"),
    "referrals": CronTrigger(minute="3-53/10", timezone="UTC"),
    "study": CronTrigger(minute="8-58/10", timezone="UTC"),
    "events": IntervalTrigger(minutes=2, timezone="UTC"),
    "silence": IntervalTrigger(seconds=30, timezone="UTC"),
    "campaigns": IntervalTrigger(seconds=10, timezone="UTC"),
    "whatsapp_templates": CronTrigger(hour="*/3", minute=17, timezone="UTC"),
    "retry_stalled": IntervalTrigger(seconds=20, timezone="UTC"),
}
"""The house's own chores; a chore late by a minute is still run, once."""


@dataclass
class Scheduler:
    """One scheduler process."""

    dsn: str

    async def run(self) -> None:
        """Lead, or wait to lead, until cancelled."""
        _STORE["dsn"] = self.dsn
        while True:
            try:
                await self._lead()
            except (psycopg.Error, OSError):
                log.warning("scheduler_without_store")
                await asyncio.sleep(1)

    async def _lead(self) -> None:
        conn = await psycopg.AsyncConnection.connect(libpq_url(self.dsn), autocommit=True)
        async with conn:
            await conn.execute("SELECT pg_advisory_lock(%s)", (LEADER,))
            log.info("scheduler_leads")
            scheduler = self._scheduler()
            scheduler.start()
            try:
                while True:
                    # The lock lives on this connection: when it breaks, another may lead, so we must not.
                    await conn.execute("SELECT 1")
                    await asyncio.sleep(2)
            finally:
                scheduler.shutdown(wait=False)

    def _scheduler(self) -> AsyncIOScheduler:
        store = SQLAlchemyJobStore(url=sqlalchemy_url(self.dsn), tablename="schedules")
        scheduler = AsyncIOScheduler(
            jobstores={"default": store},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60},
            timezone="UTC",
        )
        for name, trigger in SCHEDULES.items():
            scheduler.add_job(enqueue_chore, trigger, args=[name], id=name, replace_existing=True)
        return scheduler


_STORE: dict[str, str] = {}
"""Where the queue is. A schedule is stored with its arguments, and the database's password must not be among them."""


async def enqueue_chore(name: str) -> None:
    """Ask the worker to run a chore."""
    payload = RunChore(name)
    dsn = _STORE["dsn"]
    conn = await psycopg.AsyncConnection.connect(libpq_url(dsn), autocommit=True)
    async with conn:
        deferrer = make_app(dsn).configure_task(
            payload.task, allow_unknown=True, lock=payload.lock, connection=conn
        )
        await deferrer.defer_async(**payload.arguments())
