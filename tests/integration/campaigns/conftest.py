"""What the tests of campaigns share: the database as campaign code sees it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.store import campaigning
from bot.store.engine import Database


@pytest_asyncio.fixture
async def campaigners(db: Database) -> AsyncIterator[Database]:
    """The database as campaign code sees it."""
    made = Database.at(db.dsn, pool_size=4, role=campaigning.ROLE)
    yield made
    await made.close()
