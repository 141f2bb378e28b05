"""Telegram's public bot, through aiogram: its updates become `Incoming`, `Outgoing` becomes its calls."""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, islice
from typing import Any

import aiohttp
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatAction
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.types import (
    File,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageId,
    ReplyParameters,
)
from aiogram.utils.token import TokenValidationError

from bot.channels.capabilities import TELEGRAM, Capabilities
from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemporarilyDown,
    Unanswered,
)
from bot.channels.port import Channel, Pictures
from bot.channels.telegram_files import as_method, as_reply, as_voice, handle_in
from bot.channels.telegram_pictures import as_edits, as_photo
from bot.channels.telegram_updates import NAME
from bot.channels.voices import Speaker, Voices
from bot.errors import NotTaken, SetupError
from bot.messages import Address, Media, Outgoing
from bot.store.outbox import Letter
from bot.store.voices import Sound

log = structlog.get_logger(__name__)

TIMEOUT_S = 20
PROBES = 25
"""How many numbers after the last known one are asked for an interrupted message."""
FETCH_S = FILE_S = 60
"""A file takes longer than words, either way."""
HANDLE_LASTS = timedelta(days=3650)
"""Telegram gives a file out by its id for as long as the bot's token is the same."""


def make_bot(token: str, api_url: str) -> Bot:
    """Return an aiogram bot that speaks to `api_url`.

    Raises:
        SetupError: The token cannot be one.
    """
    session = AiohttpSession(
        api=TelegramAPIServer.from_base(api_url.rstrip("/")), timeout=TIMEOUT_S, limit=200
    )
    try:
        return Bot(token, session=session)
    except TokenValidationError:
        # Without a cause: aiogram's words may quote the token.
        raise SetupError("SUAR_TELEGRAM_TOKEN is not a token of @BotFather's.") from None


class _Say(TelegramMethod[MessageId]):
    """`sendMessage`, of whose answer only the number is read: to read all of it takes longer than to send."""

    __returning__ = MessageId
    __api_method__ = "sendMessage"

    chat_id: int
    text: str
    reply_markup: str | None = None
    """As JSON."""
    protect_content: bool | None = None
    reply_parameters: ReplyParameters | None = None


_SAID = Response[MessageId]
"""Held here, because pydantic makes a generic model anew where nobody holds it."""


@dataclass
class Telegram(Channel):
    """Sends to people on Telegram."""

    bot: Bot
    name: str = NAME
    capabilities: Capabilities = TELEGRAM
    pictures: Pictures | None = None
    """None: pictures that the server draws are left out."""
    voices: Voices | None = None
    """None: recordings are left out."""

    @property
    def account(self) -> str:
        """The bot's own id, the first part of its token."""
        return str(self.bot.id)

    async def send(self, address: Address, letter: Letter) -> str | None:
        """See `Channel.send`."""
        voice = letter.message.voice
        if voice is not None:
            return await self._speak(address, voice, letter.attempts)
        if letter.message.file is None:
            return await self._send_with_picture(address, letter.message, as_reply(letter.quoted))
        return await self._call(as_method(int(address.value), letter))

    async def find_arrived(self, address: Address, letter: Letter) -> str | None:
        """Ask Telegram by an edit that would change nothing.

        It keeps no key of ours, but a bot's messages are numbered one after the other over all its private chats. If
        one of the next numbers after the last we know is this very message, Telegram says that it "is not
        modified"; any other number it refuses, or it is not in this chat. `letter.after` must not lie before
        another message of ours in this chat: that one would be changed into this one.
        """
        if letter.after is None or not letter.after.isdecimal():
            return None
        for number in _candidates(letter):
            if await self._is(int(address.value), number, letter.message):
                return str(number)
        return None

    async def _is(self, chat_id: int, number: int, message: Outgoing) -> bool:
        """Tell whether the message with this number is `message`: a picture or a file with these words below it, or the words alone."""
        for edit in as_edits(chat_id, number, message, keyboard(message)):
            try:
                await self.bot(edit)
            except TelegramBadRequest as exc:
                if "message is not modified" in exc.message.lower():
                    return True
            except (AiogramError, aiohttp.ClientError, TimeoutError, OSError) as exc:
                raise send_error(exc) from exc
        return False

    async def show_typing(self, address: Address) -> None:
        """See `Channel.show_typing`; Telegram shows it for five seconds, and rings no bell.

        Source: https://core.telegram.org/bots/api#sendchataction
        """
        try:
            await self.bot.send_chat_action(int(address.value), ChatAction.TYPING)
        except Exception as exc:
            # As for a message: nothing but ours may leave here.
            raise send_error(exc) from exc

    async def say_now(self, address: Address, message: Outgoing) -> None:
        """See `Channel.say_now`."""
        if message.voice is None:
            await self._send(address, message)

    async def delete(self, address: Address, platform_id: str) -> bool:
        """See `Channel.delete`; Telegram takes back what is younger than 48 hours.

        Source: https://core.telegram.org/bots/api#deletemessage
        """
        try:
            await self.bot.delete_message(int(address.value), int(platform_id))
        except TelegramBadRequest:
            # Gone already, too old, or no chat of ours any more: asking again changes nothing.
            return False
        except Exception as exc:
            # As for a message: nothing but ours may leave here.
            raise send_error(exc) from exc
        return True

    async def fetch(self, ref: str, *, limit: int) -> bytes:
        """See `Channel.fetch`.

        Source: https://core.telegram.org/bots/api#getfile (a file of at most 20 MB, for at least an hour)
        """
        try:
            return await self._download(await self.bot.get_file(ref), limit)
        except NotTaken:
            raise
        except Exception as exc:
            # Without a cause: the address of a file holds the token.
            raise send_error(exc) from None

    async def _download(self, file: File, limit: int) -> bytes:
        if (file.file_size or 0) > limit:
            raise NotTaken("too_large")
        session, content = self.bot.session, bytearray()
        url = session.api.file_url(self.bot.token, file.file_path or "")
        async with aclosing(session.stream_content(url, timeout=FETCH_S)) as chunks:
            async for chunk in chunks:
                content += chunk
                if len(content) > limit:
                    raise NotTaken("too_large")
        return bytes(content)

    async def answer_press(self, query_id: str) -> None:
        """Stop the little clock on a pressed button; too late is not an error."""
        try:
            await self.bot.answer_callback_query(query_id)
        except AiogramError:
            return

    async def _send_with_picture(
        self, address: Address, message: Outgoing, reply: ReplyParameters | None
    ) -> str:
        """Send a message with its picture; without, where that cannot be made, or Telegram does not take it."""
        drawn = next((media for media in message.media if media.is_made_here), None)
        picture = await self.pictures.make(drawn) if drawn and self.pictures else None
        if picture is None:
            return await self._send(address, message, reply)
        try:
            return await self._call(
                as_photo(int(address.value), message, picture, keyboard(message), reply)
            )
        except Rejected:
            # Refused, it has not arrived.
            log.warning("picture_refused", kind=drawn.kind if drawn else "")
            return await self._send(address, message, reply)

    async def _speak(self, address: Address, voice: Media, attempts: int) -> str | None:
        if self.voices is None:
            return None
        chat = int(address.value)

        async def say(sound: Sound | str) -> tuple[str | None, str | None]:
            try:
                sent = await self.bot(as_voice(chat, sound), request_timeout=FILE_S)
            except Exception as exc:
                # As for words: nothing but ours may leave here.
                raise send_error(exc) from exc
            return str(sent.message_id), handle_in(sent)

        speaker = Speaker(self.voices, self.name, self.account, HANDLE_LASTS)
        return await speaker.speak(voice, attempts, say)

    async def _call(self, method: TelegramMethod[Any]) -> str:
        """Send what is more than words; return its number."""
        try:
            sent = await self.bot(method, request_timeout=FILE_S)
        except Exception as exc:
            # As for words: nothing but ours may leave here.
            raise send_error(exc) from exc
        return str(sent.message_id)

    async def _send(
        self, address: Address, message: Outgoing, reply: ReplyParameters | None = None
    ) -> str:
        try:
            chat, markup = int(address.value), _markup(message)
            said = _Say(
                chat_id=chat,
                text=message.text,
                reply_markup=markup,
                protect_content=message.sensitive or None,
                reply_parameters=reply,
            )
            sent = await self.bot(said)
        except Exception as exc:
            # aiogram itself stumbles over some answers that are not Telegram's; nothing of that may leave here.
            raise send_error(exc) from exc
        return str(sent.message_id)


