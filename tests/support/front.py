"""The whole web role for a test that meets it from outside, on every channel, and a database that lets nobody in."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import structlog
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.app import make_web
from bot.channels.webchat import ACCOUNT
from bot.channels.webchat import NAME as WEB
from bot.conversation.service import Conversations
from bot.gateway.telegram import TelegramGateway
from bot.gateway.webchat.files import ChatFiles
from bot.gateway.whatsapp import WhatsAppGateway
from bot.messages import Address, Incoming, IncomingKind
from bot.settings import Settings, read_settings
from bot.store.engine import Database, libpq_url
from bot.store.tables import AddressRow, InboxRow
from tests.support.openapi import BASE
from tests.support.tables import empty_queue, empty_tables
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake
from tests.support.whatsapp_fake.graph import TOKEN, running_graph
from tests.support.whatsapp_fake.meta import PHONE_ID, SECRET
from tests.support.world import TEST_KEY

VERIFY = "the-verify-token-of-a-test"
TELEGRAM_SECRET = "the-secret-of-a-test"
SESSION = "a-session-of-the-fuzz"


@dataclass
class Front:
    """The whole web role as somebody outside meets it."""

    app: Starlette
    client: httpx.AsyncClient
    db: Database

    def part(self, kind: type) -> Any:
        """Return the part of the web role that serves something."""
        owners = (
            getattr(getattr(route, "endpoint", None), "__self__", None)
            for route in self.app.routes
        )
        return next(each for each in owners if isinstance(each, kind))

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request; return the answer once everything beside is done, and fail where something of it did."""
        with structlog.testing.capture_logs() as logs:
            answer = await self.client.send(request)
            await self.settle()
        broken = [each for each in logs if each["log_level"] in {"error", "critical"}]
        assert not broken, broken
        return answer

    async def settle(self) -> None:
        """Wait for what goes on beside the webhooks."""
        meta, telegram = self.part(WhatsAppGateway), self.part(TelegramGateway)
        while tasks := {*meta._tasks, *meta.channel._tasks, *telegram._tasks}:
            await asyncio.gather(*tasks)

    async def kept(self) -> tuple[int, int]:
        """Return how many events, and how many people, are known."""
        async with self.db.transaction() as conn:
            counts = [
                await conn.scalar(select(func.count()).select_from(row)) or 0
                for row in (InboxRow, AddressRow)
            ]
        return counts[0], counts[1]


@asynccontextmanager
async def open_front(dsn: str, folder: Path) -> AsyncIterator[Front]:
    """Open Suar on every channel, on an empty database, with somebody in the web chat who waits for a counsellor."""
    async with AsyncExitStack() as stack:
        db = Database.at(dsn)
        stack.push_async_callback(db.close)
        async with db.engine.begin() as conn:
            await empty_tables(conn)
            await empty_queue(conn)
        graph = await stack.enter_async_context(running_graph())
        telegram = await stack.enter_async_context(running_fake())
        app = make_web(_settings(dsn, folder, graph.base_url, telegram.base_url))
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)
        )
        made = Front(app, client, db)
        await _come_to_the_queue(made.part(ChatFiles).conversations)
        yield made


def _settings(dsn: str, folder: Path, graph: str, telegram: str) -> Settings:
    return read_settings(
        data_dir=folder,
        database_url=dsn,
        secret_keys=(TEST_KEY,),
        public_url="https://suar.example",
        telegram_token=DEFAULT_TOKEN,
        telegram_api_url=telegram,
        telegram_mode="webhook",
        telegram_webhook_secret=TELEGRAM_SECRET,
        whatsapp_token=TOKEN,
        whatsapp_phone_id=PHONE_ID,
        whatsapp_app_secret=SECRET,
        whatsapp_verify_token=VERIFY,
        whatsapp_api_url=graph,
    )


async def _come_to_the_queue(conversations: Conversations) -> None:
    address = Address(WEB, ACCOUNT, SESSION)
    for number, button in enumerate(("consent.ask", "consent.ask.talk")):
        event = Incoming(address, f"f-{number}", IncomingKind.BUTTON, button, "en")
        await conversations.receive(event)


@contextmanager
def refusing_connections(dsn: str) -> Iterator[None]:
    """Let the real server end every connection to the database, and take none."""
    url = libpq_url(dsn)
    name = conninfo_to_dict(url)["dbname"]
    switch = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(url, dbname="postgres", autocommit=True) as conn:
        conn.execute(switch.format(sql.Identifier(str(name)), sql.SQL("false")))
        try:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
        finally:
            conn.execute(switch.format(sql.Identifier(str(name)), sql.SQL("true")))
