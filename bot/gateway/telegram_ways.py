"""Which of Telegram's two ways in is the right one now, also while processes of both are running.

Each web process stands for its own way as long as it lives, by an advisory lock whose class is the way and whose number is the second in which the
process began. The youngest living process decides; the others stand back. Whoever changes something at Telegram holds `CHANGE`
and has looked again meanwhile, so that an old poller never takes back the webhook of a new process, nor the other way round. Telegram is never told to
forget what waits: what one way has not confirmed, the other delivers again, and the inbox knows it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Protocol

import psycopg

Connection = psycopg.AsyncConnection[Any]
CHANGE = 0x5375617204
"""The advisory lock of whoever tells Telegram which way to take."""


class Way(StrEnum):
    """How Telegram's news come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"


_CLASSES = {Way.POLLING: 0x5376, Way.WEBHOOK: 0x5377}
_BY_CLASS = {number: way for way, number in _CLASSES.items()}


class WayIn(Protocol):
    """One process on one of the two ways."""

    trouble: str | None
    """Why news may not come in, or may come late; None while all is well."""

    async def run(self) -> None:
        """Let news come in until cancelled."""


async def stand(conn: Connection, way: Way, since: int | None = None) -> int:
    """Stand for a way for as long as `conn` lives; return since when, to stand for it again on another connection."""
    if since is None:
        row = await (
            await conn.execute("SELECT floor(extract(epoch FROM clock_timestamp()))::int")
        ).fetchone()
        assert row is not None
        since = int(row[0])
    await conn.execute("SELECT pg_advisory_lock_shared(%s, %s)", (_CLASSES[way], since))
    return since


async def ways_stood_for(conn: Connection) -> Sequence[Way]:
    """Return the ways of all living processes, that of the youngest first; the webhook first of those that began together."""
    rows = await (
        await conn.execute(
            "SELECT classid::int FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND objsubid = 2 AND classid::int = ANY(%s)"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " ORDER BY objid::bigint DESC, classid::bigint DESC",
            (list(_BY_CLASS),),
        )
    ).fetchall()
    return [_BY_CLASS[row[0]] for row in rows]


async def is_wanted(conn: Connection, way: Way) -> bool:
    """Tell whether `way` is that of the youngest living process."""
    stood = await ways_stood_for(conn)
    return not stood or stood[0] is way


@asynccontextmanager
async def changing(conn: Connection) -> AsyncIterator[None]:
    """Let nobody else tell Telegram which way to take meanwhile."""
    await conn.execute("SELECT pg_advisory_lock(%s)", (CHANGE,))
    try:
        yield
    finally:
        # On a connection that has broken the lock is gone already.
        if not conn.closed:
            await conn.execute("SELECT pg_advisory_unlock(%s)", (CHANGE,))
