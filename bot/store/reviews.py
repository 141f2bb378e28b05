"""The rows of marked messages: their redacted copies come with the consent to learn and go with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch, Rows, prepared
from bot.store.crypto import DataKey
from bot.store.tables import (
    ConsentRow,
    ConversationRow,
    ReviewEventRow,
    ReviewRow,
    TranscriptRow,
    UnmetQuestionRow,
)

SCOPE = "learn"
"""The consent without which no copy is made, kept, read or exported."""
TEXT = "review.text"
READING = "review.reading"
LABELS = "review.labels"
CHANGE = "review.change"

WAITING, REVIEWED, EXPORTED, UNUSABLE = "waiting", "reviewed", "exported", "unusable"


@dataclass(frozen=True)
class Marked:
    """What a line of a case is marked as, and how far its review has come."""

    mark: str
    state: str
    has_copy: bool
    """Whether the person agrees, so that it is to be reviewed."""


def ask_marks(batch: Batch, case_id: UUID) -> Rows:
    """Look up which lines of a case are marked, for `read_marks`. Staff come here only through `bot.hotline.access`."""
    return batch.add(_MARKS, case=case_id)


def read_marks(rows: Rows) -> dict[int, Marked]:
    """Return the marks that `ask_marks` has found, by the line's id."""
    return {row.transcript_id: Marked(row.mark, row.state, row.has_copy) for row in rows}


async def add_event(
    conn: AsyncConnection,
    review_id: UUID,
    kind: str,
    *,
    at: datetime,
    staff_id: UUID | None,
    sealed_change: bytes | None = None,
) -> None:
    """Add one line to the history of a marked message."""
    await conn.execute(
        insert(ReviewEventRow).values(
            review_id=review_id,
            kind=kind,
            at=at,
            staff_id=staff_id,
            change_sealed=sealed_change,
        )
    )


async def put_copy(
    conn: AsyncConnection,
    key: DataKey,
    review_id: UUID,
    text: str,
    reading: dict[str, Any] | None,
    *,
    at: datetime,
) -> None:
    """Keep the redacted copy of a marked message; from now on it waits for its reviewer."""
    await conn.execute(
        update(ReviewRow)
        .where(ReviewRow.id == review_id)
        .values(
            text_sealed=key.seal(text, TEXT),
            reading_sealed=key.seal_json(reading, READING) if reading else None,
            state=WAITING,
            waiting_since=at,
        )
    )
    await add_event(conn, review_id, "copied", at=at, staff_id=None)


async def drop_copies(conn: AsyncConnection, contact_id: UUID) -> None:
    """Delete the redacted copies of a person's messages with their labels and history; bare references stay.

    What was kept of their unmet questions stands on the same consent, and goes with it.
    """
    await _drop(conn, ConversationRow.contact_id == contact_id)
    await conn.execute(delete(UnmetQuestionRow).where(UnmetQuestionRow.contact_id == contact_id))


async def end_learning(conn: AsyncConnection, contact_id: UUID, *, at: datetime) -> None:
    """End a person's consent to learn, and with it the copies."""
    await drop_copies(conn, contact_id)
    await conn.execute(
        update(ConsentRow)
        .where(
            ConsentRow.contact_id == contact_id,
            ConsentRow.scope == SCOPE,
            ConsentRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


async def purge(conn: AsyncConnection, *, before: datetime) -> int:
    """Delete what nobody has reviewed since `before`, and copies whose consent does not hold; return how many rows went."""
    await _drop(conn, ~learns(ConversationRow.contact_id))
    gone = await conn.execute(
        delete(ReviewRow).where(
            ReviewRow.state.in_((WAITING, UNUSABLE)), ReviewRow.waiting_since < before
        )
    )
    return gone.rowcount


def learns(contact_id: Any) -> Any:  # noqa: ANN401  # a column, and a condition on it
    """Return the condition, for a query that has the column `contact_id`, that this person agrees to `learn` now."""
    latest = (
        select(ConsentRow.granted)
        .where(
            ConsentRow.contact_id == contact_id,
            ConsentRow.case_id.is_(None),
            ConsentRow.scope == SCOPE,
            ConsentRow.withdrawn_at.is_(None),
        )
        .order_by(ConsentRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return latest.is_(True)


async def _drop(conn: AsyncConnection, of: Any) -> None:  # noqa: ANN401  # a condition on conversations
    theirs = (
        select(ReviewRow.id)
        .join(TranscriptRow, TranscriptRow.id == ReviewRow.transcript_id)
        .join(ConversationRow, ConversationRow.id == TranscriptRow.conversation_id)
        .where(of, or_(ReviewRow.text_sealed.is_not(None), ReviewRow.labels_sealed.is_not(None)))
    )
    gone = list(await conn.scalars(theirs.with_for_update(of=ReviewRow)))
    if not gone:
        return
    await conn.execute(delete(ReviewEventRow).where(ReviewEventRow.review_id.in_(gone)))
    await conn.execute(
        update(ReviewRow)
        .where(ReviewRow.id.in_(gone))
        .values(text_sealed=None, reading_sealed=None, labels_sealed=None, state=WAITING)
    )


_MARKS = prepared(
    select(
        ReviewRow.transcript_id,
        ReviewRow.mark,
        ReviewRow.state,
        ReviewRow.text_sealed.is_not(None).label("has_copy"),
    )
    .join(TranscriptRow, TranscriptRow.id == ReviewRow.transcript_id)
    .where(TranscriptRow.case_id == bindparam("case"))
    .order_by(ReviewRow.transcript_id),
    gives_rows=True,
)
