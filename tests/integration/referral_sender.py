"""A process of its own that sends one referral, so that a test can let it die in the middle: `dsn referral_id staff_email`."""

import asyncio
import sys
from uuid import UUID

from bot.content.load import load_content
from bot.conversation.referring import Referring
from bot.hotline.staff import get_by_email
from bot.store.contacts import People
from bot.store.crypto import Keyring, Lookup
from bot.store.engine import Database
from tests.integration.desk.house import House
from tests.support.world import TEST_KEY


def with_known_key(house: House) -> House:
    """Let a house open what another process has sealed."""
    house.people = People(Keyring.of((TEST_KEY,)), Lookup(b"k" * 32), house.clock)
    house.talks.conversations.people = house.people
    return house


async def send(dsn: str, referral_id: UUID, email: str) -> None:
    """Send a referral as the desk does."""
    db = Database.at(dsn)
    house = with_known_key(House(db, load_content()))
    async with db.transaction() as conn:
        staff, _ = await get_by_email(conn, email)
    referring = Referring(house.talks.conversations)
    await referring.send(staff, referral_id, "age", lambda referral, *_: repr(referral.fields))
    await db.close()


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], UUID(sys.argv[2]), sys.argv[3]))
