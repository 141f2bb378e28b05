"""The connection to PostgreSQL: one pool a process, and the words for when it is away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import SetupError, StoreUnavailable
from bot.store.batch import Batch

POOL_SIZE = 12
AWAY = (
    OperationalError,
    InterfaceError,
    PoolTimeoutError,
    OSError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
"""What the driver raises when the server cannot be reached or went away."""
CONFLICT = (IntegrityError, psycopg.IntegrityError)
"""What it raises when rows do not fit together, such as those of somebody who has just been erased."""


def sqlalchemy_url(dsn: str) -> str:
    """Return `dsn` (``postgresql://…``) with the driver that SQLAlchemy is to use.

    Raises:
        SetupError: It is not a PostgreSQL address.
    """
    for scheme in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if dsn.startswith(scheme):
            return "postgresql+psycopg://" + dsn.removeprefix(scheme)
    raise SetupError("SUAR_DATABASE_URL must begin with postgresql://")


def libpq_url(dsn: str) -> str:
    """Return `dsn` as libpq, psycopg and procrastinate read it."""
    return sqlalchemy_url(dsn).replace("postgresql+psycopg://", "postgresql://", 1)


@dataclass(frozen=True)
class Database:
    """A pool of connections."""

    engine: AsyncEngine
    dsn: str

    @classmethod
    def at(cls, dsn: str, *, pool_size: int = POOL_SIZE, role: str | None = None) -> "Database":
        """Make a pool for `dsn`; nothing is opened yet.

        Args:
            dsn: Where the database is.
            pool_size: How many connections at most.
            role: All that is done is done as this role of the database, which may do less than the user of `dsn`.
        """
        connect_args: dict[str, Any] = {"connect_timeout": 5, "application_name": "suar"}
        if role is not None:
            connect_args["options"] = f"-c role={role}"
        engine = create_async_engine(
            sqlalchemy_url(dsn),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=60,
            pool_pre_ping=False,
            connect_args=connect_args,
        )
        event.listen(engine.sync_engine, "handle_error", _retire_on_loss)
        return cls(engine, dsn)

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[AsyncConnection]:
        """Open one transaction; it commits at the end of the block, or not at all.

        Args:
            durable: False lets the commit return before it is on disk. Only for what a crash of the
                database may forget without harm; a crash of ours never loses it, and any later
                durable commit makes it durable too.

        Raises:
            StoreUnavailable: The server is away.
        """
        try:
            async with self.engine.begin() as conn:
                if not durable:
                    await conn.execute(text("SET LOCAL synchronous_commit = off"))
                try:
                    yield conn
                except (psycopg.OperationalError, psycopg.InterfaceError):
                    # A batch failed below SQLAlchemy. Asked for itself, it notices a lost server and retires the pool.
                    with suppress(DBAPIError):
                        await conn.execute(text("SELECT 1"))
                    raise
        except AWAY as exc:
            raise StoreUnavailable from exc
        except DBAPIError as exc:
            if exc.connection_invalidated:
                raise StoreUnavailable from exc
            raise

    @asynccontextmanager
    async def batch(self, *, durable: bool = True) -> AsyncIterator[Batch]:
        """Open one transaction like `transaction`, for statements that travel together.

        What was added is sent at the end of the block, on one way with the commit.
        """
        async with self.transaction() as conn:
            batch = Batch(conn, durable)
            yield batch
            await batch.send(commit=True)

    async def ping(self) -> None:
        """Ask the server for a sign of life.

        Raises:
            StoreUnavailable: There was none.
        """
        async with self.transaction(durable=False) as conn:
            await conn.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def was_deadlock(error: StoreUnavailable) -> bool:
    """Tell whether nothing was kept because two transactions waited for each other: done once more, it goes through."""
    cause = error.__cause__
    return isinstance(getattr(cause, "orig", cause), psycopg.errors.DeadlockDetected)


def _retire_on_loss(context: object) -> None:
    """Make one lost connection retire the whole pool: after a restart of the server all are dead."""
    original = getattr(context, "original_exception", None)
    if getattr(original, "sqlstate", None) in {"57P01", "57P02", "57P03"}:
        context.is_disconnect = True  # type: ignore[attr-defined]  # SQLAlchemy's own protocol
