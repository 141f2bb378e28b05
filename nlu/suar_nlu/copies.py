"""Extra copies of the training examples: with chat spellings written out, and with typing mistakes.

The first are learned by both classifiers, the second only by the one over letters: sentence vectors of mistyped texts
would double the time of a training and of every comparison.
Everything is derived from the text itself, so the same data always makes the same copies.
"""

from __future__ import annotations

import random
import re
import zlib

from suar_nlu.slang import spell_out

_WORD = re.compile(r"[^\W\d_]{4,}")
_NEIGHBOURS = {
    row[i]: row[max(i - 1, 0) : i] + row[i + 1 : i + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i in range(len(row))
}
_SHARE_OF_WORDS = 0.4


def make_copies(text: str) -> list[str]:
    """Return variants of one cleaned text that deserve the same labels; none of them equals the text."""
    spelled = spell_out(text)
    return [spelled] if spelled else []


def misspell(text: str, seed: int) -> str:
    """Put one typing mistake into about 40% of the longer words, the same ones every time for the same seed."""
    chance = random.Random(zlib.crc32(text.encode()) + seed)  # noqa: S311 (not for secrets, has to repeat)
    return _WORD.sub(lambda match: _misspell_word(match[0], chance), text)


def _misspell_word(word: str, chance: random.Random) -> str:
    if chance.random() > _SHARE_OF_WORDS:
        return word
    at = chance.randrange(1, len(word) - 1)
    head, here, after, tail = word[:at], word[at], word[at + 1], word[at + 2 :]
    neighbour = chance.choice(_NEIGHBOURS.get(here.lower(), here))
    return (
        head + chance.choice([after + here, after, here + here + after, neighbour + after]) + tail
    )
