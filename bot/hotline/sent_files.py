"""Files that the staff send to a person: when they may, and that they did."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotTaken
from bot.hotline.access import check_is_them
from bot.hotline.staff import Staff
from bot.store import attachments, audit
from bot.store.audit import Kind
from bot.store.contacts import People

MAX_SENT_IN_CASE = 40
"""So many files of the staff a case keeps, beside those of the person."""


async def check_may_send(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID
) -> None:
    """Make sure that a file may go to the person of a case now; the caller knows that the case is theirs, and the consent.

    Raises:
        NotSure: Somebody else may be writing: words can be chosen for that, a file tells what it tells.
        NotTaken: `full`.
    """
    await check_is_them(conn, people, staff, case_id)
    if await attachments.count(conn, case_id, author="staff") >= MAX_SENT_IN_CASE:
        raise NotTaken("full")


async def note_sent(conn: AsyncConnection, people: People, staff: Staff, case_id: UUID) -> None:
    """Note in the audit log that a file was handed over to be sent. It is the last thing in the transaction."""
    await audit.append(
        conn,
        people.lookup,
        Kind.FILE_SENT,
        at=people.clock.now(),
        staff_id=staff.id,
        subject_id=case_id,
    )
