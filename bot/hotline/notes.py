"""Notes of the staff in a case: never for the person. Who is named in one with @ is told of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound, Refused
from bot.hotline import cases, guests
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, list_staff
from bot.store.batch import Batch, Rows, prepared
from bot.store.contacts import Party
from bot.store.tables import MentionRow, NoteRow, StaffRow

TEXT = "case.note"
NOTE, WHISPER = "note", "whisper"
MAX_CHARS = 2000


@dataclass(frozen=True)
class Note:
    """One note, as somebody who may see the case reads it."""

    id: int
    kind: str
    author: str
    text: str = field(repr=False)
    at: datetime


async def add(
    conn: AsyncConnection,
    party: Party,
    staff: Staff,
    case_id: UUID,
    text: str,
    *,
    claimed_by: UUID | None,
    kind: str = NOTE,
    now: datetime,
) -> None:
    """Write a note; the caller has checked that `staff` may see the case (`access.check_access`).

    Raises:
        Refused: It is empty or too long.
        NotFound: Only who oversees whispers, and not to themselves.
    """
    words = text.strip()
    if not words or len(words) > MAX_CHARS:
        raise Refused("note")
    if kind == WHISPER and (not staff.may(Permission.OVERSEE) or claimed_by in {None, staff.id}):
        raise NotFound
    note_id = await conn.scalar(
        insert(NoteRow)
        .values(
            case_id=case_id,
            staff_id=staff.id,
            kind=kind,
            text_sealed=party.key.seal(words, TEXT),
            at=now,
        )
        .returning(NoteRow.id)
    )
    if kind == NOTE:
        may_see = await list_readers(conn, case_id, claimed_by)
        names: dict[str, UUID] = {each.name: each.id for each in may_see if each.id != staff.id}
        told = {names[name] for name in mentioned(words, names)}
    else:
        told = {claimed_by} if claimed_by else set()
    for staff_id in sorted(told):
        await conn.execute(insert(MentionRow).values(note_id=note_id, staff_id=staff_id))
    await cases.add_event(conn, case_id, "note_written", staff_id=staff.id)


def mentioned(text: str, names: Iterable[str]) -> set[str]:
    """Return which of `names` stand in `text` after an @; of "Ana" and "Ana Maria" the longer one that fits."""
    folded, found = text.casefold(), set()
    ordered = sorted(names, key=len, reverse=True)
    for start in (place for place, sign in enumerate(folded) if sign == "@"):
        rest = folded[start + 1 :]
        for name in ordered:
            after = rest[len(name.casefold()) :][:1]
            if rest.startswith(name.casefold()) and not after.isalnum():
                found.add(name)
                break
    return found


async def list_readers(
    conn: AsyncConnection, case_id: UUID, claimed_by: UUID | None
) -> list[Staff]:
    """Return who may read the notes of a case: its counsellor, those who oversee, and who is in it."""
    inside = {each.staff_id for each in await guests.list_in(conn, case_id) if each.accepted}
    return [
        each
        for each in await list_staff(conn)
        if not each.disabled
        and (each.id == claimed_by or each.id in inside or each.may(Permission.OVERSEE))
    ]


def ask(batch: Batch, case_id: UUID) -> Rows:
    """Look up the notes of a case, for `read`. Staff come here only through `bot.hotline.access`."""
    return batch.add(_OF_CASE, case=case_id)


def read(rows: Rows, party: Party, staff: Staff, claimed_by: UUID | None) -> tuple[Note, ...]:
    """Return the notes that `ask` has found; a whisper only to who wrote it and to the counsellor."""
    return tuple(
        Note(row.id, row.kind, row.name, party.key.open(row.text_sealed, TEXT), row.at)
        for row in rows
        if row.kind == NOTE or staff.id in {row.staff_id, claimed_by}
    )


async def mark_seen(conn: AsyncConnection, staff: Staff, case_id: UUID, *, now: datetime) -> None:
    """Note that somebody who was named has opened the case."""
    notes = select(NoteRow.id).where(NoteRow.case_id == case_id)
    await conn.execute(
        update(MentionRow)
        .where(
            MentionRow.staff_id == staff.id,
            MentionRow.seen_at.is_(None),
            MentionRow.note_id.in_(notes),
        )
        .values(seen_at=now)
    )


_OF_CASE = prepared(
    select(NoteRow, StaffRow.name)
    .join(StaffRow, StaffRow.id == NoteRow.staff_id)
    .where(NoteRow.case_id == bindparam("case"))
    .order_by(NoteRow.id),
    gives_rows=True,
)
