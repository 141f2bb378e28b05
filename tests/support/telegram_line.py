"""Suar's two ways in from the fake Telegram, inside a test: a house with a real database, no process of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.telegram import Telegram, make_bot
from bot.gateway.telegram import TelegramGateway
from bot.gateway.telegram_ways import WayIn
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, listening_socket
from tests.support.world import TestHouse

SECRET = "only-for-tests"  # of the fake


def telegram_of(house: TestHouse, fake: TelegramFakeClient) -> Telegram:
    """Return the bot as a channel of the house."""
    channel = Telegram(make_bot(DEFAULT_TOKEN, fake.base_url))
    house.delivery.channels["telegram"] = channel  # type: ignore[index]  # a dict in tests
    return channel


@asynccontextmanager
async def gateway_of(house: TestHouse, fake: TelegramFakeClient) -> AsyncIterator[TelegramGateway]:
    """Return what takes updates in."""
    channel = telegram_of(house, fake)
    yield TelegramGateway(channel, house.conversations, SECRET, house.db.dsn)
    await channel.bot.session.close()


@asynccontextmanager
async def coming_in(way: WayIn) -> AsyncIterator[None]:
    """Let news come in by a way as long as the block lasts."""
    task = asyncio.create_task(way.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def served(gateway: TelegramGateway) -> AsyncIterator[str]:
    """Serve the webhook; yield its address."""
    bound = listening_socket("127.0.0.1", 0)
    app = Starlette(routes=[Route("/telegram/webhook", gateway.webhook, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=2))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/telegram/webhook"
    finally:
        server.should_exit = True
        await task
