"""Numbers that many people add to at once: gathered while a transaction goes on, and written at its end in one fixed order.

Whoever adds to a row holds it until the commit. If two added to the same two rows the other way round, each would wait for the other without end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import Base, CampaignLinkRow, LinkCountRow

Key = tuple[tuple[str, Any], ...]
"""The columns that name a row, and what they hold."""


@dataclass
class Tally:
    """What is to be added to which rows."""

    _more: dict[tuple[type[Base], Key], dict[str, int]] = field(default_factory=dict)

    def add(self, table: type[Base], key: Mapping[str, Any], **more: int) -> None:
        """Add to the columns `more` of the row that `key` names; there need not be one yet."""
        columns = self._more.setdefault((table, tuple(sorted(key.items()))), {})
        for column, number in more.items():
            columns[column] = columns.get(column, 0) + number

    def __bool__(self) -> bool:
        return bool(self._more)

    def join(self, other: "Tally") -> None:
        """Take over what another has gathered."""
        for (table, key), more in other._more.items():
            self.add(table, dict(key), **more)

    async def write(self, conn: AsyncConnection) -> None:
        """Add everything, in the same order whoever comes; the last thing in a transaction."""
        for table, key in sorted(self._more, key=_order):
            await _write(conn, table, dict(key), self._more[table, key])
        self._more.clear()


def _order(row: tuple[type[Base], Key]) -> tuple[str, list[str]]:
    table, key = row
    return table.__tablename__, [str(value) for _, value in key]


async def _write(
    conn: AsyncConnection, table: type[Base], key: Mapping[str, Any], more: Mapping[str, int]
) -> None:
    if table is LinkCountRow and not await _is_there(conn, key["code"]):
        return
    row = insert(table).values(**key, **more)
    added = {name: getattr(table, name) + row.excluded[name] for name in more}
    await conn.execute(row.on_conflict_do_update(index_elements=list(key), set_=added))


async def _is_there(conn: AsyncConnection, code: str) -> bool:
    # The link may have been deleted since the person came in: then there is nothing to count for.
    query = select(CampaignLinkRow.code).where(CampaignLinkRow.code == code)
    return await conn.scalar(query) is not None
