"""Keeps the vectors of our own questions, by model and text, for all processes."""

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import QuestionVectorRow

_MAKER = 0x5375617202
"""The advisory lock of whoever computes vectors: one process is enough."""


def hash_of(question: str) -> bytes:
    """Return the key of a text."""
    return hashlib.sha256(question.encode()).digest()


async def known(conn: AsyncConnection, model: str) -> Mapping[bytes, bytes]:
    """Return the vectors made by `model`, by the hash of their text."""
    rows = await conn.execute(
        select(QuestionVectorRow.text_hash, QuestionVectorRow.vector).where(
            QuestionVectorRow.model == model
        )
    )
    return {row.text_hash: row.vector for row in rows}


async def keep(conn: AsyncConnection, model: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
    """Keep vectors by the hash of their text; those of other models go."""
    await conn.execute(delete(QuestionVectorRow).where(QuestionVectorRow.model != model))
    rows = [{"model": model, "text_hash": key, "vector": vector} for key, vector in vectors]
    if rows:
        await conn.execute(insert(QuestionVectorRow).values(rows).on_conflict_do_nothing())


async def try_make(conn: AsyncConnection) -> bool:
    """Become the one who computes, until the transaction on `conn` ends; False when another does already."""
    return bool(await conn.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _MAKER}))
