"""What was said: a short-lived, encrypted buffer, and the thread of a case once the person has agreed to one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import quotes
from bot.store.batch import Batch, Rows, at_once, prepared
from bot.store.contacts import Party
from bot.store.crypto import DataKey
from bot.store.tables import AttachmentRow, LineVeilRow, OutboxRow, TranscriptRow

TEXT = "transcript.text"
READING = "transcript.reading"
PREVIEW = "attachment.preview"
_REMEMBER = prepared(
    insert(TranscriptRow.metadata.tables["transcript"]).values(
        conversation_id=bindparam("of"),
        author="person",
        text_sealed=bindparam("sealed"),
        reading_sealed=bindparam("reading"),
        at=bindparam("at"),
        expires_at=bindparam("until"),
    )
)
_RELAY = prepared(
    insert(TranscriptRow.metadata.tables["transcript"])
    .values(
        conversation_id=bindparam("of"),
        case_id=bindparam("case"),
        author="person",
        text_sealed=bindparam("sealed"),
        reading_sealed=bindparam("reading"),
        at=bindparam("at"),
        edited=bindparam("edited"),
        platform_id_sealed=bindparam("platform_id"),
    )
    .returning(TranscriptRow.metadata.tables["transcript"].c.id),
    gives_rows=True,
)


HARD = frozenset({"sexual_violence", "self_harm"})
"""Kinds of danger whose words, written before the hand-over, wait until somebody wants to read them."""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a line; its bytes are asked for one by one (`bot.store.attachments`)."""

    id: UUID
    state: str
    """`coming`, `kept` or `refused`."""
    kind: str | None
    """`picture`, `voice` or `pdf`, once it is kept."""
    why: str | None
    """Why it was refused: a key of `flows/pages/attachments.yml`."""
    preview: bytes = field(default=b"", repr=False)
    """Of a picture: a JPEG of a few dots."""


@dataclass(frozen=True)
class Line:
    """One thing said."""

    id: int
    author: str
    text: str = field(repr=False)
    at: datetime
    shared: bool = False
    status: str | None = None
    """For what the desk sent: the outbox's state of it."""
    held_for: str | None = None
    """Why it is kept back (`bot.store.held`), and until when."""
    not_before: datetime | None = None
    error: str | None = None
    """Why it has not arrived."""
    delivered: bool = False
    """Whether the channel told us that it is on the person's screen; the same for `read`."""
    read: bool = False
    file: Attachment | None = None
    veiled: bool = False
    """Hard to read: its words are shown when they are asked for (`bot.hotline.veils`)."""
    edited: bool = False
    """The person has put these words in the place of earlier ones."""
    masked: bool = False
    """Its words are kept from whoever looks, until the check question is answered (`bot.hotline.check_question`)."""
    quotes: int | None = None
    """The line that it answers; it may be gone by now."""


async def add(
    conn: AsyncConnection,
    party: Party,
    author: str,
    text: str,
    *,
    at: datetime,
    case_id: UUID | None = None,
    expires_at: datetime | None = None,
    outbox_id: int | None = None,
    reading: dict[str, Any] | None = None,
) -> int:
    """Keep one line: in the case's thread if there is a case, else in the buffer until `expires_at`.

    `reading` is how it was understood, in short (`Understanding.in_short`).
    """
    number: int | None = await conn.scalar(
        insert(TranscriptRow)
        .values(
            conversation_id=party.conversation_id,
            case_id=case_id,
            author=author,
            text_sealed=party.key.seal(text, TEXT),
            reading_sealed=_sealed(party, reading),
            at=at,
            expires_at=expires_at,
            outbox_id=outbox_id,
        )
        .returning(TranscriptRow.id)
    )
    assert number is not None
    return number


def remember(
    batch: Batch,
    party: Party,
    text: str,
    *,
    at: datetime,
    until: datetime,
    reading: dict[str, Any] | None = None,
) -> None:
    """Keep what a person wrote in the short-lived buffer, with how it was understood."""
    batch.add(
        _REMEMBER,
        of=party.conversation_id,
        sealed=party.key.seal(text, TEXT),
        reading=_sealed(party, reading),
        at=at,
        until=until,
    )


def relay(
    batch: Batch,
    party: Party,
    case_id: UUID,
    text: str,
    *,
    at: datetime,
    reading: dict[str, Any] | None = None,
    edited: bool = False,
    platform_id: str | None = None,
) -> Rows:
    """Add what a person wrote to a case's thread, with how it was understood; the row has the line's `id`."""
    return batch.add(
        _RELAY,
        platform_id=quotes.seal(party.key, platform_id),
        edited=edited,
        of=party.conversation_id,
        case=case_id,
        sealed=party.key.seal(text, TEXT),
        reading=_sealed(party, reading),
        at=at,
    )


async def buffered(
    conn: AsyncConnection, party: Party, *, now: datetime, limit: int
) -> list[Line]:
    """Return the person's own latest words that no case holds, oldest first."""
    rows = await conn.execute(
        select(TranscriptRow.id, TranscriptRow.text_sealed, TranscriptRow.at)
        .where(
            TranscriptRow.conversation_id == party.conversation_id,
            TranscriptRow.case_id.is_(None),
            TranscriptRow.author == "person",
            TranscriptRow.expires_at > now,
        )
        .order_by(TranscriptRow.id.desc())
        .limit(limit)
    )
    lines = [Line(row.id, "person", party.key.open(row.text_sealed, TEXT), row.at) for row in rows]
    return lines[::-1]


