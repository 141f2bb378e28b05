"""How hard a text is to read: LIX, the words of a sentence plus the percentage of long words.

    LIX = words / sentences + 100 × long words / words

Source: C. H. Björnsson, Läsbarhet (1968); for English J. Anderson, "Lix and Rix: Variations on a Little-known Readability
Index", Journal of Reading 26(6), 1983, pages 490-496. On Björnsson's scale books for children stay below 30, a newspaper lies
between 40 and 50, a law above 60.

Why this one, and counted here: it needs neither syllables nor lists of words, so one measure serves both languages. No formula
is validated for Indonesian. The libraries count syllables instead: textstat asks the network for a dictionary of English sounds
when it first counts, and hyphenation patterns (pyphen) say where a line may break, which leaves `aman` and `ibu` in one piece.

In English a word of more than six letters is long. Indonesian builds longer words from as plain ones (`membutuhkan`, to need), and
the same limit would call it hard for that alone. `LONG` holds the limit at which the same answers, said in both languages, come
to about the same figure; a test measures that again. The bands are ours and stricter than the scale: who reads this may be
afraid, in a hurry, or have left school early.

The figure sees lengths, not sense: an easy text can be unclear, and an answer of fifty words moves by several points with one
sentence. It says where to look, not what to write.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.content.edits import texts_of
from bot.content.load import Content

Band = Literal["easy", "fair", "hard"]
LONG = {"en": 6, "id": 7}
"""A word with more letters than this is long; languages that are not here cannot be measured."""
FAIR, HARD = 30.0, 40.0
"""From these figures on a text is no longer easy, and hard."""
PARTS = ("text", "more")
"""What is read of an answer: the fields of which the figure is made."""

_ADDRESS = re.compile(r"(?:https?://|\S+@)\S*\w/?")
_WORD = re.compile(r"\w+(?:['\u2019.]\w+)*")
_NUMBER_OR_ADDRESS = re.compile(r"\d|.*\.")
"""Numbers and bare addresses (``peduliwni.kemlu.go.id``): one word each, never a long one."""
_END = re.compile(r"\n+|[!?:\u2026]+(?=\s|$)|\.+(?=\s+[^\sa-z0-9]|\s*$)")
"""Where a sentence ends. A colon and a line do, as in Björnsson's count; the point of "No. 18" does not."""


@dataclass(frozen=True)
class Reading:
    """What was counted in a text."""

    words: int
    sentences: int
    long_words: int
    longest: int
    """The words of the longest sentence."""

    @property
    def words_per_sentence(self) -> float:
        """How long a sentence is."""
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def figure(self) -> float:
        """LIX; 0 where there is nothing to read."""
        return self.words_per_sentence + 100 * self.long_words / (self.words or 1)

    @property
    def band(self) -> Band:
        """The figure in a word."""
        if self.figure < FAIR:
            return "easy"
        return "fair" if self.figure < HARD else "hard"


@dataclass(frozen=True)
class AnswerReading:
    """One answer in every language that can be measured."""

    answer: str
    readings: dict[str, Reading]

    @property
    def hardest(self) -> Reading:
        """The reading in the language in which it is hardest."""
        return max(self.readings.values(), key=lambda reading: reading.figure)


def read_text(text: str, locale: str) -> Reading:
    """Count a text.

    Raises:
        KeyError: The language cannot be measured: it is not in `LONG`.
    """
    limit = LONG[locale]
    found = (_WORD.findall(part) for part in _END.split(_ADDRESS.sub("", text)))
    sentences = [words for words in found if words]
    words = [word for sentence in sentences for word in sentence]
    return Reading(
        words=len(words),
        sentences=len(sentences),
        long_words=sum(len(word) > limit for word in words if not _NUMBER_OR_ADDRESS.match(word)),
        longest=max(map(len, sentences), default=0),
    )


def read_answer(content: Content, answer: str) -> AnswerReading:
    """Count what a person reads of an answer, in each language that has all of it and can be measured."""
    texts = texts_of(content, answer)
    parts = [texts[name] for name in PARTS if name in texts]
    words = content.words
    measured = [
        locale
        for locale in LONG
        if locale in words.locales and all(words.tongue(text, locale) == locale for text in parts)
    ]
    return AnswerReading(
        answer,
        {
            locale: read_text("\n".join(words.say(text, locale) for text in parts), locale)
            for locale in measured
        },
    )


def read_answers(content: Content, names: Iterable[str] | None = None) -> list[AnswerReading]:
    """Return the readings of answers, by default of all, the hardest first."""
    found = [read_answer(content, name) for name in (names or content.answers)]
    return sorted(found, key=lambda each: (-each.hardest.figure, each.answer))
