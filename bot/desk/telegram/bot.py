"""The staff's bot as a process: one leads, fetches what the staff do, and looks after notices, calls and topics.

An update is confirmed to Telegram only once it has been dealt with, and what was begun before a crash is not done twice:
a reply carries its own number, everything else is said to be unsure.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import structlog
from telegram import BotCommand, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.desk.telegram.acts import Acts
from bot.desk.telegram.calls import Calls
from bot.desk.telegram.hands import App, Hands
from bot.desk.telegram.notices import Notices
from bot.desk.telegram.post import Post, PostError, patiently
from bot.desk.telegram.replies import Replies
from bot.desk.telegram.services import StaffBotServices
from bot.desk.telegram.topics import Topics
from bot.errors import SetupError, StoreUnavailable
from bot.store import staff_bot
from bot.store.engine import libpq_url
from bot.store.notices import DESK

log = structlog.get_logger(__name__)

LEADER = 0x5375617204
POLL_S = 25
TIMEOUT_S = 20.0
LOOK_S = 10.0
AGAIN_S = 2.0
SETTLE_S = 0.2
"""Several things that happen at once are looked at once."""
KEEP_UPDATES = timedelta(days=2)
ALLOWED_UPDATES = ["message", "edited_message", "callback_query"]


def make_application(token: str, api_url: str) -> App:
    """Return python-telegram-bot's application for a token; nothing is asked of Telegram yet.

    Raises:
        SetupError: The token cannot be one.
    """
    api = api_url.rstrip("/")
    builder = Application.builder().updater(None)
    builder = builder.base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
    for set_timeout in (builder.read_timeout, builder.write_timeout, builder.connect_timeout):
        set_timeout(TIMEOUT_S)
    try:
        return builder.token(token).pool_timeout(TIMEOUT_S).build()
    except InvalidToken:
        raise SetupError("SUAR_STAFF_TELEGRAM_TOKEN is not a token of @BotFather's.") from None


@dataclass
class StaffBot:
    """One process of the bot; any number may run, and one of them leads."""

    services: StaffBotServices
    app: App
    post: Post = field(init=False)
    calls: Calls = field(init=False)
    notices: Notices = field(init=False)
    topics: Topics | None = field(init=False)
    acts: Acts = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: dict[int, Exception] = field(default_factory=dict)

    def __post_init__(self) -> None:
        services, group = self.services, self.services.group
        self.post = Post(self.app.bot)
        self.calls = Calls(services, self.post)
        self.notices = Notices(services, self.post)
        self.topics = Topics(services, self.post, self.calls, group) if group is not None else None
        self.acts = Acts(services, self.post, self.calls, self._changed.set)
        replies = Replies(services, self.post, self._changed.set)
        Hands(services, self.post, self.acts, replies).listen(self.app)
        self.app.add_error_handler(self._on_error)

    async def run(self) -> None:
        """Lead, or wait to lead, until cancelled.

        Raises:
            SetupError: Telegram does not know the token.
        """
        while True:
            try:
                conn = await psycopg.AsyncConnection.connect(
                    libpq_url(self.services.db.dsn), autocommit=True
                )
                async with conn:
                    await conn.execute("SELECT pg_advisory_lock(%s)", (LEADER,))
                    await self._lead(conn)
            except InvalidToken:
                raise SetupError("Telegram does not know SUAR_STAFF_TELEGRAM_TOKEN.") from None
            except (psycopg.Error, OSError, TelegramError, PostError, StoreUnavailable) as exc:
                log.warning("staffbot_interrupted", error=type(exc).__name__)
                await asyncio.sleep(AGAIN_S)

    async def _lead(self, conn: psycopg.AsyncConnection[Any]) -> None:
        async with self.app:
            await self.app.start()
            tasks: list[asyncio.Task[None]] = []
            try:
                await patiently(self.app.bot.delete_webhook)
                if self.topics is not None:
                    # Before anything is sent: what is on its way now was left there by a process that died.
                    await self.topics.begin()
                tasks += map(asyncio.create_task, (self._keep_looking(), self._introduce()))
                await self._poll(conn)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self.app.stop()

    async def _poll(self, conn: psycopg.AsyncConnection[Any]) -> None:
        offset: int | None = None
        while True:
            # The lock lives on this connection: when it breaks, another may lead, so we must not.
            await conn.execute("SELECT 1")
            updates = await patiently(
                lambda offset=offset: self.app.bot.get_updates(  # type: ignore[misc]  # a default of a lambda
                    offset=offset, timeout=POLL_S, allowed_updates=ALLOWED_UPDATES
                )
            )
            lanes: dict[int, list[Update]] = {}
            for update in updates:
                user = update.effective_user
                lanes.setdefault(user.id if user else 0, []).append(update)
            # The next request tells Telegram to forget these: only once each of them was dealt with.
            await asyncio.gather(*(self._take_in_turn(lane) for lane in lanes.values()))
            if updates:
                offset = updates[-1].update_id + 1

    async def _take_in_turn(self, updates: Sequence[Update]) -> None:
        for update in updates:
            await self._take(update)

    async def _take(self, update: Update) -> None:
        """Deal with an update.

        Raises:
            StoreUnavailable: Nothing of it could be kept; Telegram delivers it again.
        """
        services = self.services
        async with services.db.transaction() as conn:
            fresh = await staff_bot.begin(conn, update.update_id, now=services.clock.now())
        if not fresh and not self._is_reply(update):
            await self._say_interrupted(update)
            return
        await self.app.process_update(update)
        error = self._failed.pop(update.update_id, None)
        if isinstance(error, StoreUnavailable):
            raise error
        if error is not None:
            log.error("staff_update_failed", update=update.update_id, exc_info=error)

    def _is_reply(self, update: Update) -> bool:
        """Tell whether an update is words in the group, which the outbox takes once however often they come."""
        message = update.message or update.edited_message
        if message is None or message.chat_id != self.services.group:
            return False
        return not (message.text or "").startswith("/")

    async def _say_interrupted(self, update: Update) -> None:
        user = update.effective_user
        who = await self.acts.find(user.id) if user else None
        if who is not None:
            words = self.services.say("interrupted", who.staff.locale, link=self.services.desk)
            with suppress(PostError):
                await self.post.say(who.chat_id, words)

    async def _keep_looking(self) -> None:
        """Look whenever something happens, and every few seconds, because the time alone changes things."""
        assert self.app.job_queue is not None
        self.app.job_queue.run_repeating(self._remind, LOOK_S, first=0)
        async with self.services.ear.listening(DESK, lambda _: self._changed.set()):
            while True:
                await self._changed.wait()
                await asyncio.sleep(SETTLE_S)
                self._changed.clear()
                await self.look()

    async def _remind(self, _: object) -> None:
        self._changed.set()

    async def look(self) -> None:
        """Bring notices, calls and topics to what holds now."""
        parts = [self.calls.look, self.notices.look]
        if self.topics is not None:
            parts.insert(0, self.topics.look)
        for part in parts:
            try:
                await part()
            except (PostError, StoreUnavailable) as exc:
                log.warning("staff_look_failed", error=type(exc).__name__)
            except Exception as exc:
                # One part that stumbles must not keep the others from being looked after.
                log.error("staff_look_failed", exc_info=exc)  # noqa: TRY400  # the same, in the form that is redacted
        with suppress(StoreUnavailable):
            async with self.services.db.transaction(durable=False) as conn:
                before = self.services.clock.now() - KEEP_UPDATES
                await staff_bot.forget_updates(conn, before=before)

    async def _introduce(self) -> None:
        """Tell Telegram our commands in each language of the staff, until it has listened."""
        pages = self.services.pages
        codes = [code for code in pages.locales if len(code) == 2]
        while True:
            try:
                for code in (None, *codes):
                    words = self.services.listed("COMMANDS", code or pages.fallback)
                    menu = [BotCommand(name, text) for name, text in words.items()]
                    await patiently(
                        lambda menu=menu, code=code: self.app.bot.set_my_commands(  # type: ignore[misc]  # defaults of a lambda
                            menu, language_code=code
                        )
                    )
            except PostError as exc:
                log.warning("staffbot_not_introduced", error=type(exc).__name__)
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def _on_error(self, update: object, context: Any) -> None:  # noqa: ANN401  # the library's context
        if isinstance(update, Update):
            self._failed[update.update_id] = context.error
