"""The inbox: every event from a person is stored once, and answered in the order it came."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Incoming
from bot.store.contacts import Party
from bot.store.tables import InboxRow

EVENT = "inbox.event"


@dataclass(frozen=True)
class Pending:
    """An event that waits for its answer."""

    id: int
    incoming: Incoming
    failures: int


async def store(conn: AsyncConnection, party: Party, incoming: Incoming) -> int | None:
    """Keep an event; return its number, or None when it was here before."""
    return await conn.scalar(
        insert(InboxRow)
        .values(
            channel=incoming.address.channel,
            account=incoming.address.account,
            event_id=incoming.event_id,
            conversation_id=party.conversation_id,
            event_sealed=party.key.seal_json(incoming.to_json(), EVENT),
        )
        .on_conflict_do_nothing()
        .returning(InboxRow.id)
    )


async def pending(conn: AsyncConnection, party: Party) -> list[Pending]:
    """Return the unanswered events of a conversation, oldest first."""
    rows = await conn.execute(
        select(InboxRow.id, InboxRow.event_id, InboxRow.event_sealed, InboxRow.failures)
        .where(InboxRow.conversation_id == party.conversation_id, InboxRow.processed_at.is_(None))
        .order_by(InboxRow.id)
    )
    return [
        Pending(
            row.id,
            Incoming.from_json(
                party.address, row.event_id, party.key.open_json(row.event_sealed, EVENT)
            ),
            row.failures,
        )
        for row in rows
    ]


async def mark_processed(conn: AsyncConnection, inbox_ids: list[int], at: datetime) -> None:
    """Note that these events are answered; what they said is dropped."""
    await conn.execute(
        update(InboxRow)
        .where(InboxRow.id.in_(inbox_ids))
        .values(processed_at=at, event_sealed=None)
    )


async def left_behind(conn: AsyncConnection, *, older_than: datetime, limit: int) -> list[UUID]:
    """Return conversations with an event that nobody has answered since `older_than`."""
    rows = await conn.scalars(
        select(InboxRow.conversation_id)
        .where(InboxRow.processed_at.is_(None), InboxRow.received_at < older_than)
        .group_by(InboxRow.conversation_id)
        .limit(limit)
    )
    return list(rows)


async def forget_old(conn: AsyncConnection, *, now: datetime, keep: timedelta) -> int:
    """Delete answered events that no platform delivers again; return how many."""
    result = await conn.execute(
        delete(InboxRow).where(
            InboxRow.processed_at.is_not(None), InboxRow.received_at < now - keep
        )
    )
    return result.rowcount


async def once(conn: AsyncConnection, party: Party, source: str, event_id: str) -> bool:
    """Note that something was done for a conversation; False when it had been done before."""
    return (
        await conn.scalar(
            insert(InboxRow)
            .values(
                channel=source,
                account=source,
                event_id=event_id,
                conversation_id=party.conversation_id,
                processed_at=func.now(),
            )
            .on_conflict_do_nothing()
            .returning(InboxRow.id)
        )
        is not None
    )
