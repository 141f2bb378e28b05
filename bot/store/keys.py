"""The keys of the house that live in the database, wrapped."""

from psycopg.errors import UndefinedTable
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SetupError
from bot.store.crypto import DataKey, Keyring, Lookup
from bot.store.tables import SealedKeyRow

_LOOKUP_KEY = "lookup"
_NOTES_KEY = "staff-notes"
_SECOND_STEP_KEY = "second-steps"
_ACCOUNTS_KEY = "staff-accounts"


async def get_lookup(conn: AsyncConnection, keyring: Keyring) -> Lookup:
    """Return the key that finds people by keyed hash, made on the first call.

    It does not change when SUAR_SECRET_KEYS does, so nobody is lost by a rotation.

    Raises:
        SetupError: The keys at hand do not open this database, or it was never migrated.
    """
    return Lookup((await _get_key(conn, keyring, _LOOKUP_KEY)).raw)


async def get_notes_key(conn: AsyncConnection, keyring: Keyring) -> DataKey:
    """Return the key that seals what the staff notes about services, made on the first call.

    Raises:
        SetupError: As for `get_lookup`.
    """
    return await _get_key(conn, keyring, _NOTES_KEY)


async def get_second_step_key(conn: AsyncConnection, keyring: Keyring) -> DataKey:
    """Return the key that seals what the codes of the staff are made of, made on the first call.

    Raises:
        SetupError: As for `get_lookup`.
    """
    return await _get_key(conn, keyring, _SECOND_STEP_KEY)


async def get_accounts_key(conn: AsyncConnection, keyring: Keyring) -> DataKey:
    """Return the key that seals where the staff are reached on Telegram, made on the first call.

    Raises:
        SetupError: As for `get_lookup`.
    """
    return await _get_key(conn, keyring, _ACCOUNTS_KEY)


async def _get_key(conn: AsyncConnection, keyring: Keyring, name: str) -> DataKey:
    fresh = keyring.wrap(DataKey.generate())
    try:
        await conn.execute(
            insert(SealedKeyRow).values(name=name, sealed=fresh).on_conflict_do_nothing()
        )
    except ProgrammingError as exc:
        if isinstance(exc.orig, UndefinedTable):
            raise SetupError("the database has no tables yet; run `suar migrate`.") from exc
        raise
    sealed = await conn.scalar(select(SealedKeyRow.sealed).where(SealedKeyRow.name == name))
    assert sealed is not None
    return keyring.unwrap(sealed)
