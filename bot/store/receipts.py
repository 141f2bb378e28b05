"""What a channel tells of a message that has left: that it is on the person's screen, and that they had it before their eyes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import notices
from bot.store.tables import CaseRow, OutboxRow, TranscriptRow


async def mark_delivered(conn: AsyncConnection, numbers: Sequence[int], at: datetime) -> None:
    """Note that messages are on the person's screen."""
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(numbers), OutboxRow.delivered_at.is_(None))
        .values(delivered_at=at)
    )
    await _tell(conn, OutboxRow.id.in_(numbers))


async def mark_read(conn: AsyncConnection, conversation_id: UUID, uid: UUID, at: datetime) -> None:
    """Note that a message of a conversation was before the person's eyes; only what the staff wrote is noted."""
    mine = (OutboxRow.conversation_id == conversation_id, OutboxRow.uid == uid)
    number = await conn.scalar(
        update(OutboxRow)
        .where(*mine, OutboxRow.author == "staff", OutboxRow.read_at.is_(None))
        .values(read_at=at)
        .returning(OutboxRow.id)
    )
    if number is not None:
        await _tell(conn, OutboxRow.id == number)


async def _tell(conn: AsyncConnection, which: object) -> None:
    """Tell the desks whose conversation it is; what the bot said concerns nobody."""
    concerned = await conn.scalars(
        select(CaseRow.id)
        .join(TranscriptRow, TranscriptRow.case_id == CaseRow.id)
        .join(OutboxRow, OutboxRow.id == TranscriptRow.outbox_id)
        .where(which, OutboxRow.author == "staff")  # type: ignore[arg-type]  # a condition
        .distinct()
    )
    for case_id in concerned.all():
        await notices.to_desk(conn, "message", case_id)
