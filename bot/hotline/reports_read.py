"""Reads what reports are made of: of each case its class, language, times and outcome, and nothing else."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline import reports
from bot.hotline.hours import HOME, ZONES
from bot.hotline.permissions import Permission
from bot.hotline.reports import Report, Seen
from bot.hotline.staff import Staff
from bot.store.tables import CaseRow, PromiseRow

MOST_MONTHS = 24
"""So many months back a report can begin."""


def check_may_report(staff: Staff) -> None:
    """Make sure that somebody may read and export reports.

    Raises:
        NotFound: They may not.
    """
    if not staff.may(Permission.OVERSEE):
        raise NotFound


def months_until(now: datetime) -> list[date]:
    """Return the months that a report can be made of, the newest first; the one that is not over is not among them."""
    month = now.astimezone(ZONES[HOME]).date().replace(day=1)
    found = []
    for _ in range(MOST_MONTHS):
        month = _before(month)
        found.append(month)
    return found


async def read(
    conn: AsyncConnection, by: Staff, first: date, last: date, *, now: datetime
) -> Report:
    """Return the report of whole months.

    Raises:
        NotFound: This role does not read reports.
    """
    check_may_report(by)
    begins, ends = _start(first), _start(_after(last))
    rows = await conn.execute(
        select(
            CaseRow.opened_at,
            CaseRow.level,
            CaseRow.locale,
            CaseRow.state,
            CaseRow.outcome,
            PromiseRow.made_at,
            PromiseRow.due_at,
            PromiseRow.answered_at,
        )
        .outerjoin(PromiseRow, PromiseRow.case_id == CaseRow.id)
        .where(CaseRow.opened_at >= begins, CaseRow.opened_at < ends)
    )
    return reports.report([_seen(row, now) for row in rows], first, last)


def _seen(row: Any, now: datetime) -> Seen:  # noqa: ANN401  # a case with its promise
    local = row.opened_at.astimezone(ZONES[HOME])
    return Seen(
        month=local.date().replace(day=1),
        level=row.level,
        language=row.locale,
        hour=local.hour,
        end=_end(row),
        promise=_promise(row, now),
        outcome=row.outcome or reports.OPEN,
        waited=row.answered_at - row.made_at if row.answered_at else None,
    )


def _end(row: Any) -> str:  # noqa: ANN401  # a case with its promise
    if row.answered_at is not None or (row.made_at is None and row.state == "claimed"):
        return reports.ANSWERED
    if row.made_at is None and row.state == "closed" and row.outcome != "left":
        return reports.ANSWERED
    return reports.LEFT if row.state == "closed" else reports.WAITING


def _promise(row: Any, now: datetime) -> str:  # noqa: ANN401  # a case with its promise
    if row.due_at is None:
        return reports.NONE
    if row.answered_at is not None:
        return reports.KEPT if row.answered_at <= row.due_at else reports.BROKEN
    # Who left before the time was over was not let down.
    left = row.state == "closed"
    return reports.NOT_YET if left or now <= row.due_at else reports.BROKEN


def _start(month: date) -> datetime:
    return datetime.combine(month, time(), ZONES[HOME])


def _before(month: date) -> date:
    return (
        month.replace(year=month.year - 1, month=12)
        if month.month == 1
        else month.replace(month=month.month - 1)
    )


def _after(month: date) -> date:
    return (
        month.replace(year=month.year + 1, month=1)
        if month.month == 12
        else month.replace(month=month.month + 1)
    )
