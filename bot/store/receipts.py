"""What a channel tells of a message that has left: that it is on the person's screen, and that they had it before their eyes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import notices
from bot.store.tables import (
    AddressRow,
    CaseRow,
    ConversationRow,
    OutboxRow,
    TranscriptRow,
)


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


async def note(
    conn: AsyncConnection,
    uid: UUID,
    status: str,
    *,
    platform_id: str,
    at: datetime,
    error: str | None = None,
    stops: bool = False,
) -> None:
    """Note what a platform tells of one of our messages; in whatever order and however often it does.

    Args:
        conn: The transaction.
        uid: Which message; one that is unknown, or gone, is passed over.
        status: `sent`, `delivered`, `read` or `failed`.
        platform_id: By which the platform knows it. It may be the first that we hear of it.
        at: When that was.
        error: Of one that failed: the code of a send error.
        stops: It failed because nothing reaches this person any more.
    """
    row = (
        await conn.execute(
            update(OutboxRow)
            .where(OutboxRow.uid == uid)
            .values(platform_id=func.coalesce(OutboxRow.platform_id, platform_id))
            .returning(OutboxRow.id, OutboxRow.conversation_id)
        )
    ).one_or_none()
    if row is None:
        return
    if status in {"delivered", "read"}:
        await mark_delivered(conn, [row.id], at)
    if status == "read":
        await mark_read(conn, row.conversation_id, uid, at)
    if status == "failed":
        await _mark_failed(conn, row.id, error)
        if stops:
            await conn.execute(_BLOCK, {"of": row.conversation_id, "at": at})


async def _mark_failed(conn: AsyncConnection, number: int, error: str | None) -> None:
    """Show a message as not delivered that its platform had taken; what one of a broadcast came to is told by its own rows."""
    on_its_way = OutboxRow.status.in_(("sending", "sent"))
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id == number,
            on_its_way,
            OutboxRow.delivered_at.is_(None),
            ~OutboxRow.bulk,
        )
        .values(status="dead", holder=None, error=error)
    )
    await _tell(conn, OutboxRow.id == number)


_BLOCK = (
    update(AddressRow)
    .where(
        AddressRow.id
        == select(ConversationRow.address_id)
        .where(ConversationRow.id == bindparam("of"))
        .scalar_subquery()
    )
    .values(blocked_at=bindparam("at"))
)
