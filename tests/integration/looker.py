"""A process of its own in which the worker looks once for what was left, so that a test can let it die in the middle: `dsn now`."""

import asyncio
import sys
from datetime import datetime

from bot.store.engine import Database
from tests.support.clock import FixedClock
from tests.support.loaded import the_content
from tests.support.world import make_house


async def look(dsn: str, now: str) -> None:
    """Look once."""
    db = Database.at(dsn)
    async with make_house(db, FixedClock(datetime.fromisoformat(now)), the_content()) as house:
        await house.recovery.look()
    await db.close()


if __name__ == "__main__":
    asyncio.run(look(*sys.argv[1:]))
