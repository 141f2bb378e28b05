"""Files as people send them, made anew for each test."""

from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter

PLACE = "Kuching 1.5497 N"
"""Stands in the metadata of every picture here."""


def blank_pdf() -> bytes:
    """Return a PDF of one empty page."""
    made, written = PdfWriter(), BytesIO()
    made.add_blank_page(200, 100)
    made.metadata = None
    made.write(written)
    return written.getvalue()


PDF = blank_pdf()


def locked_pdf() -> bytes:
    """Return a PDF into which nobody can look without a word."""
    made, written = PdfWriter(), BytesIO()
    made.add_blank_page(200, 100)
    made.encrypt("open sesame")
    made.write(written)
    return written.getvalue()


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB") -> bytes:
    """Return a picture that says where it was taken."""
    made = Image.new(mode, size, "teal")
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = PLACE  # ImageDescription
    notes = PngInfo()
    notes.add_text("Comment", PLACE)
    more = {"pnginfo": notes} if form == "PNG" else {}
    made.save(written, form, exif=exif, **more)
    return written.getvalue()


def voice(pages: int = 3, stream: bytes = b"\x01\x00\x00\x00") -> bytes:
    """Return a stream of Opus in Ogg pages, as far as its frame goes."""
    bodies = [b"OpusHead" + bytes(11), *(bytes(40) for _ in range(pages - 1))]
    return b"".join(_page(body, stream) for body in bodies)


def _page(body: bytes, stream: bytes) -> bytes:
    head = b"OggS\x00\x00" + bytes(8) + stream + bytes(8)
    return head + bytes([1, len(body)]) + body


def named_voice(who: str, comments: int = 200) -> bytes:
    """Return a recording whose tags, over two pages, say who made it."""
    tags = b"OpusTags" + who.encode() * comments
    half = 255 * 3
    assert half < len(tags) < half + 255 * 255
    rest = tags[half:]
    table = [255] * (len(rest) // 255) + [len(rest) % 255]
    return b"".join(
        (
            _laced(b"OpusHead" + bytes(11), [19]),
            _laced(tags[:half], [255] * 3),
            _laced(rest, table),
            _laced(b"sound" * 8, [40]),
        )
    )


def _laced(body: bytes, table: list[int]) -> bytes:
    head = b"OggS\x00\x00" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8)
    return head + bytes([len(table), *table]) + body


def named_pdf(who: str) -> bytes:
    """Return a PDF of one picture whose description says who made it."""
    written = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "PDF", author=who, title=f"by {who}")
    return written.getvalue()
