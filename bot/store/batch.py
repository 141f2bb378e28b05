"""Statements that travel to the server together: one way there and back for many of them.

A turn runs the same few statements every time, and their way to the server and back costs more than they do. They are
therefore written with SQLAlchemy, compiled once, and sent through the driver's pipeline, on the very
connection and in the very transaction that SQLAlchemy holds.

Source: https://www.psycopg.org/psycopg3/docs/advanced/pipeline.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ARRAY, ColumnElement, Executable, Text, any_, literal, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
Rows = list[Any]
"""Rows with their columns as attributes."""
_DIALECT = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy does not say


@dataclass(frozen=True)
class Statement:
    """A statement as the driver reads it, with the values that are always the same."""

    sql: str
    fixed: Mapping[str, Any]
    gives_rows: bool


def prepared(statement: Executable | str, *, gives_rows: bool = False) -> Statement:
    """Compile a statement once, for `Batch.add`; what it says of its parameters' types is kept."""
    made = text(statement) if isinstance(statement, str) else statement
    compiled = cast(Any, made).compile(dialect=_DIALECT)
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return Statement(str(compiled), fixed, gives_rows)


def one_of(column: Any, values: Iterable[str]) -> ColumnElement[bool]:  # noqa: ANN401  # any column of texts
    """Return the condition that a column holds one of `values`; `in_` would be written anew each time, and cannot be prepared."""
    return cast("ColumnElement[bool]", column == any_(literal(list(values), ARRAY(Text))))


_NOT_DURABLE = prepared("SET LOCAL synchronous_commit = off")


@dataclass
class Batch:
    """What is to travel together over one connection; `add` collects, `send` sends."""

    conn: AsyncConnection
    durable: bool = True
    """False lets the commit return before it is on disk; see `Database.transaction`."""
    _waiting: list[tuple[Statement, Mapping[str, Any], Rows]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.durable:
            self.add(_NOT_DURABLE)

    def add(self, statement: Statement, **values: Any) -> Rows:  # noqa: ANN401  # whatever a column holds
        """Add a statement; returns the list that its rows will be in once the batch has been sent."""
        rows: Rows = []
        self._waiting.append((statement, values, rows))
        return rows

    async def send(self, *, commit: bool = False) -> None:
        """Send what has been added; with `commit`, end the transaction on the same way.

        Raises:
            psycopg.Error: As the driver raises it; `Database.transaction` turns a lost server into `StoreUnavailable`.
        """
        waiting, self._waiting = self._waiting, []
        if not waiting and not commit:
            return
        try:
            await self._travel(waiting, commit=commit)
        except psycopg.Error:
            raise
        except BaseException:
            # Whoever is cancelled on the way may leave the pipeline open, and the next to get this connection would read the
            # answers to somebody else's questions. SQLAlchemy does the same for what it sends itself.
            await self.conn.invalidate()
            raise

    async def _travel(
        self, waiting: list[tuple[Statement, Mapping[str, Any], Rows]], *, commit: bool
    ) -> None:
        raw = await _driver(self.conn)
        open_cursors = []
        async with raw.pipeline():
            for statement, values, rows in waiting:
                cursor = raw.cursor(row_factory=namedtuple_row)
                await cursor.execute(statement.sql, {**statement.fixed, **values})
                if statement.gives_rows:
                    open_cursors.append((cursor, rows))
            if commit:
                await raw.commit()
        for cursor, rows in open_cursors:
            rows.extend(await cursor.fetchall())

    async def connection(self) -> AsyncConnection:
        """Return the connection for anything else, after what was added before."""
        await self.send()
        return self.conn


async def at_once(conn: AsyncConnection, add: Callable[[Batch], T]) -> T:
    """Send one thing by itself, in a transaction that is open already."""
    batch = Batch(conn)
    added = add(batch)
    await batch.send()
    return added


async def _driver(conn: AsyncConnection) -> "psycopg.AsyncConnection[Any]":
    raw = await conn.get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
