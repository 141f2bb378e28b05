"""Decides what a file is, by its bytes alone: a picture, a voice note, a PDF, or nothing that is taken.

Neither its name nor what its sender says of it counts. A picture is decoded and written anew, so that nothing of the old file is
left in it: no place, no time, no device, nothing hidden behind its end.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO

from PIL import Image, ImageOps

from bot.errors import NotTaken
from bot.messages import MAX_FILE_BYTES

MAX_PIXELS = 40_000_000
"""A small file can say that it is a picture of any size; a larger one is not decoded."""
MAX_SIDE = 3000
"""A page of A4 has 250 dots an inch then: enough to read it."""
PREVIEW_SIDE = 16
QUALITY = 88
_PICTURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
_PAGE_HEAD = 27
"""Bytes of an Ogg page before its table of segments. Source: RFC 3533, section 6."""
_SCANNERS = ThreadPoolExecutor(2, "scan")
"""A large picture takes a while and much memory: not in the loop, and never more than two at once."""


class FileKind(StrEnum):
    """What a file is."""

    PICTURE = "picture"
    VOICE = "voice"
    PDF = "pdf"


CONTENT_TYPES = {
    FileKind.PICTURE: "image/jpeg",
    FileKind.VOICE: "audio/ogg",
    FileKind.PDF: "application/pdf",
}
NEUTRAL_NAMES = {
    FileKind.PICTURE: "picture.jpg",
    FileKind.VOICE: "voice.ogg",
    FileKind.PDF: "document.pdf",
}
"""By what a file is given out: nothing of the name that it had is kept."""


@dataclass(frozen=True)
class Scanned:
    """A file that is taken."""

    kind: FileKind
    data: bytes = field(repr=False)
    preview: bytes = field(default=b"", repr=False)
    """For a picture: a JPEG of a few dots."""


async def scan_beside(data: bytes) -> Scanned:
    """Do as `scan`, beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_SCANNERS, scan, data)


def scan(data: bytes) -> Scanned:
    """Return a file as it is kept.

    Raises:
        NotTaken: `too_large`, `not_taken` (another type) or `broken`. Nothing else leaves here, whatever the bytes are.
    """
    if len(data) > MAX_FILE_BYTES:
        raise NotTaken("too_large")
    if data.startswith(b"OggS"):
        return _voice(data)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    form = picture_format(data)
    if form is None:
        raise NotTaken("not_taken")
    return _picture(data, form)


def picture_format(data: bytes) -> str | None:
    """Return as which format bytes are to be decoded: `JPEG`, `PNG` or `WEBP`; None for anything else."""
    for start, form in _PICTURES.items():
        if data.startswith(start) and (form != "WEBP" or data[8:12] == b"WEBP"):
            return form
    return None


def _picture(data: bytes, form: str) -> Scanned:
    try:
        with Image.open(BytesIO(data), formats=[form]) as found:
            return _anew(found)
    except NotTaken:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotTaken("too_large") from None
    except Exception:
        # A decoder fed with chance raises whatever it likes; for the sender it is one and the same.
        raise NotTaken("broken") from None


def _anew(found: Image.Image) -> Scanned:
    """Decode a picture and write it anew, upright and no larger than `MAX_SIDE`."""
    if found.width * found.height > MAX_PIXELS:
        raise NotTaken("too_large")
    # A JPEG can be decoded small at once; the others do not know this.
    found.draft("RGB", (MAX_SIDE, MAX_SIDE))
    plain = _on_white(ImageOps.exif_transpose(found))
    plain.thumbnail((MAX_SIDE, MAX_SIDE))
    preview = plain.copy()
    preview.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return Scanned(FileKind.PICTURE, _jpeg(plain), _jpeg(preview))


def _on_white(picture: Image.Image) -> Image.Image:
    """Copy the dots, and the dots alone, onto a fresh white sheet."""
    sheet = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        sheet.paste(seen, mask=seen.getchannel("A"))
    else:
        sheet.paste(picture.convert("RGB"))
    return sheet


def _jpeg(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _voice(data: bytes) -> Scanned:
    """Make sure that a file is one stream of Opus in whole pages, and nothing else."""
    at, stream = 0, None
    while at < len(data):
        table = at + _PAGE_HEAD
        head = data[at:table]
        if len(head) < _PAGE_HEAD or head[:5] != b"OggS\x00":
            raise NotTaken("broken")
        begin = table + head[26]
        end = begin + sum(data[table:begin])
        if begin > len(data) or end > len(data):
            raise NotTaken("broken")
        if stream is None:
            if not data[begin:end].startswith(b"OpusHead"):
                raise NotTaken("not_taken")
            stream = head[14:18]
        elif head[14:18] != stream:
            raise NotTaken("not_taken")
        at = end
    return Scanned(FileKind.VOICE, data)


def _pdf(data: bytes) -> Scanned:
    """Make sure that a file begins and ends as a PDF; what is in it is for the reader's own program."""
    tail = data[-2048:]
    whole = re.match(rb"%PDF-[12]\.\d", data) and b"startxref" in tail and b"%%EOF" in tail
    if not whole:
        raise NotTaken("broken")
    return Scanned(FileKind.PDF, data)
