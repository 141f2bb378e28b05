"""Statements that travel together: whoever is interrupted leaves nothing behind for the next."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.store.batch import prepared
from bot.store.engine import Database

SLOW = prepared("SELECT pg_sleep(0.2), 'slow' AS said", gives_rows=True)
SAY = prepared("SELECT CAST(:said AS text) AS said", gives_rows=True)


@pytest_asyncio.fixture
async def one(dsn: str) -> AsyncIterator[Database]:
    """A pool of a single connection: the next one to ask gets what the one before has left."""
    database = Database.at(dsn, pool_size=1)
    yield database
    await database.close()


async def slowly(db: Database, *, commit: bool) -> None:
    """Ask for several things, of which the first takes its time."""
    async with db.batch() as batch:
        batch.add(SLOW)
        for number in range(5):
            batch.add(SAY, said=f"somebody else's {number}")
        if not commit:
            await batch.send()


@pytest.mark.parametrize("commit", [False, True])
@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.1, 0.19, 0.2, 0.21])
async def test_whoever_is_cancelled_leaves_no_answers_behind(
    one: Database, after_s: float, commit: bool
) -> None:
    """A batch that is cancelled at any moment, as when a page is closed, never gives its answers to the next question."""
    work = asyncio.create_task(slowly(one, commit=commit))
    await asyncio.sleep(after_s)
    work.cancel()
    [ended] = await asyncio.gather(work, return_exceptions=True)
    assert ended is None or isinstance(ended, asyncio.CancelledError)
    for number in range(3):
        async with one.transaction() as conn:
            assert await conn.scalar(text("SELECT 'mine'")) == "mine"
        async with one.batch() as batch:
            rows = batch.add(SAY, said=f"mine {number}")
        assert [row.said for row in rows] == [f"mine {number}"]
