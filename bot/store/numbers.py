"""What is known of the numbers that a platform has given to our messages, so that an interrupted one can be asked for.

A platform numbers the messages of an account one after the other. Messages of a broadcast leave in any order and many at once, so the
place in the outbox says nothing of whose number comes first: when a message left does.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address
from bot.store.batch import Batch, Rows, prepared
from bot.store.contacts import Party
from bot.store.tables import AddressRow, ConversationRow, OutboxRow

AROUND = 1_000
"""So many places of the outbox before and after a message are looked through for numbers."""
LATEST = 50
"""Among so many messages that were written last is the one that left last, as far as it matters."""


async def last_known(conn: AsyncConnection, party: Party, row: Any) -> str | None:  # noqa: ANN401  # a row of `outbox`
    """Return the platform's id of the last message that left before one of ours: over the channel's account, and
    at least the last in this very conversation, whose words an edit would change."""
    before = _of_account(party.address).where(
        OutboxRow.id < row.id, or_(~OutboxRow.bulk, OutboxRow.sent_at <= row.created_at)
    )
    latest = before.order_by(OutboxRow.id.desc()).limit(1)
    here = latest.where(OutboxRow.conversation_id == party.conversation_id)
    found = [await conn.scalar(query) for query in (latest, here)]
    return max(filter(None, found), key=in_order, default=None)


async def known_around(
    conn: AsyncConnection, address: Address, first: int, last: int | None = None
) -> frozenset[str]:
    """Return the ids on the platform of messages whose place in the outbox is near to those from `first` to `last`."""
    near = OutboxRow.id.between(first - AROUND, (last or first) + AROUND)
    found = await conn.scalars(_of_account(address).where(near))
    return frozenset(filter(None, found))


async def first_written_after(
    conn: AsyncConnection, address: Address, number: int, span: timedelta
) -> str | None:
    """Return the lowest id on the platform among the next messages in the outbox that were written `span` after one of ours, or later."""
    ours = select(OutboxRow.created_at + span).where(OutboxRow.id == number).scalar_subquery()
    later = _of_account(address).where(OutboxRow.id > number, OutboxRow.created_at > ours)
    found = await conn.scalars(later.order_by(OutboxRow.id).limit(LATEST))
    return min(filter(None, found), key=in_order, default=None)


def ask_latest(batch: Batch, channel: str, account: str) -> Rows:
    """Look up the highest number that is known of an account now; its row, if any, has it as `platform_id`."""
    return batch.add(_LATEST, channel=channel, account=account)


def in_order(platform_id: str) -> tuple[int, str]:
    """Return the key by which a platform's ids, which count up, are sorted."""
    return len(platform_id), platform_id


def _of_account(address: Address) -> Select[Any]:
    return _KNOWN.where(
        AddressRow.channel == address.channel, AddressRow.account == address.account
    )


_KNOWN: Select[Any] = (
    select(OutboxRow.platform_id)
    .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
    .join(AddressRow, AddressRow.id == ConversationRow.address_id)
    .where(OutboxRow.platform_id.is_not(None))
)
_NEWEST = (
    _KNOWN.where(
        AddressRow.channel == bindparam("channel"), AddressRow.account == bindparam("account")
    )
    .order_by(OutboxRow.id.desc())
    .limit(literal_column(str(LATEST)))
    .subquery()
)
_LATEST = prepared(
    select(_NEWEST.c.platform_id)
    .order_by(func.length(_NEWEST.c.platform_id).desc(), _NEWEST.c.platform_id.desc())
    .limit(literal_column("1")),
    gives_rows=True,
)
