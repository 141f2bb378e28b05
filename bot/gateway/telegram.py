"""Telegram's two ways in: its webhook, and long polling by one leader."""

import asyncio
import hmac
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.types import BotCommand, Update
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.channels.errors import SendError
from bot.channels.telegram import Telegram
from bot.channels.telegram_updates import ALLOWED_UPDATES, parse_update, read_update
from bot.conversation.service import Conversations
from bot.conversation.trouble import offline
from bot.errors import StoreUnavailable
from bot.messages import Incoming, IncomingKind
from bot.store.engine import libpq_url

log = structlog.get_logger(__name__)

POLL_S = 25
LEADER = 0x5375617203
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # the name of a header
MAX_BODY_BYTES = 1_000_000
AT_ONCE = 100
MAX_TOLD = 10_000


@dataclass
class TelegramGateway:
    """Feeds Telegram's updates to the conversations."""

    channel: Telegram
    conversations: Conversations
    secret: str | None
    dsn: str
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _told: dict[str, None] = field(default_factory=dict)
    """The latest events whose senders have heard that something is broken."""
    _led: bool = False

    async def webhook(self, request: Request) -> Response:
        """Take one update; Telegram delivers it again unless it hears 200."""
        given = request.headers.get(SECRET_HEADER, "")
        if not self.secret or not hmac.compare_digest(given.encode(), self.secret.encode()):
            return PlainTextResponse("forbidden", 403)
        body = await request.body()
        if len(body) > MAX_BODY_BYTES:
            return PlainTextResponse("too large", 413)
        try:
            update = read_update(json.loads(body), self.channel.bot)
        except (ValueError, TypeError, AttributeError, RecursionError):
            log.warning("webhook_malformed")
            return PlainTextResponse("malformed", 400)
        try:
            await self.take(update)
        except StoreUnavailable:
            return PlainTextResponse("try again", 503)
        if update.callback_query is not None:
            # Telegram takes one call in the answer to its webhook: this stops the little clock on the button.
            return JSONResponse(
                {
                    "method": "answerCallbackQuery",
                    "callback_query_id": update.callback_query.id,
                }
            )
        return PlainTextResponse("ok")

    async def take(self, update: Update, *, wait: bool = True) -> None:
        """Answer one update.

        Args:
            update: What happened.
            wait: Return only when the answer has been sent; else as soon as it is durable.

        Raises:
            StoreUnavailable: It could not be kept; the person has been told.
        """
        incoming = parse_update(update, self.channel.account)
        if incoming is None:
            return
        beside = None if wait else self._beside
        try:
            try:
                await self.conversations.receive(incoming, beside=beside)
            except StoreUnavailable:
                # Perhaps only the first to notice that the database was restarted: once more, on a new connection.
                await self.conversations.receive(incoming, beside=beside)
        except StoreUnavailable:
            await self._say_broken(incoming)
            raise

    async def poll(self) -> None:
        """Fetch updates until cancelled, while this process is the one that leads."""
        while True:
            reached = False
            try:
                conn = await psycopg.AsyncConnection.connect(libpq_url(self.dsn), autocommit=True)
                reached = True
                async with conn:
                    self._led = False
                    await conn.execute("SELECT pg_advisory_lock(%s)", (LEADER,))
                    self._led = True
                    await self.channel.bot.delete_webhook()
                    await self._poll_on(conn)
            except (psycopg.Error, OSError, AiogramError) as exc:
                log.warning("polling_interrupted", error=type(exc).__name__)
                wait_s = exc.retry_after if isinstance(exc, TelegramRetryAfter) else 2
                if self._led and not reached:
                    await self._tell_those_who_wait()
                await asyncio.sleep(wait_s)

    async def _poll_on(self, conn: psycopg.AsyncConnection[object]) -> None:
        offset: int | None = None
        while True:
            await conn.execute("SELECT 1")
            updates = await self.channel.bot.get_updates(
                offset=offset,
                limit=AT_ONCE,
                timeout=POLL_S,
                allowed_updates=ALLOWED_UPDATES,
                request_timeout=POLL_S + 15,
            )
            for update in updates:
                if update.callback_query is not None:
                    self._beside(self.channel.answer_press(update.callback_query.id))
            # The next request tells Telegram to forget these: only once each of them is durable.
            # Sending goes on beside it, so that a message that hangs holds nobody else up.
            results = await asyncio.gather(
                *(self.take(update, wait=False) for update in updates), return_exceptions=True
            )
            for update, result in zip(updates, results, strict=True):
                if isinstance(result, StoreUnavailable):
                    raise OSError from result
                if isinstance(result, Exception):
                    log.error("update_failed", update=update.update_id, exc_info=result)
                offset = update.update_id + 1

    async def _tell_those_who_wait(self) -> None:
        """Say that something is broken to whoever has written meanwhile; their updates stay with Telegram."""
        try:
            updates = await self.channel.bot.get_updates(
                limit=AT_ONCE, timeout=0, allowed_updates=ALLOWED_UPDATES
            )
        except (AiogramError, OSError) as exc:
            log.warning("polling_interrupted", error=type(exc).__name__)
            return
        for update in updates:
            incoming = parse_update(update, self.channel.account)
            if incoming is not None:
                await self._say_broken(incoming)

    async def _say_broken(self, incoming: Incoming) -> None:
        """Say it once for each event: Telegram delivers it again and again until it is kept."""
        if incoming.kind in {IncomingKind.BLOCKED, IncomingKind.UNBLOCKED}:
            return
        if incoming.event_id in self._told:
            return
        self._told[incoming.event_id] = None
        if len(self._told) > MAX_TOLD:
            del self._told[next(iter(self._told))]
        locale = incoming.client_language or self.conversations.default_locale
        message = offline(self.conversations.content, locale)
        try:
            await self.channel.say_now(incoming.address, message)
        except SendError as error:
            log.warning("not_even_said", error=error.code)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def introduce(
    bot: Bot, commands: dict[str, dict[str, str]], webhook: tuple[str, str] | None
) -> None:
    """Tell Telegram the commands in each language, and where to deliver.

    Args:
        bot: The public bot.
        commands: By language, the commands and what they do; the language "" is for everybody else.
        webhook: Address and secret; None for polling.
    """
    if webhook is not None:
        url, secret = webhook
        await bot.set_webhook(
            url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=100
        )
    for locale, listed in commands.items():
        menu = [BotCommand(command=name, description=text) for name, text in listed.items()]
        await bot.set_my_commands(menu, language_code=locale or None)
