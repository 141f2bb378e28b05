"""A message as the lexicon and the language guesser read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.cleaning import MAX_READ_CHARS, folded, read_form


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  hello \n\t there ", "hello there"),
        ("he\u200bllo\u202e", "hello"),
        ("a\x00b\x07c", "a b c"),
        ("ｈｅｌｐ", "help"),
        ("a\ud83db", "ab"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_left_out(text: str, read: str) -> None:
    """Invisible signs, control characters and wide letters do not hide a word."""
    assert read_form(text) == read


def test_a_long_text_is_read_at_its_beginning_and_its_end() -> None:
    """What matters most is often said last."""
    read = read_form("first " + "x" * 5000 + " last")
    assert read.startswith("first")
    assert read.endswith("last")
    assert len(read) <= MAX_READ_CHARS + 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [("TOLOOOONG", "tolong"), ("heeelp", "help"), ("Pukul", "pukul"), ("see", "see")],
)
def test_shouting_and_stretching_do_not_hide_a_word(text: str, plain: str) -> None:
    """Capitals are lowered, letters stretched to three or more are shortened to one."""
    assert folded(text) == plain


@given(st.text(st.characters(), max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing that a phone sends breaks the reading, and reading again changes nothing."""
    read = read_form(text)
    assert read_form(read) == read
    assert "\n" not in folded(text)
