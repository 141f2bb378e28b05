"""Writes down that messages have left: those of all conversations that leave at about the same time, together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.store import outbox
from bot.store.engine import Database


@dataclass
class Marks:
    """Marks messages as sent; while one round is being written, the next one gathers."""

    db: Database
    _gathered: list[tuple[int, str | None]] = field(default_factory=list)
    _latest: datetime | None = None
    _writing: asyncio.Task[None] | None = None
    _next: asyncio.Task[None] | None = None

    async def write(self, sent: Sequence[tuple[int, str | None]], at: datetime) -> None:
        """Return when it is written that messages (number, id on the platform) have left.

        Not on the disk yet: a database that dies may forget it, and `Delivery.look_after` sets it right.

        Raises:
            StoreUnavailable: The database is away; the whole round has to be written again by those who wait for it.
        """
        self._gathered += sent
        self._latest = at
        if self._next is None:
            self._next = asyncio.create_task(self._round(self._writing))
        await asyncio.shield(self._next)

    async def _round(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        self._writing, self._next = self._next, None
        gathered, self._gathered = self._gathered, []
        assert self._latest is not None
        async with self.db.batch(durable=False) as batch:
            outbox.add_sent(batch, gathered, self._latest)
