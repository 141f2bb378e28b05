"""Several people at one address: one of them is there, the others are parked until they come back with words of their own.

Whoever is there is found by the keyed hash of the address. Whoever is parked has that hash as their `place`, and is found by it only
together with their words. Everything here happens under the lock of the conversation of whoever is there; a turn that has waited for
that lock finds nobody by it once they are parked (`contacts`), and looks again.
"""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.messages import Address
from bot.store import belongings, held
from bot.store.contacts import ADDRESS, PARTY, Party, People
from bot.store.tables import AddressRow, CaseRow, ConsentRow, ConversationRow, TranscriptRow


class Standing(NamedTuple):
    """What somebody would leave behind who makes room for another."""

    has_words: bool
    """They have words with which they come back."""
    has_said: bool
    """Something of theirs is kept that is worth coming back to."""


async def look(conn: AsyncConnection, party: Party) -> Standing:
    """Return how somebody stands who may make room."""
    mine = party.contact_id
    said = or_(
        exists().where(CaseRow.contact_id == mine),
        exists().where(ConsentRow.contact_id == mine, ConsentRow.granted),
        exists().where(
            TranscriptRow.conversation_id == party.conversation_id,
            TranscriptRow.author == "person",
        ),
    )
    row = await conn.execute(
        select(AddressRow.return_hash.is_not(None), said).where(AddressRow.id == party.address_id)
    )
    return Standing(*row.one())


async def set_words(
    conn: AsyncConnection, people: People, party: Party, words: Sequence[str]
) -> None:
    """Let somebody come back to their place with these words (normalised), instead of any from before."""
    made = _hash_of(people, party.address_id, words)
    await conn.execute(
        update(AddressRow).where(AddressRow.id == party.address_id).values(return_hash=made)
    )


async def find(
    conn: AsyncConnection, people: People, address: Address, words: Sequence[str]
) -> Party | None:
    """Return who is parked at `address` and comes back with these words (normalised)."""
    rows = await conn.execute(
        PARTY.add_columns(AddressRow.return_hash).where(
            AddressRow.place == people.lookup_of(address), AddressRow.return_hash.is_not(None)
        )
    )
    for row in rows.all():
        made = _hash_of(people, row.address_id, words)
        if hmac.compare_digest(made, row.return_hash):
            return people.read([row])
    return None


async def begin_anew(conn: AsyncConnection, people: People, party: Party) -> Party:
    """Let a stranger be where `party` is; the caller holds the lock of their conversation. Returns the stranger."""
    await _leave(conn, people, party)
    return await people.make(conn, party.address, beside=True)


async def come_back(
    conn: AsyncConnection, people: People, party: Party, conversation_id: UUID
) -> Party:
    """Let whoever is parked with `conversation_id` be where `party` is; the caller holds the lock of that one's conversation.

    What waited for them goes out from now on. Returns them.

    Raises:
        NotFound: They are not parked at this address (any more).
    """
    comer = await people.get(conn, conversation_id, lock=True)
    here = people.lookup_of(party.address)
    place = await conn.scalar(select(AddressRow.place).where(AddressRow.id == comer.address_id))
    if not comer.parked or place != here:
        raise NotFound
    await _leave(conn, people, party)
    await conn.execute(
        update(AddressRow).where(AddressRow.id == comer.address_id).values(lookup=here, place=None)
    )
    await conn.execute(
        update(ConversationRow)
        .where(ConversationRow.id == comer.conversation_id)
        .values(parked_at=None)
    )
    await held.bring_back(conn, comer.conversation_id, now=people.clock.now())
    return replace(comer, parked=False)


async def move(conn: AsyncConnection, people: People, before: Address, after: Address) -> None:
    """Let whoever is parked at `before` be parked at `after`; their words stay as they are."""
    rows = await conn.execute(
        PARTY.where(AddressRow.place == people.lookup_of(before)).with_for_update(
            of=ConversationRow
        )
    )
    for party in people.read_all(rows.all()):
        await conn.execute(
            update(AddressRow)
            .where(AddressRow.id == party.address_id)
            .values(
                channel=after.channel,
                account=after.account,
                place=people.lookup_of(after),
                value_sealed=party.key.seal(after.value, ADDRESS),
            )
        )


async def purge(conn: AsyncConnection, *, before: datetime, now: datetime) -> int:
    """Erase whoever has been parked since `before`, has no case and is nowhere else; return how many."""
    rows = await conn.scalars(
        select(ConversationRow.contact_id)
        .where(ConversationRow.parked_at < before, ~_is_kept(ConversationRow.contact_id))
        .with_for_update(of=ConversationRow, skip_locked=True)
    )
    gone = rows.all()
    for contact_id in gone:
        await belongings.erase(conn, contact_id, now)
    return len(gone)


async def _leave(conn: AsyncConnection, people: People, party: Party) -> None:
    """Park somebody, or erase them at once where nobody could come back to them, not even they themselves."""
    mine = select(AddressRow.return_hash.is_not(None) | _is_kept(AddressRow.contact_id))
    if not await conn.scalar(mine.where(AddressRow.id == party.address_id)):
        await belongings.erase(conn, party.contact_id, people.clock.now())
        return
    await conn.execute(
        update(AddressRow)
        .where(AddressRow.id == party.address_id)
        .values(
            lookup=people.lookup.of("parked", str(party.address_id)),
            place=people.lookup_of(party.address),
        )
    )
    await conn.execute(
        update(ConversationRow)
        .where(ConversationRow.id == party.conversation_id)
        .values(parked_at=people.clock.now())
    )
    await held.put_away(conn, party.conversation_id)


def _is_kept(contact_id: object) -> ColumnElement[bool]:
    """Return the condition that a contact has a case, which its four words open, or is found at another address."""
    elsewhere = AddressRow.__table__.alias("elsewhere")
    theirs = ConversationRow.__table__.alias("theirs")
    at_another = (
        select(func.count())
        .select_from(elsewhere.join(theirs, theirs.c.address_id == elsewhere.c.id))
        .where(elsewhere.c.contact_id == contact_id)
        .scalar_subquery()
    )
    return exists().where(CaseRow.contact_id == contact_id) | (at_another > 1)


def _hash_of(people: People, address_id: UUID, words: Sequence[str]) -> bytes:
    """Return the keyed hash of somebody's words. It is of themselves and not of the address, which may move."""
    return people.lookup.of("return-words", str(address_id), " ".join(words))
