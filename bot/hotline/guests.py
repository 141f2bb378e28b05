"""Who else is in a case: a colleague who is asked to look with its counsellor, a supervisor who joins. It ends.

Only who has accepted may read, only who has joined may write; both end with the counsellor's turn.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store import notices
from bot.store.batch import Batch, Rows, at_once, one_of, prepared
from bot.store.tables import CaseEventRow, CaseRow, GuestRow, StaffRow

CONSULT, JOIN = "consult", "join"


class Guest(NamedTuple):
    """Somebody who is in a case, or asked to be."""

    staff_id: UUID
    name: str
    kind: str
    accepted: bool


async def invite(
    conn: AsyncConnection, staff: Staff, case_id: UUID, colleague: Staff, *, now: datetime
) -> None:
    """Ask a colleague to look at a case with its counsellor; the caller knows that it is hers, and has locked it.

    Raises:
        Conflict: They are asked already.
        NotFound: They do not talk with people, or are the counsellor herself.
    """
    if not colleague.may(Permission.TALK) or colleague.disabled or colleague.id == staff.id:
        raise NotFound
    if await _find(conn, colleague.id, case_id) is not None:
        raise Conflict
    await _add(conn, case_id, colleague.id, CONSULT, asked_by=staff.id, at=now)
    await _note(conn, case_id, "consult_asked", staff.id)


async def accept(conn: AsyncConnection, staff: Staff, case_id: UUID, *, now: datetime) -> None:
    """Look with the counsellor from now on.

    Raises:
        NotFound: One is not asked (any more).
    """
    taken = await conn.scalar(
        update(GuestRow)
        .where(_open(staff.id, case_id), GuestRow.accepted_at.is_(None))
        .values(accepted_at=now)
        .returning(GuestRow.id)
    )
    if taken is None:
        raise NotFound
    await _note(conn, case_id, "consult_accepted", staff.id)


async def join(conn: AsyncConnection, staff: Staff, case_id: UUID, *, now: datetime) -> None:
    """Come into a colleague's talk as somebody who oversees; the caller has locked the case, and says it to the person.

    Raises:
        NotFound: One does not oversee.
        Conflict: One is in it already.
    """
    if not staff.may(Permission.OVERSEE):
        raise NotFound
    if await _find(conn, staff.id, case_id) is not None:
        raise Conflict
    await _add(conn, case_id, staff.id, JOIN, asked_by=staff.id, at=now, accepted_at=now)
    await _note(conn, case_id, "supervisor_joined", staff.id)


async def end(conn: AsyncConnection, case_id: UUID, staff_id: UUID, *, now: datetime) -> None:
    """Let somebody be in a case no more: they decline, leave, or are not needed any longer.

    Raises:
        NotFound: They are not in it.
    """
    gone = await conn.scalar(
        update(GuestRow)
        .where(_open(staff_id, case_id))
        .values(ended_at=now)
        .returning(GuestRow.id)
    )
    if gone is None:
        raise NotFound
    await _note(conn, case_id, "guest_left", staff_id)


async def end_all(conn: AsyncConnection, case_id: UUID, *, now: datetime) -> None:
    """Let nobody be in a case any more but its counsellor."""
    await conn.execute(
        update(GuestRow)
        .where(GuestRow.case_id == case_id, GuestRow.ended_at.is_(None))
        .values(ended_at=now)
    )


async def list_in(conn: AsyncConnection, case_id: UUID) -> tuple[Guest, ...]:
    """Return who is in a case beside its counsellor, and who is asked."""
    return read(await at_once(conn, lambda batch: ask(batch, case_id)))


def ask(batch: Batch, case_id: UUID) -> Rows:
    """Look up who is in a case beside its counsellor, for `read`."""
    return batch.add(_IN, case=case_id)


def read(rows: Rows) -> tuple[Guest, ...]:
    """Return whom `ask` has found."""
    return tuple(Guest(*row) for row in rows)


async def may_write(conn: AsyncConnection, staff: Staff, case_id: UUID) -> bool:
    """Tell whether somebody has joined a talk."""
    return staff.may(Permission.TALK) and bool(
        await conn.scalar(select(being_in(staff.id, case_id, (JOIN,))))
    )


def being_in(
    staff_id: Any,  # noqa: ANN401  # as the next: a value, a column or a parameter
    case_id: Any,  # noqa: ANN401
    kinds: tuple[str, ...] = (CONSULT, JOIN),
) -> ColumnElement[bool]:
    """Return the condition that somebody is in a case as a guest who has accepted, while its counsellor has it."""
    claimed = aliased(CaseRow)
    return exists().where(
        _open(staff_id, case_id),
        one_of(GuestRow.kind, kinds),
        GuestRow.accepted_at.is_not(None),
        claimed.id == GuestRow.case_id,
        claimed.state == "claimed",
    )


async def _find(conn: AsyncConnection, staff_id: UUID, case_id: UUID) -> int | None:
    return await conn.scalar(select(GuestRow.id).where(_open(staff_id, case_id)))


def _open(staff_id: Any, case_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # see `being_in`
    return and_(
        GuestRow.case_id == case_id,
        GuestRow.staff_id == staff_id,
        GuestRow.ended_at.is_(None),
    )


async def _add(
    conn: AsyncConnection,
    case_id: UUID,
    staff_id: UUID,
    kind: str,
    *,
    asked_by: UUID,
    at: datetime,
    accepted_at: datetime | None = None,
) -> None:
    values = {"asked_by": asked_by, "asked_at": at, "accepted_at": accepted_at}
    await conn.execute(
        insert(GuestRow).values(case_id=case_id, staff_id=staff_id, kind=kind, **values)
    )


async def _note(conn: AsyncConnection, case_id: UUID, kind: str, staff_id: UUID) -> None:
    # What `cases.add_event` does; the cases stand on this module.
    await conn.execute(insert(CaseEventRow).values(case_id=case_id, kind=kind, staff_id=staff_id))
    await notices.to_desk(conn, kind, case_id)


_IN = prepared(
    select(
        GuestRow.staff_id,
        StaffRow.name,
        GuestRow.kind,
        GuestRow.accepted_at.is_not(None).label("accepted"),
    )
    .join(StaffRow, StaffRow.id == GuestRow.staff_id)
    .where(GuestRow.case_id == bindparam("case"), GuestRow.ended_at.is_(None))
    .order_by(GuestRow.id),
    gives_rows=True,
)
