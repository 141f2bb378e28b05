"""A message of nothing but numbers is read in whatever digits people type."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.understanding.numbers import numbers_in

DIGITS = tuple(chr(at) for at in range(0x11000) if unicodedata.decimal(chr(at), None) == 0)
"""The zero of every script up to those that no phone has; the other digits follow it."""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2", (2,)), ("２", (2,)), ("٢", (2,)), ("۲", (2,)), ("၂", (2,)), ("２.", (2,)), ("2️⃣", (2,)), ("🔟", (10,)),
        ("no 2", (2,)), ("No. 2", (2,)), ("nomor 2", (2,)), ("no2", (2,)), ("رقم ٢", (2,)), ("နံပါတ် ၂", (2,)),
        ("หมายเลข ๒", (2,)), ("(2)", (2,)), ("#2", (2,)), ("②", (2,)), ("1,3", (1, 3)), ("1 dan 3", (1, 3)), ("1️⃣, 3️⃣", (1, 3)),
        ("", ()), ("no", ()), ("2 anak", ()), ("👍2", ()), ("1234", ()), ("2€", ()), ("halo", ()),
    ],
)  # fmt: skip
def test_numbers(content: Content, text: str, numbers: tuple[int, ...]) -> None:
    """Signs around a number and words for "number" do not matter; anything else makes it something else."""
    assert numbers_in(text, content.number_words) == numbers


@given(zero=st.sampled_from(DIGITS), number=st.integers(0, 999))
def test_every_script(zero: str, number: int) -> None:
    """The digits of every script count alike."""
    typed = "".join(chr(ord(zero) + int(digit)) for digit in str(number))
    assert numbers_in(typed, ()) == (number,)


@given(text=st.text(max_size=60))
def test_any_text(text: str) -> None:
    """No text makes it fail, and no letters are read as a number."""
    numbers = numbers_in(text, ())
    letters = unicodedata.normalize("NFKC", text)
    assert not numbers or not any(char.isalpha() for char in letters)
