"""Looks for words in everything that the database keeps, as somebody who has stolen it would."""

from collections.abc import Iterable

from sqlalchemy import text

from bot.store.engine import Database


async def find_in_database(database: Database, needles: Iterable[str]) -> list[str]:
    """Return where words stand in clear: ``table.column: word`` for each column of each table, also of the job queue.

    Bytes are searched as they are and as hexadecimal; case does not matter.
    """
    wanted = [needle.casefold() for needle in needles]
    found = []
    async with database.transaction() as conn:
        columns = await conn.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' ORDER BY 1, 2"
            )
        )
        for table, column in columns.all():
            values = await conn.execute(
                text(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
            )
            kept = "\n".join(_readable(value) for (value,) in values).casefold()
            found += [f"{table}.{column}: {needle}" for needle in wanted if needle in kept]
    return found


def _readable(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "ignore") + value.hex()
    return str(value)
