"""The keys of the house that live in the database, wrapped."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import DataKey, Keyring, Lookup
from bot.store.tables import SealedKeyRow

_LOOKUP_KEY = "lookup"


async def get_lookup(conn: AsyncConnection, keyring: Keyring) -> Lookup:
    """Return the key that finds people by keyed hash, made on the first call.

    It does not change when SUAR_SECRET_KEYS does, so nobody is lost by a rotation.

    Raises:
        SetupError: The keys at hand do not open this database.
    """
    fresh = keyring.wrap(DataKey.generate())
    await conn.execute(
        insert(SealedKeyRow).values(name=_LOOKUP_KEY, sealed=fresh).on_conflict_do_nothing()
    )
    sealed = await conn.scalar(select(SealedKeyRow.sealed).where(SealedKeyRow.name == _LOOKUP_KEY))
    assert sealed is not None
    return Lookup(keyring.unwrap(sealed).raw)
