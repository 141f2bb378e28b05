"""A process of its own that takes one event from a phone, so that a test can let it die in the middle: `dsn value event_id kind text`."""

import asyncio
import sys

from bot.channels.testing import NAME
from bot.content.load import load_content
from bot.messages import Address, Incoming, IncomingKind
from bot.store.engine import Database
from tests.support.clock import FixedClock
from tests.support.world import make_house


async def take(dsn: str, incoming: Incoming) -> None:
    """Take the event in and answer it."""
    db = Database.at(dsn)
    async with make_house(db, FixedClock(), load_content()) as house:
        await house.conversations.receive(incoming)
    await db.close()


def event(value: str, event_id: str, kind: str, text: str) -> Incoming:
    """Return the event that the arguments name."""
    return Incoming(Address(NAME, "bot", value), event_id, IncomingKind(kind), text, "en")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1], event(*sys.argv[2:6])))
