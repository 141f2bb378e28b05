"""Counting tries."""

from datetime import UTC, datetime, timedelta

from bot.errors import TooManyTries
from bot.store import throttle
from bot.store.engine import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def _hit(db: Database, at: datetime, key: bytes = b"key") -> float:
    """Try; return the wait in seconds, 0 for none."""
    async with db.transaction() as conn:
        try:
            await throttle.hit(conn, key, limit=3, window=MINUTE, now=at)
        except TooManyTries as exc:
            return exc.retry_after_s
    return 0


async def test_limit_is_free_and_then_the_wait_doubles(db: Database) -> None:
    """Three tries are free; each one after that costs twice the wait, up to a quarter of an hour."""
    assert [await _hit(db, NOW) for _ in range(3)] == [0, 0, 0]
    at, waits = NOW, []
    for _ in range(6):
        waits.append(await _hit(db, at))
        at += timedelta(seconds=waits[-1])
        assert await _hit(db, at) == 0
    assert waits == [60, 120, 240, 480, 900, 900]


async def test_tries_within_the_limit_are_forgotten_after_the_window(db: Database) -> None:
    """Two tries a minute can go on for ever."""
    for minute in range(5):
        at = NOW + minute * MINUTE
        assert [await _hit(db, at), await _hit(db, at)] == [0, 0]


async def test_staying_away_starts_afresh(db: Database) -> None:
    """Who waits for as long again has all free tries back."""
    for _ in range(3):
        await _hit(db, NOW)
    later = NOW + 2 * MINUTE
    assert [await _hit(db, later) for _ in range(3)] == [0, 0, 0]
    assert await _hit(db, later) == 60


async def test_keys_do_not_share_a_count(db: Database) -> None:
    """One account's mistakes cost another account nothing."""
    for _ in range(3):
        await _hit(db, NOW)
    assert await _hit(db, NOW, b"other") == 0


async def test_forgetting_giving_back_and_purging(db: Database) -> None:
    """A right try clears its key, gives one try back to a shared one, and old rows go."""
    for _ in range(3):
        await _hit(db, NOW)
    async with db.transaction() as conn:
        await throttle.give_back(conn, b"key")
    assert await _hit(db, NOW) == 0
    async with db.transaction() as conn:
        await throttle.forget(conn, b"key")
    assert await _hit(db, NOW) == 0
    async with db.transaction() as conn:
        assert await throttle.purge(conn, now=NOW) == 0
        assert await throttle.purge(conn, now=NOW + timedelta(hours=1)) == 1
