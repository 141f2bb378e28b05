"""The shape of a message: what stays the same when many people send the same words, or the same link, with small changes."""

import re
from dataclasses import dataclass, field
from typing import Literal

from bot.understanding.cleaning import folded
from bot.understanding.lexicon import split_sentences

Kind = Literal["text", "link", "cadence"]
MIN_LETTERS = 20
"""Shorter sentences are said by many who have nothing to do with each other."""
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[^\s<>\"]*",
    re.IGNORECASE,
)
_NO_LETTER = re.compile(r"[\W\d_]+")


@dataclass(frozen=True)
class Shape:
    """What is compared. It is only ever kept as a keyed hash."""

    kind: Kind
    words: str = field(repr=False)


CADENCE = Shape("cadence", "")
"""Stands for all whose messages come as regularly as a machine's (`bot.understanding.cadence`), whatever they write."""


def shape_of(text: str, *, danger: bool = False) -> Shape | None:
    """Return the shape of a message; None for one that is too short to be like another by more than chance.

    Of words it is the longest sentence, without digits, signs and capitals, so that a changed name or number elsewhere makes no
    difference. Of a message with a link it is the link, without what stands behind its question mark; where the message tells of
    danger, its words count and not the link.
    """
    link = None if danger else _LINK.search(text)
    if link is not None:
        address = re.sub(r"^https?://|^www\.", "", link[0].casefold()).split("?")[0]
        return Shape("link", address.rstrip("/.,;:!)"))
    sentences = (_plain(sentence) for sentence in split_sentences(_LINK.sub(" ", text)))
    longest = max(sentences, key=len, default="")
    return Shape("text", longest) if len(longest) >= MIN_LETTERS else None


def _plain(sentence: str) -> str:
    return " ".join(_NO_LETTER.sub(" ", folded(sentence)).split())
