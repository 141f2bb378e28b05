"""A person who has another id on their platform: their address is sealed and found anew, and all that is theirs stays."""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address
from bot.store.contacts import ADDRESS, Party, People
from bot.store.tables import AddressRow


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
    if party is None or await people.find(conn, after) is not None:
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