def keyboard(message: Outgoing) -> InlineKeyboardMarkup | None:
    """Return a message's buttons, short ones two in a row."""
    rows: list[list[InlineKeyboardButton]] = []
    for button in message.buttons:
        made = InlineKeyboardButton(text=button.title, callback_data=button.id)
        if rows and len(rows[-1]) == 1 and _short(rows[-1][0].text) and _short(button.title):
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _markup(message: Outgoing) -> str | None:
    """Return a message's buttons as JSON."""
    buttons = keyboard(message)
    return buttons.model_dump_json(exclude_none=True) if buttons else None


def _candidates(letter: Letter) -> Iterator[int]:
    """Yield the numbers that an interrupted message may have: those after the last known one that are no other message's."""
    first = int(letter.after or 0) + 1
    numbers = count(first) if letter.until is None else range(first, int(letter.until))
    unknown = (number for number in numbers if str(number) not in letter.others)
    return islice(unknown, PROBES if letter.until is None else None)


def _short(title: str) -> bool:
    return len(title) <= 16


_NOBODY_THERE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_id_invalid",
    "user is deactivated",
    "user_deactivated",
    "user_is_blocked",
)


def _is_nobody_there(text: str) -> bool:
    """Tell whether Telegram means by its refusal that nobody is to be reached there (any more)."""
    return any(words in text.lower() for words in _NOBODY_THERE)


def send_error(error: Exception) -> SendError:
    """Return which of our send errors one of aiogram's (or of its transport's) is.

    Source: aiogram 3.31 `aiogram/exceptions.py`; the Bot API's "Making requests".
    """
    match error:
        case TelegramRetryAfter(retry_after=seconds):
            return RateLimited(float(seconds))
        case TelegramForbiddenError():
            return ContactStopped()
        case TelegramUnauthorizedError() | TelegramNotFound() | TelegramConflictError():
            return Misconfigured()
        case TelegramBadRequest(message=text) if _is_nobody_there(text):
            return ContactStopped()
        case TelegramBadRequest() | TelegramMigrateToChat():
            # Only groups migrate, and to a group goes nothing that is kept.
            return Rejected()
        case TelegramEntityTooLarge():
            return Rejected()
        case TelegramServerError():
            return TemporarilyDown()
        case TelegramNetworkError(message=text) if "Cannot connect" in text:
            return TemporarilyDown()
        case TelegramNetworkError() | ClientDecodeError() | TimeoutError():
            # What cannot be read is the page of a proxy in between: nobody knows what became of the message.
            return Unanswered()
        case aiohttp.ClientConnectorError() | ConnectionRefusedError():
            return TemporarilyDown()
        case aiohttp.ClientError() | OSError():
            return Unanswered()
        case _:
            return Rejected()
