"""What colleagues ask of somebody: to take over a case, to look at one together, to read a note in which they are named."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.hotline import guests
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.hotline.transfers import WHY
from bot.store.contacts import People
from bot.store.tables import (
    CaseRow,
    ContactRow,
    GuestRow,
    MentionRow,
    NoteRow,
    StaffRow,
    TransferRow,
)
from bot.understanding.model import RiskLevel

TRANSFER, CONSULT, MENTION, INSIDE = "transfer", "consult", "mention", "inside"


@dataclass(frozen=True)
class Asked:
    """One thing that is asked; nothing that the person wrote."""

    kind: str
    case_id: UUID
    reference: str
    level: RiskLevel
    locale: str
    by: str
    why: str = field(default="", repr=False)
    """What the colleague says to it, for a transfer."""


async def list_for(conn: AsyncConnection, people: People, staff: Staff) -> list[Asked]:
    """Return what is asked of `staff`, transfers first; and whom they look at together with a colleague now."""
    if not staff.may(Permission.TALK):
        return []
    return [
        *await _transfers(conn, people, staff),
        *await _guests(conn, staff, CONSULT, accepted=False),
        *await _mentions(conn, staff),
        *await _guests(conn, staff, INSIDE, accepted=True),
    ]


async def _transfers(conn: AsyncConnection, people: People, staff: Staff) -> list[Asked]:
    rows = await conn.execute(
        select(
            *_CASE,
            StaffRow.name.label("by"),
            TransferRow.why_sealed,
            ContactRow.wrapped_key,
        )
        .join(TransferRow, TransferRow.case_id == CaseRow.id)
        .join(StaffRow, StaffRow.id == TransferRow.from_id)
        .join(ContactRow, ContactRow.id == CaseRow.contact_id)
        .where(
            TransferRow.to_id == staff.id,
            TransferRow.state == "offered",
            CaseRow.state == "claimed",
            CaseRow.claimed_by == TransferRow.from_id,
        )
        .order_by(TransferRow.id)
    )
    return [
        _asked(
            TRANSFER,
            row,
            people.keyring.unwrap(row.wrapped_key).open(row.why_sealed, WHY)
            if row.why_sealed
            else "",
        )
        for row in rows
    ]


async def _guests(
    conn: AsyncConnection, staff: Staff, kind: str, *, accepted: bool
) -> list[Asked]:
    rows = await conn.execute(
        select(*_CASE, StaffRow.name.label("by"))
        .join(GuestRow, GuestRow.case_id == CaseRow.id)
        .join(StaffRow, StaffRow.id == CaseRow.claimed_by)
        .where(
            GuestRow.staff_id == staff.id,
            GuestRow.kind.in_((guests.CONSULT, guests.JOIN)),
            GuestRow.ended_at.is_(None),
            GuestRow.accepted_at.is_not(None) if accepted else GuestRow.accepted_at.is_(None),
            CaseRow.state == "claimed",
        )
        .order_by(GuestRow.id)
    )
    return [_asked(kind, row) for row in rows]


async def _mentions(conn: AsyncConnection, staff: Staff) -> list[Asked]:
    author = aliased(StaffRow)
    rows = await conn.execute(
        select(*_CASE, func.max(author.name).label("by"))
        .join(NoteRow, NoteRow.case_id == CaseRow.id)
        .join(MentionRow, MentionRow.note_id == NoteRow.id)
        .join(author, author.id == NoteRow.staff_id)
        .where(MentionRow.staff_id == staff.id, MentionRow.seen_at.is_(None))
        .group_by(*_CASE)
        .order_by(func.max(NoteRow.id))
    )
    return [_asked(MENTION, row) for row in rows]


_CASE = (CaseRow.id, CaseRow.reference, CaseRow.level, CaseRow.locale)


def _asked(kind: str, row: object, why: str = "") -> Asked:
    fields = row._mapping  # type: ignore[attr-defined]  # SQLAlchemy's public name
    return Asked(
        kind,
        fields["id"],
        fields["reference"],
        RiskLevel.of(fields["level"]),
        fields["locale"],
        fields["by"],
        why,
    )
