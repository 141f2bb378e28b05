"""The picture of a `flag` question: an invented chat or job advert, with a letter beside each line that a choice is about.

It looks like no app that exists, and shows no face: nobody shall take it for a real chat, or a brand for the cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from bot.content.catalogue import Words
from bot.content.quizzes import Question
from bot.pictures.canvas import Block, Style, draw, lay_out, png, rounded
from bot.pictures.colours import DEEP, INK, LINE, ON_DEEP, PAPER, SOFT_INK, TINT, WHITE
from bot.pictures.words import Said, said

WIDTH = 1080
"""Dots; a phone shows it at about a third of this."""
_EDGE = 44
_MARK = 76
"""Across the disc of a letter."""
_BESIDE = 24
"""Between a letter and its line."""
_PAD_X, _PAD_Y = 34, 24
_GAP = 26
_BUBBLE = 700
"""The longest line in a chat's bubble."""
_TEXT = Style(44, INK)
_ORIGINAL = Style(34, SOFT_INK)
_TITLE = Style(56, INK, bold=True)
_LETTER = Style(44, ON_DEEP, bold=True)


@dataclass(frozen=True)
class Drawing:
    """All that the picture of a question depends on; two that are equal look the same."""

    lines: tuple[Said, ...]
    letters: tuple[str, ...]
    """Beside each line; empty where no choice is about it."""
    mine: tuple[bool, ...] = ()
    """Of a chat: which lines the reader wrote."""
    title: Said | None = None
    """Of an advert."""


def drawing_of(question: Question, words: Words, locale: str) -> Drawing | None:
    """Return what is drawn of a question in a language; None where it has no picture."""
    picture = question.picture
    if picture is None:
        return None
    letters = _letters(question.letters_by_line(), len(picture.lines))
    lines = tuple(said(words, line, locale) for line in picture.lines)
    if picture.advert is not None:
        return Drawing(lines, letters, title=said(words, picture.advert.title, locale))
    return Drawing(lines, letters, tuple(line.by == "me" for line in picture.chat or ()))


def _letters(by_line: Mapping[int, str], count: int) -> tuple[str, ...]:
    return tuple(by_line.get(at, "") for at in range(count))


def render(question: Question, words: Words, locale: str) -> bytes | None:
    """Return the picture of a question as PNG, `WIDTH` dots wide; None where it has none.

    Raises:
        NotDrawn: `no_glyph` or `no_shaping`.
    """
    drawing = drawing_of(question, words, locale)
    return None if drawing is None else render_drawing(drawing)


def render_drawing(drawing: Drawing) -> bytes:
    """Do as `render`, with what is drawn of a question."""
    return png(_advert(drawing) if drawing.title is not None else _chat(drawing))


@dataclass(frozen=True)
class _Piece:
    """One line of the picture, with its original where there is one."""

    blocks: tuple[Block, ...]

    @property
    def width(self) -> int:
        return max(block.width for block in self.blocks)

    @property
    def height(self) -> int:
        return sum(block.height for block in self.blocks)

    @property
    def from_right(self) -> bool:
        return self.blocks[0].from_right

    def draw(self, image: Image.Image, at: tuple[int, int], width: int) -> None:
        left, top = at
        for block in self.blocks:
            draw(image, block, (left, top), width=width)
            top += block.height


def _piece(line: Said, style: Style, width: int) -> _Piece:
    blocks = [lay_out(line.text, line.locale, style, width)]
    if line.original:
        blocks.append(lay_out(line.original, line.original_locale, _ORIGINAL, width))
    return _Piece(tuple(blocks))


