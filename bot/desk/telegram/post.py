"""Sends to the staff through python-telegram-bot: waits where Telegram says so, and knows what became of each message.

PostError
├── Unreachable   the account has blocked the bot, or the bot is not in the group: trying again is no use
├── NoRights      the group does not let the bot do this
├── Gone          the topic or the message is no more
├── Rejected      Telegram does not accept this, for another reason
├── Down          it was certainly not sent: later perhaps
└── Unsure        it was sent, and nobody knows whether it arrived
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import httpx
import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import SuarError

log = structlog.get_logger(__name__)

T = TypeVar("T")
AT_ONCE = 100
"""So many messages `deleteMessages` takes."""
LONGEST_WAIT_S = 120.0
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_RIGHTS = ("not enough rights", "not a forum", "need administrator rights", "chat_admin_required")
_GONE = ("thread not found", "message to", "topic_deleted", "topic_id_invalid", "topic_closed")


class PostError(SuarError):
    """Something could not be sent to the staff."""


class Unreachable(PostError):
    """The account or the group does not take messages from this bot."""


class NoRights(PostError):
    """The group does not let the bot do this."""


class Gone(PostError):
    """The topic or the message is no more."""


class Rejected(PostError):
    """Telegram does not accept this."""


class Down(PostError):
    """Telegram cannot be reached."""


class Unsure(PostError):
    """It was sent, and Telegram did not answer."""


@dataclass(frozen=True)
class Choice:
    """A button: what it says, and what comes back when it is pressed."""

    title: str
    data: str


@dataclass(frozen=True)
class Post:
    """Sends as the staff's bot."""

    bot: Bot

    async def say(
        self,
        chat_id: int,
        text: str,
        *,
        thread: int | None = None,
        choices: Sequence[Choice] = (),
        silent: bool = False,
        reply_to: int | None = None,
    ) -> int:
        """Send a text; return its number.

        What stands in a topic can be neither forwarded nor saved by Telegram's own apps.

        Raises:
            PostError: See the tree above.
        """
        answered = (
            ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        )
        sent = await patiently(
            lambda: self.bot.send_message(
                chat_id,
                text,
                message_thread_id=thread,
                reply_markup=_keyboard(choices),
                disable_notification=silent,
                reply_parameters=answered,
                protect_content=thread is not None,
            )
        )
        return sent.message_id

    async def edit(
        self, chat_id: int, message_id: int, text: str, choices: Sequence[Choice] = ()
    ) -> None:
        """Change a text that was sent.

        Raises:
            PostError: See the tree above.
        """
        await patiently(
            lambda: self.bot.edit_message_text(
                text, chat_id=chat_id, message_id=message_id, reply_markup=_keyboard(choices)
            )
        )

    async def delete(self, chat_id: int, message_ids: Sequence[int]) -> None:
        """Delete messages; what is gone already is not an error.

        Raises:
            PostError: See the tree above.
        """
        for start in range(0, len(message_ids), AT_ONCE):
            some = list(message_ids[start : start + AT_ONCE])
            with suppress(Gone):
                await patiently(lambda some=some: self.bot.delete_messages(chat_id, some))  # type: ignore[misc]  # a default of a lambda

    async def answer(self, query_id: str, text: str | None = None) -> None:
        """Stop the little clock on a pressed button, with a word where there is one; too late is not an error."""
        with suppress(PostError):
            await patiently(
                lambda: self.bot.answer_callback_query(query_id, text, show_alert=bool(text))
            )

    async def open_topic(self, chat_id: int, name: str) -> int:
        """Make a topic; return its number.

        Raises:
            PostError: See the tree above.
        """
        made = await patiently(lambda: self.bot.create_forum_topic(chat_id, name))
        return made.message_thread_id

    async def delete_topic(self, chat_id: int, thread: int) -> None:
        """Delete a topic with everything in it; one that is gone already is not an error.

        Raises:
            PostError: See the tree above.
        """
        with suppress(Gone):
            await patiently(lambda: self.bot.delete_forum_topic(chat_id, thread))

    async def close_topic(self, chat_id: int, thread: int) -> None:
        """Let nobody write in a topic any more.

        Raises:
            PostError: See the tree above.
        """
        with suppress(Gone):
            await patiently(lambda: self.bot.close_forum_topic(chat_id, thread))


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Return what a call of the Bot API returns; wait as long as Telegram asks to.

    Raises:
        PostError: It cannot be had, or Telegram asks to wait for too long.
    """
    while True:
        try:
            return await call()
        except RetryAfter as exc:
            wait_s = seconds_of(exc.retry_after)
            log.warning("staff_flood_wait", seconds=wait_s)
            if wait_s > LONGEST_WAIT_S:
                raise Down from exc
            await asyncio.sleep(wait_s)
        except TelegramError as exc:
            raise post_error(exc) from exc


def seconds_of(span: int | timedelta) -> float:
    """Return a span of python-telegram-bot's in seconds."""
    return span.total_seconds() if isinstance(span, timedelta) else float(span)


def post_error(error: TelegramError) -> PostError:
    """Return which of our errors one of python-telegram-bot's is.

    Source: python-telegram-bot 22.8 `telegram/error.py`, `telegram/request/_baserequest.py`.
    """
    text = error.message.lower()
    match error:
        case Forbidden() | InvalidToken() | Conflict() | ChatMigrated():
            return Unreachable()
        case BadRequest() if any(sign in text for sign in _RIGHTS):
            return NoRights()
        case BadRequest() if "chat not found" in text:
            return Unreachable()
        case BadRequest() if any(sign in text for sign in _GONE):
            return Gone()
        case BadRequest():
            return Rejected()
        case RetryAfter():
            return Down()
        case NetworkError() | TimedOut():
            answered = error.__cause__ is None
            never = isinstance(error.__cause__, NEVER_SENT)
            return Down() if answered or never else Unsure()
        case _:
            return Rejected()


def _keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(each.title, callback_data=each.data)] for each in choices]
    return InlineKeyboardMarkup(rows) if rows else None
