"""How many rounds of quizzes were finished for a city on a day; of whom is not kept."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.counts import Tally
from bot.store.tables import CityRoundRow

DAYS = 7
"""How far back "together" goes."""


def count(tally: Tally, city: str, *, day: date) -> None:
    """Count one round for a city."""
    tally.add(CityRoundRow, {"city": city, "day": day}, finished=1)


async def finished(conn: AsyncConnection, city: str, *, day: date) -> int:
    """Return how many rounds were finished for a city in the seven days that end with `day`."""
    mine = CityRoundRow.city == city, CityRoundRow.day > day - timedelta(days=DAYS)
    return (
        await conn.scalar(select(func.coalesce(func.sum(CityRoundRow.finished), 0)).where(*mine))
        or 0
    )
