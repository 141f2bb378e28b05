"""Through whose hands a case has gone, in order; never what was said."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.store.batch import Batch, Rows, one_of, prepared
from bot.store.tables import CaseEventRow, StaffRow

KINDS = (
    "case_claimed",
    "case_released",
    "case_returned",
    "case_resumed",
    "case_moved",
    "chat_joined",
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
    "talk_paused",
    "pause_undone",
    "pause_danger",
    "pause_over",
)
"""What counts as a step; the words for them stand in the templates."""


class Step(NamedTuple):
    """One step, and whose it was."""

    kind: str
    name: str | None
    at: datetime


def ask(batch: Batch, case_id: UUID) -> Rows:
    """Look up the steps of a case, for `read`. Staff come here only through `bot.hotline.access`."""
    return batch.add(_OF_CASE, case=case_id)


def read(rows: Rows) -> tuple[Step, ...]:
    """Return the steps that `ask` has found, oldest first."""
    return tuple(Step(*row) for row in rows)


_OF_CASE = prepared(
    select(CaseEventRow.kind, StaffRow.name, CaseEventRow.at)
    .outerjoin(StaffRow, StaffRow.id == CaseEventRow.staff_id)
    .where(CaseEventRow.case_id == bindparam("case"), one_of(CaseEventRow.kind, KINDS))
    .order_by(CaseEventRow.id),
    gives_rows=True,
)
