"""What people see as one character is never cut."""

import pytest

from bot.characters import is_inside_character


@pytest.mark.parametrize(
    ("text", "at", "inside"),
    [
        ("ab", 1, False),
        ("e\u0301", 1, True),
        ("\u1000\u103a\u1019", 1, True),
        ("\u1000\u103a\u1019", 2, False),
        ("\u1019\u1039\u1018", 2, True),
        ("\u179f\u17d2\u179a", 2, True),
        ("\u0915\u094d\u0937", 2, True),
        ("\u0915\u094d ", 2, False),
        ("\u0b95\u0bcd\u0b95", 2, False),
        ("\U0001f468\u200d\U0001f469", 2, True),
        ("\U0001f1ee\U0001f1e9\U0001f1f8", 1, True),
        ("\U0001f1ee\U0001f1e9\U0001f1f8", 2, False),
    ],
)
def test_where_a_character_ends(text: str, at: int, inside: bool) -> None:
    """Marks, stacked consonants, joined emoji and flags hold together; a Burmese or Tamil syllable that is closed ends there."""
    assert is_inside_character(text, at) is inside
