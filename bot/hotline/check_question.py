"""The agreed check question: after a long silence, or when somebody may have had the phone, who writes may be somebody else.

Until the counsellor is sure again, what was told before is masked where it is read, so that it cannot be given away by mistake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline import cases
from bot.hotline.staff import Staff
from bot.hotline.watched import EVENT, WATCHED
from bot.store.batch import Batch, Rows, at_once, prepared
from bot.store.contacts import Party
from bot.store.tables import CheckQuestionRow
from bot.store.transcript import Line

QUESTION, ANSWER = "check.question", "check.answer"
SILENCE = timedelta(hours=12)
"""Whoever writes again after so long is asked."""


@dataclass(frozen=True)
class CheckQuestion:
    """What was agreed, and how it stands."""

    question: str = field(repr=False)
    answer: str = field(repr=False)
    passed_at: datetime
    asked_at: datetime | None = None
    failed_at: datetime | None = None
    is_due: bool = False
    """Whether it is to be asked before what was told is shown again."""


async def agree(
    conn: AsyncConnection,
    party: Party,
    staff: Staff,
    case_id: UUID,
    *,
    question: str,
    answer: str,
    now: datetime,
) -> None:
    """Keep what was agreed with the person just now; the caller knows that the case is the counsellor's."""
    key = party.key
    new = {
        "question_sealed": key.seal(question, QUESTION),
        "answer_sealed": key.seal(answer, ANSWER),
        "passed_at": now,
        "asked_at": None,
        "failed_at": None,
    }
    made = insert(CheckQuestionRow).values(case_id=case_id, **new)
    await conn.execute(
        made.on_conflict_do_update(index_elements=[CheckQuestionRow.case_id], set_=new)
    )
    await cases.add_event(conn, case_id, "check_agreed", staff_id=staff.id)


async def forget(conn: AsyncConnection, staff: Staff, case_id: UUID) -> None:
    """Drop what was agreed, because the person wants it so."""
    await conn.execute(delete(CheckQuestionRow).where(CheckQuestionRow.case_id == case_id))
    await cases.add_event(conn, case_id, "check_forgotten", staff_id=staff.id)


async def note_asked(conn: AsyncConnection, case_id: UUID, *, now: datetime) -> None:
    """Note that the question is on its way to the person."""
    await _change(conn, case_id, asked_at=now)


async def judge(
    conn: AsyncConnection, staff: Staff, case_id: UUID, *, right: bool, now: datetime
) -> None:
    """Note whether the counsellor is sure that it is the person.

    Raises:
        NotFound: Nothing is agreed.
    """
    values = {"passed_at": now, "failed_at": None} if right else {"failed_at": now}
    await _change(conn, case_id, asked_at=None, **values)
    kind = "check_passed" if right else "check_failed"
    await cases.add_event(conn, case_id, kind, staff_id=staff.id)


async def find(conn: AsyncConnection, party: Party, case_id: UUID) -> CheckQuestion | None:
    """Return what was agreed in a case; whether it is due is not known yet."""
    return read(await at_once(conn, lambda batch: ask(batch, case_id)), party)


def ask(batch: Batch, case_id: UUID) -> Rows:
    """Look up what was agreed in a case, for `read`."""
    return batch.add(_FIND, case=case_id)


def read(rows: Rows, party: Party) -> CheckQuestion | None:
    """Return what `ask` has found; whether it is due is not known yet."""
    if not rows:
        return None
    row = rows[0]
    return CheckQuestion(
        party.key.open(row.question_sealed, QUESTION),
        party.key.open(row.answer_sealed, ANSWER),
        row.passed_at,
        row.asked_at,
        row.failed_at,
    )


def first_in_doubt(lines: Sequence[Line], passed_at: datetime) -> int | None:
    """Return from which place of the thread on somebody else may have been writing; None where nobody doubts it."""
    before: datetime | None = None
    for place, line in enumerate(lines):
        is_watched = line.author == EVENT and line.text == WATCHED
        is_late = line.author == "person" and before is not None and line.at - before >= SILENCE
        if (is_watched or is_late) and line.at > passed_at:
            return place
        if line.author == "person":
            before = line.at
    return None


def masked(
    lines: Sequence[Line], check: CheckQuestion | None
) -> tuple[tuple[Line, ...], CheckQuestion | None]:
    """Return the thread as it may be shown, and whether the question is due."""
    if check is None:
        return tuple(lines), None
    start = first_in_doubt(lines, check.passed_at)
    if start is None and check.failed_at is None:
        return tuple(lines), check
    if start is None:
        # Judged wrong with nothing to doubt before it: what was there then is covered.
        start = sum(line.at <= check.failed_at for line in lines if check.failed_at)
    veiled = [
        each if each.author == EVENT else replace(each, text="", file=None, masked=True)
        for each in lines[:start]
    ]
    return (*veiled, *lines[start:]), replace(check, is_due=True)


async def _change(conn: AsyncConnection, case_id: UUID, **values: datetime | None) -> None:
    changed = await conn.scalar(
        update(CheckQuestionRow)
        .where(CheckQuestionRow.case_id == case_id)
        .values(**values)
        .returning(CheckQuestionRow.id)
    )
    if changed is None:
        raise NotFound


_FIND = prepared(
    select(CheckQuestionRow).where(CheckQuestionRow.case_id == bindparam("case")), gives_rows=True
)
