"""Empties the database between tests."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import Base

GUARDED = ("audit_log", "content_edits", "quiz_edits")
"""Tables whose triggers refuse that a line is deleted."""
QUEUE = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs")


async def empty_tables(conn: AsyncConnection) -> None:
    """Empty every table of Suar and start its numbers again; tables that keep their lines have their guard off meanwhile.

    TRUNCATE makes 600 files anew and takes a hundred times as long as deleting the few lines of one test.
    """
    await conn.execute(text("; ".join(_statements())))


async def empty_queue(conn: AsyncConnection) -> None:
    """Forget every job."""
    await conn.execute(text("; ".join(f"DELETE FROM {name}" for name in QUEUE)))


def _statements() -> Iterator[str]:
    names = [table.name for table in Base.metadata.sorted_tables]
    # As TRUNCATE does: what the test before has left open is over before its lines are deleted.
    yield f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"
    yield from (f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in GUARDED)
    yield from (f"DELETE FROM {name}" for name in reversed(names))
    yield from (f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in GUARDED)
    for table in Base.metadata.sorted_tables:
        if table.autoincrement_column is not None:
            column = table.autoincrement_column.name
            yield f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column}'), 1, false)"
