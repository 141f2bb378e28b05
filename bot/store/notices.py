"""Live notices between processes (PostgreSQL's LISTEN and NOTIFY): ids only, never words.

A notice is a hint to look: who misses one looks again anyway, so nothing depends on its arrival.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch, at_once, prepared
from bot.store.engine import libpq_url

DESK = "suar_desk"
OUT = "suar_out"
PAGES = "suar_pages"
CONTENT = "suar_content"
TYPING = "suar_typing"
_NOTIFY = prepared("SELECT pg_notify(:channel, :payload)")

log = structlog.get_logger(__name__)


async def to_desk(conn: AsyncConnection, kind: str, case_id: UUID) -> None:
    """Tell the open desks, once the transaction commits, that something happened to a case."""
    await at_once(conn, lambda batch: add_to_desk(batch, kind, case_id))


def add_to_desk(batch: Batch, kind: str, case_id: UUID) -> None:
    """Do as `to_desk`, in a batch."""
    payload = json.dumps({"kind": kind, "case": str(case_id)})
    batch.add(_NOTIFY, channel=DESK, payload=payload)


async def to_outbox(conn: AsyncConnection, conversation_id: UUID) -> None:
    """Tell whoever holds the person's socket that something waits in their outbox."""
    await conn.execute(select(func.pg_notify(OUT, str(conversation_id))))


def add_to_outbox(batch: Batch, conversation_id: UUID) -> None:
    """Do as `to_outbox`, in a batch."""
    batch.add(_NOTIFY, channel=OUT, payload=str(conversation_id))


async def to_pages(conn: AsyncConnection, conversation_id: UUID, page_id: str) -> None:
    """Tell all processes which open page of a conversation is the one in use now."""
    payload = f"{conversation_id} {page_id}"
    await conn.execute(select(func.pg_notify(PAGES, payload)))


async def to_typing(conn: AsyncConnection, who: str, where: UUID) -> None:
    """Tell that the `person` of a case, or the `staff` in a conversation, is writing; nobody keeps it."""
    await conn.execute(select(func.pg_notify(TYPING, f"{who} {where}")))


async def to_content(conn: AsyncConnection) -> None:
    """Tell all processes, once the transaction commits, to look again at what is to be said."""
    await conn.execute(select(func.pg_notify(CONTENT, "")))


@dataclass
class Ear:
    """Listens on one connection for a whole process and hands notices on."""

    dsn: str
    _callbacks: dict[str, set[Callable[[str], None]]] = field(
        default_factory=lambda: {
            DESK: set(),
            OUT: set(),
            PAGES: set(),
            CONTENT: set(),
            TYPING: set(),
        }
    )

    @asynccontextmanager
    async def listening(
        self, channel: str, callback: Callable[[str], None]
    ) -> AsyncIterator[None]:
        """Call `callback` with each notice on `channel` while the block lasts."""
        self._callbacks[channel].add(callback)
        try:
            yield
        finally:
            self._callbacks[channel].discard(callback)

    async def run(self) -> None:
        """Listen until cancelled; reconnect when the database goes away, and then have everybody look."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError):
                log.warning("notices_lost")
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        conn = await psycopg.AsyncConnection.connect(
            libpq_url(self.dsn), autocommit=True, application_name="suar-ear"
        )
        async with conn:
            for channel in self._callbacks:
                await conn.execute(f"LISTEN {channel}")
            for channel in self._callbacks:
                self._tell(channel, "")
            async for notice in conn.notifies():
                self._tell(notice.channel, notice.payload)

    def _tell(self, channel: str, payload: str) -> None:
        for callback in tuple(self._callbacks[channel]):
            callback(payload)
