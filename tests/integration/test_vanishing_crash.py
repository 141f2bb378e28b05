"""A process dies while it takes a message away: afterwards it is gone, and nobody waits for it."""

import asyncio
import os
import signal
import sys
from datetime import datetime

import pytest
from sqlalchemy import select

from bot.channels.bulk import Bulk
from bot.faults import VANISH_POINTS
from bot.jobs.vanisher import Vanisher
from bot.messages import Address, Incoming, IncomingKind
from bot.store.tables import LastDeletionRow, OutboxRow
from tests.integration import vanish_taker
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.runner import running_fake
from tests.support.telegram_line import telegram_of
from tests.support.world import TestHouse

DANGER = "my boss keeps my passport and the door is locked"
SARI = 7


async def told(house: TestHouse, account: str, *acts: str) -> None:
    """Let somebody choose an hour, tell of danger, and do more."""
    address = Address("telegram", account, str(SARI))
    events = [(IncomingKind.BUTTON, "watched.vanish.hour"), (IncomingKind.TEXT, DANGER)]
    events += [(IncomingKind.BUTTON, act) for act in acts]
    for number, (kind, text) in enumerate(events):
        await house.conversations.receive(Incoming(address, str(number), kind, text, "en"))


async def take_in_a_process(dsn: str, telegram: str, now: datetime, fault: str) -> int:
    """Take away what is due in another process; return how it ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", vanish_taker.__name__, dsn, telegram, now.isoformat(),
        env={**os.environ, "SUAR_FAULT": f"{fault}:1"},
    )  # fmt: skip
    return await process.wait()


async def sensitive(fake: TelegramFakeClient) -> list[bool]:
    """Return of each sensitive message in the chat whether it is gone."""
    return [each.deleted for each in await fake.messages(SARI) if each.protect_content]


@pytest.mark.slow
@pytest.mark.parametrize("acts", [(), ("erase.ask.yes",)], ids=["an hour later", "erased"])
@pytest.mark.parametrize("point", VANISH_POINTS)
async def test_a_death_while_taking_away_only_makes_it_later(
    house: TestHouse, dsn: str, point: str, acts: tuple[str, ...]
) -> None:
    """Killed just before or just after Telegram was told, the next process takes it away, or finds it gone."""
    async with running_fake() as fake:
        await fake.person(SARI)
        channel = telegram_of(house, fake)
        await told(house, channel.account, *acts)
        house.clock.pass_(hours=1)
        died = await take_in_a_process(dsn, fake.base_url, house.clock.now(), point)
        assert died == -signal.SIGKILL
        assert await sensitive(fake) == [point == "after_vanish"]
        house.clock.pass_(seconds=30)
        bulk = Bulk(house.delivery.channels, None)
        assert await Vanisher(house.db, house.people, bulk, house.clock).look() == 1
        assert await sensitive(fake) == [True]
        await channel.bot.session.close()
    async with house.db.transaction() as conn:
        assert set(await conn.scalars(select(OutboxRow.vanish_s))) <= {None}
        assert (await conn.execute(select(LastDeletionRow))).all() == []
