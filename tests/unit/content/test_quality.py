"""What the translate toolkit wonders about in a translation."""

import sys

import pytest

from bot.content import quality
from bot.content.quality import oddities


@pytest.mark.parametrize(
    ("locale", "text", "words", "odd"),
    [
        ("id", "Where are you?", "Kamu di mana.", "endpunc"),
        ("id", "Where are you?", "Kamu  di mana?", "doublespacing"),
        ("id", "Is it you?", "Apa apa ini kamu?", "doublewords"),
        ("id", "\u2022 one\n\u2022 two", "\u2022 satu", "another number of bullets"),
    ],
)
def test_what_only_looks_odd_is_told(locale: str, text: str, words: str, odd: str) -> None:
    """Punctuation, doubled words and lost bullets are worth a second look."""
    assert any(found.startswith(odd) for found in oddities(locale, text, words))


@pytest.mark.parametrize(
    ("locale", "words"), [("ar", "أين أنت؟"), ("zh", "你在哪里？"), ("fa", "کجا هستید؟")]
)
def test_each_language_has_its_own_punctuation(locale: str, words: str) -> None:
    """An Arabic question mark ends a question like ours."""
    assert list(oddities(locale, "Where are you?", words)) == []


def test_without_the_toolkit_only_our_own_rules_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a tool for working on Suar; a server does without."""
    quality._toolkit.cache_clear()
    monkeypatch.setitem(sys.modules, "translate.filters.checks", None)
    assert list(oddities("id", "Where are you?", "Kamu di mana.")) == []
    quality._toolkit.cache_clear()
