"""What the acceptance tests share: the process that forks the others, the language model's stand-in, a Telegram."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio

from tests.support.nlu_server import NluServer, running_nlu
from tests.support.processes import Forkery, Stack, running_forkery
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, _thread
from tests.support.telegram_person import Person, people, suar_on_telegram

# Less than the fake's own patience with a silent connection, so that no request goes out on one that it is closing.
KEEP_ALIVE_S = 2.0


@pytest.fixture(scope="session")
def forkery() -> Iterator[Forkery]:
    """Starts processes of Suar."""
    with running_forkery() as forkery:
        yield forkery


@pytest.fixture(scope="module")
def nlu() -> Iterator[NluServer]:
    """The language model's stand-in."""
    with running_nlu() as server:
        server.tell("what is human trafficking exactly?", "what_is_trafficking")
        server.tell("apa itu perdagangan orang sebenarnya?", "what_is_trafficking")
        yield server


@pytest.fixture(scope="module")
def telegram_url() -> Iterator[str]:
    """The address of a running fake of Telegram."""
    with _thread(0, (DEFAULT_TOKEN,)) as url:
        yield url


@pytest_asyncio.fixture
async def telegram(telegram_url: str) -> AsyncIterator[TelegramFakeClient]:
    """The hand on Telegram's fake, nothing planned to go wrong."""
    connector = aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_S)
    async with aiohttp.ClientSession(connector=connector) as session:
        client = TelegramFakeClient(telegram_url, DEFAULT_TOKEN, session)
        await client.clear_faults()
        yield client


@pytest.fixture(scope="module", params=["webhook", "polling"])
def telegram_suar(
    request: pytest.FixtureRequest, forkery: Forkery, dsn: str, nlu: NluServer, telegram_url: str
) -> Iterator[Stack]:
    """Suar on Telegram, once by webhook and once by polling."""
    with suar_on_telegram(request.param, forkery, dsn, nlu, telegram_url) as stack:
        yield stack


@pytest_asyncio.fixture
async def person(telegram: TelegramFakeClient, telegram_suar: Stack) -> AsyncIterator[Person]:
    """Somebody new, whose app speaks English; in the end nothing may be left undone."""
    await telegram.set_times(webhook_retry_unit_s=0.1)
    made = Person(telegram, next(people))
    await telegram.person(made.id, first_name="Sari", language_code="en")
    yield made
    await telegram.clear_faults()
    await asyncio.to_thread(telegram_suar.wait_settled)
