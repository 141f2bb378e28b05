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
from aiogram.methods import Response as Answer
from aiogram.methods import TelegramMethod
from aiogram.types import BotCommand, Update
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.channels.errors import SendError
from bot.channels.telegram import Telegram
from bot.channels.telegram_reading import ALLOWED_UPDATES, number_of, read_update
from bot.channels.telegram_updates import parse_update
from bot.conversation.service import Conversations
from bot.conversation.trouble import offline
from bot.errors import StoreUnavailable
from bot.gateway.telegram_groups import Groups
from bot.gateway.telegram_hook import Hook
from bot.gateway.telegram_ways import Connection, Way, WayIn, changing, is_wanted, stand
from bot.messages import Incoming, IncomingKind
from bot.store.engine import libpq_url

log = structlog.get_logger(__name__)

POLL_S = 25
LEADER = 0x5375617203
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # the name of a header
MAX_BODY_BYTES = 1_000_000
AT_ONCE = 100
MAX_TOLD = 10_000
STAND_BACK_S = 1.0
_SILENT = frozenset({IncomingKind.BLOCKED, IncomingKind.UNBLOCKED, IncomingKind.EDITED})


class _News(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates`, whose answer is read one by one: a single update that aiogram does not know would spoil them all."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = AT_ONCE
    timeout: int = POLL_S
    allowed_updates: list[str] = ALLOWED_UPDATES


_FETCHED = Answer[list[dict[str, Any]]]
"""Held here, because pydantic makes a generic model anew where nobody holds it."""


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
    _since: int | None = None
    trouble: str | None = None
    """`two_ways`: this process polls, and a younger one uses the webhook."""
    groups: Groups = field(init=False)

    def __post_init__(self) -> None:
        self.groups = Groups(self.channel, self.conversations)

    async def webhook(self, request: Request) -> Response:
        """Take one update; Telegram delivers it again unless it hears 200."""
        given = request.headers.get(SECRET_HEADER, "")
        if not self.secret or not hmac.compare_digest(given.encode(), self.secret.encode()):
            return PlainTextResponse("forbidden", 403)
        body = await request.body()
        if len(body) > MAX_BODY_BYTES:
            return PlainTextResponse("too large", 413)
        try:
            update = self._read(json.loads(body))
        except (ValueError, RecursionError):
            log.warning("webhook_malformed")
            return PlainTextResponse("malformed", 400)
        if update is None:
            return PlainTextResponse("ok")
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

    def _read(self, data: object) -> Update | None:
        """Return an update; None where it is nothing for us, or nothing that can be read: Telegram must not send that for ever.

        Raises:
            ValueError: It is no update at all.
        """
        update = read_update(data, self.channel.bot)
        if update is None:
            log.info("update_left_alone", update=number_of(data))
        return update

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
            if update.message is not None:
                self._beside(self.groups.answer(update.message))
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

    def way_in(self, webhook: tuple[str, str] | None) -> WayIn:
        """Return what lets news come in: our webhook at an address and with a secret; None polls."""
        if webhook is None:
            return self
        url, secret = webhook
        return Hook(self.channel.bot, self.dsn, url, secret)

    async def run(self) -> None:
        """Fetch updates until cancelled, while this process is the one that leads and polling is the way to take."""
        while True:
            reached = False
            try:
                conn = await psycopg.AsyncConnection.connect(libpq_url(self.dsn), autocommit=True)
                reached = True
                async with conn:
                    self._led = False
                    self._since = await stand(conn, Way.POLLING, self._since)
                    await conn.execute("SELECT pg_advisory_lock(%s)", (LEADER,))
                    self._led = True
                    await self._lead(conn)
            except (psycopg.Error, OSError, AiogramError) as exc:
                log.warning("polling_interrupted", error=type(exc).__name__)
                wait_s = exc.retry_after if isinstance(exc, TelegramRetryAfter) else 2
                if self._led and not reached:
                    await self._tell_those_who_wait()
                await asyncio.sleep(wait_s)

    async def _lead(self, conn: Connection) -> None:
        """Poll; stand back while younger processes use the webhook."""
        while True:
            async with changing(conn):
                ours = await is_wanted(conn, Way.POLLING)
                if ours:
                    # What waits there stays: it comes to us now.
                    await self.channel.bot.delete_webhook()
            if ours:
                self.trouble = None
                await self._poll_on(conn)
            elif self.trouble is None:
                log.warning("polling_stands_back")
                self.trouble = "two_ways"
            await asyncio.sleep(STAND_BACK_S)

    async def _poll_on(self, conn: Connection) -> None:
        offset: int | None = None
        while await is_wanted(conn, Way.POLLING):
            news = await self._fetch(POLL_S, offset)
            for _, update in news:
                if update is not None and update.callback_query is not None:
                    self._beside(self.channel.answer_press(update.callback_query.id))
            # The next request tells Telegram to forget these: only once each of them is durable.
            # Sending goes on beside it, so that a message that hangs holds nobody else up.
            results = await asyncio.gather(
                *(self._take_if_any(update) for _, update in news), return_exceptions=True
            )
            for (number, _), result in zip(news, results, strict=True):
                if isinstance(result, StoreUnavailable):
                    raise OSError from result
                if isinstance(result, Exception):
                    log.error("update_failed", update=number, exc_info=result)
                offset = number + 1

    async def _fetch(self, timeout_s: int, offset: int | None) -> list[tuple[int, Update | None]]:
        """Return what has come, each with its number; what cannot be read keeps nobody else's from coming."""
        news = await self.channel.bot(
            _News(offset=offset, timeout=timeout_s), request_timeout=timeout_s + 15
        )
        return [(data["update_id"], self._read(data)) for data in news]

    async def _take_if_any(self, update: Update | None) -> None:
        if update is not None:
            await self.take(update, wait=False)

    async def _tell_those_who_wait(self) -> None:
        """Say that something is broken to whoever has written meanwhile; their updates stay with Telegram."""
        try:
            news = await self._fetch(0, None)
        except (AiogramError, OSError) as exc:
            log.warning("polling_interrupted", error=type(exc).__name__)
            return
        for _, update in news:
            incoming = parse_update(update, self.channel.account) if update else None
            if incoming is not None:
                await self._say_broken(incoming)

    async def _say_broken(self, incoming: Incoming) -> None:
        """Say it once for each event: Telegram delivers it again and again until it is kept."""
        if incoming.kind in _SILENT:
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


async def introduce(bot: Bot, commands: dict[str, dict[str, str]]) -> None:
    """Tell Telegram the commands in each language.

    Args:
        bot: The public bot.
        commands: By language, the commands and what they do; the language "" is for everybody else.
    """
    for locale, listed in commands.items():
        menu = [BotCommand(command=name, description=text) for name, text in listed.items()]
        await bot.set_my_commands(menu, language_code=locale or None)
