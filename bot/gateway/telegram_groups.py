"""What is said in a group: one neutral sentence with the way to the private chat, to whoever speaks to the bot, at most once an hour.

It is the same whatever was said, and names no danger and no number, because everybody reads along. Of a group nothing is kept but a keyed hash of its
number, for the hour.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from aiogram.exceptions import AiogramError
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)

from bot.channels.telegram import Telegram
from bot.conversation.service import Conversations
from bot.errors import StoreUnavailable, TooManyTries
from bot.store import throttle

log = structlog.get_logger(__name__)

GROUPS = frozenset({"group", "supergroup"})
ONCE_IN = timedelta(hours=1)
DEEP_LINK = "https://t.me/{}?start=g"


@dataclass
class Groups:
    """Answers in groups for one bot."""

    channel: Telegram
    conversations: Conversations

    async def answer(self, message: Message) -> None:
        """Point whoever speaks to the bot in a group to the private chat; never raises."""
        if message.chat.type not in GROUPS:
            return
        try:
            me = await self.channel.bot.me()
            if is_addressed(message, me) and await self._is_due(message.chat.id):
                await self._point(message, me)
        except (AiogramError, OSError, StoreUnavailable) as exc:
            # Nobody in a group waits for an answer; who needs one finds the private chat.
            log.warning("group_not_answered", error=type(exc).__name__)

    async def _is_due(self, chat_id: int) -> bool:
        talk = self.conversations
        key = talk.people.lookup.of("telegram_group", self.channel.account, str(chat_id))
        try:
            async with talk.db.transaction() as conn:
                await throttle.hit(conn, key, limit=1, window=ONCE_IN, now=talk.clock.now())
        except TooManyTries:
            return False
        return True

    async def _point(self, message: Message, me: User) -> None:
        words, texts = self.conversations.content.words, self.conversations.content.pages["groups"]
        locale = self._locale(message)
        button = InlineKeyboardButton(
            text=words.say(texts["button"], locale), url=DEEP_LINK.format(me.username)
        )
        await self.channel.bot.send_message(
            message.chat.id,
            words.say(texts["text"], locale),
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            reply_parameters=ReplyParameters(
                message_id=message.message_id, allow_sending_without_reply=True
            ),
            reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]),
            disable_notification=True,
        )

    def _locale(self, message: Message) -> str:
        """Return the language of the sender's app, where Suar speaks it in full; an anonymous administrator's is not known."""
        code = message.from_user.language_code if message.from_user else None
        wanted = (code or "").partition("-")[0].lower()
        talk = self.conversations
        return wanted if wanted in talk.content.words.released else talk.default_locale


def is_addressed(message: Message, me: User) -> bool:
    """Tell whether a message in a group speaks to the bot: by its name, a command with its name, or as a reply to it.

    Other bots are never answered: two that answer each other do not end.
    """
    sender = message.from_user
    if sender is not None and sender.is_bot and message.sender_chat is None:
        return False
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
        return True
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities or ()
    return any(_names(entity, text, me) for entity in entities)


def _names(entity: MessageEntity, text: str, me: User) -> bool:
    said = entity.extract_from(text).casefold()
    name = f"@{me.username}".casefold()
    match entity.type:
        case "mention":
            return said == name
        case "bot_command":
            return said.endswith(name)
        case "text_mention":
            return entity.user is not None and entity.user.id == me.id
        case _:
            return False
