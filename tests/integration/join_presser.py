"""A process of its own that presses one button for somebody, so that a test can let it die in the middle: `dsn value button`."""

import asyncio
import sys

from bot.messages import Incoming, IncomingKind
from bot.store.engine import Database
from tests.support.clock import FixedClock
from tests.support.loaded import the_content
from tests.support.world import Person, make_house


async def press(dsn: str, value: str, button: str) -> None:
    """Press a button as the person at `value`, under an id of its own."""
    db = Database.at(dsn)
    async with make_house(db, FixedClock(), the_content()) as house:
        address = Person(house, value).address
        event = Incoming(address, f"{value}-elsewhere", IncomingKind.BUTTON, button, "en")
        await house.conversations.receive(event)
    await db.close()


if __name__ == "__main__":
    asyncio.run(press(*sys.argv[1:]))
