"""A process of its own in which a counsellor lets a talk rest, so that a test can let it die in the middle: `dsn staff_email case_id`."""

import asyncio
import sys
from uuid import UUID

from bot.content.load import load_content
from bot.conversation.pausing import Pausing
from bot.hotline.staff import get_by_email
from bot.store.engine import Database
from tests.support.clock import FixedClock
from tests.support.world import make_house


async def pause(dsn: str, email: str, case_id: UUID) -> None:
    """Let the talk rest, and give the person back afterwards."""
    db = Database.at(dsn)
    async with make_house(db, FixedClock(), load_content()) as house:
        async with db.transaction() as conn:
            staff, _ = await get_by_email(conn, email)
        await Pausing(house.talks).begin(staff, case_id, gives_back=True)
    await db.close()


if __name__ == "__main__":
    asyncio.run(pause(sys.argv[1], sys.argv[2], UUID(sys.argv[3])))
