"""A counsellor's file says nothing of who made it."""

import re
import zlib

import pytest

from bot.errors import NotTaken
from bot.nameless import nameless, scan_nameless
from bot.scan import Scanned, scan
from tests.support.files import PDF, PLACE, named_pdf, named_voice, picture, voice

WHO = "Rina Wulandari"
AS_UTF16 = WHO.encode("utf-16-be")


def cleaned(data: bytes) -> bytes:
    """Return a file as a person gets it."""
    return nameless(scan(data)).data


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF, as far as its frame goes, with these objects."""
    return b"%PDF-1.7\n" + b"\n".join(objects) + trailer + b"\nstartxref\n9\n%%EOF\n"


def pressed(kind: bytes, content: bytes) -> bytes:
    """Return an object whose content is pressed together."""
    body = zlib.compress(content)
    return b"5 0 obj\n<< /Type /%b /Filter /FlateDecode >>\nstream\n%b\nendstream\nendobj" % (
        kind,
        body,
    )


def test_a_pdf_is_described_no_more() -> None:
    """Author and title are blanks, every offset is as before, and the dots of the page are untouched."""
    before = named_pdf(WHO)
    after = cleaned(before)
    assert AS_UTF16 in before
    assert AS_UTF16 not in after
    assert len(after) == len(before)
    assert re.search(rb"/Author \( +\)", after)
    stream = re.compile(rb"stream.*?endstream", re.DOTALL)
    assert stream.findall(after) == stream.findall(before)


@pytest.mark.parametrize(
    "made",
    [
        pdf(b"7 0 obj\n<< /Author (Rina \\) (the first) Wulandari) >>\nendobj"),
        pdf(b"7 0 obj\n<< /Creator<52696e61> /Producer(Rina) >>\nendobj"),
        pdf(b"7 0 obj\n<< /Title (Rina) >>\nendobj", trailer=b"trailer << /Info 7 0 R >>"),
        pdf(b"<?xpacket begin='' id='x'?><x:xmpmeta>Rina</x:xmpmeta><?xpacket end='w'?>"),
    ],
    ids=["nested", "hexadecimal", "title", "xmp"],
)
def test_wherever_a_pdf_says_it_openly(made: bytes) -> None:
    """Brackets in a name, names in hexadecimal, the dictionary of the trailer and XMP are all written over."""
    after = cleaned(made)
    assert len(after) == len(made)
    assert b"Rina" not in after
    assert b"52696e61" not in after
    assert b"Wulandari" not in after


@pytest.mark.parametrize(
    "made",
    [
        pdf(pressed(b"ObjStm", b"7 0 << /Author (Rina) >>")),
        pdf(pressed(b"Metadata", b"<rdf:RDF><dc:creator>Rina</dc:creator></rdf:RDF>")),
        pdf(b"6 0 obj << /Type /Metadata >>\nstream\n<dc:creator>Rina</dc:creator>\nendstream"),
        pdf(b"6 0 obj << /Type /ObjStm /Filter /LZWDecode >>\nstream\nRina\nendstream"),
        pdf(trailer=b"trailer << /Encrypt 9 0 R >>"),
    ],
    ids=["bundle", "pressed xmp", "bare xmp", "unknown", "encrypted"],
)
def test_what_cannot_be_taken_out_is_refused(made: bytes) -> None:
    """Where a PDF may say it out of reach, it is not sent."""
    with pytest.raises(NotTaken) as refused:
        cleaned(made)
    assert refused.value.why == "named"


@pytest.mark.parametrize(
    "made", [PDF, pdf(pressed(b"ObjStm", b"7 0 << /Type /Page >>"))], ids=["plain", "bundle"]
)
def test_a_pdf_that_says_nothing_stays(made: bytes) -> None:
    """Without any of it, not a byte changes."""
    assert cleaned(made) == made


def test_the_tags_of_a_recording_are_empty() -> None:
    """Tags over several pages are written over, with right sums; the head and the sound are untouched."""
    before = named_voice(WHO)
    after = cleaned(before)
    assert WHO.encode() in before
    assert WHO.encode()[2:8] not in after
    assert b"OpusTags" + bytes(8) in after
    assert len(after) == len(before)
    assert after.startswith(before[:47])
    assert after.endswith(b"sound" * 8)
    assert scan(after).data == after


def test_the_sum_of_a_page_is_the_one_of_ogg() -> None:
    """A page of a recording that a player takes has this very sum: the one that this page came with."""
    tags = b"OpusTags" + (b"\x07\0\0\0libopus" + b"\0\0\0\0")
    head = b"OggS\0\0" + bytes(8) + b"\x01\0\0\0" + b"\x01\0\0\0"
    page = head + bytes(4) + bytes([1, len(tags)]) + tags
    first = b"OggS\0\x02" + bytes(8) + b"\x01\0\0\0" + bytes(8) + bytes([1, 19])
    after = cleaned(first + b"OpusHead" + bytes(11) + page)
    made = after[-len(page) :]
    assert int.from_bytes(made[22:26], "little") == _slow_sum(made[:22] + bytes(4) + made[26:])


def _slow_sum(page: bytes) -> int:
    """Divide a page by the polynomial of Ogg, bit by bit, as on paper."""
    number = int.from_bytes(page, "big") << 32
    for bit in range(number.bit_length() - 1, 31, -1):
        if number >> bit & 1:
            number ^= 0x104C11DB7 << (bit - 32)
    return number


def test_a_recording_without_tags_stays() -> None:
    """Sound alone is left as it is."""
    assert cleaned(voice()) == voice()


async def test_a_picture_is_scanned_as_ever() -> None:
    """What a picture carried is gone with the scan."""
    file = await scan_nameless(picture())
    assert isinstance(file, Scanned)
    assert PLACE.encode() not in file.data
