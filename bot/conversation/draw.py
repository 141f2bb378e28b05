"""Draws the chance that a turn may need, so that the turn itself has none."""

from bot.clock import Clock
from bot.content.load import Content
from bot.conversation.joining import CODE_CHARS, LETTERS
from bot.conversation.state import Draw
from bot.conversation.steps.passphrase import N_WORDS

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without those that are read as another: I, L, O, U, 0, 1."""
_REFERENCE_LETTERS = 6


def draw(clock: Clock, content: Content) -> Draw:
    """Return a new case reference, a new passphrase in each language that has words for one, a quiz's seed and a code."""
    reference = "".join(clock.choice(_LETTERS) for _ in range(_REFERENCE_LETTERS))
    passphrases = {
        locale: tuple(clock.choice(words) for _ in range(N_WORDS))
        for locale, words in content.passphrase_words.items()
    }
    seed = clock.choice(_LETTERS) + clock.choice(_LETTERS)
    code = "".join(clock.choice(LETTERS) for _ in range(CODE_CHARS))
    return Draw(reference, passphrases, seed=seed, code=code)
