"""The answers as a list: how fresh each is, whether it is translated, and what is under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.content.check import SOON
from bot.content.edits import texts_of
from bot.content.load import Content, is_fresh
from bot.content.model import Answer
from bot.content.quizzes import Quiz
from bot.editing.rules import Now
from bot.store.content_edits import IN_REVIEW, Record

FRESH, DUE, OVERDUE, DARK = "fresh", "due", "overdue", "dark"
FRESHNESS = (FRESH, DUE, OVERDUE, DARK)
COMPLETE, FORMER, MISSING = "complete", "former", "missing"
WORDS = (COMPLETE, FORMER, MISSING)
"""How far an answer is translated: all of it; partly with the words for its former text; or not all of it."""


@dataclass(frozen=True)
class Listed:
    """One answer of the list."""

    answer: Answer
    title: str
    """In the reader's language."""
    freshness: str
    words: str
    """The state of the translation that is least complete."""
    open: tuple[Record, ...]
    unsolved: bool
    """Whether a published edit of it is not live."""

    @property
    def in_review(self) -> bool:
        """Whether something of it waits for a second person."""
        return any(record.state == IN_REVIEW for record in self.open)


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; an empty field is everything."""

    text: str = ""
    audience: str = ""
    action: str = ""
    freshness: str = ""
    words: str = ""
    under_way: bool = False

    def fits(self, listed: Listed, content: Content) -> bool:
        """Tell whether an answer is looked for."""
        answer = listed.answer
        return (
            self.audience in {"", answer.audience}
            and (not self.action or self.action in answer.action)
            and self.freshness in {"", listed.freshness}
            and self.words in {"", listed.words}
            and (not self.under_way or bool(listed.open) or listed.unsolved)
            and all(word in _searched(content, answer) for word in self.text.casefold().split())
        )


def list_answers(
    now: Now, records: Sequence[Record], wish: Wish, *, locale: str, today: date
) -> list[Listed]:
    """Return the answers that are looked for, in the order of the files.

    Args:
        now: What is said.
        records: The edits that are under way or lie over the files.
        wish: What is looked for.
        locale: The reader's language.
        today: The day that reviews are compared with.
    """
    lost = {record.answer for record in records if now.is_lost(record)}
    found = []
    for answer in now.content.answers.values():
        listed = Listed(
            answer,
            now.content.words.say(answer.question, locale),
            freshness_of(answer, today),
            words_of(now, answer.id),
            tuple(record for record in records if record.answer == answer.id and record.is_open),
            answer.id in lost,
        )
        if wish.fits(listed, now.content):
            found.append(listed)
    return found


def freshness_of(answer: Answer | Quiz, today: date) -> str:
    """Return how an answer or a quiz stands to its review date; a dark one is not given any more."""
    if not is_fresh(answer, today):
        return DARK
    if today > answer.review_by:
        return OVERDUE
    return DUE if answer.review_by - today <= SOON else FRESH


def words_of(now: Now, answer: str, locale: str | None = None) -> str:
    """Return how far an answer is translated, into one language or into the released one that is least complete."""
    words = now.content.words
    locales = [locale] if locale else [code for code in words.released if code != words.source]
    texts = texts_of(now.content, answer).values()
    if any(text not in words.catalogues[code] for code in locales for text in texts):
        return MISSING
    stale = any(now.overlaid.is_stale(answer, code) for code in locales)
    return FORMER if stale else COMPLETE


def _searched(content: Content, answer: Answer) -> str:
    """Return all words by which an answer may be found, in every language."""
    texts = list(texts_of(content, answer.id).values())
    said = [content.words.say(text, code) for code in content.words.locales for text in texts]
    asked = [each for listed in answer.asked.values() for each in listed]
    return "\n".join((answer.id, answer.intent, *texts, *said, *asked)).casefold()
