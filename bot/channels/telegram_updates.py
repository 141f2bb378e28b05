"""What comes in from Telegram, as our own events. Nothing in here sends."""

from collections.abc import Iterable
from typing import Any

from aiogram import Bot
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update

from bot.messages import Address, Incoming, IncomingKind, OfferedFile

NAME = "telegram"
ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
PRIVATE = "private"
_OF_PRESSED = frozenset({"message_id", "date", "chat"})
_UNREADABLE = (
    "photo",
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "sticker",
    "document",
    "location",
    "contact",
)
_FILES = frozenset(_UNREADABLE) - {"sticker", "location", "contact"}


def read_update(data: dict[str, Any], bot: Bot) -> Update:
    """Return an update as aiogram models it, without what nobody reads.

    Raises:
        ValueError: It is none; pydantic's errors are of this kind.
    """
    press = data.get("callback_query")
    if isinstance(press, dict) and isinstance(message := press.get("message"), dict):
        # The message under a pressed button is one of ours, with all its buttons.
        needed = {name: message[name] for name in message.keys() & _OF_PRESSED}
        data = {**data, "callback_query": {**press, "message": needed}}
    return Update.model_validate(data, context={"bot": bot})


def parse_update(update: Update, account: str) -> Incoming | None:
    """Return what a person did, or None for what does not concern us (groups, other bots)."""
    event_id = str(update.update_id)
    if update.callback_query is not None:
        return _pressed(update.callback_query, account, event_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, account, event_id)
    if update.message is not None:
        return _message(update.message, account, event_id)
    return None


def _pressed(query: CallbackQuery, account: str, event_id: str) -> Incoming | None:
    if query.message is not None and query.message.chat.type != PRIVATE:
        return None
    return Incoming(
        Address(NAME, account, str(query.from_user.id)),
        event_id,
        IncomingKind.BUTTON,
        query.data or "",
        _language(query.from_user.language_code),
    )


def _membership(change: ChatMemberUpdated, account: str, event_id: str) -> Incoming | None:
    if change.chat.type != PRIVATE:
        return None
    gone = change.new_chat_member.status in {"kicked", "left"}
    kind = IncomingKind.BLOCKED if gone else IncomingKind.UNBLOCKED
    return Incoming(Address(NAME, account, str(change.chat.id)), event_id, kind)


def _message(message: Message, account: str, event_id: str) -> Incoming | None:
    if message.chat.type != PRIVATE:
        return None
    address = Address(NAME, account, str(message.chat.id))
    language = _language(message.from_user.language_code if message.from_user else None)
    text = message.text or message.caption
    kind = _first(name for name in _UNREADABLE if getattr(message, name) is not None)
    file = _file(message, kind) if kind in _FILES else None
    if text is None:
        shown = kind or "other"
        return Incoming(address, event_id, IncomingKind.UNREADABLE, shown, language, file)
    command, _, payload = text.partition(" ")
    if command == "/start":
        return Incoming(address, event_id, IncomingKind.START, payload.strip(), language)
    return Incoming(address, event_id, IncomingKind.TEXT, text, language, file)


def _file(message: Message, kind: str) -> OfferedFile:
    """Return what a message offers: of a photo the largest of its sizes that is taken. Names are left behind."""
    media = getattr(message, kind)
    if kind == "photo":
        offered = [OfferedFile(kind, size.file_id, size.file_size) for size in media]
        return next((each for each in reversed(offered) if each.is_small), offered[-1])
    return OfferedFile(kind, media.file_id, media.file_size)


def _language(code: str | None) -> str | None:
    return code.partition("-")[0].lower() if code else None


def _first(names: Iterable[str]) -> str | None:
    return next(iter(names), None)
