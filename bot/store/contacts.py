"""People: found by the keyed hash of their address, made on their first word, erased on request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import NotFound
from bot.messages import Address, ContactId, ConversationId
from bot.store.batch import Batch, Rows, at_once, prepared
from bot.store.crypto import DataKey, Keyring, Lookup
from bot.store.tables import (
    AddressRow,
    ContactRow,
    ConversationRow,
)

ADDRESS = "address.value"
STATE = "conversation.state"
MARK_CHARS = 4
"""Of the end of a conversation's id: enough to tell apart who uses one phone."""


@dataclass(frozen=True)
class Party:
    """One person in one conversation, with the key that opens what is theirs."""

    contact_id: ContactId
    address_id: UUID
    conversation_id: ConversationId
    address: Address
    key: DataKey = field(repr=False)
    owner: str
    owner_staff_id: UUID | None
    epoch: int
    locale: str | None
    state: dict[str, Any] | None = field(repr=False)
    blocked: bool = False
    elsewhere: bool = False
    """A counsellor, or the queue, has another chat of theirs; known where they are looked up by their address."""
    ended: bool = False
    """The person has left by the quick exit: nobody comes back with this address."""
    parked: bool = False
    """Somebody else is at the address now: nothing may be sent there for this person."""
    mark: str | None = None
    """Ends the ids of this person's buttons (`bot.messages.Outgoing.marked`)."""

    @property
    def channel_account(self) -> tuple[str, str]:
        """The channel, and the account of ours on it."""
        return self.address.channel, self.address.account


@dataclass(frozen=True)
class People:
    """Reads and makes people with this installation's keys."""

    keyring: Keyring
    lookup: Lookup
    clock: Clock

    async def find(
        self, conn: AsyncConnection, address: Address, *, lock: bool = False
    ) -> Party | None:
        """Return who is at `address`, if anybody; with `lock`, nobody else has a turn meanwhile."""
        rows = await at_once(conn, lambda batch: self.ask(batch, address, lock=lock))
        return self.read(rows, address)

    def ask(self, batch: Batch, address: Address, *, lock: bool = False) -> Rows:
        """Look up who is at `address`, for `read`; with `lock`, nobody else has a turn meanwhile."""
        return batch.add(_FIND_LOCKED if lock else _FIND, wanted=self.lookup_of(address))

    def read(self, rows: Rows, address: Address | None = None) -> Party | None:
        """Return whom `ask`, or another look-up of `PARTY`, has found."""
        return self._read(rows[0], address.value if address else None) if rows else None

    async def get(
        self, conn: AsyncConnection, conversation_id: UUID, *, lock: bool = False
    ) -> Party:
        """Return the person of a conversation.

        Raises:
            NotFound: There is no such conversation (any more).
        """
        wanted = _GET_LOCKED if lock else _GET
        row = (await conn.execute(wanted, {"wanted": conversation_id})).one_or_none()
        if row is None:
            raise NotFound
        return self._read(row, None)

    async def find_or_make(
        self, conn: AsyncConnection, address: Address, *, lock: bool = False
    ) -> Party:
        """Return who is at `address`; a stranger gets a contact, a key and a conversation."""
        party = await self.find(conn, address, lock=lock)
        if party is not None:
            return party
        # Two first messages of one stranger at once: the second waits here and then finds the first.
        token = int.from_bytes(self.lookup_of(address)[:8], "big", signed=True)
        await conn.execute(select(func.pg_advisory_xact_lock(token)))
        party = await self.find(conn, address, lock=lock)
        if party is not None:
            return party
        beside = select(AddressRow.id).where(AddressRow.place == self.lookup_of(address))
        return await self.make(conn, address, beside=await conn.scalar(beside) is not None)

    async def make(self, conn: AsyncConnection, address: Address, *, beside: bool) -> Party:
        """Make a stranger at `address`, where nobody is found now; `beside` others who are parked there, or were there before."""
        contact, place, conversation = (self.clock.new_id() for _ in range(3))
        mark = conversation.hex[-MARK_CHARS:] if beside else None
        key = DataKey.generate()
        await conn.execute(
            insert(ContactRow).values(id=contact, wrapped_key=self.keyring.wrap(key))
        )
        await conn.execute(
            insert(AddressRow).values(
                id=place,
                contact_id=contact,
                channel=address.channel,
                account=address.account,
                lookup=self.lookup_of(address),
                value_sealed=key.seal(address.value, ADDRESS),
            )
        )
        await conn.execute(
            insert(ConversationRow).values(
                id=conversation, contact_id=contact, address_id=place, mark=mark
            )
        )
        return Party(
            ContactId(contact),
            place,
            ConversationId(conversation),
            address,
            key,
            "bot",
            None,
            0,
            None,
            None,
            mark=mark,
        )

    def lookup_of(self, address: Address) -> bytes:
        """Return the keyed hash by which an address is found."""
        return self.lookup.of("address", address.channel, address.account, address.value)

    def read_all(self, rows: Sequence[Any]) -> list[Party]:
        """Return everybody whom a look-up of `PARTY` has found, in its order."""
        return [self._read(row, None) for row in rows]

    def _read(self, row: Any, value: str | None) -> Party:  # noqa: ANN401  # a result row
        key = self.keyring.unwrap(row.wrapped_key)
        known = value if value is not None else key.open(row.value_sealed, ADDRESS)
        return Party(
            contact_id=ContactId(row.contact_id),
            address_id=row.address_id,
            conversation_id=ConversationId(row.id),
            address=Address(row.channel, row.account, known),
            key=key,
            owner=row.owner,
            owner_staff_id=row.owner_staff_id,
            epoch=row.epoch,
            locale=row.locale,
            state=key.open_json(row.state_sealed, STATE) if row.state_sealed else None,
            blocked=row.blocked_at is not None,
            elsewhere=getattr(row, "elsewhere", False),
            ended=row.ended_at is not None,
            parked=row.parked_at is not None,
            mark=row.mark,
        )


