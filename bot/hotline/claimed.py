"""Whose case it is: the door to everything that its counsellor may do with it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline import cases, guests
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store.contacts import Party, People


async def access_claimed(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    *,
    anybodys: bool = False,
    joined: bool = False,
) -> tuple[Party, cases.OpenCase]:
    """Lock a case that `staff` has (or has `joined`, or `anybodys`), with its person.

    Raises:
        NotFound: There is no such case, or it is not theirs.
        Conflict: Nobody has it now.
    """
    row = await cases.lock(conn, case_id)
    if not staff.may(Permission.TALK):
        raise NotFound
    is_theirs = anybodys or row.claimed_by == staff.id
    if not is_theirs and not (joined and await guests.may_write(conn, staff, case_id)):
        raise NotFound
    if row.state != "claimed":
        raise Conflict
    party = await people.get(conn, row.conversation_id)
    case = await cases.find_open(conn, row.conversation_id)
    if case is None or case.id != case_id:
        raise Conflict
    return party, case
