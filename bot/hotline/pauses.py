"""Pauses of talks, in the database: begun, ended, and over; each change is made in the caller's transaction, under the conversation's lock.

A pause holds only while its counsellor has the case: given to somebody else, taken back or closed, a talk is not paused any more.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Refused
from bot.hotline import cases
from bot.hotline.cases import OpenCase
from bot.hotline.pause_rules import LASTS, Ended, Pause, why_not
from bot.hotline.reports import SMALL
from bot.hotline.staff import Staff
from bot.store.batch import Batch, Rows, prepared
from bot.store.tables import CasePauseRow, CaseRow, TranscriptRow

COUNTED = timedelta(days=28)
"""Supervisors see how many there were in so many days."""
EVENTS = {
    Ended.UNDONE: "pause_undone",
    Ended.WROTE: "pause_undone",
    Ended.DANGER: "pause_danger",
    Ended.OVER: "pause_over",
}
"""What the trail says of how a pause ended; the words stand in the templates."""


async def begin(
    conn: AsyncConnection,
    staff: Staff,
    case: OpenCase,
    *,
    gives_back: bool,
    told: bool,
    now: datetime,
) -> None:
    """Pause the talk of a case that is claimed; `after` all lines that are there now.

    Raises:
        Refused: It cannot be (`pause_rules.WhyNot`).
    """
    reason = why_not(case.level, is_paused=case.is_paused(now))
    if reason is not None:
        raise Refused(reason)
    # What is left of one that ran out, or of another counsellor's.
    await _end(conn, case.id, Ended.OVER, now)
    newest = select(func.coalesce(func.max(TranscriptRow.id), 0)).where(
        TranscriptRow.case_id == case.id
    )
    await conn.execute(
        insert(CasePauseRow).values(
            case_id=case.id,
            for_id=case.claimed_by,
            staff_id=staff.id,
            after_line=newest.scalar_subquery(),
            gives_back=gives_back,
            told=told,
            at=now,
            until=now + LASTS,
        )
    )
    await cases.add_event(conn, case.id, "talk_paused", staff_id=staff.id, at=now)


async def end(
    conn: AsyncConnection, case: OpenCase, why: Ended, *, now: datetime, staff_id: UUID | None
) -> bool:
    """End the pause of a case before its time; False where there is none that holds."""
    if not case.is_paused(now):
        return False
    await _end(conn, case.id, why, now)
    await cases.add_event(conn, case.id, EVENTS[why], staff_id=staff_id, at=now)
    return True


async def end_for_danger(conn: AsyncConnection, case: OpenCase, *, now: datetime) -> int | None:
    """End a pause because the person has told of danger.

    Where the counsellor wanted to go on with them no more they are at the head of the queue at once, as those whose counsellor
    fell silent, so that supervisors hear of it where nobody takes them.

    Returns:
        The conversation's new epoch where it is in the queue now, else None.
    """
    pause = await _open(conn, case.id)
    if not await end(conn, case, Ended.DANGER, now=now, staff_id=None):
        return None
    if pause is None or not pause.gives_back:
        return None
    return await cases.take_back(conn, await cases.lock(conn, case.id), now=now)


async def settle(conn: AsyncConnection, row: Any, *, now: datetime) -> bool:  # noqa: ANN401  # of `cases.lock`
    """End a pause whose time is over, and give the case back where that was chosen; return whether it was given back."""
    pause = await _open(conn, row.id)
    if pause is None or now < pause.until:
        return False
    await _end(conn, row.id, Ended.OVER, now)
    if pause.for_id != row.claimed_by or pause.at < row.claimed_at:
        return False
    await cases.add_event(conn, row.id, EVENTS[Ended.OVER], at=now)
    if pause.gives_back:
        await cases.give_back(conn, row.id, row.conversation_id, pause.for_id)
    return bool(pause.gives_back)


async def rested_until(conn: AsyncConnection, row: Any) -> datetime | None:  # noqa: ANN401  # of `cases.lock`
    """Return until when the counsellor who has a case has rested from it last; it may be still to come."""
    ended = func.least(
        CasePauseRow.until, func.coalesce(CasePauseRow.ended_at, CasePauseRow.until)
    )
    until: datetime | None = await conn.scalar(
        select(func.max(ended)).where(
            CasePauseRow.case_id == row.id,
            CasePauseRow.for_id == row.claimed_by,
            CasePauseRow.at >= row.claimed_at,
        )
    )
    return until


async def holds(conn: AsyncConnection, case_id: UUID, *, now: datetime) -> bool:
    """Tell whether the counsellor of a case rests from it now."""
    batch = Batch(conn)
    rows = ask(batch, case_id)
    await batch.send()
    return read(rows, now) is not None


def ask(batch: Batch, case_id: UUID) -> Rows:
    """Look up the pause of a case, for `read`."""
    return batch.add(_FIND, case=case_id)


def read(rows: Rows, now: datetime) -> Pause | None:
    """Return the pause that `ask` has found, if it holds now."""
    if not rows or rows[0].until <= now:
        return None
    row = rows[0]
    return Pause(row.until, row.after_line, row.gives_back, row.told)


async def given_up_by(conn: AsyncConnection, staff_id: UUID, *, since: datetime) -> set[UUID]:
    """Return the cases that somebody rested from and gave back to the queue, so that another one gets them."""
    found = await conn.scalars(
        select(CasePauseRow.case_id).where(
            CasePauseRow.for_id == staff_id,
            CasePauseRow.gives_back,
            CasePauseRow.at > since,
            CasePauseRow.why.in_((Ended.OVER, Ended.DANGER)),
        )
    )
    return set(found)


async def count_recent(conn: AsyncConnection, *, now: datetime) -> int:
    """Return how many pauses began in the last `COUNTED`."""
    query = select(func.count()).where(CasePauseRow.at > now - COUNTED)
    return await conn.scalar(query) or 0


def told(number: int) -> int | None:
    """Return a count as supervisors see it: None for a few, which would tell who it was."""
    return None if 0 < number < SMALL else number


async def _open(conn: AsyncConnection, case_id: UUID) -> Any | None:  # noqa: ANN401  # a row of `case_pauses`
    mine = CasePauseRow.case_id == case_id, CasePauseRow.ended_at.is_(None)
    return (await conn.execute(select(CasePauseRow).where(*mine))).one_or_none()


async def _end(conn: AsyncConnection, case_id: UUID, why: Ended, now: datetime) -> None:
    mine = CasePauseRow.case_id == case_id, CasePauseRow.ended_at.is_(None)
    await conn.execute(update(CasePauseRow).where(*mine).values(ended_at=now, why=why.value))


_FIND = prepared(
    select(CasePauseRow.until, CasePauseRow.after_line, CasePauseRow.gives_back, CasePauseRow.told)
    .join(CaseRow, CaseRow.id == CasePauseRow.case_id)
    .where(
        CasePauseRow.case_id == bindparam("case"),
        CasePauseRow.ended_at.is_(None),
        CasePauseRow.for_id == CaseRow.claimed_by,
        CasePauseRow.at >= CaseRow.claimed_at,
        CaseRow.state == "claimed",
    ),
    gives_rows=True,
)
