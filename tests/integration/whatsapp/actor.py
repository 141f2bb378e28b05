"""A process of its own that does one thing on WhatsApp, so that a test can let it die in the middle: `dsn graph now deed …`.

Deeds: `ask STAFF_EMAIL CASE_ID` asks whether the talk may go on, `sync` brings the templates and Meta's list together.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bot.channels.whatsapp_ground import StoredGround
from bot.channels.whatsapp_templates import TemplateApi
from bot.conversation.going_on import GoingOn
from bot.conversation.template_desk import TemplateDesk
from bot.hotline.staff import get_by_email
from bot.store.engine import Database
from tests.channels.test_contract import on_whatsapp
from tests.support.clock import FixedClock
from tests.support.loaded import the_content
from tests.support.whatsapp_fake.meta import ACCOUNT_ID
from tests.support.world import make_house


async def act(dsn: str, graph: str, now: str, deed: Sequence[str]) -> None:
    """Do it once, as a web process or the worker does."""
    db, clock = Database.at(dsn), FixedClock(datetime.fromisoformat(now))
    async with (
        make_house(db, clock, the_content()) as house,
        on_whatsapp(graph, StoredGround(db, house.people, clock)) as channel,
    ):
        house.delivery.channels = {channel.name: channel}
        match deed:
            case ["ask", email, case_id]:
                async with db.transaction() as conn:
                    staff, _ = await get_by_email(conn, email)
                await GoingOn(house.talks).ask(staff, UUID(case_id))
            case ["sync"]:
                api = TemplateApi(channel.api, ACCOUNT_ID)
                await TemplateDesk(db, clock, house.delivery.queue, api).sync()
            case _:
                raise ValueError(deed)
    await db.close()


if __name__ == "__main__":
    dsn, graph, now, *deed = sys.argv[1:]
    asyncio.run(act(dsn, graph, now, deed))
