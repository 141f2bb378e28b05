"""Where a line of a picture may end: at spaces, between Chinese characters, between syllables of scripts that write no spaces.

A dictionary of Thai, Khmer and Burmese words would do better: without one, their lines end where a space stands or else between
two syllables, and never inside one. A zero-width space in a translation says where a line may end as a space does.
"""

from enum import IntEnum

from bot.characters import is_inside_character

ZERO_WIDTH_SPACE = "\u200b"
_SPACES = frozenset(" \t\u1361" + ZERO_WIDTH_SPACE)
"""With the sign that Amharic sets between words."""
_HYPHENS = frozenset("-\u2010\u2013\u2014")
_NOT_FIRST = frozenset(
    "!%),.:;?]}\u00bb\u2019\u201d\u2026\u3001\u3002\u300b\u300d\u300f\u3011"
    "\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\u104a\u104b\u17d4\u17d5\u0964\u0e2f\u0e46\u17d7"
)
_NOT_LAST = frozenset("([{\u00ab\u2018\u201c\u300a\u300c\u300e\u3010\uff08")
_THAI_STARTS = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44")
"""Vowels that are written before their consonant: a syllable starts with them."""
_THAI_ENDS = frozenset("\u0e30\u0e33\u0e46\u0e4c")
_THAI_TRAILING = frozenset("\u0e30\u0e32\u0e33\u0e45")
_KHMER_VOWELS = frozenset(chr(code) for code in (*range(0x17B6, 0x17C6), 0x17C9, 0x17CA, 0x17D2))
"""And the signs that stand, as they do, only under or beside the consonant that begins a syllable."""
_BURMESE_ALONE = frozenset("\u103f\u104c\u104d\u104e\u104f")
_ASAT, _STACKS, _KHMER_STACKS = "\u103a", "\u1039", "\u17d2"


class Break(IntEnum):
    """How good an end of a line a place is."""

    NONE = 0
    HARD = 1
    """Between two characters, for a word that is longer than the line."""
    SYLLABLE = 2
    WORD = 3


def break_at(text: str, at: int) -> Break:
    """Return how well a line can end before the character `at` of `text` (1 to its length less one)."""
    before, after = text[at - 1], text[at]
    if is_inside_character(text, at) or after in _SPACES:
        return Break.NONE
    if before in _SPACES:
        return Break.WORD
    if after in _NOT_FIRST or before in _NOT_LAST:
        return Break.NONE
    if before in _HYPHENS or (_is_chinese(before) and _is_chinese(after)):
        return Break.WORD
    if _is_inside_syllable(text, at):
        return Break.NONE
    return Break.SYLLABLE if _is_between_syllables(text, at) else Break.HARD


def _is_chinese(char: str) -> bool:
    return "\u2e80" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"


def _is_inside_syllable(text: str, at: int) -> bool:
    """Tell whether what stands at `at` certainly belongs to what stands before it."""
    before, after, follows = text[at - 1], text[at], text[at + 1 : at + 3]
    if after in _THAI_TRAILING or before in _THAI_STARTS or before in {_STACKS, _KHMER_STACKS}:
        return True
    # A Burmese consonant that ends a syllable carries an asat, perhaps behind a tone mark, or stacks the next one.
    ends = follows[:1] in {_ASAT, _STACKS} or follows == "\u1037" + _ASAT
    return "\u1000" <= after <= "\u1021" and ends


def _is_between_syllables(text: str, at: int) -> bool:
    """Tell whether a syllable certainly starts at `at`.

    Of Thai only some starts are certain without a dictionary: before a vowel that is written first, behind signs that end a
    syllable. In Khmer a consonant with a vowel or another one below it begins a syllable.
    """
    before, after, follows = text[at - 1], text[at], text[at + 1 : at + 2]
    if "\u0e01" <= after <= "\u0e44":
        return after in _THAI_STARTS or before in _THAI_ENDS
    if "\u1780" <= after <= "\u17b3":
        return after >= "\u17a3" or follows in _KHMER_VOWELS
    return "\u1000" <= after <= "\u102a" or after in _BURMESE_ALONE
