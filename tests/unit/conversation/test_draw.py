"""Chance, drawn before the turn."""

from bot.content.load import Content
from bot.conversation.draw import draw
from bot.conversation.steps.passphrase import words_of
from tests.support.clock import FixedClock


def test_a_reference_can_be_read_aloud(content: Content) -> None:
    """Six signs, none of which is taken for another."""
    reference = draw(FixedClock(), content).reference
    assert len(reference) == 6
    assert not set(reference) & set("ILOU01")


def test_a_passphrase_can_be_typed_back(content: Content) -> None:
    """In each language four words of its list, read back as the same four words."""
    for locale, words in draw(FixedClock(), content).passphrases.items():
        assert set(words) <= set(content.passphrase_words[locale])
        assert words_of(" ".join(words).upper()) == words


def test_the_word_lists_make_guessing_hopeless(content: Content) -> None:
    """A thousand words four times over, each typed without accents or spaces."""
    assert set(content.passphrase_words) == set(content.words.released)
    for words in content.passphrase_words.values():
        assert len(words) >= 1000
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
