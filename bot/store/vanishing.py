"""Messages that are to be taken off a person's screen: because they asked for it, or because they were erased.

What somebody who takes them off has claimed comes again after `LEASE`, so that a crash only makes it later.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address
from bot.store.contacts import ADDRESS, Party, People
from bot.store.tables import AddressRow, ConversationRow, LastDeletionRow, OutboxRow

LEASE = timedelta(seconds=30)
POSSIBLE = timedelta(hours=48)
"""Telegram takes back nothing older. Source: https://core.telegram.org/bots/api#deletemessage"""


@dataclass(frozen=True)
class Due:
    """A message that is to go now."""

    id: int
    address: Address
    platform_id: str = field(repr=False)
    last: bool = False
    """Its person is erased; `id` is that of the order to delete it, not of a message."""


async def claim(conn: AsyncConnection, people: People, *, now: datetime, limit: int) -> list[Due]:
    """Return messages whose time has come, the oldest first, and let nobody else have them for a while."""
    last = await _claim_last(conn, people, now=now, limit=limit)
    due = OutboxRow.sent_at + func.make_interval(0, 0, 0, 0, 0, 0, OutboxRow.vanish_s) <= now
    chosen = (
        select(OutboxRow.id)
        .where(
            OutboxRow.vanish_s.is_not(None),
            OutboxRow.status == "sent",
            due,
            or_(OutboxRow.not_before.is_(None), OutboxRow.not_before <= now),
        )
        .order_by(OutboxRow.sent_at)
        .limit(limit - len(last))
        .with_for_update(skip_locked=True)
    )
    rows = await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(chosen.scalar_subquery()))
        .values(not_before=now + LEASE)
        .returning(
            OutboxRow.id, OutboxRow.conversation_id, OutboxRow.platform_id, OutboxRow.sent_at
        )
    )
    parties: dict[UUID, Party] = {}
    found: list[Due] = []
    for row in sorted(rows):
        if row.platform_id is None or row.sent_at <= now - POSSIBLE:
            await forget(conn, [row.id])
            continue
        party = parties.get(row.conversation_id)
        if party is None:
            party = parties[row.conversation_id] = await people.get(conn, row.conversation_id)
        found.append(Due(row.id, party.address, row.platform_id))
    return [*last, *found]


async def _claim_last(
    conn: AsyncConnection, people: People, *, now: datetime, limit: int
) -> list[Due]:
    await conn.execute(delete(LastDeletionRow).where(LastDeletionRow.until <= now))
    chosen = (
        select(LastDeletionRow.id)
        .where(or_(LastDeletionRow.not_before.is_(None), LastDeletionRow.not_before <= now))
        .order_by(LastDeletionRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await conn.execute(
        update(LastDeletionRow)
        .where(LastDeletionRow.id.in_(chosen.scalar_subquery()))
        .values(not_before=now + LEASE)
        .returning(LastDeletionRow.id, LastDeletionRow.sealed)
    )
    found = []
    for row in sorted(rows):
        channel, account, value, number = json.loads(people.keyring.fernet.decrypt(row.sealed))
        found.append(Due(row.id, Address(channel, account, value), number, last=True))
    return found


async def forget(conn: AsyncConnection, numbers: Sequence[int]) -> None:
    """Note that messages have gone, or cannot be taken back any more."""
    await conn.execute(
        update(OutboxRow).where(OutboxRow.id.in_(numbers)).values(vanish_s=None, not_before=None)
    )


async def forget_last(conn: AsyncConnection, numbers: Sequence[int]) -> None:
    """Do the same for messages to people who are erased: nothing stays of them."""
    await conn.execute(delete(LastDeletionRow).where(LastDeletionRow.id.in_(numbers)))


async def put_off(conn: AsyncConnection, due: Due, until: datetime) -> None:
    """Try again at a time."""
    table = LastDeletionRow if due.last else OutboxRow
    await conn.execute(update(table).where(table.id == due.id).values(not_before=until))


async def keep_last(
    conn: AsyncConnection, people: People, party: Party, channels: Sequence[str], *, now: datetime
) -> None:
    """Before a person is erased: order that what was said to them and is sensitive, or was to vanish, goes from their screens at once.

    Args:
        conn: The transaction of the erasure.
        people: Gives the house's own keys: the person's is about to go.
        party: Who.
        channels: Those that can take something back.
        now: What time it is.
    """
    rows = await conn.execute(
        select(OutboxRow.platform_id, OutboxRow.sent_at, AddressRow)
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .where(
            ConversationRow.contact_id == party.contact_id,
            AddressRow.channel.in_(channels),
            or_(OutboxRow.sensitive, OutboxRow.vanish_s.is_not(None)),
            OutboxRow.status == "sent",
            OutboxRow.platform_id.is_not(None),
            OutboxRow.sent_at > now - POSSIBLE,
        )
        .order_by(OutboxRow.id)
    )
    orders = []
    for row in rows:
        value = party.key.open(row.value_sealed, ADDRESS)
        told = json.dumps([row.channel, row.account, value, row.platform_id])
        sealed = people.keyring.fernet.encrypt(told.encode())
        orders.append({"sealed": sealed, "until": row.sent_at + POSSIBLE})
    if orders:
        await conn.execute(insert(LastDeletionRow), orders)
