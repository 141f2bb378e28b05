"""The inbox: every event from a person is stored once, and answered in the order it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, null, select, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Incoming
from bot.store.batch import Batch, Rows, prepared
from bot.store.contacts import Party
from bot.store.crypto import DataKey
from bot.store.tables import ConversationRow, InboxRow, PaceRow

EVENT = "inbox.event"
MANY = 200
LATE = timedelta(seconds=15)
"""With so many events unanswered, or one for so long, bulk waits until the house has caught up."""


_INBOX, _CONVERSATIONS, _ADDRESSES = (
    InboxRow.metadata.tables[name] for name in ("inbox", "conversations", "addresses")
)
_NEW = insert(_INBOX).values(
    channel=bindparam("channel"),
    account=bindparam("account"),
    event_id=bindparam("event_id"),
    conversation_id=bindparam("of"),
)
_STORE = prepared(
    _NEW.values(event_sealed=bindparam("sealed"), waits=bindparam("waits"))
    .on_conflict_do_nothing()
    .returning(_INBOX.c.id),
    gives_rows=True,
)
_EVENT = select(
    _INBOX.c.id,
    _INBOX.c.event_id,
    _INBOX.c.event_sealed,
    _INBOX.c.processed_at,
    _INBOX.c.waits,
    _INBOX.c.conversation_id,
)
_THIS = _EVENT.where(
    _INBOX.c.channel == bindparam("channel"),
    _INBOX.c.account == bindparam("account"),
    _INBOX.c.event_id == bindparam("event_id"),
)
_WAITING = (
    _EVENT.join(_CONVERSATIONS, _CONVERSATIONS.c.id == _INBOX.c.conversation_id)
    .join(_ADDRESSES, _ADDRESSES.c.id == _CONVERSATIONS.c.address_id)
    .where(_INBOX.c.processed_at.is_(None))
)
# Somebody may have made room while an event was being stored as theirs: it comes from whoever is here now.
_PENDING = _WAITING.where(_ADDRESSES.c.lookup == bindparam("wanted")).union(
    _WAITING.where(_ADDRESSES.c.place == bindparam("wanted"))
)
_FIND = prepared(_THIS, gives_rows=True)
_FIND_PENDING = prepared(_PENDING, gives_rows=True)
_FIND_BOTH = prepared(union(*_PENDING.selects, _THIS), gives_rows=True)
_LET_WAIT = prepared(
    update(_INBOX)
    .where(
        _INBOX.c.channel == bindparam("channel"),
        _INBOX.c.account == bindparam("account"),
        _INBOX.c.event_id == bindparam("event_id"),
        _INBOX.c.processed_at.is_(None),
    )
    .values(waits=True)
)
_ANSWERED: dict[str, Any] = {"processed_at": bindparam("at"), "event_sealed": null()}
_STORE_ANSWERED = prepared(
    _NEW.values(processed_at=bindparam("at")).on_conflict_do_update(
        index_elements=[_INBOX.c.channel, _INBOX.c.account, _INBOX.c.event_id],
        set_=_ANSWERED,
    )
)


@dataclass(frozen=True)
class Pending:
    """An event that waits for its answer."""

    incoming: Incoming
    id: int | None = None
    """None where it is not in the inbox yet."""
    waits: bool = False
    """It tells of no danger, and is answered together with others when the pause of its conversation is over."""


def store(batch: Batch, party: Party, incoming: Incoming, *, waits: bool = False) -> Rows:
    """Keep an event until it is answered; no row comes back where it was here before."""
    sealed = party.key.seal_json(incoming.to_json(), EVENT)
    name = _name(incoming)
    return batch.add(_STORE, of=party.conversation_id, sealed=sealed, waits=waits, **name)


def let_wait(batch: Batch, incoming: Incoming) -> None:
    """Let an event wait that is kept and was read: it is answered together with others."""
    batch.add(_LET_WAIT, **_name(incoming))


def find(batch: Batch, incoming: Incoming) -> Rows:
    """Look an event up; one row comes back where it was here before, with the time when it was answered."""
    return batch.add(_FIND, **_name(incoming))


def find_pending(batch: Batch, lookup: bytes, incoming: Incoming | None) -> Rows:
    """Look up what is unanswered at the address with this keyed hash, and the event that has just come in."""
    if incoming is None:
        return batch.add(_FIND_PENDING, wanted=lookup)
    return batch.add(_FIND_BOTH, wanted=lookup, **_name(incoming))


def strangers(rows: Rows, party: Party) -> set[UUID]:
    """Return the other conversations at the address in which `find_pending` has found something unanswered."""
    open_rows = (row.conversation_id for row in rows if row.processed_at is None)
    return set(open_rows) - {party.conversation_id}


def read_pending(
    rows: Rows,
    party: Party,
    incoming: Incoming | None,
    *,
    keys: Mapping[UUID, DataKey] = MappingProxyType({}),
) -> list[Pending]:
    """Return the unanswered events that `find_pending` has found, oldest first; last the one that was not stored.

    `keys` opens what was stored for the conversations of `strangers`.
    """
    waiting = [
        Pending(
            Incoming.from_json(
                party.address,
                row.event_id,
                keys.get(row.conversation_id, party.key).open_json(row.event_sealed, EVENT),
            ),
            row.id,
            row.waits,
        )
        for row in sorted(rows)
        if row.processed_at is None
    ]
    if incoming is not None and all(row.event_id != incoming.event_id for row in rows):
        waiting.append(Pending(incoming))
    return waiting


def mark_answered(batch: Batch, party: Party, event: Pending, at: datetime) -> None:
    """Note that an event is answered, stored before or not; what it said is dropped."""
    batch.add(_STORE_ANSWERED, of=party.conversation_id, at=at, **_name(event.incoming))


def _name(incoming: Incoming) -> dict[str, str]:
    return {
        "channel": incoming.address.channel,
        "account": incoming.address.account,
        "event_id": incoming.event_id,
    }


async def left_behind(
    conn: AsyncConnection, *, older_than: datetime, now: datetime, limit: int
) -> list[UUID]:
    """Return conversations with an event that nobody has answered since `older_than`, or that has waited for a pause which is over.

    Whoever is in a talk or in the queue comes first.
    """
    in_time = (InboxRow.received_at < older_than) & (
        InboxRow.waits.is_(False) | PaceRow.answer_at.is_(None)
    )
    rows = await conn.scalars(
        select(InboxRow.conversation_id)
        .join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)
        .outerjoin(PaceRow, PaceRow.conversation_id == InboxRow.conversation_id)
        .where(InboxRow.processed_at.is_(None))
        .where(in_time | (InboxRow.waits & (PaceRow.answer_at <= now)))
        .group_by(InboxRow.conversation_id)
        # Those that cannot be answered for a fault of ours must not keep the others waiting.
        .order_by(
            func.min(InboxRow.failures),
            func.bool_and(ConversationRow.owner == "bot"),
            func.min(InboxRow.received_at),
        )
        .limit(limit)
    )
    return list(rows)


@dataclass(frozen=True)
class Backlog:
    """What nobody has answered yet, apart from what waits on purpose and from what cannot be answered for a fault of ours."""

    unanswered: int = 0
    oldest_at: datetime | None = None

    def is_too_much(self, now: datetime) -> bool:
        """Tell whether the house cannot keep up."""
        late = self.oldest_at is not None and now - self.oldest_at > LATE
        return self.unanswered >= MANY or late


async def get_backlog(conn: AsyncConnection) -> Backlog:
    """Return what is not answered yet."""
    open_ = InboxRow.processed_at.is_(None), InboxRow.waits.is_(False), InboxRow.failures == 0
    query = select(func.count(), func.min(InboxRow.received_at)).where(*open_)
    return Backlog(*(await conn.execute(query)).one())


async def note_failure(conn: AsyncConnection, conversation_id: UUID) -> None:
    """Note that what is unanswered in a conversation could not be answered, once more."""
    await conn.execute(
        update(InboxRow)
        .where(InboxRow.conversation_id == conversation_id, InboxRow.processed_at.is_(None))
        .values(failures=InboxRow.failures + 1)
    )


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
