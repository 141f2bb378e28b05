"""sendPhoto, sendVoice, sendDocument and getFile."""

import hashlib
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from tests.support.telegram_fake.bodies import Params, UploadedFile
from tests.support.telegram_fake.errors import BotApiError, refuse
from tests.support.telegram_fake.methods.messages import post_message
from tests.support.telegram_fake.records import Json
from tests.support.telegram_fake.state import BotAccount
from tests.support.telegram_fake.texts import message_caption

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20
_TOO_LARGE = "Request Entity Too Large"
_ATTACH = "attach://"


async def send_photo(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#sendphoto."""
    file, uploaded = _file(account, params, "photo")
    width, height = _sides(uploaded) if uploaded else (640, 480)
    content: Json = {"photo": [file | {"width": width, "height": height}]}
    if params.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    return _send(account, params, ("sendPhoto", content, uploaded))


def _sides(photo: UploadedFile) -> tuple[int, int]:
    """Return width and height of a photo.

    Raises:
        BotApiError: 400: too many bytes, no picture, or too long and narrow.
    """
    if photo.size > MAX_PHOTO_BYTES:
        refuse(
            f"File of size {photo.size} bytes is too big for a photo; "
            f"the maximum size is {MAX_PHOTO_BYTES} bytes"
        )
    try:
        with Image.open(BytesIO(photo.content)) as opened:
            width, height = opened.size
    except UnidentifiedImageError:
        refuse("IMAGE_PROCESS_FAILED")
    if width + height > MAX_PHOTO_SIDES or max(width, height) > MAX_PHOTO_RATIO * min(
        width, height
    ):
        refuse("PHOTO_INVALID_DIMENSIONS")
    return width, height


async def send_voice(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#sendvoice."""
    file, uploaded = _file(account, params, "voice")
    voice = file | {"duration": params.integer("duration"), "mime_type": "audio/ogg"}
    return _send(account, params, ("sendVoice", {"voice": voice}, uploaded))


async def send_document(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#senddocument."""
    file, uploaded = _file(account, params, "document")
    return _send(account, params, ("sendDocument", {"document": file}, uploaded))


def _send(
    account: BotAccount, params: Params, what: tuple[str, Json, UploadedFile | None]
) -> Json:
    method, content, uploaded = what
    caption, entities = message_caption(params)
    content |= {"caption": caption} if caption else {}
    content |= {"caption_entities": entities} if entities else {}
    return post_message(account, params, method, content, uploaded)


def _file(account: BotAccount, params: Params, kind: str) -> tuple[Json, UploadedFile | None]:
    """Return the file object of a call, and what was uploaded with the call."""
    uploaded = _uploaded(params, kind)
    if uploaded is None:
        reference = params.text(kind)
        # A reference to a part that the body does not have is none.
        if not reference or reference.startswith(_ATTACH):
            refuse(f"There is no {kind} in the request")
        return _known(account, reference) or keep_file(account, kind, 1024, reference), None
    if uploaded.size == 0:
        refuse("File must be non-empty")
    if uploaded.size > MAX_FILE_BYTES:
        raise BotApiError(413, _TOO_LARGE)
    file = keep_file(account, kind, uploaded.size)
    name = {"file_name": uploaded.filename} if kind == "document" else {}
    return file | name, uploaded


def _known(account: BotAccount, file_id: str) -> Json:
    file = account.files.get(file_id, {})
    return {name: value for name, value in file.items() if name != "file_path"}


def _uploaded(params: Params, kind: str) -> UploadedFile | None:
    reference = params.text(kind)
    name = reference.removeprefix(_ATTACH) if reference.startswith(_ATTACH) else kind
    return params.files.get(name)


def keep_file(
    account: BotAccount, kind: str, size: int, file_id: str = "", content: bytes = b""
) -> Json:
    """Register a file and return the fields that every file object has.

    Args:
        account: The bot whose file ids these are.
        kind: "photo", "voice" ...; part of the path at which it can be fetched.
        size: Bytes.
        file_id: Its id if it has one already.
        content: What a download gives; without it, zeros.
    """
    number = len(account.files) + 1
    digest = hashlib.sha256(f"{account.id}:{kind}:{number}".encode()).hexdigest()
    file_id = file_id or f"AgAC{digest[:48]}"
    size = len(content) or size
    file = {"file_id": file_id, "file_unique_id": digest[48:], "file_size": size}
    path = f"{kind}s/file_{number}"
    account.files[file_id] = file | {"file_path": path}
    if content:
        account.contents[path] = content
    return file


async def get_file(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#getfile."""
    file = account.files.get(params.text("file_id"))
    if file is None:
        refuse("Invalid file_id")
    if file["file_size"] > MAX_DOWNLOAD_BYTES:
        refuse("File is too big")
    return file
