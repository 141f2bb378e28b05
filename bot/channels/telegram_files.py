"""A counsellor's file as a call of Telegram's: under a neutral name, and a picture behind a cover that the person taps away."""

from io import BytesIO

from aiogram.methods import SendDocument, SendPhoto, SendVoice
from aiogram.types import BufferedInputFile, Message, ReplyParameters
from PIL import Image

from bot.scan import NEUTRAL_NAMES, FileKind
from bot.store.outbox import Letter
from bot.store.voices import Sound

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
    kept, reply = letter.message.sensitive or None, as_reply(letter.quoted)
    if kind is FileKind.VOICE:
        return SendVoice(
            chat_id=chat_id, voice=file, caption=caption,
            protect_content=kept, reply_parameters=reply,
        )  # fmt: skip
    if kind is FileKind.PICTURE and is_photo(letter.content):
        return SendPhoto(
            chat_id=chat_id, photo=file, caption=caption, has_spoiler=True,
            protect_content=kept, reply_parameters=reply,
        )  # fmt: skip
    return SendDocument(
        chat_id=chat_id,
        document=file,
        caption=caption,
        disable_content_type_detection=True,
        protect_content=kept,
        reply_parameters=reply,
    )


def as_reply(quoted: str | None) -> ReplyParameters | None:
    """Return to which message of the person's a message points; it is sent also where the person has deleted that one.

    Source: https://core.telegram.org/bots/api#replyparameters
    """
    if quoted is None or not quoted.isdecimal():
        return None
    return ReplyParameters(message_id=int(quoted), allow_sending_without_reply=True)


def as_voice(chat_id: int, sound: Sound | str) -> SendVoice:
    """Return the call that sends a recording: its bytes, or the id under which Telegram has them.

    Source: https://core.telegram.org/bots/api#sendvoice (Ogg with Opus, MP3 or M4A)
    """
    if isinstance(sound, str):
        return SendVoice(chat_id=chat_id, voice=sound)
    file = BufferedInputFile(sound.data, f"voice.{sound.kind}")
    return SendVoice(chat_id=chat_id, voice=file)


def handle_in(sent: Message) -> str | None:
    """Return the id under which Telegram has what was just sent, as whatever it took it for."""
    taken = sent.voice or sent.audio or sent.document
    return taken.file_id if taken is not None else None


def is_photo(picture: bytes) -> bool:
    """Tell whether Telegram takes a JPEG as a photo; one that is very long, such as a talk on many screens, goes as a document."""
    with Image.open(BytesIO(picture), formats=["JPEG"]) as opened:
        sides = opened.size
    return (
        len(picture) <= MAX_PHOTO_BYTES
        and sum(sides) <= MAX_PHOTO_SIDES
        and max(sides) <= MAX_PHOTO_RATIO * min(sides)
    )
