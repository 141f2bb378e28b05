"""People who have another id on their platform: their address is sealed and found anew, and all that is theirs stays.

Or one whose address may be somebody else's by now: it leads to nobody any more, and only the four words bring them back.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address
from bot.store import parking
from bot.store.contacts import ADDRESS, Party, People
from bot.store.tables import AddressRow

GONE = "gone:"
"""What an address that leads to nobody begins with; no platform has such an id."""


async def move(
    conn: AsyncConnection, people: People, before: Address, after: Address
) -> Party | None:
    """Let who was at `before` be at `after`.

    Returns:
        Who is at `after` now; None where nobody was at `before`, or somebody is at `after` already.
    """
    # As in `find_or_make`: nobody may be made at the new address meanwhile.
    token = int.from_bytes(people.lookup_of(after)[:8], "big", signed=True)
    await conn.execute(select(func.pg_advisory_xact_lock(token)))
    party = await people.find(conn, before, lock=True)
    if await people.find(conn, after) is not None:
        return None
    # Also where the last who was there has been erased: those who are parked are at their phone all the same.
    await parking.move(conn, people, before, after)
    if party is None:
        return None
    await conn.execute(
        update(AddressRow)
        .where(AddressRow.id == party.address_id)
        .values(
            channel=after.channel,
            account=after.account,
            lookup=people.lookup_of(after),
            value_sealed=party.key.seal(after.value, ADDRESS),
        )
    )
    return await people.find(conn, after)


async def retire(conn: AsyncConnection, people: People, party: Party, *, at: datetime) -> None:
    """Let nobody be found, or written to, at the address of a person; what is theirs stays until they come back, or is forgotten in time."""
    nowhere = Address(
        party.address.channel, party.address.account, f"{GONE}{people.clock.new_id()}"
    )
    await conn.execute(
        update(AddressRow)
        .where(AddressRow.id == party.address_id)
        .values(
            lookup=people.lookup_of(nowhere),
            value_sealed=party.key.seal(nowhere.value, ADDRESS),
            blocked_at=at,
        )
    )
