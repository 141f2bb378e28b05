"""The queue on PostgreSQL: payloads become procrastinate jobs in the caller's own transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.queue import Payload
from bot.store.engine import libpq_url


def make_app(dsn: str, *, pool_size: int = 4) -> procrastinate.App:
    """Return procrastinate's app on `dsn`; nothing is opened yet."""
    connector = procrastinate.PsycopgConnector(
        conninfo=libpq_url(dsn), min_size=1, max_size=pool_size
    )
    return procrastinate.App(connector=connector)


@dataclass(frozen=True)
class JobQueue:
    """Enqueues by name: the tasks themselves need not be imported where work is asked for."""

    app: procrastinate.App

    async def enqueue(
        self, conn: AsyncConnection, payload: Payload, *, not_before: datetime | None = None
    ) -> None:
        """See `bot.queue.Queue`."""
        raw = await conn.get_raw_connection()
        options: dict[str, Any] = {"lock": payload.lock, "connection": raw.driver_connection}
        if not_before is not None:
            options["schedule_at"] = not_before
        deferrer = self.app.configure_task(payload.task, allow_unknown=True, **options)
        await deferrer.defer_async(**payload.arguments())
