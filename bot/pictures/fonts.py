"""The fonts of pictures: which family a text in a language is set in, and which characters each family has."""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

from bot.errors import NotDrawn

FOLDER = Path(__file__).parent / "fonts"
PLAIN = "noto-sans"
FAMILIES = {
    "ar": "noto-sans-arabic",
    "fa": "noto-sans-arabic",
    "ps": "noto-sans-arabic",
    "ur": "noto-nastaliq-urdu",
    "am": "noto-sans-ethiopic",
    "my": "noto-sans-myanmar",
    "ta": "noto-sans-tamil",
    "bn": "noto-sans-bengali",
    "th": "noto-sans-thai",
    "km": "noto-sans-khmer",
    "zh": "noto-sans-sc",
}
"""By language, where it is not the Latin script's `PLAIN`."""
NEEDS_SHAPING = frozenset(
    {
        "noto-sans-arabic",
        "noto-nastaliq-urdu",
        "noto-sans-myanmar",
        "noto-sans-tamil",
        "noto-sans-bengali",
        "noto-sans-thai",
        "noto-sans-khmer",
    }
)
"""Their letters change their form or place beside others: set one by one they are not readable."""
_ONE_WEIGHT = frozenset({"noto-sans-sc"})
_ORNAMENTS = frozenset({"So", "Sk", "Cs", "Co", "Cn"})
_INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc"})


def can_shape() -> bool:
    """Tell whether Pillow can set scripts whose letters change their form (libraqm, with the system's FriBidi)."""
    return bool(features.check_feature("raqm"))


@lru_cache(maxsize=64)
def get_font(family: str, size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """Return a font, `size` dots high.

    Raises:
        NotDrawn: `no_shaping`: the family's script cannot be set on this machine.
    """
    shapes = can_shape()
    if family in NEEDS_SHAPING and not shapes:
        raise NotDrawn("no_shaping")
    weight = "bold" if bold and family not in _ONE_WEIGHT else "regular"
    engine = ImageFont.Layout.RAQM if shapes else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(FOLDER / f"{family}-{weight}.woff2"), size, layout_engine=engine)


def has(family: str, char: str) -> bool:
    """Tell whether a family has a character, or needs none for it because it is not seen."""
    return ord(char) in _characters()[family] or unicodedata.category(char) in _INVISIBLE


def drawable(text: str) -> str:
    """Return `text` without the emoji and signs that no font of ours has.

    Raises:
        NotDrawn: `no_glyph`: it has letters that no font of ours has.
    """
    kept = []
    for char in text:
        if _is_ornament(char):
            continue
        if not any(has(family, char) for family in _characters()):
            raise NotDrawn("no_glyph")
        kept.append(char)
    return "".join(kept)


def _is_ornament(char: str) -> bool:
    known = any(ord(char) in characters for characters in _characters().values())
    is_selector = "\ufe00" <= char <= "\ufe0f" or char == "\u20e3"
    return not known and (is_selector or unicodedata.category(char) in _ORNAMENTS)


def runs_of(text: str, locale: str) -> list[tuple[str, str]]:
    """Return `text` in parts (family, words), in the order of reading.

    One family sets it all where one has all of it; a part in another script comes with the family of that script. Words of
    the Latin script are `PLAIN` in every language: a translation may be missing.
    """
    own = FAMILIES.get(locale.partition("-")[0], PLAIN)
    order = list(dict.fromkeys((PLAIN, own, *_characters())))
    for family in order:
        if all(has(family, char) for char in text):
            return [(family, text)]
    parts: list[tuple[str, str]] = []
    for char in text:
        near = [parts[-1][0]] if parts else []
        family = next(each for each in (*near, own, *order) if has(each, char))
        if parts and parts[-1][0] == family:
            parts[-1] = (family, parts[-1][1] + char)
        else:
            parts.append((family, char))
    return parts


@lru_cache(maxsize=1)
def _characters() -> dict[str, frozenset[int]]:
    """Return the code points of each family, `PLAIN` first; written by `scripts/fonts.py`."""
    written: dict[str, str] = json.loads((FOLDER / "characters.json").read_text())
    order = sorted(written, key=lambda family: (family != PLAIN, family))
    return {family: frozenset(_codes(written[family])) for family in order}


def _codes(ranges: str) -> list[int]:
    codes: list[int] = []
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        codes += range(int(first, 16), int(last or first, 16) + 1)
    return codes
