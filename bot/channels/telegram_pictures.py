"""A message with a picture of ours as calls of Telegram's: the words are the picture's caption."""

from collections.abc import Iterator

from aiogram.methods import EditMessageCaption, EditMessageText, TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputFile,
    MessageId,
    ReplyParameters,
)

from bot.messages import Outgoing, Picture

FILE_NAMES = {"image/png": "picture.png", "image/jpeg": "picture.jpg"}
"""Neutral ones: one stands in the gallery of a phone that keeps it."""


class Show(TelegramMethod[MessageId]):
    """`sendPhoto`, of whose answer only the number is read, as for words."""

    __returning__ = MessageId
    __api_method__ = "sendPhoto"

    chat_id: int
    photo: InputFile
    caption: str
    reply_markup: str | None = None
    """As JSON."""
    protect_content: bool | None = None
    reply_parameters: ReplyParameters | None = None


def as_photo(
    chat_id: int,
    message: Outgoing,
    picture: Picture,
    buttons: InlineKeyboardMarkup | None,
    reply: ReplyParameters | None = None,
) -> Show:
    """Return the call that sends a message with its picture.

    Source: https://core.telegram.org/bots/api#sendphoto (a caption of at most 1024 characters, as `fit` has made it)
    """
    markup = buttons.model_dump_json(exclude_none=True) if buttons else None
    photo = BufferedInputFile(picture.data, FILE_NAMES[picture.mime])
    return Show(
        chat_id=chat_id,
        photo=photo,
        caption=message.text,
        reply_markup=markup,
        protect_content=message.sensitive or None,
        reply_parameters=reply,
    )


def as_edits(
    chat_id: int, number: int, message: Outgoing, buttons: InlineKeyboardMarkup | None
) -> Iterator[EditMessageText | EditMessageCaption]:
    """Yield the edits of which one changes nothing where `number` is this very message.

    Telegram refuses to edit the text of a photo and the caption of a text. A message with a picture may have gone with it or
    without: both are asked for. A counsellor's file, or a recording, never goes without.
    """
    is_heard = message.voice is not None
    if message.file is not None or is_heard or any(media.is_made_here for media in message.media):
        yield EditMessageCaption(
            caption=message.text, chat_id=chat_id, message_id=number, reply_markup=buttons
        )
    if message.file is None and not is_heard:
        yield EditMessageText(
            text=message.text, chat_id=chat_id, message_id=number, reply_markup=buttons
        )
