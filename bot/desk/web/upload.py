"""Reads a form that may carry a file: bounded, and never through a disk."""

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from bot.desk.web.security import MAX_BODY_BYTES, MAX_FIELDS, read_form, storable
from bot.messages import MAX_FILE_BYTES

MAX_UPLOAD_BYTES = MAX_FILE_BYTES + MAX_BODY_BYTES
MAX_DRAINED_BYTES = 64 * 1024 * 1024
FILE_FIELD = "file"


class FileTooLarge(HTTPException):
    """A file that is larger than what is taken; nothing of the form was kept."""

    def __init__(self) -> None:
        super().__init__(413)


class _InMemory(MultiPartParser):
    """Keeps a file in memory: beside the database, what is sent to a person lies nowhere as it is."""

    spool_max_size = MAX_UPLOAD_BYTES


async def read_upload(request: Request) -> FormData:
    """Read a form with at most one file in it; a form without any is read as ever.

    Raises:
        FileTooLarge: It is more than one file that is taken, and the words around it.
        HTTPException: 413 or 400, as for `read_form`.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await read_form(request)
    read: FormData | None = getattr(request.state, "upload", None)
    if read is None:
        read = request.state.upload = await _parsed(request)
    return read


async def _parsed(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(413)
    if int(length) > MAX_UPLOAD_BYTES:
        await _drain(request)
        raise FileTooLarge
    parser = _InMemory(
        request.headers,
        request.stream(),
        max_files=1,
        max_fields=MAX_FIELDS,
        max_part_size=MAX_BODY_BYTES,
    )
    try:
        return storable(await parser.parse())
    except (MultiPartException, UnicodeError):
        raise HTTPException(400) from None


async def _drain(request: Request) -> None:
    """Let a browser send to its end what is thrown away: it shows no answer before, only that the line was cut."""
    left = MAX_DRAINED_BYTES
    try:
        async for chunk in request.stream():
            left -= len(chunk)
            if left < 0:
                return
    except ClientDisconnect:
        return


async def file_of(form: FormData) -> bytes | None:
    """Return the bytes of the file in a form; None where none was chosen. Its name is not looked at."""
    part = form.get(FILE_FIELD)
    if not isinstance(part, UploadFile):
        return None
    return await part.read() or None
