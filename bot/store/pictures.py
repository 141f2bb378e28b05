"""Pictures that staff have uploaded for campaigns: kept once, never changed, found by their number."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Picture
from bot.store.tables import PictureRow


async def add(
    conn: AsyncConnection,
    picture_id: UUID,
    picture: Picture,
    *,
    alt: Mapping[str, str],
    by: UUID | None,
) -> None:
    """Keep a picture.

    Args:
        conn: The transaction.
        picture_id: Its number.
        picture: Written anew already (`bot.pictures.upload`).
        alt: What is on it, by language.
        by: Who of the staff uploaded it.
    """
    await conn.execute(
        insert(PictureRow).values(
            id=picture_id, mime=picture.mime, data=picture.data, width=picture.width,
            height=picture.height, alt=dict(alt), added_by=by,
        )
    )  # fmt: skip


async def find(conn: AsyncConnection, picture_id: UUID) -> Picture | None:
    """Return a picture; None where there is none of this number."""
    columns = (PictureRow.data, PictureRow.width, PictureRow.height, PictureRow.mime)
    row = (await conn.execute(select(*columns).where(PictureRow.id == picture_id))).one_or_none()
    return Picture(row.data, row.width, row.height, row.mime) if row else None
