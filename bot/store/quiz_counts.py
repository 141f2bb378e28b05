"""How often the questions of quizzes were answered, and how often rightly: a day and two numbers, and nothing of who it was."""

from collections.abc import Mapping
from datetime import date

from bot.store.counts import Tally
from bot.store.tables import QuizCountRow

FINISHED = "finished"
"""The phase under which whole rounds are counted, without question, fact or kind: `shown` are rounds, `right` their right answers."""


def add_answer(
    tally: Tally, question: Mapping[str, str], *, locale: str, day: date, right: bool
) -> None:
    """Count one answer.

    Args:
        tally: Of the turn's transaction.
        question: `quiz`, `question`, `fact`, `kind` and `phase`.
        locale: The language in which it was asked.
        day: Of the answer, in UTC.
        right: Whether it was right.
    """
    key = {**question, "locale": locale, "day": day}
    tally.add(QuizCountRow, key, shown=1, right=int(right))


def add_round(tally: Tally, quiz: str, *, locale: str, day: date, right: int) -> None:
    """Count one round that was played to its end, with so many right answers."""
    key = {"quiz": quiz, "question": "", "fact": "", "kind": "", "phase": FINISHED}
    tally.add(QuizCountRow, {**key, "locale": locale, "day": day}, shown=1, right=right)
