"""Files that come with a line: sealed with the person's own key, like the words around them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import OfferedFile
from bot.scan import FileKind, Scanned
from bot.store.contacts import Party
from bot.store.crypto import DataKey
from bot.store.tables import AttachmentRow, CaseRow, OutboxRow, TranscriptRow
from bot.store.transcript import PREVIEW

BYTES, SOURCE = "attachment.bytes", "attachment.source"
COMING, KEPT, REFUSED = "coming", "kept", "refused"


_COUNT = (
    select(func.count())
    .select_from(AttachmentRow)
    .join(TranscriptRow, TranscriptRow.id == AttachmentRow.line_id)
    .where(AttachmentRow.state == KEPT)
)
_SHOWN = ("sending", "sent")
"""What a letter is that has come to its person, or may have: not one that is kept back, refused or given up."""


@dataclass(frozen=True)
class Coming:
    """A file that its platform still has."""

    id: UUID
    case_id: UUID
    conversation_id: UUID
    since: datetime
    source_sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class Source:
    """Where a file is fetched from."""

    channel: str
    ref: str = field(repr=False)


async def add_coming(
    conn: AsyncConnection,
    party: Party,
    case_id: UUID,
    line_id: int,
    file: OfferedFile,
    *,
    number: UUID,
    at: datetime,
) -> None:
    """Note that a file came with a line; `number` will be its id. It is still to be fetched."""
    source = {"channel": party.address.channel, "ref": file.ref}
    sealed = party.key.seal_json(source, SOURCE)
    await _add(conn, case_id, line_id, id=number, state=COMING, source_sealed=sealed, at=at)


async def add(
    conn: AsyncConnection,
    party: Party,
    case_id: UUID,
    line_id: int,
    file: Scanned,
    *,
    number: UUID,
    at: datetime,
) -> None:
    """Keep a file that came with a line."""
    kept = _kept(party, file)
    await _add(conn, case_id, line_id, id=number, at=at, **kept)


async def find_coming(conn: AsyncConnection, number: UUID) -> Coming | None:
    """Return a file that is still to be fetched; None when there is nothing to do (any more)."""
    row = (
        await conn.execute(
            select(
                AttachmentRow.id,
                AttachmentRow.case_id,
                CaseRow.conversation_id,
                AttachmentRow.at,
                AttachmentRow.source_sealed,
            )
            .join(CaseRow, CaseRow.id == AttachmentRow.case_id)
            .where(AttachmentRow.id == number, AttachmentRow.state == COMING)
        )
    ).one_or_none()
    return Coming(*row) if row else None  # type: ignore[arg-type]  # what is coming has a source


def source_of(party: Party, coming: Coming) -> Source:
    """Return where a file is fetched from."""
    return Source(**party.key.open_json(coming.source_sealed, SOURCE))


async def keep(conn: AsyncConnection, party: Party, number: UUID, file: Scanned) -> bool:
    """Keep what was fetched; False where that has been done, or was given up."""
    return await _settle(conn, number, **_kept(party, file))


async def refuse(conn: AsyncConnection, number: UUID, why: str) -> bool:
    """Note that a file is not taken; False where it is settled already."""
    return await _settle(conn, number, state=REFUSED, why=why)


async def count(conn: AsyncConnection, case_id: UUID, *, author: str = "person") -> int:
    """Return how many files of the person, or of the `staff`, are kept in a case: neither uses the other's room up."""
    mine = (AttachmentRow.case_id == case_id, TranscriptRow.author == author)
    return await conn.scalar(_COUNT.where(*mine)) or 0


async def count_of(conn: AsyncConnection, contact_id: UUID) -> int:
    """Return how many files are kept that a person has sent."""
    cases = select(CaseRow.id).where(CaseRow.contact_id == contact_id)
    theirs = (AttachmentRow.case_id.in_(cases), TranscriptRow.author == "person")
    return await conn.scalar(_COUNT.where(*theirs)) or 0


async def read(
    conn: AsyncConnection, key: DataKey, case_id: UUID, number: UUID
) -> tuple[FileKind, bytes] | None:
    """Return a file of a case. Staff come here only through `bot.hotline.access`."""
    row = (
        await conn.execute(
            select(AttachmentRow.kind, AttachmentRow.bytes_sealed).where(
                AttachmentRow.id == number,
                AttachmentRow.case_id == case_id,
                AttachmentRow.state == KEPT,
            )
        )
    ).one_or_none()
    return (FileKind(row.kind), key.open_bytes(row.bytes_sealed, BYTES)) if row else None


async def find_sent(conn: AsyncConnection, party: Party, number: UUID) -> bytes | None:
    """Return the bytes of a file that a letter to a person is; None where it is gone with its line."""
    sealed = await conn.scalar(
        _of_staff(party, number).with_only_columns(AttachmentRow.bytes_sealed)
    )
    return party.key.open_bytes(sealed, BYTES) if sealed else None


async def find_shown(
    conn: AsyncConnection, party: Party, number: UUID
) -> tuple[UUID, FileKind, bytes] | None:
    """Return a file that has come to a person, with its message's id; None for one that is theirs, another's, kept back or gone."""
    row = (
        await conn.execute(_of_staff(party, number).where(OutboxRow.status.in_(_SHOWN)))
    ).one_or_none()
    if row is None:
        return None
    return row.uid, FileKind(row.kind), party.key.open_bytes(row.bytes_sealed, BYTES)


def _of_staff(party: Party, number: UUID) -> Any:  # noqa: ANN401  # a select of three columns
    """A file of the staff in a person's conversation, with the letter that it leaves by."""
    return (
        select(OutboxRow.uid, AttachmentRow.kind, AttachmentRow.bytes_sealed)
        .join(TranscriptRow, TranscriptRow.id == AttachmentRow.line_id)
        .join(OutboxRow, OutboxRow.id == TranscriptRow.outbox_id)
        .where(
            AttachmentRow.id == number,
            AttachmentRow.state == KEPT,
            TranscriptRow.conversation_id == party.conversation_id,
            OutboxRow.author == "staff",
        )
    )


def _kept(party: Party, file: Scanned) -> dict[str, Any]:
    preview = party.key.seal_bytes(file.preview, PREVIEW) if file.preview else None
    return {
        "state": KEPT,
        "kind": file.kind.value,
        "bytes_sealed": party.key.seal_bytes(file.data, BYTES),
        "preview_sealed": preview,
    }


async def _add(conn: AsyncConnection, case_id: UUID, line_id: int, **values: Any) -> None:  # noqa: ANN401  # columns
    await conn.execute(insert(AttachmentRow).values(case_id=case_id, line_id=line_id, **values))


async def _settle(conn: AsyncConnection, number: UUID, **values: Any) -> bool:  # noqa: ANN401  # columns
    done = await conn.scalar(
        update(AttachmentRow)
        .where(AttachmentRow.id == number, AttachmentRow.state == COMING)
        .values(source_sealed=None, **values)
        .returning(AttachmentRow.id)
    )
    return done is not None
