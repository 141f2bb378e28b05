"""Takes messages off people's screens when their time has come, at the pace of their account.

Deleting twice does no harm, so whatever a crash interrupts is simply done again.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.channels.bulk import Bulk
from bot.channels.errors import ContactStopped, Misconfigured, RateLimited, Rejected, SendError
from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.faults import fault_point
from bot.store import vanishing
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.vanishing import Due

log = structlog.get_logger(__name__)

EVERY_S = 2.0
BATCH = 20
AGAIN = timedelta(seconds=20)
MISCONFIGURED = timedelta(minutes=10)


@dataclass
class Vanisher:
    """One for each worker."""

    db: Database
    people: People
    bulk: Bulk
    clock: Clock

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                while await self.look():
                    pass
            except StoreUnavailable:
                log.warning("vanisher_without_store")
            await asyncio.sleep(EVERY_S)

    async def look(self) -> int:
        """Take away what is due now, at most a batch; return how many that were."""
        async with self.db.transaction() as conn:
            due = await vanishing.claim(conn, self.people, now=self.clock.now(), limit=BATCH)
        for each in due:
            await self._take_away(each)
        return len(due)

    async def _take_away(self, due: Due) -> None:
        channel = self.bulk.channels.get(due.address.channel)
        if channel is None or channel.capabilities.pulled or not channel.capabilities.deletes:
            await self._done(due)
            return
        pace = self.bulk.pace(due.address)
        await pace.turn()
        try:
            fault_point("before_vanish")
            gone = await channel.delete(due.address, due.platform_id)
            fault_point("after_vanish")
        except (ContactStopped, Rejected):
            gone = False
        except SendError as error:
            if isinstance(error, RateLimited):
                pace.slow_down(due.address.value, error.retry_after_s)
            await self._put_off(due, error)
            return
        if not gone:
            log.info("not_taken_back", message=due.id, last=due.last)
        await self._done(due)

    async def _done(self, due: Due) -> None:
        async with self.db.transaction() as conn:
            forget = vanishing.forget_last if due.last else vanishing.forget
            await forget(conn, [due.id])

    async def _put_off(self, due: Due, error: SendError) -> None:
        wait = AGAIN
        if isinstance(error, RateLimited):
            wait = timedelta(seconds=error.retry_after_s)
        elif isinstance(error, Misconfigured):
            wait = MISCONFIGURED
        log.info("vanishing_put_off", error=error.code, message=due.id)
        async with self.db.transaction() as conn:
            await vanishing.put_off(conn, due, self.clock.now() + wait)
