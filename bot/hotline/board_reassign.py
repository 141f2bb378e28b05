"""A supervisor gives a case from one counsellor to another: one transaction, with its trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline import cases
from bot.hotline.board import check_may_oversee
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, get_staff
from bot.hotline.weight import WEIGHT
from bot.store import outbox
from bot.store.contacts import set_owner
from bot.store.tables import CaseRow
from bot.understanding.model import RiskLevel


async def reassign(
    conn: AsyncConnection,
    by: Staff,
    case_id: UUID,
    *,
    former: UUID,
    to: UUID,
    now: datetime,
) -> None:
    """Give a case to somebody else; what the former counsellor has sent still arrives.

    Args:
        conn: The caller's transaction.
        by: Who oversees.
        case_id: The case.
        former: Who had it when the supervisor looked; they may have been disabled since.
        to: Who gets it.
        now: Aware. The new counsellor's time to write begins.

    Raises:
        NotFound: This role does not oversee, or there is no such case or counsellor.
        Conflict: Somebody else has the case by now, or nobody.
    """
    check_may_oversee(by)
    row = await cases.lock(conn, case_id)
    who = await get_staff(conn, to)
    if not who.may(Permission.TALK) or who.disabled:
        raise NotFound
    if row.state != "claimed" or row.claimed_by != former or former == who.id:
        raise Conflict("moved")
    epoch = await set_owner(conn, row.conversation_id, "staff", who.id)
    await outbox.carry_over(conn, row.conversation_id, epoch)
    await conn.execute(
        update(CaseRow)
        .where(CaseRow.id == case_id)
        .values(claimed_by=who.id, claimed_at=now, reminded_at=None)
    )
    weight = WEIGHT[RiskLevel.of(row.level)]
    trail = {"from": str(former), "to": str(who.id), "weight": weight}
    await cases.add_event(conn, case_id, "case_reassigned", staff_id=by.id, at=now, **trail)
