"""What an auditor sees of the audit log: who did what, when and why; never a text, and no door to a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store.tables import AuditRow, CaseRow, StaffRow

PAGE = 50


@dataclass(frozen=True)
class Wish:
    """Which lines somebody wants to see; what is empty narrows nothing."""

    staff_id: UUID | None = None
    kind: str = ""
    reference: str = ""
    """Of a case, as the desk shows it."""
    since: datetime | None = None
    until: datetime | None = None
    """Up to, and without, this moment."""
    before: int | None = None
    """Only lines with a smaller number: the page after the one that ended there."""


@dataclass(frozen=True)
class Entry:
    """A line of the log."""

    number: int
    at: datetime
    staff_name: str | None
    """None for the command line, and for a stranger at the door."""
    kind: str
    reference: str | None
    """Of the case, while it is there: it goes when the person erases everything."""
    about_name: str | None
    """Whoever of the staff it was done to."""
    has_subject: bool
    why: str | None
    amount: int | None


async def list_entries(
    conn: AsyncConnection, staff: Staff, wish: Wish
) -> tuple[list[Entry], bool]:
    """Return at most `PAGE` lines, the newest first, and whether there are older ones.

    Raises:
        NotFound: This role does not read the log.
    """
    if not staff.may(Permission.AUDIT):
        raise NotFound
    about = StaffRow.__table__.alias("about")
    wanted = (
        select(
            AuditRow.number,
            AuditRow.at,
            StaffRow.name.label("staff_name"),
            AuditRow.kind,
            CaseRow.reference,
            about.c.name.label("about_name"),
            AuditRow.subject_id.is_not(None).label("has_subject"),
            AuditRow.why,
            AuditRow.amount,
        )
        .outerjoin(StaffRow, StaffRow.id == AuditRow.staff_id)
        .outerjoin(CaseRow, CaseRow.id == AuditRow.subject_id)
        .outerjoin(about, about.c.id == AuditRow.subject_id)
        .where(*_narrowed(wish))
        .order_by(AuditRow.number.desc())
        .limit(PAGE + 1)
    )
    found = [Entry(*row) for row in await conn.execute(wanted)]
    return found[:PAGE], len(found) > PAGE


def _narrowed(wish: Wish) -> list[Any]:
    rules: list[Any] = []
    if wish.staff_id is not None:
        rules.append(AuditRow.staff_id == wish.staff_id)
    if wish.kind:
        rules.append(AuditRow.kind == wish.kind)
    if wish.reference:
        rules.append(CaseRow.reference == wish.reference)
    if wish.since is not None:
        rules.append(AuditRow.at >= wish.since)
    if wish.until is not None:
        rules.append(AuditRow.at < wish.until)
    if wish.before is not None:
        rules.append(AuditRow.number < wish.before)
    return rules
