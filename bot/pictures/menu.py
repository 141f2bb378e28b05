"""The picture of a menu: each option as a number, a sign and a few words, in the order in which a number chooses it."""

from dataclasses import dataclass

from PIL import Image

from bot.content.load import Content
from bot.content.steps import Ask
from bot.errors import NotDrawn
from bot.pictures.canvas import Style, draw, fit, lay_out, png, rounded
from bot.pictures.colours import DEEP, INK, LINE, ON_DEEP, PAPER, TINT, WHITE
from bot.pictures.pictograms import pictogram
from bot.pictures.words import Said, said

WIDTH = 900
"""Dots; a phone shows it at about 40 in a hundred of this."""
_EDGE, _GAP = 28, 20
_CELL = (WIDTH - 2 * _EDGE - _GAP) // 2
_HIGH = 240
_SIGN = 104
_DISC = 68
_NUMBER = Style(42, ON_DEEP, bold=True)
_WORDS = tuple(Style(size, INK, bold=True) for size in (36, 32, 28, 24))


@dataclass(frozen=True)
class Menu:
    """All that the picture of a menu depends on."""

    options: tuple[tuple[str, Said], ...]
    """The sign and the title of each."""
    from_right: bool


def menu_of(content: Content, place: str, locale: str) -> Menu:
    """Return the menu of the step at ``flow.step`` in a language.

    Raises:
        NotDrawn: `unknown`: there is no such step with pictograms.
    """
    step = content.step(place) if content.has_step(place) else None
    if not isinstance(step, Ask) or not step.pictured:
        raise NotDrawn("unknown")
    options = tuple(
        (choice.pictogram or "", _title(content, choice.title, locale)) for choice in step.choices
    )
    return Menu(options, content.words.direction(locale) == "rtl")


def _title(content: Content, title: str, locale: str) -> Said:
    # The buttons beneath say the same, with the original where nobody has checked a translation: a sign needs no second line.
    whole = said(content.words, title, locale)
    return Said(whole.text, whole.locale)


def render_menu(menu: Menu) -> bytes:
    """Return the picture as PNG, `WIDTH` dots wide: two options a row, from the side from which the language is read.

    Raises:
        NotDrawn: A title cannot be set.
    """
    rows = (len(menu.options) + 1) // 2
    high = 2 * _EDGE + rows * _HIGH + (rows - 1) * _GAP
    image = Image.new("RGB", (WIDTH, high), PAPER)
    for at, (sign, title) in enumerate(menu.options):
        row, column = divmod(at, 2)
        if menu.from_right:
            column = 1 - column
        corner = (_EDGE + column * (_CELL + _GAP), _EDGE + row * (_HIGH + _GAP))
        _option(image, corner, str(at + 1), sign, title, from_right=menu.from_right)
    return png(image)


def _option(
    image: Image.Image,
    corner: tuple[int, int],
    number: str,
    sign: str,
    title: Said,
    *,
    from_right: bool,
) -> None:
    left, top = corner
    rounded(image, (left, top, left + _CELL, top + _HIGH), 26, WHITE, LINE)
    inner = left + _CELL - 20 - _DISC if from_right else left + 20
    rounded(image, (inner, top + 20, inner + _DISC, top + 20 + _DISC), _DISC // 2, DEEP)
    figure = lay_out(number, "en", _NUMBER, _DISC)
    # The figure's own ink is put into the middle: a font leaves room below its line for other letters.
    lower = top + 20 + (_DISC - figure.ascent) // 2 - 5
    draw(image, figure, (inner, lower), width=_DISC, align="center")
    middle = left + (_CELL - _SIGN) // 2
    rounded(image, (middle - 14, top + 14, middle + _SIGN + 14, top + 22 + _SIGN), 30, TINT)
    image.paste(Image.new("RGB", (_SIGN, _SIGN), DEEP), (middle, top + 18), pictogram(sign, _SIGN))
    box = (_CELL - 40, _HIGH - _SIGN - 44)
    words = fit(title.text, title.locale, _WORDS, box)
    under = top + 34 + _SIGN + max((box[1] - words.height) // 2, 0)
    draw(image, words, (left + 20, under), width=box[0], align="center")
