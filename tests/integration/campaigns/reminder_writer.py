"""A process of its own that tells people of their events, so that a test can let it die in the middle: `dsn`."""

import asyncio
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content.load import load_content
from bot.jobs.tasks.events import events
from bot.store.engine import Database
from tests.support.clock import FixedClock
from tests.support.world import make_house

EVENING = datetime(2026, 11, 24, 18, tzinfo=ZoneInfo("Asia/Jakarta"))


async def write(dsn: str) -> None:
    """Run the chore once."""
    db = Database.at(dsn)
    async with make_house(db, FixedClock(EVENING), load_content()) as house:
        await events(db, house.conversations, house.clock, home="Asia/Jakarta")
    await db.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