def save_state(
    batch: Batch, party: Party, state: dict[str, Any], *, locale: str | None, at: datetime | None
) -> None:
    """Keep the conversation's state, encrypted; `at` is when the person wrote, None where they did not."""
    sealed = party.key.seal_json(state, STATE)
    batch.add(_SAVE_STATE, of=party.conversation_id, sealed=sealed, at=at, **{"in": locale})


async def forget_states(conn: AsyncConnection, *, before: datetime) -> int:
    """Forget where conversations of the bot stood that nobody has written in since; return how many."""
    result = await conn.execute(
        update(ConversationRow)
        .where(
            ConversationRow.owner == "bot",
            ConversationRow.state_sealed.is_not(None),
            ConversationRow.last_in_at < before,
        )
        .values(state_sealed=None)
    )
    return result.rowcount


async def set_owner(
    conn: AsyncConnection, conversation_id: UUID, owner: str, staff_id: UUID | None = None
) -> int:
    """Hand the conversation to `bot`, `queue` or `staff`; return its new epoch."""
    epoch: int | None = await conn.scalar(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(owner=owner, owner_staff_id=staff_id, epoch=ConversationRow.epoch + 1)
        .returning(ConversationRow.epoch)
    )
    if epoch is None:
        raise NotFound
    return epoch


async def set_blocked(conn: AsyncConnection, address_id: UUID, at: datetime | None) -> None:
    """Note that the bot is blocked at an address (or, with None, let in again), for everybody who uses it."""
    here = select(func.coalesce(AddressRow.place, AddressRow.lookup)).where(
        AddressRow.id == address_id
    )
    at_it = or_(
        AddressRow.lookup == here.scalar_subquery(), AddressRow.place == here.scalar_subquery()
    )
    await conn.execute(update(AddressRow).where(at_it).values(blocked_at=at))


async def end_session(conn: AsyncConnection, lookup: bytes, at: datetime) -> None:
    """Note that nobody comes back with an address any more; the conversation itself stays as it is."""
    theirs = AddressRow.lookup == lookup, AddressRow.ended_at.is_(None)
    await conn.execute(update(AddressRow).where(*theirs).values(ended_at=at))


async def set_stopped(conn: AsyncConnection, contact_id: UUID, at: datetime | None) -> None:
    """Note that the person wants no message that they did not ask for (or, with None, wants them again)."""
    await conn.execute(update(ContactRow).where(ContactRow.id == contact_id).values(stopped_at=at))


_ADDRESSES, _CONVERSATIONS, _CONTACTS = (
    ContactRow.metadata.tables[name] for name in ("addresses", "conversations", "contacts")
)
PARTY = (
    select(
        _CONVERSATIONS.c.id,
        _CONVERSATIONS.c.contact_id,
        _CONVERSATIONS.c.address_id,
        _CONVERSATIONS.c.owner,
        _CONVERSATIONS.c.owner_staff_id,
        _CONVERSATIONS.c.epoch,
        _CONVERSATIONS.c.locale,
        _CONVERSATIONS.c.state_sealed,
        _CONVERSATIONS.c.parked_at,
        _CONVERSATIONS.c.mark,
        _ADDRESSES.c.channel,
        _ADDRESSES.c.account,
        _ADDRESSES.c.value_sealed,
        _ADDRESSES.c.blocked_at,
        _ADDRESSES.c.ended_at,
        _CONTACTS.c.wrapped_key,
    )
    .join(_ADDRESSES, _ADDRESSES.c.id == _CONVERSATIONS.c.address_id)
    .join(_CONTACTS, _CONTACTS.c.id == _CONVERSATIONS.c.contact_id)
)
LOCKED = (_CONVERSATIONS, _CONTACTS)
"""Whose rows a query of `PARTY` locks so that nobody else can have a turn, agree to anything or be handed over meanwhile."""
_OTHER = _CONVERSATIONS.alias("other")
_ELSEWHERE = exists().where(
    _OTHER.c.contact_id == _CONVERSATIONS.c.contact_id,
    _OTHER.c.id != _CONVERSATIONS.c.id,
    _OTHER.c.owner != literal_column("'bot'"),
)
# Whoever has waited for the lock of somebody who was parked meanwhile gets no row: PostgreSQL looks at the condition
# again, and only at what stands in the row that it has locked.
_AT_ADDRESS = PARTY.add_columns(_ELSEWHERE.label("elsewhere")).where(
    _ADDRESSES.c.lookup == bindparam("wanted"), _CONVERSATIONS.c.parked_at.is_(None)
)
_FIND = prepared(_AT_ADDRESS, gives_rows=True)
_FIND_LOCKED = prepared(_AT_ADDRESS.with_for_update(of=_CONVERSATIONS), gives_rows=True)
_GET = PARTY.where(_CONVERSATIONS.c.id == bindparam("wanted"))
_GET_LOCKED = _GET.with_for_update(of=_CONVERSATIONS)
_SAVE_STATE = prepared(
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("of"))
    .values(
        state_sealed=bindparam("sealed"),
        locale=bindparam("in"),
        last_in_at=func.coalesce(bindparam("at"), _CONVERSATIONS.c.last_in_at),
    )
)
