"""Through whose hands a case has gone, in order; never what was said."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import CaseEventRow, StaffRow

KINDS = (
    "case_claimed",
    "case_released",
    "case_returned",
    "case_resumed",
    "transfer_offered",
    "transfer_declined",
    "transfer_ended",
    "consult_asked",
    "consult_accepted",
    "supervisor_joined",
    "guest_left",
    "check_passed",
    "check_failed",
    "line_taken_back",
)
"""What counts as a step; the words for them stand in the templates."""


class Step(NamedTuple):
    """One step, and whose it was."""

    kind: str
    name: str | None
    at: datetime


async def of_case(conn: AsyncConnection, case_id: UUID) -> tuple[Step, ...]:
    """Return the steps of a case, oldest first. Staff come here only through `bot.hotline.access`."""
    rows = await conn.execute(
        select(CaseEventRow.kind, StaffRow.name, CaseEventRow.at)
        .outerjoin(StaffRow, StaffRow.id == CaseEventRow.staff_id)
        .where(CaseEventRow.case_id == case_id, CaseEventRow.kind.in_(KINDS))
        .order_by(CaseEventRow.id)
    )
    return tuple(Step(*row) for row in rows)
