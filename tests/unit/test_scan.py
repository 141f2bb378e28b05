"""What a file is, is decided by its bytes, and nothing but three kinds of files ever comes through."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot import scan as scanning
from bot.errors import NotTaken
from bot.messages import MAX_FILE_BYTES
from bot.scan import CONTENT_TYPES, MAX_SIDE, PREVIEW_SIDE, FileKind, Scanned, scan
from tests.support.files import PDF, PLACE, picture, voice

STARTS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x10\x00\x00\x00WEBP",
    b"OggS\x00",
    b"%PDF-1.7",
)


@st.composite
def nearly_files(draw: st.DrawFn) -> bytes:
    """Yield real files with bytes changed, cut off or appended, and chance behind a true beginning."""
    whole = draw(
        st.sampled_from([picture(), picture("PNG"), picture("WEBP"), voice(), PDF, *STARTS, b""])
    )
    changed = bytearray(whole + draw(st.binary(max_size=60)))
    for _ in range(draw(st.integers(0, 5))):
        if changed:
            changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    return bytes(changed[: draw(st.integers(0, len(changed)))])


def outcome(data: bytes) -> Scanned | str:
    """Return what a file is taken for, or why it is not."""
    try:
        return scan(data)
    except NotTaken as refused:
        return refused.why


@given(st.one_of(nearly_files(), st.binary(max_size=200)))
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    """Whatever the bytes are, the answer is one of the three kinds or a refusal with a known reason."""
    found = outcome(data)
    if isinstance(found, str):
        assert found in {"too_large", "not_taken", "broken"}
        return
    assert found.kind in CONTENT_TYPES
    if found.kind is FileKind.PICTURE:
        assert Image.open(BytesIO(found.data)).format == "JPEG"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew(form: str) -> None:
    """A picture comes out as a plain JPEG of the same size, without the place at which it was taken."""
    given_ = picture(form)
    assert PLACE.encode() in given_
    found = scan(given_)
    assert found.kind is FileKind.PICTURE
    shown = Image.open(BytesIO(found.data))
    assert (shown.format, shown.size) == ("JPEG", (64, 48))
    assert PLACE.encode() not in found.data
    assert not shown.getexif()
    assert "comment" not in shown.info


def test_a_picture_stands_upright() -> None:
    """How the phone was held is turned into the dots themselves, before the note of it goes."""
    turned = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: to be turned by a quarter
    Image.new("RGB", (60, 20), "teal").save(turned, "JPEG", exif=exif)
    assert Image.open(BytesIO(scan(turned.getvalue()).data)).size == (20, 60)


def test_a_see_through_picture_lies_on_white() -> None:
    """Black words on nothing can be read: nothing becomes white."""
    clear = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(clear, "PNG")
    dots = Image.open(BytesIO(scan(clear.getvalue()).data)).getpixel((4, 4))
    assert dots == (255, 255, 255)


def test_a_large_picture_is_made_smaller_and_its_preview_is_a_few_dots() -> None:
    """No picture is kept with more dots than a page needs, and nothing can be made out in its preview."""
    found = scan(picture(size=(MAX_SIDE + 500, 100)))
    assert max(Image.open(BytesIO(found.data)).size) == MAX_SIDE
    assert max(Image.open(BytesIO(found.preview)).size) <= PREVIEW_SIDE


def test_a_picture_that_says_it_is_huge_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to more dots than the bound is refused as too large."""
    monkeypatch.setattr(scanning, "MAX_PIXELS", 64 * 48 - 1)
    monkeypatch.setattr(scanning, "_on_white", lambda _: pytest.fail("it was decoded"))
    with pytest.raises(NotTaken) as refused:
        scan(picture())
    assert refused.value.why == "too_large"


def test_a_voice_note_and_a_pdf_are_taken_as_they_are() -> None:
    """Sound and documents are kept byte for byte."""
    assert scan(voice()) == Scanned(FileKind.VOICE, voice())
    assert scan(PDF) == Scanned(FileKind.PDF, PDF)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not_taken"),
        (b"MZ\x90\x00", "not_taken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_taken"),
        (b"GIF89a" + bytes(20), "not_taken"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "not_taken"),
        (picture()[:200], "broken"),
        (voice()[:-1], "broken"),
        (voice() + b"PK\x03\x04", "broken"),
        (voice() + voice(stream=b"\x02\x00\x00\x00"), "not_taken"),
        (voice().replace(b"OpusHead", b"\x01vorbis."), "not_taken"),
        (PDF[:20], "broken"),
        (b"%PDF-9.0" + PDF[8:], "broken"),
        (bytes(MAX_FILE_BYTES + 1), "too_large"),
        (picture() + bytes(MAX_FILE_BYTES), "too_large"),
    ],
)
def test_what_is_none_is_refused_with_its_reason(data: bytes, why: str) -> None:
    """Another type, a damaged file and one that is too large each have their own reason."""
    with pytest.raises(NotTaken) as refused:
        scan(data)
    assert refused.value.why == why
