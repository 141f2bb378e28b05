"""Cases come back by themselves: a counsellor who leaves somebody without a word is reminded, then another one gets them.

Then, if nobody does, supervisors are told. A counsellor who waits for the person's answer is not silent.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline import cases, pauses, waiting
from bot.hotline.away import is_away
from bot.hotline.order import may_be_offered
from bot.store.contacts import People
from bot.store.tables import CaseEventRow, CaseRow, TranscriptRow
from bot.understanding.model import RiskLevel

log = structlog.get_logger(__name__)

REMIND = {
    RiskLevel.IMMEDIATE: timedelta(minutes=2),
    RiskLevel.HIGH: timedelta(minutes=5),
    RiskLevel.CONCERN: timedelta(minutes=30),
    RiskLevel.NONE: timedelta(hours=1),
}
"""After so long without a word the counsellor is reminded."""
TAKE_BACK = {
    RiskLevel.IMMEDIATE: timedelta(minutes=4),
    RiskLevel.HIGH: timedelta(minutes=15),
    RiskLevel.CONCERN: timedelta(hours=2),
    RiskLevel.NONE: timedelta(hours=4),
}
"""After so long without a word the person is at the head of the queue again; in danger now nobody is left for five minutes,
the time between two looks counted in."""
ALARM = REMIND
"""So long after that supervisors are told that nobody has taken the person."""


async def list_claimed(conn: AsyncConnection) -> list[UUID]:
    """Return the cases that somebody has, and those that came back with no alarm yet."""
    came_back = (CaseRow.state == "waiting") & CaseRow.returned_at.is_not(None)
    rows = await conn.scalars(
        select(CaseRow.id)
        .where((CaseRow.state == "claimed") | (came_back & CaseRow.alarmed_at.is_(None)))
        .order_by(CaseRow.id)
    )
    return list(rows)


async def look_after(
    conn: AsyncConnection, people: People, case_id: UUID, *, now: datetime
) -> str | None:
    """Remind, take back or alarm, where it is time, or end a pause that is over; return which of it, as the kind of its event."""
    try:
        row = await cases.lock(conn, case_id)
    except NotFound:
        return None  # erased since the list was made
    level = RiskLevel.of(row.level)
    if row.state == "waiting" and row.returned_at is not None and row.alarmed_at is None:
        if now - row.returned_at < ALARM[level]:
            return None
        return await _note(conn, row, "case_alarm", now)
    if row.state == "claimed" and await pauses.settle(conn, row, now=now):
        return "case_released"
    since = await unanswered_since(conn, row) if row.state == "claimed" else None
    if since is None or since > now or not await _may_be_written_to(conn, people, case_id, now):
        return None
    if row.reminded_at is None or row.reminded_at < since:
        late = now - since >= REMIND[level]
        return await _note(conn, row, "case_reminded", now) if late else None
    # Counted from the reminder: a counsellor gets her time for it also where the chore, or the safe hour, came late.
    if now - row.reminded_at < TAKE_BACK[level] - REMIND[level]:
        return None
    await cases.take_back(conn, row, now=now)
    return "case_returned"


async def unanswered_since(conn: AsyncConnection, row: Any) -> datetime | None:  # noqa: ANN401  # of `cases.lock`
    """Return since when a claimed case waits for a word of its counsellor; None where it does not."""
    lines = select(TranscriptRow).where(TranscriptRow.case_id == row.id).subquery()
    spoke = await conn.scalar(
        select(func.max(lines.c.id)).where(lines.c.author == "staff", lines.c.at >= row.claimed_at)
    )
    since: datetime | None = row.claimed_at
    if spoke is not None:
        since = await conn.scalar(
            select(func.min(lines.c.at)).where(lines.c.author == "person", lines.c.id > spoke)
        )
    rested = await pauses.rested_until(conn, row)
    # What came while she rested from the talk waits for her from the end of that.
    return since if since is None or rested is None else max(since, rested)


async def _may_be_written_to(
    conn: AsyncConnection, people: People, case_id: UUID, now: datetime
) -> bool:
    """Tell whether a counsellor could write at all: outside the safe hours, while somebody watches, or is at the phone instead, silence is right."""
    watched = await conn.scalar(
        select(CaseEventRow.kind)
        .where(
            CaseEventRow.case_id == case_id,
            CaseEventRow.kind.in_(("case_watched", "case_unwatched")),
        )
        .order_by(CaseEventRow.id.desc())
        .limit(1)
    )
    if watched == "case_watched":
        return False
    if await is_away(conn, case_id):
        return False
    found = await waiting.read(conn, people, CaseRow.id == case_id)
    return any(may_be_offered(each.place, now) for each in found)


async def _note(conn: AsyncConnection, row: Any, kind: str, now: datetime) -> str:  # noqa: ANN401  # of `cases.lock`
    column = {"case_alarm": "alarmed_at", "case_reminded": "reminded_at"}[kind]
    await cases.note(conn, row, kind, **{column: now})
    if kind == "case_alarm":
        log.warning("case_alarm", level=row.level)
    return kind
