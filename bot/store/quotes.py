"""Lines that answer a line of the person: which one they point to, and by what its platform knows it.

Of the person's message its platform's id is kept beside the line, sealed, for as long as the case is open. Its words are looked up where
they are shown, so that a line that is gone is quoted nowhere.
"""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.contacts import Party
from bot.store.crypto import DataKey
from bot.store.tables import TranscriptRow

PLATFORM_ID = "transcript.platform_id"


def seal(key: DataKey, platform_id: str | None) -> bytes | None:
    """Return an id as it is kept beside its line."""
    return None if platform_id is None else key.seal(platform_id, PLATFORM_ID)


async def find(conn: AsyncConnection, party: Party, line_id: int | None) -> str | None:
    """Return by what the person's platform knows a line; None where it is gone, not known, or was written in another chat of theirs."""
    if line_id is None:
        return None
    sealed = await conn.scalar(
        select(TranscriptRow.platform_id_sealed).where(
            TranscriptRow.id == line_id,
            TranscriptRow.conversation_id == party.conversation_id,
            TranscriptRow.author == "person",
        )
    )
    return None if sealed is None else party.key.open(sealed, PLATFORM_ID)


async def note(conn: AsyncConnection, line_id: int, quote: int) -> None:
    """Note of a line of the staff which line it answers."""
    await conn.execute(
        update(TranscriptRow).where(TranscriptRow.id == line_id).values(quotes=quote)
    )


async def find_quote(conn: AsyncConnection, case_id: UUID, line_id: int) -> int | None:
    """Return which line a line of a case answers; None where it answers none."""
    found: int | None = await conn.scalar(
        select(TranscriptRow.quotes).where(
            TranscriptRow.id == line_id, TranscriptRow.case_id == case_id
        )
    )
    return found


async def forget(conn: AsyncConnection, case_id: UUID) -> None:
    """Keep no id of a platform's in a case that is over."""
    await conn.execute(
        update(TranscriptRow)
        .where(TranscriptRow.case_id == case_id, TranscriptRow.platform_id_sealed.is_not(None))
        .values(platform_id_sealed=None)
    )
