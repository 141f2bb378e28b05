"""Who acts: a house with an empty queue, browsers that are signed in, and the desk on a real port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from bot.content.load import Content
from bot.hotline.staff import Role, Staff
from bot.store.engine import Database
from tests.integration.desk.browser import Browser
from tests.integration.desk.house import House


@pytest.fixture
async def house(db: Database, content: Content) -> AsyncIterator[House]:
    """A house with nobody in it."""
    made = House(db, content)
    yield made
    await made.close()


@pytest.fixture
async def stranger(house: House) -> AsyncIterator[Browser]:
    """A browser in which nobody is signed in."""
    async with open_browser(house) as browser:
        yield browser


@pytest.fixture
async def counsellor(house: House) -> Staff:
    """Somebody who talks with people."""
    return await house.add_staff("Dewi")


@pytest.fixture
async def desk(house: House, counsellor: Staff) -> AsyncIterator[Browser]:
    """The counsellor's browser, signed in."""
    async with open_browser(house) as browser:
        await browser.sign_in(counsellor.email)
        yield browser


@pytest.fixture
async def other_desk(house: House) -> AsyncIterator[Browser]:
    """Another counsellor's browser, signed in."""
    other = await house.add_staff("Budi")
    async with open_browser(house) as browser:
        await browser.sign_in(other.email)
        yield browser


@pytest.fixture
async def supervisor_desk(house: House) -> AsyncIterator[Browser]:
    """A supervisor's browser, signed in."""
    supervisor = await house.add_staff("Rani", Role.SUPERVISOR)
    async with open_browser(house) as browser:
        await browser.sign_in(supervisor.email)
        yield browser


@pytest.fixture
async def address(house: House) -> AsyncIterator[str]:
    """The desk on a real port, with live notices."""
    config = uvicorn.Config(house.app, port=0, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    ear = asyncio.create_task(house.ear.run())
    serving = asyncio.create_task(server.serve())
    while not server.started:  # uvicorn offers nothing to wait for
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    house.services.stopping.set()
    server.should_exit = True
    await serving
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)


@asynccontextmanager
async def open_browser(house: House) -> AsyncIterator[Browser]:
    """Open a browser in which nobody is signed in."""
    transport = httpx.ASGITransport(house.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield Browser(client, house.codes)
