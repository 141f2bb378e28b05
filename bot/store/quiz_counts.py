"""How often the questions of quizzes were answered, and how often rightly: a day and two numbers, and nothing of who it was."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import QuizCountRow

FINISHED = "finished"
"""The phase under which whole rounds are counted, without question, fact or kind: `shown` are rounds, `right` their right answers."""


async def add_answer(
    conn: AsyncConnection, question: Mapping[str, str], *, locale: str, day: date, right: bool
) -> None:
    """Count one answer.

    Args:
        conn: The transaction of the turn.
        question: `quiz`, `question`, `fact`, `kind` and `phase`.
        locale: The language in which it was asked.
        day: Of the answer, in UTC.
        right: Whether it was right.
    """
    await _add(conn, {**question, "locale": locale, "day": day}, right=int(right))


async def add_round(
    conn: AsyncConnection, quiz: str, *, locale: str, day: date, right: int
) -> None:
    """Count one round that was played to its end, with so many right answers."""
    key = {"quiz": quiz, "question": "", "fact": "", "kind": "", "phase": FINISHED}
    await _add(conn, {**key, "locale": locale, "day": day}, right=right)


async def _add(conn: AsyncConnection, key: Mapping[str, object], *, right: int) -> None:
    row = insert(QuizCountRow).values(**key, shown=1, right=right)
    shown = {"shown": QuizCountRow.shown + 1, "right": QuizCountRow.right + row.excluded.right}
    await conn.execute(row.on_conflict_do_update(index_elements=list(key), set_=shown))
