"""What comes in from Telegram, as our own events. Nothing in here sends."""

from collections.abc import Iterable

from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update

from bot.channels.telegram_reading import CONTENTS
from bot.messages import Address, Incoming, IncomingKind, OfferedFile, place_of

NAME = "telegram"
PRIVATE = "private"
_FILES = frozenset(CONTENTS) - {"sticker", "location", "contact"}


def parse_update(update: Update, account: str) -> Incoming | None:
    """Return what a person did, or None for what does not concern us (groups, other bots)."""
    event_id = str(update.update_id)
    if update.callback_query is not None:
        return _pressed(update.callback_query, account, event_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, account, event_id)
    if update.message is not None:
        return _message(update.message, account, event_id)
    if update.edited_message is not None:
        return _edited(update.edited_message, account, event_id)
    return None


def _pressed(query: CallbackQuery, account: str, event_id: str) -> Incoming | None:
    elsewhere = query.message is not None and query.message.chat.type != PRIVATE
    if elsewhere or query.inline_message_id is not None:
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
    number = str(message.message_id)
    kind = _first(name for name in CONTENTS if getattr(message, name) is not None)
    file = _file(message, kind) if kind in _FILES else None
    if text is None:
        shown = kind or "other"
        place = (
            place_of(message.location.latitude, message.location.longitude)
            if message.location
            else ""
        )
        return Incoming(
            address, event_id, IncomingKind.UNREADABLE, shown, language, file,
            place=place, platform_id=number,
        )  # fmt: skip
    command, _, payload = text.partition(" ")
    if command == "/start":
        return Incoming(address, event_id, IncomingKind.START, payload.strip(), language)
    return Incoming(
        address, event_id, IncomingKind.TEXT, text, language, file, number, platform_id=number
    )


def _edited(message: Message, account: str, event_id: str) -> Incoming | None:
    """Return the new words of a message; a place that is shared live changes without any."""
    text = message.text or message.caption
    if message.chat.type != PRIVATE or text is None:
        return None
    address = Address(NAME, account, str(message.chat.id))
    language = _language(message.from_user.language_code if message.from_user else None)
    number = str(message.message_id)
    return Incoming(
        address, event_id, IncomingKind.EDITED, text, language,
        message_id=number, platform_id=number,
    )  # fmt: skip


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
