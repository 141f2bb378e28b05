"""Handing a case to a colleague: it stays with its counsellor until the other has accepted, and every step leaves a trail.

Whoever answers locks the conversation and then the case, as a turn and a claim do, so a case that was closed, given back or
taken back in the same moment goes one way only.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline import cases, drafts, guests
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.hotline.weight import WEIGHT
from bot.store import outbox
from bot.store.batch import Batch, Rows, at_once, prepared
from bot.store.contacts import Party, set_owner
from bot.store.tables import CaseRow, StaffRow, TransferRow
from bot.understanding.model import RiskLevel

WHY = "case.transfer"
TRANSFERRED = "transferred"
"""Beside the fits of `matching.Fit`: nobody matched this, the counsellors agreed on it."""


class Offer(NamedTuple):
    """A transfer that waits for its answer."""

    to_id: UUID
    to_name: str


async def offer(
    conn: AsyncConnection,
    party: Party,
    staff: Staff,
    case_id: UUID,
    colleague: Staff,
    *,
    why: str,
    now: datetime,
) -> None:
    """Offer a case to a colleague; the caller knows that it is the counsellor's, and has locked it.

    Raises:
        NotFound: They do not talk with people, or are the counsellor herself.
        Conflict: It is offered already.
    """
    if not colleague.may(Permission.TALK) or colleague.disabled or colleague.id == staff.id:
        raise NotFound
    if await find(conn, case_id) is not None:
        raise Conflict
    sealed = party.key.seal(why, WHY) if why else None
    await conn.execute(
        insert(TransferRow).values(
            case_id=case_id,
            from_id=staff.id,
            to_id=colleague.id,
            state="offered",
            why_sealed=sealed,
            at=now,
        )
    )
    await cases.add_event(conn, case_id, "transfer_offered", staff_id=staff.id)


async def accept(conn: AsyncConnection, staff: Staff, case_id: UUID, *, now: datetime) -> None:
    """Take over a case that was offered; until then it has been the other's.

    Raises:
        NotFound: It is not offered to them (any more), or no longer with who offered it.
    """
    row = await cases.lock(conn, case_id)
    offered = await _offered(conn, case_id)
    if offered is None or offered.to_id != staff.id or not staff.may(Permission.TALK):
        raise NotFound
    if row.state != "claimed" or row.claimed_by != offered.from_id:
        await _answer(conn, offered.id, "ended", now)
        raise NotFound
    await _answer(conn, offered.id, "accepted", now)
    await _move(conn, row, staff, now)


async def decline(conn: AsyncConnection, staff: Staff, case_id: UUID, *, now: datetime) -> None:
    """Leave a case that was offered with who has it.

    Raises:
        NotFound: It is not offered to them (any more).
    """
    await cases.lock(conn, case_id)
    offered = await _offered(conn, case_id)
    if offered is None or offered.to_id != staff.id:
        raise NotFound
    await _answer(conn, offered.id, "declined", now)
    await cases.add_event(conn, case_id, "transfer_declined", staff_id=staff.id)


async def take_back(conn: AsyncConnection, staff: Staff, case_id: UUID, *, now: datetime) -> None:
    """Offer a case no more; the caller has locked it.

    Raises:
        NotFound: It was not offered, or by somebody else.
    """
    offered = await _offered(conn, case_id)
    if offered is None or offered.from_id != staff.id:
        raise NotFound
    await _answer(conn, offered.id, "ended", now)
    await cases.add_event(conn, case_id, "transfer_ended", staff_id=staff.id)


async def end(conn: AsyncConnection, case_id: UUID, *, now: datetime) -> None:
    """End what was offered in a case that goes another way; the caller has locked it."""
    offered = await _offered(conn, case_id)
    if offered is not None:
        await _answer(conn, offered.id, "ended", now)


async def find(conn: AsyncConnection, case_id: UUID) -> Offer | None:
    """Return to whom a case is offered."""
    return read(await at_once(conn, lambda batch: ask(batch, case_id)))


def ask(batch: Batch, case_id: UUID) -> Rows:
    """Look up to whom a case is offered, for `read`."""
    return batch.add(_FIND, case=case_id)


def read(rows: Rows) -> Offer | None:
    """Return what `ask` has found."""
    return Offer(*rows[0]) if rows else None


async def _offered(conn: AsyncConnection, case_id: UUID) -> Any | None:  # noqa: ANN401  # a row of `case_transfers`
    return (
        await conn.execute(
            select(TransferRow).where(
                TransferRow.case_id == case_id, TransferRow.state == "offered"
            )
        )
    ).one_or_none()


async def _answer(conn: AsyncConnection, number: int, state: str, now: datetime) -> None:
    await conn.execute(
        update(TransferRow).where(TransferRow.id == number).values(state=state, answered_at=now)
    )


async def _move(conn: AsyncConnection, row: Any, staff: Staff, now: datetime) -> None:  # noqa: ANN401  # of `cases.lock`
    epoch = await set_owner(conn, row.conversation_id, "staff", staff.id)
    await outbox.carry_over(conn, row.conversation_id, epoch)
    await guests.end_all(conn, row.id, now=now)
    await drafts.drop_all(conn, row.id)
    await conn.execute(
        update(CaseRow)
        .where(CaseRow.id == row.id)
        .values(claimed_by=staff.id, claimed_at=now, reminded_at=None)
    )
    # It weighs for the next match like one that was taken from the queue.
    weight = WEIGHT[RiskLevel.of(row.level)]
    await cases.add_event(
        conn,
        row.id,
        "case_claimed",
        staff_id=staff.id,
        at=now,
        weight=weight,
        fit=TRANSFERRED,
    )


_FIND = prepared(
    select(TransferRow.to_id, StaffRow.name)
    .join(StaffRow, StaffRow.id == TransferRow.to_id)
    .where(TransferRow.case_id == bindparam("case"), TransferRow.state == "offered"),
    gives_rows=True,
)
