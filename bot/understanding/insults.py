"""Insults meant for Suar: a message that is nothing else. Whoever tells of an insult uses other words, too."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.understanding.cleaning import folded

MAX_WORDS = 12
_NO_LETTER = re.compile(r"[^\w']+|_")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Insults:
    """What people call a machine that does not help, and the words around it that add nothing."""

    phrases: frozenset[Words] = field(default_factory=frozenset)
    around: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, words: Mapping[str, Iterable[str]], around: Mapping[str, Iterable[str]]) -> Self:
        """Return the lists of all languages as one: people mix them."""
        return cls(
            frozenset(_words(phrase) for each in words.values() for phrase in each),
            frozenset(word for each in around.values() for text in each for word in _words(text)),
        )

    def fit(self, text: str) -> bool:
        """Tell whether a message consists of insults, and words around them, alone."""
        words = _words(text)
        if not words or len(words) > MAX_WORDS:
            return False
        longest = max(map(len, self.phrases), default=0)
        place, found = 0, False
        while place < len(words):
            fits = next(
                (n for n in range(longest, 0, -1) if words[place : place + n] in self.phrases), 0
            )
            if not fits and words[place] not in self.around:
                return False
            found = found or fits > 0
            place += fits or 1
        return found


def _words(text: str) -> Words:
    return tuple(_NO_LETTER.sub(" ", folded(text)).split())
