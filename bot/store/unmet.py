"""Questions that met no answer: numbers of everybody, and sealed, redacted words that come and go with the consent to learn."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, cast, delete, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import reviews
from bot.store.contacts import Party, People
from bot.store.tables import (
    ContactRow,
    StaffRow,
    UnmetCountRow,
    UnmetDecisionRow,
    UnmetQuestionRow,
)

QUESTION = "unmet.question"
KEEP_DAYS = 30
COUNT_DAYS = 400


@dataclass(frozen=True)
class Question:
    """What is kept of a question in words."""

    text: str = field(repr=False)
    """Redacted by a program, not read by anybody yet."""
    language: str
    near: tuple[str, ...]
    """Ids of the answers nearest to it at the time."""
    meaning: bytes | None = field(repr=False)
    """Its sentence vector; None when the language model was away."""


@dataclass(frozen=True)
class Kept:
    """A question of somebody who agrees, as it lies in the database."""

    id: UUID
    kind: str
    day: date
    question: Question


async def count(
    conn: AsyncConnection, *, day: date, locale: str, kind: str, answer: str | None
) -> None:
    """Count one question. A row of its own, so that nobody's turn waits for another's; `purge` puts them together."""
    await conn.execute(
        insert(UnmetCountRow).values(day=day, locale=locale, kind=kind, answer=answer, number=1)
    )


async def keep(
    conn: AsyncConnection,
    party: Party,
    question_id: UUID,
    question: Question,
    *,
    kind: str,
    now: datetime,
) -> None:
    """Keep the words of a question; only of whom agrees to `learn`."""
    data = {
        "text": question.text,
        "language": question.language,
        "near": list(question.near),
        "meaning": base64.b64encode(question.meaning).decode() if question.meaning else None,
    }
    await conn.execute(
        insert(UnmetQuestionRow).values(
            id=question_id,
            contact_id=party.contact_id,
            kind=kind,
            day=now.date(),
            question_sealed=party.key.seal_json(data, QUESTION),
        )
    )


async def list_open(
    conn: AsyncConnection, people: People, *, today: date, limit: int
) -> list[Kept]:
    """Return the newest questions that nobody has decided about, whose consent holds at this moment."""
    wanted = (
        _readable(today)
        .where(UnmetQuestionRow.decision_id.is_(None))
        .order_by(UnmetQuestionRow.day.desc(), UnmetQuestionRow.id)
        .limit(limit)
    )
    return [_kept(people, row) for row in await conn.execute(wanted)]


async def lock_open(
    conn: AsyncConnection, question_ids: Collection[UUID], *, today: date
) -> list[UUID]:
    """Lock those of the questions that are still to be decided about, and may be read; return their ids."""
    wanted = _readable(today).with_only_columns(UnmetQuestionRow.id)
    wanted = wanted.where(
        UnmetQuestionRow.id.in_(question_ids), UnmetQuestionRow.decision_id.is_(None)
    )
    return list(await conn.scalars(wanted.with_for_update(of=UnmetQuestionRow)))


async def add_decision(
    conn: AsyncConnection,
    question_ids: Collection[UUID],
    **values: Any,  # noqa: ANN401  # the columns
) -> None:
    """Add a decision, and note it at its questions."""
    await conn.execute(insert(UnmetDecisionRow).values(**values))
    await conn.execute(
        update(UnmetQuestionRow)
        .where(UnmetQuestionRow.id.in_(question_ids))
        .values(decision_id=values["id"])
    )


async def undo_decision(conn: AsyncConnection, decision_id: UUID, *, at: datetime) -> bool:
    """Take a decision back, so that what is left of its questions is open again; False when there is none to take back."""
    undone = await conn.execute(
        update(UnmetDecisionRow)
        .where(UnmetDecisionRow.id == decision_id, UnmetDecisionRow.undone_at.is_(None))
        .values(undone_at=at)
    )
    await conn.execute(
        update(UnmetQuestionRow)
        .where(UnmetQuestionRow.decision_id == decision_id)
        .values(decision_id=None)
    )
    return undone.rowcount > 0


async def list_decisions(conn: AsyncConnection, *, since: datetime) -> Sequence[Any]:
    """Return the decisions that hold, the newest first: what is wanted however old, the rest since a moment."""
    rows = await conn.execute(
        select(*UnmetDecisionRow.__table__.columns, StaffRow.name)
        .join(StaffRow, StaffRow.id == UnmetDecisionRow.staff_id)
        .where(
            UnmetDecisionRow.undone_at.is_(None),
            (UnmetDecisionRow.kind == "wanted") | (UnmetDecisionRow.created_at >= since),
        )
        .order_by(UnmetDecisionRow.created_at.desc(), UnmetDecisionRow.id)
    )
    return rows.all()


async def sums(conn: AsyncConnection, *, since: date) -> Sequence[Any]:
    """Return how many there were of each kind in each week (`week` is its Monday), the newest week first."""
    # Without a time zone: a day is a day, whatever the session's zone.
    monday = func.date_trunc("week", cast(UnmetCountRow.day, DateTime(timezone=False)))
    week = cast(monday, Date).label("week")
    number = func.sum(UnmetCountRow.number).label("number")
    rows = await conn.execute(
        select(week, UnmetCountRow.kind, number)
        .where(UnmetCountRow.day >= since)
        .group_by(week, UnmetCountRow.kind)
        .order_by(week.desc(), UnmetCountRow.kind)
    )
    return rows.all()


async def purge(conn: AsyncConnection, *, today: date) -> int:
    """Delete old words, and words whose consent does not hold; put numbers of past days together; return how many words went."""
    gone = await conn.execute(
        delete(UnmetQuestionRow).where(
            (UnmetQuestionRow.day <= today - timedelta(days=KEEP_DAYS))
            | ~reviews.learns(UnmetQuestionRow.contact_id)
        )
    )
    old = today - timedelta(days=COUNT_DAYS)
    await conn.execute(delete(UnmetCountRow).where(UnmetCountRow.day < old))
    await _put_together(conn, today)
    return gone.rowcount


async def _put_together(conn: AsyncConnection, today: date) -> None:
    """Make one row of all of the same: single rows would still tell in which order people asked."""
    single = (
        delete(UnmetCountRow)
        .where(UnmetCountRow.day < today, ~UnmetCountRow.summed)
        .returning(
            UnmetCountRow.day,
            UnmetCountRow.locale,
            UnmetCountRow.kind,
            UnmetCountRow.answer,
            UnmetCountRow.number,
        )
        .cte("single")
    )
    same = (single.c.day, single.c.locale, single.c.kind, single.c.answer)
    summed = select(*same, func.sum(single.c.number), true()).group_by(*same)
    names = ["day", "locale", "kind", "answer", "number", "summed"]
    await conn.execute(insert(UnmetCountRow).from_select(names, summed))


def _readable(today: date) -> Any:  # noqa: ANN401  # a select of five columns
    """Return the query that all reading of questions begins with: not too old, and the consent to learn holds now."""
    return (
        select(
            UnmetQuestionRow.id,
            UnmetQuestionRow.kind,
            UnmetQuestionRow.day,
            UnmetQuestionRow.question_sealed,
            ContactRow.wrapped_key,
        )
        .join(ContactRow, ContactRow.id == UnmetQuestionRow.contact_id)
        .where(
            UnmetQuestionRow.day > today - timedelta(days=KEEP_DAYS),
            ContactRow.wrapped_key.is_not(None),
            reviews.learns(UnmetQuestionRow.contact_id),
        )
    )


def _kept(people: People, row: Any) -> Kept:  # noqa: ANN401  # a row of `_readable`
    data = people.keyring.unwrap(row.wrapped_key).open_json(row.question_sealed, QUESTION)
    meaning = base64.b64decode(data["meaning"]) if data["meaning"] else None
    question = Question(data["text"], data["language"], tuple(data["near"]), meaning)
    return Kept(row.id, row.kind, row.day, question)