async def find_last(
    conn: AsyncConnection, party: Party, *, until: datetime, now: datetime
) -> tuple[str, dict[str, Any] | None] | None:
    """Return the last thing that the person wrote until then, and how it was read, if it is still in the buffer."""
    row = (
        await conn.execute(
            select(TranscriptRow.text_sealed, TranscriptRow.reading_sealed)
            .where(
                TranscriptRow.conversation_id == party.conversation_id,
                TranscriptRow.case_id.is_(None),
                TranscriptRow.author == "person",
                TranscriptRow.at <= until,
                TranscriptRow.expires_at > now,
            )
            .order_by(TranscriptRow.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    sealed = row.reading_sealed
    reading = party.key.open_json(sealed, READING) if sealed else None
    return party.key.open(row.text_sealed, TEXT), reading


async def share(
    conn: AsyncConnection, party: Party, case_id: UUID, line_ids: Sequence[int]
) -> None:
    """Move the lines that the person chose to share from the buffer to the case."""
    await conn.execute(
        update(TranscriptRow)
        .where(
            TranscriptRow.id.in_(line_ids),
            TranscriptRow.conversation_id == party.conversation_id,
            TranscriptRow.case_id.is_(None),
        )
        .values(case_id=case_id, shared=True, expires_at=None)
    )


async def of_case(conn: AsyncConnection, key: DataKey, case_id: UUID) -> list[Line]:
    """Return a case's thread, oldest first. Staff come here only through `bot.hotline.access`."""
    return read_case(await at_once(conn, lambda batch: ask_case(batch, case_id)), key)


def ask_case(batch: Batch, case_id: UUID) -> Rows:
    """Look up a case's thread, for `read_case`."""
    return batch.add(_OF_CASE, case=case_id)


def read_case(rows: Rows, key: DataKey) -> list[Line]:
    """Return the thread that `ask_case` has found, oldest first."""
    return [_line(key, row) for row in rows]


def _line(key: DataKey, row: Any) -> Line:  # noqa: ANN401  # of `ask_case`
    return Line(
        row.id,
        row.author,
        key.open(row.text_sealed, TEXT),
        row.at,
        row.shared,
        row.status,
        row.held_for,
        row.not_before,
        row.error,
        row.delivered,
        row.read,
        _file(key, row),
        _is_veiled(key, row),
        row.edited,
        quotes=row.quotes,
    )


def _file(key: DataKey, row: Any) -> Attachment | None:  # noqa: ANN401  # of `ask_case`
    if row.file_id is None:
        return None
    sealed = row.preview_sealed
    preview = key.open_bytes(sealed, PREVIEW) if sealed else b""
    return Attachment(row.file_id, row.state, row.kind, row.why, preview)


def _is_veiled(key: DataKey, row: Any) -> bool:  # noqa: ANN401  # of `ask_case`
    """Tell what the staff have said of a line; else what was understood of it, where it was written before the hand-over."""
    if row.veiled is not None:
        return bool(row.veiled)
    if not row.shared or row.reading_sealed is None:
        return False
    return not HARD.isdisjoint(key.open_json(row.reading_sealed, READING)["kinds"])


async def find_text(
    conn: AsyncConnection, key: DataKey, case_id: UUID, line_id: int
) -> str | None:
    """Return what one line of a case says; None where it has no such line."""
    sealed = await conn.scalar(
        select(TranscriptRow.text_sealed).where(
            TranscriptRow.id == line_id, TranscriptRow.case_id == case_id
        )
    )
    return None if sealed is None else key.open(sealed, TEXT)


async def forget_last(conn: AsyncConnection, party: Party, *, at: datetime) -> None:
    """Delete what the person has just written from the buffer; a case's thread is left alone."""
    last = (
        select(TranscriptRow.id)
        .where(
            TranscriptRow.conversation_id == party.conversation_id,
            TranscriptRow.author == "person",
            TranscriptRow.case_id.is_(None),
            TranscriptRow.at <= at,
        )
        .order_by(TranscriptRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    await conn.execute(delete(TranscriptRow).where(TranscriptRow.id == last))


async def purge(conn: AsyncConnection, *, now: datetime) -> int:
    """Delete what no case holds and whose time is over; return how many lines."""
    result = await conn.execute(
        delete(TranscriptRow).where(
            TranscriptRow.case_id.is_(None), TranscriptRow.expires_at <= now
        )
    )
    return result.rowcount


def _sealed(party: Party, reading: dict[str, Any] | None) -> bytes | None:
    return party.key.seal_json(reading, READING) if reading else None


_OF_CASE = prepared(
    select(
        TranscriptRow.id,
        TranscriptRow.author,
        TranscriptRow.text_sealed,
        TranscriptRow.at,
        TranscriptRow.shared,
        TranscriptRow.edited,
        TranscriptRow.quotes,
        OutboxRow.status,
        OutboxRow.held_for,
        OutboxRow.not_before,
        OutboxRow.error,
        OutboxRow.delivered_at.is_not(None).label("delivered"),
        OutboxRow.read_at.is_not(None).label("read"),
        TranscriptRow.reading_sealed,
        LineVeilRow.veiled,
        AttachmentRow.id.label("file_id"),
        AttachmentRow.state,
        AttachmentRow.kind,
        AttachmentRow.why,
        AttachmentRow.preview_sealed,
    )
    .outerjoin(OutboxRow, OutboxRow.id == TranscriptRow.outbox_id)
    .outerjoin(LineVeilRow, LineVeilRow.line_id == TranscriptRow.id)
    .outerjoin(AttachmentRow, AttachmentRow.line_id == TranscriptRow.id)
    .where(TranscriptRow.case_id == bindparam("case"))
    .order_by(TranscriptRow.id),
    gives_rows=True,
)
