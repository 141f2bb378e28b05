"""A process's sign of life in the database: an advisory lock that goes when the process goes, however it goes."""

import asyncio
import secrets
from dataclasses import dataclass, field

import psycopg
import structlog

from bot.store.engine import libpq_url
from bot.store.sending import HOLDERS

log = structlog.get_logger(__name__)


@dataclass
class Holder:
    """The number under which this process holds messages that it is sending."""

    dsn: str
    number: int = field(default_factory=lambda: secrets.randbelow(2**31 - 1) + 1)
    _held: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Hold the lock until cancelled; take it again when the database comes back."""
        while True:
            try:
                conn = await psycopg.AsyncConnection.connect(libpq_url(self.dsn), autocommit=True)
                async with conn:
                    await conn.execute("SELECT pg_advisory_lock(%s, %s)", (HOLDERS, self.number))
                    self._held.set()
                    while True:
                        await asyncio.sleep(2)
                        await conn.execute("SELECT 1")
            except (psycopg.Error, OSError):
                self._held.clear()
                log.warning("holder_without_store")
                await asyncio.sleep(1)

    async def held(self) -> None:
        """Wait until the lock is held."""
        await self._held.wait()
