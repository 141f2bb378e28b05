"""Simple signs for options, drawn from lines and discs of our own: a few strokes that are read without letters, and show no face.

Each is drawn in a field of 100 by 100, four times larger than it is shown, and made small again, so that its edges are soft.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import cos, pi, sin

from PIL import Image, ImageDraw

FIELD = 100
_SMOOTH = 4
_LINE = 7
Point = tuple[float, float]


class Pen:
    """Draws in the field, in one colour: all that is covered is 255."""

    def __init__(self, scale: float) -> None:
        side = int(FIELD * scale)
        self.mask = Image.new("L", (side, side), 0)
        self._scale = scale
        self._draw = ImageDraw.Draw(self.mask)

    def line(self, *points: Point, width: float = _LINE) -> None:
        """Draw a line with round ends and corners."""
        self._draw.line([self._at(p) for p in points], 255, int(width * self._scale), "curve")
        for point in (points[0], points[-1]):
            self.disc(point, width / 2)

    def disc(self, middle: Point, radius: float, fill: int = 255) -> None:
        """Draw a filled disc; with `fill` 0, cut it out."""
        self._draw.ellipse(self._box(middle, radius, radius), fill)

    def ring(self, middle: Point, across: float, high: float | None = None) -> None:
        """Draw the outline of a circle, or of an ellipse."""
        box = self._box(middle, across, high if high is not None else across)
        self._draw.ellipse(box, None, 255, int(_LINE * self._scale))

    def arc(self, middle: Point, radius: float, start: float, end: float) -> None:
        """Draw a part of a circle, in degrees clockwise from the right."""
        box = self._box(middle, radius + _LINE / 2, radius + _LINE / 2)
        self._draw.arc(box, start, end, 255, int(_LINE * self._scale))

    def shape(self, *points: Point, fill: int = 255) -> None:
        """Draw a filled shape; with `fill` 0, cut it out."""
        self._draw.polygon([self._at(p) for p in points], fill)

    def box(
        self, left: float, top: float, right: float, bottom: float, *, radius: float = 6
    ) -> None:
        """Draw the outline of a box with round corners."""
        corners = (*self._at((left, top)), *self._at((right, bottom)))
        width = int(_LINE * self._scale)
        self._draw.rounded_rectangle(corners, radius * self._scale, None, 255, width)

    def _at(self, point: Point) -> Point:
        return (point[0] * self._scale, point[1] * self._scale)

    def _box(self, middle: Point, across: float, high: float) -> tuple[float, float, float, float]:
        left, top = self._at((middle[0] - across, middle[1] - high))
        right, bottom = self._at((middle[0] + across, middle[1] + high))
        return (left, top, right, bottom)


def _book(pen: Pen) -> None:
    for side in (-1, 1):
        x = 50 + side * 38
        pen.line((50, 30), (50 + side * 18, 22), (x, 24), (x, 74), (50 + side * 18, 72), (50, 80))
    pen.line((50, 30), (50, 80))


def _hand(pen: Pen) -> None:
    """An open hand that holds a heart."""
    _heart_at(pen, (50, 30), 20)
    pen.line((12, 62), (30, 62), (44, 70), (62, 70))
    pen.line((44, 70), (62, 70), (88, 56))
    pen.line((88, 56), (64, 84), (12, 84))


def _offer(pen: Pen) -> None:
    """A sheet under a magnifying glass."""
    pen.line((54, 84), (20, 84), (20, 14), (70, 14), (70, 34))
    pen.line((34, 32), (56, 32))
    pen.line((34, 50), (44, 50))
    pen.ring((66, 58), 19)
    pen.line((80, 73), (92, 88), width=10)


def _person(pen: Pen) -> None:
    """Two people, and what one says."""
    pen.disc((28, 44), 12)
    pen.shape((8, 86), (10, 70), (18, 62), (38, 62), (46, 70), (48, 86))
    pen.box(46, 12, 94, 48, radius=10)
    pen.shape((58, 44), (76, 44), (56, 62))
    for x in (58, 70, 82):
        pen.disc((x, 30), 4.5)


def _phone(pen: Pen) -> None:
    """A telephone that rings."""
    pen.line((26, 22), (24, 40), (38, 62), (60, 76), (78, 74), width=13)
    pen.line((26, 20), (36, 34), width=15)
    pen.line((80, 76), (64, 66), width=15)
    pen.arc((50, 50), 22, 290, 350)
    pen.arc((50, 50), 38, 290, 350)


def _star(pen: Pen) -> None:
    corners = [
        (50 + r * sin(a * pi / 5), 52 - r * cos(a * pi / 5))
        for a in range(10)
        for r in ((42, 18)[a % 2],)
    ]
    pen.shape(*corners)


def _globe(pen: Pen) -> None:
    pen.ring((50, 50), 40)
    pen.ring((50, 50), 19, 40)
    pen.line((12, 50), (88, 50))


def _dots(pen: Pen) -> None:
    for x in (22, 50, 78):
        pen.disc((x, 50), 10)


def _ear(pen: Pen) -> None:
    """A loudspeaker."""
    pen.shape((12, 38), (28, 38), (52, 18), (52, 82), (28, 62), (12, 62))
    pen.arc((50, 50), 20, 310, 50)
    pen.arc((50, 50), 36, 310, 50)


def _heart(pen: Pen) -> None:
    _heart_at(pen, (50, 48), 36)


def _shield(pen: Pen) -> None:
    pen.line((50, 12), (84, 24), (82, 54), (50, 88), (18, 54), (16, 24), (50, 12))
    pen.line((34, 50), (46, 62), (68, 38))


def _menu(pen: Pen) -> None:
    for y in (26, 50, 74):
        pen.disc((18, y), 6)
        pen.line((36, y), (86, y))


def _heart_at(pen: Pen, middle: Point, size: float) -> None:
    x, y = middle
    half = size / 2
    pen.disc((x - half, y - half / 2), half * 1.06)
    pen.disc((x + half, y - half / 2), half * 1.06)
    pen.shape((x - size, y - half / 4), (x + size, y - half / 4), (x, y + size))


SIGNS: Mapping[str, Callable[[Pen], None]] = {
    "book": _book,
    "hand": _hand,
    "offer": _offer,
    "person": _person,
    "phone": _phone,
    "star": _star,
    "globe": _globe,
    "dots": _dots,
    "ear": _ear,
    "heart": _heart,
    "shield": _shield,
    "menu": _menu,
}


@lru_cache(maxsize=64)
def pictogram(name: str, side: int) -> Image.Image:
    """Return the mask of a sign, `side` dots high and wide."""
    pen = Pen(side * _SMOOTH / FIELD)
    SIGNS[name](pen)
    return pen.mask.resize((side, side), Image.Resampling.LANCZOS)
