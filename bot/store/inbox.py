"""The inbox: every event from a person is stored once, and answered in the order it came."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Incoming
from bot.store.contacts import Party
from bot.store.tables import InboxRow

EVENT = "inbox.event"


_INBOX = InboxRow.metadata.tables["inbox"]
# Built once: every turn runs these, and to build a statement costs more than to run it.
_STORE = insert(_INBOX).on_conflict_do_nothing().returning(_INBOX.c.id)
_PENDING = (
    select(_INBOX.c.id, _INBOX.c.event_id, _INBOX.c.event_sealed, _INBOX.c.failures)
    .where(_INBOX.c.conversation_id == bindparam("of"), _INBOX.c.processed_at.is_(None))
    .order_by(_INBOX.c.id)
)
_MARK_PROCESSED = (
    update(_INBOX)
    .where(_INBOX.c.id.in_(bindparam("ids", expanding=True)))
    .values(processed_at=bindparam("at"), event_sealed=None)
)


@dataclass(frozen=True)
class Pending:
    """An event that waits for its answer."""

    id: int
    incoming: Incoming
    failures: int


async def store(conn: AsyncConnection, party: Party, incoming: Incoming) -> int | None:
    """Keep an event; return its number, or None when it was here before."""
    number: int | None = await conn.scalar(
        _STORE,
        {
            "channel": incoming.address.channel,
            "account": incoming.address.account,
            "event_id": incoming.event_id,
            "conversation_id": party.conversation_id,
            "event_sealed": party.key.seal_json(incoming.to_json(), EVENT),
        },
    )
    return number


async def pending(conn: AsyncConnection, party: Party) -> list[Pending]:
    """Return the unanswered events of a conversation, oldest first."""
    rows = await conn.execute(_PENDING, {"of": party.conversation_id})
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
    await conn.execute(_MARK_PROCESSED, {"ids": inbox_ids, "at": at})


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
