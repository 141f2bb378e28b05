"""Lines that are hard to read: whoever comes after is shown that there is one, and reads it when they want to."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline import access
from bot.hotline.staff import Staff
from bot.store import notices
from bot.store.contacts import People
from bot.store.tables import LineVeilRow


async def set_veil(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    line_id: int,
    *,
    veiled: bool,
) -> None:
    """Say of a line of the person that it is hard to read, or that it is not; the last word holds for everybody.

    Raises:
        NotFound: There is no such line that `staff` may read.
    """
    await access.check_line(conn, people, staff, case_id, line_id, readable=True)
    said = {"veiled": veiled, "staff_id": staff.id, "at": people.clock.now()}
    made = insert(LineVeilRow).values(line_id=line_id, **said)
    await conn.execute(made.on_conflict_do_update(index_elements=[LineVeilRow.line_id], set_=said))
    await notices.to_desk(conn, "message", case_id)
