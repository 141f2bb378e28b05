"""The rows of the directory's checks, as the bot needs them: how each entry stands."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.directory import FRESH, Check, Result, Standing, standings_of
from bot.store.tables import ServiceCheckRow


async def get_standings(
    conn: AsyncConnection, today: date, *, ever: bool = False
) -> dict[str, Standing]:
    """Return how the checks of every service stand.

    Args:
        conn: The transaction.
        today: The day it is.
        ever: Also what is too old to light or darken an entry, for whoever wants to know when it was last checked.
    """
    wanted = select(
        ServiceCheckRow.id,
        ServiceCheckRow.service_id,
        ServiceCheckRow.checked_on,
        ServiceCheckRow.result,
    ).where(ServiceCheckRow.undone_at.is_(None))
    if not ever:
        wanted = wanted.where(ServiceCheckRow.checked_on >= today - FRESH)
    return standings_of(
        Check(row.id, row.service_id, row.checked_on, Result(row.result))
        for row in await conn.execute(wanted)
    )
