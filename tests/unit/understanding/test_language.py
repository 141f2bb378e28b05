"""Which language a short message is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.language import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("halo kak, saya mau tanya", "id"),
        ("gaji gue ga dibayar udah 3 bulan", "id"),
        ("tolong", "id"),
        ("Bagaimana cara kerja di luar negeri?", "id"),
        ("hello, i need some help please", "en"),
        ("my boss took my passport", "en"),
        ("What documents do I need to work abroad?", "en"),
        ("私は助けが必要です。どうすればいいですか", "ja"),
        ("من به کمک نیاز دارم لطفا", "fa"),
    ],
)
def test_everyday_messages_are_told_apart(text: str, language: str) -> None:
    """Short and informal messages of the people Suar is for."""
    assert guess_language(text) == language


@pytest.mark.parametrize("text", ["", "ok", "😭😭", "123456", "!!", "a", "xq zv"])
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    """A word or two that could be anything leave the language open."""
    assert guess_language(text) is None


@given(st.text(st.characters(), max_size=60), st.sampled_from([None, "id", "en"]))
def test_any_text_gets_an_answer(text: str, prior: str | None) -> None:
    """Nothing that a phone sends breaks the guess."""
    found = guess_language(text, prior=prior)
    assert found is None or found.isascii()