def _chat(drawing: Drawing) -> Image.Image:
    pieces = [_piece(line, _TEXT, _BUBBLE) for line in drawing.lines]
    mirrored = pieces[0].from_right
    heights = [piece.height + 2 * _PAD_Y for piece in pieces]
    top = _EDGE + _MARK + _GAP
    image = _sheet(top + sum(heights) + _GAP * (len(heights) - 1) + _EDGE)
    _head(image, mirrored=mirrored)
    for piece, letter, mine, height in zip(
        pieces, drawing.letters, drawing.mine, heights, strict=True
    ):
        wide = piece.width + 2 * _PAD_X
        # The letters stand in a column of their own, on the side from which one reads.
        left = WIDTH - _EDGE - wide if mine else _EDGE + _MARK + _BESIDE
        left = WIDTH - left - wide if mirrored else left
        box = (left, top, left + wide, top + height)
        rounded(image, box, 34, TINT if mine else WHITE, LINE)
        piece.draw(image, (left + _PAD_X, top + _PAD_Y), piece.width)
        _mark(image, letter, top + height // 2, mirrored=mirrored, edge=_EDGE)
        top += height + _GAP
    return image


def _head(image: Image.Image, *, mirrored: bool) -> None:
    """Draw where a chat has a face and a name: a disc and a bar, for nobody."""
    left = WIDTH - _EDGE - _MARK if mirrored else _EDGE
    rounded(image, (left, _EDGE // 2, left + _MARK, _EDGE // 2 + _MARK), _MARK // 2, LINE)
    wide = 260
    left = WIDTH - _EDGE - _MARK - _BESIDE - wide if mirrored else _EDGE + _MARK + _BESIDE
    middle = _EDGE // 2 + _MARK // 2
    rounded(image, (left, middle - 14, left + wide, middle + 14), 14, LINE)
    rounded(image, (0, _EDGE + _MARK - 4, WIDTH, _EDGE + _MARK - 1), 0, LINE)


def _advert(drawing: Drawing) -> Image.Image:
    assert drawing.title is not None
    inside = _EDGE + _PAD_X
    room = WIDTH - 2 * inside
    title = _piece(drawing.title, _TITLE, room)
    pieces = [_piece(line, _TEXT, room - _MARK - _BESIDE) for line in drawing.lines]
    heights = [max(piece.height, _MARK) + 2 * _PAD_Y for piece in pieces]
    head = _EDGE + 2 * _PAD_Y + title.height + _PAD_Y
    image = _sheet(head + sum(heights) + _PAD_Y + _EDGE)
    rounded(image, (_EDGE, _EDGE, WIDTH - _EDGE, image.height - _EDGE), 30, WHITE, LINE)
    rounded(image, (inside, _EDGE + _PAD_Y - 4, inside + room, _EDGE + _PAD_Y + 6), 5, DEEP)
    title.draw(image, (inside, _EDGE + 2 * _PAD_Y), room)
    _rows(image, pieces, heights, drawing.letters, head)
    return image


def _rows(
    image: Image.Image,
    pieces: Sequence[_Piece],
    heights: Sequence[int],
    letters: Sequence[str],
    top: int,
) -> None:
    inside, mirrored = _EDGE + _PAD_X, pieces[0].from_right
    room = WIDTH - 2 * inside - _MARK - _BESIDE
    for piece, letter, height in zip(pieces, letters, heights, strict=True):
        rounded(image, (inside, top, WIDTH - inside, top + 2), 0, LINE)
        left = inside if mirrored else inside + _MARK + _BESIDE
        piece.draw(image, (left, top + (height - piece.height) // 2), room)
        _mark(image, letter, top + height // 2, mirrored=mirrored, edge=inside)
        top += height


def _mark(image: Image.Image, letter: str, middle: int, *, mirrored: bool, edge: int) -> None:
    if not letter:
        return
    left, top = WIDTH - edge - _MARK if mirrored else edge, middle - _MARK // 2
    rounded(image, (left, top, left + _MARK, top + _MARK), _MARK // 2, DEEP)
    block = lay_out(letter, "en", _LETTER, _MARK)
    # A capital stands on its line and fills about 0.71 of its size: this puts it into the middle of its disc.
    capital = round(_LETTER.size * 0.71)
    lift = top + (_MARK + capital) // 2 - block.ascent
    draw(image, block, (left, lift), width=_MARK, align="center")


def _sheet(height: int) -> Image.Image:
    return Image.new("RGB", (WIDTH, height), PAPER)
