"""Which messages living processes are sending, and which nobody sends any more.

A process that sends holds an advisory lock on a connection of its own; its number is the `holder` of what it sends. The lock
goes when the process goes, however it goes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, column, func, literal, or_, select, table, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import AddressRow, ConversationRow, OutboxRow

UNANSWERED = "unanswered"
"""The error of a message that was sent without the platform saying whether it arrived."""
HOLDERS = 0x5375
"""The class of advisory locks that stand for living processes."""


def living(holder: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column of numbers
    """Return the condition that the process behind a column `holder` still lives."""
    return (
        select(literal(1))
        .select_from(table("pg_locks"))
        .where(
            text("locktype = 'advisory' AND granted"),
            text("classid = :holders").bindparams(holders=HOLDERS),
            column("objid") == holder,
        )
        .exists()
    )


async def is_alive(conn: AsyncConnection, holder: int | None) -> bool:
    """Tell whether the process behind `holder` still lives."""
    if holder is None:
        return False
    return bool(
        await conn.scalar(
            select(func.count())
            .select_from(text("pg_locks"))
            .where(
                text(
                    "locktype = 'advisory' AND granted AND classid = :c AND objid = :o"
                ).bindparams(c=HOLDERS, o=holder)
            )
        )
    )


async def in_flight(
    conn: AsyncConnection, conversation_id: UUID, *, author: str | None = None
) -> bool:
    """Tell whether a living process is sending a message of `author`, or of anybody, in this conversation."""
    holders = await conn.scalars(
        select(OutboxRow.holder).where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.status == "sending",
            literal(value=True) if author is None else OutboxRow.author == author,
        )
    )
    for holder in set(holders):
        if await is_alive(conn, holder):
            return True
    return False


async def held_by(conn: AsyncConnection, holder: int, *, channels: Sequence[str]) -> list[int]:
    """Return the messages on `channels` that the process behind `holder` is sending, as the database knows it; none of a
    broadcast, after which the broadcaster looks itself."""
    rows = await conn.scalars(
        select(OutboxRow.id)
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .where(
            OutboxRow.status == "sending",
            OutboxRow.holder == holder,
            ~OutboxRow.bulk,
            AddressRow.channel.in_(channels),
        )
    )
    return list(rows)


async def left_behind(
    conn: AsyncConnection, *, now: datetime, channels: Sequence[str], limit: int
) -> list[UUID]:
    """Return conversations on `channels` whose next message may go and is not being sent by a living process; not those
    where that is one of a broadcast."""
    following = (
        select(
            OutboxRow.conversation_id,
            OutboxRow.status,
            OutboxRow.not_before,
            OutboxRow.holder,
            OutboxRow.bulk,
        )
        .ext(distinct_on(OutboxRow.conversation_id))
        .where(OutboxRow.status.in_(("queued", "sending")))
        .order_by(OutboxRow.conversation_id, OutboxRow.id)
        .subquery("following")
    )
    alive = living(following.c.holder)
    due = or_(following.c.not_before.is_(None), following.c.not_before <= now)
    rows = await conn.scalars(
        select(following.c.conversation_id)
        .join(ConversationRow, ConversationRow.id == following.c.conversation_id)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .where(
            AddressRow.channel.in_(channels),
            ConversationRow.parked_at.is_(None),
            ~following.c.bulk,
            or_(
                and_(following.c.status == "queued", due),
                and_(following.c.status == "sending", ~alive),
            ),
        )
        .limit(limit)
    )
    return list(rows)
