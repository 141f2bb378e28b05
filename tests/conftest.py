"""What every test may ask for. Servers that a test needs are started here, once a session, and stopped at the end."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

from bot.content.load import Content
from bot.local.postgres import LocalPostgres
from bot.store.engine import Database
from bot.store.migrate import migrate
from tests.support.clock import FixedClock
from tests.support.loaded import the_content
from tests.support.server import forget_on_power_loss
from tests.support.tables import empty_queue, empty_tables
from tests.support.world import TestHouse, make_house


def pytest_configure() -> None:
    """No test may reach beyond this machine; what a property says must not hang on how busy the machine is, nor on chance.

    Every run tries the same examples, so that a change is judged by itself; with `SUAR_TEST_RANDOM=1` it tries others each time.
    """
    by_chance = "SUAR_TEST_RANDOM" in os.environ
    settings.register_profile("suar", deadline=None, derandomize=not by_chance)
    settings.load_profile("suar")
    real_connect = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {host}")
        real_connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]


@pytest.fixture(scope="session")
def content() -> Content:
    """Everything that Suar can say."""
    return the_content()


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    """A real PostgreSQL with the schema of the migrations."""
    given = os.environ.get("SUAR_TEST_DATABASE_URL")
    if given:
        migrate(given)
        yield given
        return
    # Not below /tmp/pytest-of-…: as root, the server's own user must be able to pass through.
    with tempfile.TemporaryDirectory(prefix="suar-test-") as folder:
        Path(folder).chmod(0o711)
        server = LocalPostgres(Path(folder))
        loop = asyncio.new_event_loop()
        loop.run_until_complete(server.start())
        try:
            forget_on_power_loss(server.dsn)
            migrate(server.dsn)
            yield server.dsn
        finally:
            loop.run_until_complete(server.stop())
            loop.close()


@pytest_asyncio.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    """The database, empty."""
    database = Database.at(dsn)
    async with database.engine.begin() as conn:
        await empty_tables(conn)
        await empty_queue(conn)
    yield database
    await database.close()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still until it is moved."""
    return FixedClock()


@pytest_asyncio.fixture
async def house(db: Database, clock: FixedClock, content: Content) -> AsyncIterator[TestHouse]:
    """The whole bot on the real database, with a fake channel and a language model that tests can tell what to say."""
    async with make_house(db, clock, content) as made:
        yield made
