"""Takes who made a file out of it, before a counsellor's file goes to a person: her name is nobody's business there.

A picture that was scanned carries nothing any more. The tags of a recording are written over in place, so that every offset in the file
stays true. Of a PDF only the pages are taken, into a new one.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from bot.errors import NotTaken
from bot.scan import FileKind, Scanned, scan

_PAGE_HEAD = 27
_CRC = slice(22, 26)
_TAGS = b"OpusTags"
_NO_TAGS = _TAGS + bytes(8)
"""A vendor of no letters and no comments; what follows may be padded. Source: RFC 7845, section 5.2."""
_WHO = ("/Metadata", "/PieceInfo", "/Author", "/Creator", "/Producer", "/LastModified")
"""Keys of a PDF's objects under which programs write who worked on it, and when."""


async def scan_nameless(data: bytes) -> Scanned:
    """Return a file of the staff's as a person is to get it; the work is done beside the loop.

    Raises:
        NotTaken: As for `bot.scan.scan`; or `named`: a PDF is locked, so that it may say who made it.
    """
    return await asyncio.to_thread(lambda: nameless(scan(data)))


def nameless(file: Scanned) -> Scanned:
    """Return a scanned file without what says who made it; see `scan_nameless`."""
    clean: dict[FileKind, Callable[[bytes], bytes]] = {
        FileKind.VOICE: _untagged,
        FileKind.PDF: _undescribed,
    }
    how = clean.get(file.kind)
    return replace(file, data=how(file.data)) if how else file


def _untagged(data: bytes) -> bytes:
    """Write over the tags of a recording: all of the second packet, which may go over several pages."""
    made, first, inside = bytearray(data), True, False
    for head, body, end, is_whole in _pages(data):
        if first:
            first = False
            continue
        starts = data[body : body + len(_TAGS)] == _TAGS
        if not starts and not inside:
            break
        made[body:end] = (_NO_TAGS if starts else b"").ljust(end - body, b"\0")[: end - body]
        made[head:end] = _summed(bytes(made[head:end]))
        inside = not is_whole
    return bytes(made)


def _pages(data: bytes) -> Iterator[tuple[int, int, int, bool]]:
    """Yield where each page, its body and its end are, and whether its last packet ends in it; the scan has checked the frame."""
    at = 0
    while at < len(data):
        table = data[at + _PAGE_HEAD : at + _PAGE_HEAD + data[at + 26]]
        body = at + _PAGE_HEAD + len(table)
        end = body + sum(table)
        yield at, body, end, not table or table[-1] != 255  # a full segment goes on
        at = end


def _summed(page: bytes) -> bytes:
    """Return a page with its checksum made anew. Source: RFC 3533, section 6."""
    bare = page[: _CRC.start] + bytes(4) + page[_CRC.stop :]
    crc = 0
    for byte in bare:
        crc = (crc << 8) & 0xFFFFFFFF ^ _TABLE[crc >> 24 ^ byte]
    return bare[: _CRC.start] + crc.to_bytes(4, "little") + bare[_CRC.stop :]


def _remainder(byte: int) -> int:
    crc = byte << 24
    for _ in range(8):
        crc = (crc << 1) ^ 0x1_04C1_1DB7 if crc & 0x8000_0000 else crc << 1
    return crc


_TABLE = tuple(_remainder(byte) for byte in range(256))


def _undescribed(data: bytes) -> bytes:
    """Return a PDF of the same pages, written anew: nothing of the document around them comes along, and no page says who wrote on it.

    Raises:
        NotTaken: `named` (it is locked, so nobody can look), or `broken`.
    """
    try:
        reader, writer = PdfReader(BytesIO(data)), PdfWriter()
        if reader.is_encrypted:
            raise NotTaken("named")
        for page in reader.pages:
            writer.add_page(page)
        writer.metadata = None
        _unname(writer.pages)
        written = BytesIO()
        writer.write(written)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        # pypdf reads what is not as the format says with whatever Python raises then.
        raise NotTaken("broken") from exc
    return written.getvalue()


def _unname(pages: Iterable[DictionaryObject]) -> None:
    """Take out of all that pages lead to where it may say who made it; the author of a note beside the text is its `/T`."""
    ahead: list[object] = list(pages)
    seen: set[int] = set()
    while ahead:
        part = ahead.pop()
        part = part.get_object() if isinstance(part, PdfObject) else part
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, ArrayObject):
            ahead += part
        elif isinstance(part, DictionaryObject):
            for key in (*_WHO, *(("/T",) if "/Rect" in part else ())):
                part.pop(key, None)
            ahead += part.values()
