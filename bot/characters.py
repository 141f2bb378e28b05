"""Where one character ends and the next begins, as people see them: a text is never cut inside one."""

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
_JOINED_TO_BEFORE = frozenset("\u200c\u200d\u0e33\u0eb3")
"""Joiners, and vowels that Thai and Lao write after what they belong to."""
_FLAG_LETTERS = frozenset(chr(code) for code in range(0x1F1E6, 0x1F200))
_LINKERS = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2")
"""Signs that tie a consonant to the next one. Burmese asat and Tamil pulli look alike in Unicode's tables and end a syllable instead.

Source: Unicode's DerivedCoreProperties, InCB=Linker.
"""


def utf16_length(text: str) -> int:
    """Return how many units of UTF-16 a text has: two for each code point beyond the first 65,536."""
    return len(text) + sum(code > "\uffff" for code in text)


def prefix_within(text: str, units: int) -> int:
    """Return how many code points at the beginning of `text` have at most so many units of UTF-16."""
    for at, code in enumerate(text):
        units -= 2 if code > "\uffff" else 1
        if units < 0:
            return at
    return len(text)


def is_inside_character(text: str, at: int) -> bool:
    """Tell whether a cut at `at` falls between the code points of what a person sees as one character.

    Source: the rules of Unicode's UAX #29 that matter for the languages of Suar and for emoji.
    """
    before, after = text[at - 1], text[at]
    return (
        unicodedata.category(after) in {"Mn", "Mc", "Me"}
        or after in _JOINED_TO_BEFORE
        or before == _ZERO_WIDTH_JOINER
        or (before == "\r" and after == "\n")
        or (before in _LINKERS and after.isalpha())
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or (after in _FLAG_LETTERS and _flag_letters_before(text, at) % 2 == 1)
    )


def _flag_letters_before(text: str, at: int) -> int:
    """Return how many flag letters stand together before `at`; two of them make a flag."""
    return next((n for n in range(at) if text[at - 1 - n] not in _FLAG_LETTERS), at)
