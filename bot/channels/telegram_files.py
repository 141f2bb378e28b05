"""A counsellor's file as a call of Telegram's: under a neutral name, and a picture behind a cover that the person taps away."""

from io import BytesIO

from aiogram.methods import (
    EditMessageCaption,
    EditMessageText,
    SendDocument,
    SendPhoto,
    SendVoice,
)
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup
from PIL import Image

from bot.messages import Outgoing
from bot.scan import NEUTRAL_NAMES, FileKind
from bot.store.outbox import Letter

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20


def as_method(chat_id: int, letter: Letter) -> SendPhoto | SendVoice | SendDocument:
    """Return the call that sends a letter with a file.

    Source: https://core.telegram.org/bots/api#sendphoto, #sendvoice, #senddocument
    """
    assert letter.message.file is not None  # the caller has looked
    kind = FileKind(letter.message.file.kind)
    file = BufferedInputFile(letter.content, NEUTRAL_NAMES[kind])
    caption = letter.message.text or None
    if kind is FileKind.VOICE:
        return SendVoice(chat_id=chat_id, voice=file, caption=caption)
    if kind is FileKind.PICTURE and is_photo(letter.content):
        return SendPhoto(chat_id=chat_id, photo=file, caption=caption, has_spoiler=True)
    return SendDocument(
        chat_id=chat_id, document=file, caption=caption, disable_content_type_detection=True
    )


def as_edit(
    chat_id: int, number: int, message: Outgoing, buttons: InlineKeyboardMarkup | None
) -> EditMessageText | EditMessageCaption:
    """Return the edit that changes nothing where `number` is this very message: of a file only what stands under it can be told."""
    if message.file is None:
        return EditMessageText(
            text=message.text, chat_id=chat_id, message_id=number, reply_markup=buttons
        )
    return EditMessageCaption(
        caption=message.text, chat_id=chat_id, message_id=number, reply_markup=buttons
    )


def is_photo(picture: bytes) -> bool:
    """Tell whether Telegram takes a JPEG as a photo; one that is very long, such as a talk on many screens, goes as a document."""
    with Image.open(BytesIO(picture), formats=["JPEG"]) as opened:
        sides = opened.size
    return (
        len(picture) <= MAX_PHOTO_BYTES
        and sum(sides) <= MAX_PHOTO_SIDES
        and max(sides) <= MAX_PHOTO_RATIO * min(sides)
    )
