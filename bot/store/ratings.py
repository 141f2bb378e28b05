"""What people say of Suar: a day and one of three words, and nothing of who said it."""

from datetime import date

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import RatingRow


async def add(conn: AsyncConnection, rating: str, *, day: date) -> None:
    """Note one more answer."""
    await conn.execute(insert(RatingRow).values(rating=rating, day=day))
