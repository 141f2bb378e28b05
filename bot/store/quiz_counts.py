"""How often the questions of quizzes were answered, and how often rightly: a day and two numbers, and nothing of who it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.counts import Tally
from bot.store.tables import QuizCountRow

FINISHED = "finished"
"""The phase under which whole rounds are counted, without question, fact or kind: `shown` are rounds, `right` their right answers."""

ROUND = "round"
"""The phase of an answer in a round."""


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


@dataclass(frozen=True)
class Played:
    """How often a quiz was played, over all days and languages."""

    answers: int = 0
    finished: int = 0


async def played(conn: AsyncConnection) -> dict[str, Played]:
    """Return how many questions of each quiz were answered in rounds, and how many rounds were played to their end."""
    finished = QuizCountRow.phase == FINISHED
    shown = func.sum(QuizCountRow.shown)
    wanted = select(
        QuizCountRow.quiz,
        shown.filter(QuizCountRow.phase == ROUND),
        shown.filter(finished),
    ).group_by(QuizCountRow.quiz)
    return {
        quiz: Played(answers or 0, rounds or 0)
        for quiz, answers, rounds in await conn.execute(wanted)
    }
