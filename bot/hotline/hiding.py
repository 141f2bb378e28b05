"""What leads straight to a person is hidden from whoever reads their case, until they have said why they need it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.audit import Kind
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
    masked = tuple(
        replace(line, text=mask(line.text)) if line.author == "person" else line for line in lines
    )
    if own or "name" not in wishes:
        return masked, wishes
    return masked, {**wishes, "name": HIDDEN_NAME}


async def is_unmasked(
    conn: AsyncConnection, staff_id: UUID, case_id: UUID, *, now: datetime
) -> bool:
    """Tell whether somebody has asked for it lately: the line in the audit log is what opens it."""
    asked = select(AuditRow.number).where(
        AuditRow.subject_id == case_id,
        AuditRow.staff_id == staff_id,
        AuditRow.kind == Kind.CASE_UNMASKED.value,
        AuditRow.at > now - UNMASKED_FOR,
    )
    return await conn.scalar(asked.limit(1)) is not None
