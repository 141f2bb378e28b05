"""Sets text into pictures: shaped as its script wants it, from its own side, broken into lines by what fits."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from math import ceil
from typing import Literal

from PIL import Image, ImageDraw

from bot.content.isolates import runs_from_right
from bot.pictures.breaks import ZERO_WIDTH_SPACE, Break, break_at
from bot.pictures.fonts import can_shape, drawable, get_font, runs_of

Align = Literal["start", "center"]
_LEADING = 1.14
"""The height of a line over what its letters need."""
_ASCENT, _DESCENT = 0.98, 0.28
"""What a line's letters need at least, of their size: lines without tall letters stand as far apart as others."""
_GOOD_END = 0.5
"""A line that ends between words is filled at least so far; else it ends between syllables, where there are any."""
_SMOOTH = 4
"""Round corners are drawn so many times larger, and made small again: Pillow draws them with steps."""
_COLOURS = 48
"""Enough for the few colours of ours and the soft edges of letters."""


@dataclass(frozen=True)
class Style:
    """How words look; `size` in dots."""

    size: int
    color: str = "#15202b"
    bold: bool = False


@dataclass(frozen=True)
class _Run:
    family: str
    text: str
    width: float


@dataclass(frozen=True)
class Line:
    """One line, its runs from left to right."""

    runs: tuple[_Run, ...]
    width: float


@dataclass(frozen=True)
class Block:
    """Words broken into lines, ready to be drawn."""

    lines: tuple[Line, ...]
    style: Style
    locale: str
    from_right: bool
    ascent: int
    line_height: int
    """Dots from one line to the next."""

    @property
    def width(self) -> int:
        """Dots of the longest line."""
        return ceil(max((line.width for line in self.lines), default=0))

    @property
    def height(self) -> int:
        """Dots of all lines."""
        return self.line_height * len(self.lines)


def lay_out(text: str, locale: str, style: Style, width: int) -> Block:
    """Break `text` into lines of at most `width` dots.

    Raises:
        NotDrawn: `no_glyph` or `no_shaping`.
    """
    clean = unicodedata.normalize("NFC", drawable(text))
    from_right = runs_from_right(clean)
    pieces = [
        piece
        for paragraph in clean.split("\n")
        for piece in _wrap(paragraph.strip(), locale, style, width)
    ]
    lines = tuple(_line(piece, locale, style, from_right) for piece in pieces)
    ascent, descent = _extent(lines, style)
    return Block(lines, style, locale, from_right, ascent, int((ascent + descent) * _LEADING))


def fit(text: str, locale: str, styles: Sequence[Style], box: tuple[int, int]) -> Block:
    """Lay words out in the first of `styles` in which they fit into `box` (width, height); else in the last."""
    blocks = (lay_out(text, locale, style, box[0]) for style in styles)
    block = next(blocks)
    for other in blocks:
        if block.height <= box[1]:
            break
        block = other
    return block


def draw(
    image: Image.Image,
    block: Block,
    at: tuple[int, int],
    *,
    width: int | None = None,
    align: Align = "start",
) -> None:
    """Draw a block with its upper left corner at `at`.

    Args:
        image: Where to.
        block: The words.
        at: Dots from the left and from above.
        width: Of the place; words from the right start at its right side.
        align: `start` is the side from which the words run.
    """
    pen = ImageDraw.Draw(image)
    room = width or block.width
    top = at[1] + block.ascent
    for line in block.lines:
        spare = room - line.width
        shift = spare / 2 if align == "center" else spare if block.from_right else 0.0
        left = at[0] + shift
        for run in line.runs:
            font = get_font(run.family, block.style.size, bold=block.style.bold)
            direction, language = _raqm(block.from_right, block.locale)
            pen.text(
                (left, top), run.text, block.style.color, font,
                anchor="ls", direction=direction, language=language,
            )  # fmt: skip
            left += run.width
        top += block.line_height


def rounded(
    image: Image.Image, box: tuple[int, int, int, int], radius: int, fill: str, line: str = ""
) -> None:
    """Draw a filled box (left, top, right, bottom) with round corners, with an outline where `line` names its colour."""
    if line:
        left, top, right, bottom = box
        rounded(image, box, radius, line)
        inner = (left + 2, top + 2, right - 2, bottom - 2)
        rounded(image, inner, max(radius - 2, 0), fill)
        return
    mask = _corners(box[2] - box[0], box[3] - box[1], radius)
    image.paste(Image.new("RGB", mask.size, fill), box[:2], mask)


