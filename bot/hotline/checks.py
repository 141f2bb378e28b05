"""Checks of the directory by the staff: every one is kept, with who made it, also when it was taken back."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.directory import FRESH, Result
from bot.content.model import Service
from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store.crypto import DataKey, Keyring
from bot.store.keys import get_notes_key
from bot.store.tables import ServiceCheckRow, StaffRow

TRIED = ("call", "visit", "page")
"""How a check was made; the words stand in the catalogues."""
RIGHT = ("yes", "no", "unknown")
RESULTS = tuple(result.value for result in Result)
MAX_NOTE_CHARS = 500
_NOTE = "service_check.note"


@dataclass(frozen=True)
class Findings:
    """What somebody found when they checked an entry, as the form gives it."""

    on: date | None = None
    tried: str = ""
    result: str = ""
    hours: str = ""
    scope: str = ""
    note: str = field(default="", repr=False)

    def problem(self, service: Service, today: date) -> str:
        """Return what is missing or cannot be, by name; empty when all is well.

        An entry is called right only when nothing was found wrong. One that the file wants tested first
        (`show_after_check`) needs a plain yes to its hours too.
        """
        if self.on is None or not today - FRESH <= self.on <= today:
            return "day"
        if self.tried not in TRIED:
            return "tried"
        if self.result not in RESULTS:
            return "result"
        if len(self.note) > MAX_NOTE_CHARS:
            return "note"
        if self.result == Result.NO_ANSWER:
            return ""
        if self.hours not in RIGHT:
            return "hours"
        if self.scope not in RIGHT:
            return "scope"
        return self._doubt(service)

    def _doubt(self, service: Service) -> str:
        if self.result == Result.WRONG:
            return "" if self.note else "why"
        if self.hours == "no" or self.scope != "yes":
            return "not_ok"
        untested = service.surface == "show_after_check" and self.hours != "yes"
        return "not_ok_yet" if untested else ""


@dataclass(frozen=True)
class Made:
    """A check that was made."""

    id: int
    on: date
    tried: str
    result: str
    hours: str
    scope: str
    by: UUID
    by_name: str
    at: datetime
    undone_at: datetime | None
    note: str = field(repr=False)


async def record(
    conn: AsyncConnection,
    keyring: Keyring,
    staff: Staff,
    service: Service,
    findings: Findings,
    *,
    now: datetime,
) -> None:
    """Keep a check without a `problem`.

    Raises:
        NotFound: This role records none.
    """
    if not staff.may(Permission.CHECK):
        raise NotFound
    silent = findings.result == Result.NO_ANSWER
    note = None
    if findings.note:
        note = (await get_notes_key(conn, keyring)).seal(findings.note, _NOTE)
    await conn.execute(
        insert(ServiceCheckRow).values(
            service_id=service.id,
            checked_on=findings.on,
            tried=findings.tried,
            result=findings.result,
            hours_right="unknown" if silent else findings.hours,
            scope_right="unknown" if silent else findings.scope,
            staff_id=staff.id,
            note_sealed=note,
            created_at=now,
        )
    )


async def undo(
    conn: AsyncConnection, staff: Staff, service_id: str, check_id: int, *, now: datetime
) -> None:
    """Take the last check of an entry back; only who has made it can.

    Raises:
        NotFound: This role records none.
        Conflict: It is not the last one any more, or somebody else's.
    """
    if not staff.may(Permission.CHECK):
        raise NotFound
    last = await conn.execute(
        select(ServiceCheckRow.id, ServiceCheckRow.staff_id)
        .where(ServiceCheckRow.service_id == service_id, ServiceCheckRow.undone_at.is_(None))
        .order_by(ServiceCheckRow.id.desc())
        .limit(1)
        .with_for_update()
    )
    row = last.one_or_none()
    if row is None or row.id != check_id or row.staff_id != staff.id:
        raise Conflict
    await conn.execute(
        update(ServiceCheckRow).where(ServiceCheckRow.id == check_id).values(undone_at=now)
    )


async def list_made(conn: AsyncConnection, keyring: Keyring, service_id: str) -> list[Made]:
    """Return every check of an entry, the newest first, undone ones too. Every one of the staff may read them."""
    rows = await conn.execute(
        select(ServiceCheckRow, StaffRow.name)
        .join(StaffRow, StaffRow.id == ServiceCheckRow.staff_id)
        .where(ServiceCheckRow.service_id == service_id)
        .order_by(ServiceCheckRow.id.desc())
    )
    found = list(rows)
    noted = any(row.note_sealed for row in found)
    key = await get_notes_key(conn, keyring) if noted else None
    return [_made(key, row) for row in found]


def _made(key: DataKey | None, row: Any) -> Made:  # noqa: ANN401  # a row of `list_made`
    return Made(
        id=row.id,
        on=row.checked_on,
        tried=row.tried,
        result=row.result,
        hours=row.hours_right,
        scope=row.scope_right,
        by=row.staff_id,
        by_name=row.name,
        at=row.created_at,
        undone_at=row.undone_at,
        note=key.open(row.note_sealed, _NOTE) if key and row.note_sealed else "",
    )


def undoable(made: list[Made], staff: Staff) -> int | None:
    """Return the number of the check that `staff` may take back, if there is one."""
    last = next((each for each in made if each.undone_at is None), None)
    return last.id if last and last.by == staff.id and staff.may(Permission.CHECK) else None
