"""Counting tries under a hashed key, with a wait that grows for whoever does not stop."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import TooManyTries
from bot.store.tables import ThrottleRow

LONGEST_WAIT = timedelta(minutes=15)
"""Longer would let a stranger keep somebody of the staff from the desk by guessing on purpose."""


async def hit(
    conn: AsyncConnection, key: bytes, *, limit: int, window: timedelta, now: datetime
) -> None:
    """Count one try.

    `limit` tries are free within `window`. After that, each further try costs a wait: the window,
    then twice as long each time, up to `LONGEST_WAIT`. Who stays away for as long again starts
    afresh.

    Commit this apart from what is being tried, so that a failure there does not undo the count.

    Args:
        conn: A transaction of its own.
        key: A hash of what is limited (such as the keyed hash of an address).
        limit: Tries that are free, at least 1.
        window: Within this long.
        now: Aware.

    Raises:
        TooManyTries: Not now; says how long to wait. This try is not counted.
    """
    await conn.execute(
        insert(ThrottleRow)
        .values(key=key, count=0, window_ends_at=now + window)
        .on_conflict_do_nothing()
    )
    count, ends_at = (
        await conn.execute(
            select(ThrottleRow.count, ThrottleRow.window_ends_at)
            .where(ThrottleRow.key == key)
            .with_for_update()
        )
    ).one()
    if count >= limit and now < ends_at:
        raise TooManyTries((ends_at - now).total_seconds())
    forgotten_at = ends_at + _wait(count, limit, window) if count >= limit else ends_at
    if now >= forgotten_at:
        count, ends_at = 0, now + window
    count += 1
    if count >= limit:
        ends_at = now + _wait(count, limit, window)
    await conn.execute(
        update(ThrottleRow)
        .where(ThrottleRow.key == key)
        .values(count=count, window_ends_at=ends_at)
    )


async def forget(conn: AsyncConnection, key: bytes) -> None:
    """Start afresh, after a try that was right."""
    await conn.execute(delete(ThrottleRow).where(ThrottleRow.key == key))


async def give_back(conn: AsyncConnection, key: bytes) -> None:
    """Take the last try back: it was right, though others under the same key may not be."""
    await conn.execute(
        update(ThrottleRow)
        .where(ThrottleRow.key == key, ThrottleRow.count > 0)
        .values(count=ThrottleRow.count - 1)
    )


async def purge(conn: AsyncConnection, *, now: datetime) -> int:
    """Delete counts that matter to nobody any more; return how many."""
    over = ThrottleRow.window_ends_at <= now - LONGEST_WAIT
    return (await conn.execute(delete(ThrottleRow).where(over))).rowcount


def _wait(count: int, limit: int, window: timedelta) -> timedelta:
    longest = max(window, LONGEST_WAIT)
    doubled: timedelta = window * 2.0 ** min(count - limit, 20)
    return min(doubled, longest)
