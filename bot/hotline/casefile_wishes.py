"""The person reads what is written about them: they ask, a counsellor releases a readable text, they may correct it.

Law 27/2022 on personal data gives three days for it (articles 30 and 32), and lets an answer leave out what would reveal
somebody else's data or endanger anybody (article 33): that is why a counsellor writes it and nothing is copied by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.hotline import cases, consent
from bot.hotline.access import check_may_change
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store.contacts import People
from bot.store.files import CORRECTION, RELEASED
from bot.store.tables import CaseRow, FileRequestRow

WITHIN = timedelta(days=3)
MAX_TEXT_CHARS = 2500
"""Read in one message of the chat."""


@dataclass(frozen=True)
class OpenWish:
    """Somebody waits to read what is written about them."""

    case_id: UUID
    reference: str
    due_at: datetime


async def ask(conn: AsyncConnection, case_id: UUID, *, clock: Clock) -> None:
    """Note that the person wants to read; who waits already waits no longer for it.

    Raises:
        NotFound: There is no such case (any more).
    """
    row = await cases.lock(conn, case_id)
    waits = await conn.scalar(
        select(FileRequestRow.id).where(
            FileRequestRow.contact_id == row.contact_id, FileRequestRow.released_at.is_(None)
        )
    )
    if waits is not None:
        return
    now = clock.now()
    await conn.execute(
        insert(FileRequestRow).values(
            id=clock.new_id(),
            contact_id=row.contact_id,
            case_id=case_id,
            asked_at=now,
            due_at=now + WITHIN,
        )
    )
    await cases.add_event(conn, case_id, "file_asked", at=now)


async def release(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    wish_id: UUID,
    text: str,
    *,
    now: datetime,
) -> None:
    """Let the person read `text` with their four words.

    Raises:
        NotFound: The case is not theirs, or nobody asked.
        ConsentMissing: The person does not agree to talk (any more).
        Conflict: It is released already.
    """
    await check_may_change(conn, staff, case_id)
    await consent.check(conn, case_id, consent.TALK)
    row = await cases.lock(conn, case_id)
    party = await people.get(conn, row.conversation_id)
    mine = (FileRequestRow.id == wish_id) & (FileRequestRow.contact_id == row.contact_id)
    if await conn.scalar(select(FileRequestRow.id).where(mine)) is None:
        raise NotFound
    released = await conn.execute(
        update(FileRequestRow)
        .where(mine, FileRequestRow.released_at.is_(None))
        .values(text_sealed=party.key.seal(text, RELEASED), released_at=now, released_by=staff.id)
    )
    if not released.rowcount:
        raise Conflict
    await cases.add_event(conn, case_id, "file_released", staff_id=staff.id, at=now)


async def correct(
    conn: AsyncConnection, people: People, case_id: UUID, words: str, *, now: datetime
) -> None:
    """Keep what the person says is wrong beside the last text that was released.

    Raises:
        NotFound: Nothing was released, or there is no such case (any more).
    """
    row = await cases.lock(conn, case_id)
    party = await people.get(conn, row.conversation_id)
    last = (
        select(FileRequestRow.id)
        .where(
            FileRequestRow.contact_id == row.contact_id, FileRequestRow.released_at.is_not(None)
        )
        .order_by(FileRequestRow.released_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    sealed = party.key.seal(words, CORRECTION)
    kept = await conn.execute(
        update(FileRequestRow)
        .where(FileRequestRow.id == last)
        .values(correction_sealed=sealed, corrected_at=now)
    )
    if not kept.rowcount:
        raise NotFound
    await cases.add_event(conn, case_id, "file_corrected", at=now)


async def list_open(conn: AsyncConnection, staff: Staff) -> list[OpenWish]:
    """Return who waits to read: in one's own cases, or in all for those who oversee; the first due on top."""
    if not staff.may(Permission.TALK):
        raise NotFound
    wanted = (
        select(FileRequestRow.case_id, CaseRow.reference, FileRequestRow.due_at)
        .join(CaseRow, CaseRow.id == FileRequestRow.case_id)
        .where(FileRequestRow.released_at.is_(None))
        .order_by(FileRequestRow.due_at)
    )
    if not staff.may(Permission.OVERSEE):
        wanted = wanted.where(CaseRow.claimed_by == staff.id)
    return [OpenWish(*row) for row in await conn.execute(wanted)]
