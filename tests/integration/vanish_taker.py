"""A process that takes away once what is due: `python -m tests.integration.vanish_taker DSN TELEGRAM NOW`."""

import asyncio
import sys
from datetime import datetime

from bot.channels.bulk import Bulk
from bot.channels.telegram import Telegram, make_bot
from bot.jobs.vanisher import Vanisher
from bot.store.contacts import People
from bot.store.crypto import Keyring
from bot.store.engine import Database
from bot.store.keys import get_lookup
from tests.support.clock import FixedClock
from tests.support.telegram_fake.runner import DEFAULT_TOKEN
from tests.support.world import TEST_KEY


async def take(dsn: str, telegram: str, now: datetime) -> None:
    """Look once."""
    db, clock, keyring = Database.at(dsn), FixedClock(now), Keyring.of((TEST_KEY,))
    async with db.transaction() as conn:
        lookup = await get_lookup(conn, keyring)
    channel = Telegram(make_bot(DEFAULT_TOKEN, telegram))
    people = People(keyring, lookup, clock)
    await Vanisher(db, people, Bulk({"telegram": channel}, None), clock).look()
    await channel.bot.session.close()
    await db.close()


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])))
