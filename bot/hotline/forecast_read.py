"""Reads what a forecast is made of: when people came, their class and language, and how long talks lasted."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline.board import check_may_oversee
from bot.hotline.forecast import AFTER, BEFORE, Arrival, History, weeks_between
from bot.hotline.hours import WEEK, Shift
from bot.hotline.shifts import list_shifts
from bot.hotline.staff import Staff
from bot.store.tables import CaseRow
from bot.understanding.model import RiskLevel

WEEKS = 12
"""Nothing older is looked at."""
LONGEST_TALK = timedelta(hours=6)
"""A case that was open for longer was not one talk."""


async def read(
    conn: AsyncConnection, by: Staff, at: datetime, *, now: datetime
) -> tuple[History, list[Shift]]:
    """Return the weeks that were, and the rota around a moment.

    Raises:
        NotFound: This role does not oversee.
    """
    check_may_oversee(by)
    first = await conn.scalar(select(func.min(CaseRow.opened_at)))
    weeks = min(WEEKS, weeks_between(first, now)) if first else 0
    rows = (
        await conn.execute(
            select(
                CaseRow.opened_at,
                CaseRow.level,
                CaseRow.locale,
                (CaseRow.closed_at - CaseRow.claimed_at).label("lasted"),
            ).where(CaseRow.opened_at > now - weeks * WEEK, CaseRow.opened_at <= now)
        )
    ).all()
    talks: dict[RiskLevel, list[timedelta]] = {}
    for row in rows:
        if row.lasted is not None and timedelta() < row.lasted < LONGEST_TALK:
            talks.setdefault(RiskLevel.of(row.level), []).append(row.lasted)
    arrivals = [Arrival(row.opened_at, RiskLevel.of(row.level), row.locale) for row in rows]
    history = History(
        tuple(arrivals), weeks, {level: tuple(spans) for level, spans in talks.items()}
    )
    return history, await list_shifts(conn, at - BEFORE, at + AFTER)
