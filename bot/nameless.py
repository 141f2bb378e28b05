"""Takes who made a file out of it, before a counsellor's file goes to a person: her name is nobody's business there.

A picture that was scanned carries nothing any more. The tags of a recording and the description of a PDF are written over in place,
so that every offset in the file stays true. What cannot be reached so is refused.
"""

import asyncio
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.errors import NotTaken
from bot.scan import FileKind, Scanned, scan

_PAGE_HEAD = 27
_CRC = slice(22, 26)
_TAGS = b"OpusTags"
_NO_TAGS = _TAGS + bytes(8)
"""A vendor of no letters and no comments; what follows may be padded. Source: RFC 7845, section 5.2."""
_DESCRIBED_AT = re.compile(rb"/Info\s+(\d+)\s+(\d+)\s+R")
_WHO = re.compile(rb"/(?:Author|Creator|Producer|Company|Manager|LastModifiedBy)\s*(?=[(<])(?!<<)")
_VALUE = re.compile(rb"/[A-Za-z]\w*\s*(?=[(<])(?!<<)")
_XMP = re.compile(rb"(<\?xpacket begin.*?\?>)(.*?)(<\?xpacket end)", re.DOTALL)
_PRESSED = re.compile(rb"/Type\s*/(?:ObjStm|Metadata)\b")
_MAX_INFLATED = 4 * 1024 * 1024


async def scan_nameless(data: bytes) -> Scanned:
    """Return a file of the staff's as a person is to get it; the work is done beside the loop.

    Raises:
        NotTaken: As for `bot.scan.scan`; or `named`: a PDF says who made it where that cannot be taken out.
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
    """Write blanks over what describes a PDF: its information dictionaries, who wrote it anywhere, and its XMP.

    Raises:
        NotTaken: `named`.
    """
    made = bytearray(data)
    for number, generation in set(_DESCRIBED_AT.findall(data)):
        _blank_object(made, number, generation)
    for found in _WHO.finditer(bytes(made)):
        _blank_value(made, found.end())
    for found in _XMP.finditer(bytes(made)):
        made[found.start(2) : found.end(2)] = b" " * len(found[2])
    left = bytes(made)
    if b"/Encrypt" in left or any(_names(each) for each in _inflated(left)):
        raise NotTaken("named")
    return left


def _blank_object(made: bytearray, number: bytes, generation: bytes) -> None:
    begin = re.compile(rb"(?<!\d)" + number + rb"\s+" + generation + rb"\s+obj\b")
    for found in begin.finditer(bytes(made)):
        end = made.find(b"endobj", found.end())
        for value in _VALUE.finditer(bytes(made), found.end(), end if end >= 0 else len(made)):
            _blank_value(made, value.end())


def _blank_value(made: bytearray, at: int) -> None:
    """Write blanks inside the string that begins at `at`: between brackets, however they nest, or between < and >."""
    if made[at : at + 1] == b"<":
        end = made.find(b">", at)
        made[at + 1 : max(end, at + 1)] = b" " * max(end - at - 1, 0)
        return
    depth, place = 0, at
    while place < len(made):
        sign = made[place]
        if sign == ord("\\"):
            place += 1
        elif sign == ord("("):
            depth += 1
        elif sign == ord(")"):
            depth -= 1
            if depth == 0:
                break
        place += 1
    made[at + 1 : place] = b" " * (place - at - 1)


def _inflated(data: bytes) -> Iterator[bytes]:
    """Yield what is pressed together in a PDF and may describe it: bundles of objects, and XMP.

    Raises:
        NotTaken: `named`, where that cannot be read.
    """
    for found in _PRESSED.finditer(data):
        word = data.find(b"stream", found.end())
        start = data.rfind(b"obj", 0, found.start())
        if word < 0 or data[word - 3 : word] == b"end":
            continue
        body = data[word + len(b"stream") :].lstrip(b"\r\n")
        try:
            yield zlib.decompressobj().decompress(body, _MAX_INFLATED)
        except zlib.error:
            if b"/Filter" in data[start:word]:
                raise NotTaken("named") from None
            yield body[: body.find(b"endstream")]


def _names(part: bytes) -> bool:
    who = (b"<dc:creator", b"<pdf:Producer", b"<xmp:CreatorTool")
    return _WHO.search(part) is not None or any(each in part for each in who)