def png(image: Image.Image) -> bytes:
    """Return a picture as a small PNG of few colours, without any metadata."""
    written = BytesIO()
    few = image.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(written, "PNG", compress_level=6)
    return written.getvalue()


@lru_cache(maxsize=32)
def _corners(width: int, height: int, radius: int) -> Image.Image:
    large = Image.new("L", (width * _SMOOTH, height * _SMOOTH), 0)
    whole = (0, 0, large.width - 1, large.height - 1)
    ImageDraw.Draw(large).rounded_rectangle(whole, radius * _SMOOTH, fill=255)
    return large.reduce(_SMOOTH)


def _extent(lines: Sequence[Line], style: Style) -> tuple[int, int]:
    """Return how far letters reach above and below the line they stand on.

    The fonts' own measures are made for every letter that they have: Arabic lines would stand twice as far apart as is read well.
    """
    boxes = [
        get_font(run.family, style.size, bold=style.bold).getbbox(run.text, anchor="ls")
        for line in lines
        for run in line.runs
    ]
    above = max((-box[1] for box in boxes), default=0)
    below = max((box[3] for box in boxes), default=0)
    return int(max(above, style.size * _ASCENT)) + 1, int(max(below, style.size * _DESCENT)) + 1


def _raqm(from_right: bool, locale: str) -> tuple[str | None, str | None]:
    """Return what only libraqm takes."""
    if not can_shape():
        return None, None
    return "rtl" if from_right else "ltr", locale


def _wrap(text: str, locale: str, style: Style, width: int) -> list[str]:
    lines = []
    rest = text
    while True:
        end = _end_of_line(rest, locale, style, width)
        lines.append(rest[:end].strip(" " + ZERO_WIDTH_SPACE))
        rest = rest[end:].lstrip(" " + ZERO_WIDTH_SPACE)
        if not rest:
            return lines


def _end_of_line(text: str, locale: str, style: Style, width: int) -> int:
    """Return how many characters of `text` stand on its first line."""
    best: dict[Break, tuple[int, float]] = {}
    for at in range(1, len(text)):
        quality = break_at(text, at)
        if quality is Break.NONE:
            continue
        wide = _width(text[:at].rstrip(), locale, style)
        if wide > width:
            break
        best[quality] = (at, wide)
    else:
        if _width(text, locale, style) <= width:
            return len(text)
    for quality in (Break.WORD, Break.SYLLABLE):
        if quality in best and best[quality][1] >= width * _GOOD_END:
            return best[quality][0]
    found = [best[quality] for quality in (Break.SYLLABLE, Break.WORD) if quality in best]
    if found:
        return max(found)[0]
    # Not even one character may fit: it stands by itself then.
    return best[Break.HARD][0] if Break.HARD in best else _first_end(text)


def _first_end(text: str) -> int:
    ends = (at for at in range(1, len(text)) if break_at(text, at) is not Break.NONE)
    return next(ends, len(text))


def _width(text: str, locale: str, style: Style) -> float:
    return sum(_run_width(family, words, locale, style) for family, words in runs_of(text, locale))


def _run_width(family: str, words: str, locale: str, style: Style) -> float:
    font = get_font(family, style.size, bold=style.bold)
    direction, language = _raqm(runs_from_right(words), locale)
    return font.getlength(words, direction=direction, language=language)


def _line(text: str, locale: str, style: Style, from_right: bool) -> Line:
    """Put the runs of a line into the order in which they are seen.

    libraqm orders what is inside a run; between runs, from right to left, neighbours that run from the left stay together.
    """
    parts = runs_of(text, locale)
    if from_right:
        grouped = [
            list(run) for _, run in groupby(parts, key=lambda part: runs_from_right(part[1]))
        ]
        ordered = []
        for group in reversed(grouped):
            ordered += group[::-1] if runs_from_right(group[0][1]) else group
        parts = ordered
    runs = tuple(
        _Run(family, words, _run_width(family, words, locale, style)) for family, words in parts
    )
    return Line(runs, sum(run.width for run in runs))
