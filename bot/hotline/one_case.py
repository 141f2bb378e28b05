"""One person has one open case at most, in however many chats they write."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict
from bot.store.tables import CaseRow, ContactRow


async def count_open(conn: AsyncConnection, contacts: Iterable[UUID]) -> int:
    """Return how many cases of these people are open."""
    theirs = CaseRow.contact_id.in_(tuple(contacts))
    rows = await conn.scalars(select(CaseRow.id).where(theirs, CaseRow.state != "closed"))
    return len(rows.all())


async def check_none_open(conn: AsyncConnection, *contacts: UUID, but: UUID | None = None) -> None:
    """Make sure that people have no open case (`but` does not count); none can be opened for them while this transaction lasts.

    Raises:
        Conflict: They have one.
    """
    # Always in the same order, so that two who do this at once wait for each other and not both.
    mine = select(ContactRow.id).where(ContactRow.id.in_(contacts)).order_by(ContactRow.id)
    await conn.execute(mine.with_for_update())
    is_open = (CaseRow.contact_id.in_(contacts), CaseRow.state != "closed")
    other = CaseRow.id != but if but is not None else CaseRow.id.is_not(None)
    if await conn.scalar(select(exists().where(*is_open, other))):
        raise Conflict
