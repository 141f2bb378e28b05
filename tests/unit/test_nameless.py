"""A counsellor's file says nothing of who made it."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from bot.errors import NotTaken
from bot.nameless import nameless, scan_nameless
from bot.scan import FileKind, Scanned, scan
from tests.support.files import PDF, PLACE, locked_pdf, named_pdf, named_voice, picture, voice

WHO = "Rina Wulandari"


def cleaned(data: bytes) -> bytes:
    """Return a file as a person gets it."""
    return nameless(scan(data)).data


def pdf(change: Callable[[PdfWriter], None]) -> bytes:
    """Return a PDF of one page, changed."""
    made, written = PdfWriter(), BytesIO()
    made.add_blank_page(200, 100)
    change(made)
    made.write(written)
    return written.getvalue()


def described(made: PdfWriter) -> None:
    """Say who made it in the description."""
    made.add_metadata({"/Author": WHO, "/Title": f"by {WHO}", "/Company": WHO})


def with_xmp(made: PdfWriter) -> None:
    """Say who made it in XMP of the document, and of a page."""
    xmp = StreamObject()
    xmp.set_data(f"<rdf:RDF><dc:creator>{WHO}</dc:creator></rdf:RDF>".encode())
    kept = made._add_object(xmp.flate_encode())
    made.root_object[NameObject("/Metadata")] = kept
    made.pages[0][NameObject("/Metadata")] = kept


def with_note(made: PdfWriter) -> None:
    """Put a note beside the text that says whose it is."""
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Text"),
            NameObject("/Rect"): ArrayObject([FloatObject(each) for each in (1, 1, 9, 9)]),
            NameObject("/T"): TextStringObject(WHO),
            NameObject("/Contents"): TextStringObject("see you there"),
        }
    )
    made.pages[0][NameObject("/Annots")] = ArrayObject([made._add_object(note)])


def with_file(made: PdfWriter) -> None:
    """Hide a file in it."""
    made.add_attachment("cv.txt", WHO.encode())


@pytest.mark.parametrize("change", [described, with_xmp, with_note, with_file])
def test_a_pdf_says_nothing_of_who_made_it(change: Callable[[PdfWriter], None]) -> None:
    """Description, XMP, the author of a note and files inside are gone, pressed together or not; the page is there."""
    before = pdf(change)
    after = cleaned(before)
    assert WHO in everything(before)
    assert WHO not in everything(after)
    assert len(PdfReader(BytesIO(after)).pages) == 1


def everything(data: bytes) -> str:
    """Return all that stands in a PDF, with what is pressed together opened."""
    reader = PdfReader(BytesIO(data))
    made = PdfWriter(clone_from=reader)
    parts = [repr(reader.metadata)]
    for part in made._objects:
        parts.append(repr(part))
        if isinstance(part, StreamObject):
            parts.append(part.get_data().decode("latin-1"))
    return "\n".join(parts)


def test_the_picture_on_a_page_is_untouched() -> None:
    """What is on the pages comes through as it was."""
    before = named_pdf(WHO)
    after = cleaned(before)
    assert WHO not in everything(after)
    [was], [now] = (PdfReader(BytesIO(each)).pages[0].images for each in (before, after))
    assert was.data == now.data


def test_what_nobody_can_look_into_is_refused() -> None:
    """A locked PDF may say it out of reach, so it is not sent."""
    with pytest.raises(NotTaken) as refused:
        cleaned(locked_pdf())
    assert refused.value.why == "named"


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_bring_it_down(noise: bytes, at: int) -> None:
    """A PDF that is broken anywhere is taken or refused, and nothing else happens."""
    whole = named_pdf(WHO)
    with suppress(NotTaken):
        nameless(Scanned(FileKind.PDF, whole[:at] + noise + whole[at + len(noise) :]))


def test_written_anew_it_stays() -> None:
    """A PDF that says nothing comes out as it went in, once it has been written by us."""
    assert cleaned(PDF) == PDF


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
