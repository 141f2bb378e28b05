"""Colours that can be read: whatever an installation wishes for, letters keep a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3)."""

import re
from collections.abc import Sequence

ENOUGH = 4.5
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
Colour = tuple[int, int, int]
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_STEPS = 100


def parse_colour(written: str) -> Colour:
    """Return the colour of `#rgb` or `#rrggbb`.

    Raises:
        ValueError: It is written in another way.
    """
    if not _HEX.fullmatch(written):
        raise ValueError("a colour is written as #rrggbb")
    digits = written[1:]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def written(colour: Colour) -> str:
    """Return a colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return `one` with a `share` (0 to 1) of another colour in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def readable(wish: Colour, grounds: Sequence[Colour], towards: Colour) -> Colour:
    """Return the wish, moved as little as it takes towards black or white until it can be read on every ground."""
    for step in range(_STEPS + 1):
        colour = mixed(wish, towards, step / _STEPS)
        if all(contrast(colour, ground) >= ENOUGH for ground in grounds):
            return colour
    return towards


def ink_on(ground: Colour) -> Colour:
    """Return white where it can be read on a ground, else black; one of the two always can."""
    return WHITE if contrast(WHITE, ground) >= ENOUGH else BLACK


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
