"""Takes a picture in that somebody of the staff uploads for a campaign: decoded, bounded, and written anew without anything beside its dots."""

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageOps

from bot.errors import NotTaken
from bot.messages import MAX_FILE_BYTES
from bot.scan import MAX_PIXELS, picture_format

MAX_SIDE = 1280
QUALITY = 85
_FEW_COLOURS = 256
"""A drawing or a screenshot has no more: as PNG its letters stay sharp."""
MAX_ALT_CHARS = 300


@dataclass(frozen=True)
class Uploaded:
    """A picture as it is kept."""

    data: bytes = field(repr=False)
    content_type: str
    width: int
    height: int
    alt: str
    """What it shows, for whoever cannot see it."""


def take_picture(data: bytes, *, alt: str) -> Uploaded:
    """Return a picture as it is kept: upright, at most `MAX_SIDE` dots wide and high, as PNG where it has few colours, else as JPEG.

    Args:
        data: Of JPEG, PNG or WebP.
        alt: What it shows; 1 to `MAX_ALT_CHARS` characters.

    Raises:
        NotTaken: `too_large`, `not_taken` (another type), `animated`, `broken` or `no_alt`. Nothing else leaves here, whatever
            the bytes are.
    """
    words = " ".join(alt.split())
    if not 0 < len(words) <= MAX_ALT_CHARS:
        raise NotTaken("no_alt")
    if len(data) > MAX_FILE_BYTES:
        raise NotTaken("too_large")
    form = picture_format(data)
    if form is None:
        raise NotTaken("not_taken")
    try:
        with Image.open(BytesIO(data), formats=[form]) as found:
            return _anew(found, words)
    except NotTaken:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotTaken("too_large") from None
    except Exception:
        # A decoder fed with chance raises whatever it likes; for the sender it is one and the same.
        raise NotTaken("broken") from None


def _anew(found: Image.Image, alt: str) -> Uploaded:
    if found.width * found.height > MAX_PIXELS:
        raise NotTaken("too_large")
    # What a phone's JPEG holds beside its first picture is a small one of the same; it is left behind.
    if found.format != "JPEG" and getattr(found, "is_animated", False):
        raise NotTaken("animated")
    found.draft("RGB", (MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(found)
    has_few = upright.getcolors(_FEW_COLOURS) is not None
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.thumbnail((MAX_SIDE, MAX_SIDE))
    sheet = Image.new("RGB", plain.size, "white")
    sheet.paste(plain, mask=plain.getchannel("A") if plain.mode == "RGBA" else None)
    written = BytesIO()
    if has_few:
        sheet.quantize(_FEW_COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    else:
        sheet.save(written, "JPEG", quality=QUALITY, optimize=True)
    content_type = "image/png" if has_few else "image/jpeg"
    return Uploaded(written.getvalue(), content_type, sheet.width, sheet.height, alt)
