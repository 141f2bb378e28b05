"""What leads straight to a person is hidden from whoever reads their case, until they have said why they need it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.store.audit import Kind
from bot.store.batch import Batch, Rows, prepared
from bot.store.tables import AuditRow
from bot.store.transcript import Line
from bot.understanding.masking import mask

REASONS = ("danger", "refer", "asked", "same_person", "complaint")
"""Why somebody needs it; their words stand in the catalogues."""
UNMASKED_FOR = timedelta(minutes=30)
HIDDEN_NAME = "[name]"


def hide(
    lines: Sequence[Line], wishes: Mapping[str, str], *, own: bool
) -> tuple[tuple[Line, ...], Mapping[str, str]]:
    """Return lines and wishes without what leads to their person.

    The name that they want to be called by stays for the counsellor who has them (`own`): it was given to be used.
    """
    masked = tuple(_hidden(line) for line in lines)
    if own or "name" not in wishes:
        return masked, wishes
    return masked, {**wishes, "name": HIDDEN_NAME}


def _hidden(line: Line) -> Line:
    text = mask(line.text) if line.author == "person" else line.text
    return line if text == line.text else replace(line, text=text)


def ask_unmasked(batch: Batch, staff_id: UUID, case_id: UUID, *, now: datetime) -> Rows:
    """Look up whether somebody has asked for it lately; there is a row if so: the line in the audit log is what opens it."""
    return batch.add(_UNMASKED, case=case_id, staff=staff_id, since=now - UNMASKED_FOR)


_UNMASKED = prepared(
    select(AuditRow.number)
    .where(
        AuditRow.subject_id == bindparam("case"),
        AuditRow.staff_id == bindparam("staff"),
        AuditRow.kind == Kind.CASE_UNMASKED.value,
        AuditRow.at > bindparam("since"),
    )
    .limit(1),
    gives_rows=True,
)
