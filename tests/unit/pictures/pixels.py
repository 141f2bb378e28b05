"""Reads back what is in a picture: contrast, marks, codes."""

from io import BytesIO

import zxingcpp
from PIL import Image

from bot.pictures.colours import DEEP


def opened(png: bytes) -> Image.Image:
    """Return a PNG with its colours as they are seen."""
    image = Image.open(BytesIO(png))
    assert image.format == "PNG"
    assert not image.info.keys() & {"exif", "XML:com.adobe.xmp", "Comment", "Software"}
    return image.convert("RGB")


def rgb(colour: str) -> tuple[int, int, int]:
    """Return a colour such as #ffffff in numbers."""
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    parts = [part / 255 for part in colour]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def marks(image: Image.Image, column: int) -> list[int]:
    """Return the middles (from above) of the discs of letters that a column of dots goes through."""
    deep = [_near(image.getpixel((column, y)), rgb(DEEP)) for y in range(image.height)]
    found, start = [], None
    for y, is_deep in enumerate([*deep, False]):
        if is_deep and start is None:
            start = y
        elif not is_deep and start is not None:
            if y - start > 20:
                found.append((start + y) // 2)
            start = None
    return found


def _near(one: object, other: tuple[int, ...]) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


def links(image: Image.Image) -> list[str]:
    """Return what the QR codes of a picture say."""
    return [found.text for found in zxingcpp.read_barcodes(image)]
