"""About how wide text is, and where to break it, without knowing the reader's font.

The widths are generous, so that what is reckoned to fit does fit.
"""

import unicodedata

_SCRIPTS = (
    (0x0600, 0x06FF, 0.8),  # Arabic
    (0x0980, 0x09FF, 0.72),  # Bengali
    (0x0B80, 0x0BFF, 0.95),  # Tamil
    (0x0E00, 0x0E7F, 0.62),  # Thai
    (0x1000, 0x109F, 0.86),  # Burmese
    (0x1200, 0x137F, 0.82),  # Ethiopic
    (0x1780, 0x17FF, 0.86),  # Khmer
)
"""From, to, and the width of a letter in em."""
_NARROW = frozenset("iljtfrI.,;:'|!()[] -\u00b7\u2019")
ELLIPSIS = "\u2026"


def width_of(text: str, size: float) -> float:
    """Return about how wide `text` is at a font size, in the same unit."""
    return sum(map(_em, text)) * size


def wrap(text: str, width: float, size: float, *, lines: int) -> tuple[str, ...]:
    """Break `text` into at most so many lines of at most `width`; what is left over becomes an ellipsis."""
    wrapped: list[str] = []
    line = ""
    for word in _pieces(text, width, size):
        if line and width_of((line + word).rstrip(), size) > width:
            wrapped.append(line.rstrip())
            line = ""
        line += word
    if line.strip():
        wrapped.append(line.rstrip())
    if len(wrapped) <= lines:
        return tuple(wrapped)
    return (*wrapped[: lines - 1], _shortened(wrapped[lines - 1], width, size))


def _shortened(line: str, width: float, size: float) -> str:
    while line and width_of(line + ELLIPSIS, size) > width:
        line = line[:-1]
    whole = line.rpartition(" ")[0]
    # A word that is cut reads badly; one that is very long, or a script without spaces, is cut all the same.
    line = whole if len(whole) > len(line) * 2 / 3 else line
    return line.rstrip(" .,;:\u00b7") + ELLIPSIS


def _pieces(text: str, width: float, size: float) -> list[str]:
    """Return words with the space after them; a word that is too long, or a script without spaces, in clusters."""
    pieces: list[str] = []
    for word in text.split():
        if width_of(word, size) <= width:
            pieces.append(f"{word} ")
        else:
            clusters = _clusters(word)
            pieces += [*clusters[:-1], f"{clusters[-1]} "]
    return pieces


def _clusters(word: str) -> list[str]:
    """Return the letters of a word, each with the marks that belong to it."""
    clusters: list[str] = []
    for letter in word:
        if clusters and unicodedata.category(letter).startswith("M"):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _em(letter: str) -> float:
    if unicodedata.category(letter) in {"Mn", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 1.05
    for start, end, em in _SCRIPTS:
        if start <= ord(letter) <= end:
            return em
    if letter in _NARROW:
        return 0.4
    if letter in "mwMW@":
        return 0.95
    return 0.72 if letter.isupper() else 0.6
