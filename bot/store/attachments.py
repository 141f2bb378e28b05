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
from bot.store.tables import AttachmentRow, CaseRow
from bot.store.transcript import PREVIEW

BYTES, SOURCE = "attachment.bytes", "attachment.source"
COMING, KEPT, REFUSED = "coming", "kept", "refused"


_COUNT = select(func.count()).select_from(AttachmentRow).where(AttachmentRow.state == KEPT)


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


async def count(conn: AsyncConnection, case_id: UUID) -> int:
    """Return how many files are kept in a case."""
    return await conn.scalar(_COUNT.where(AttachmentRow.case_id == case_id)) or 0


async def count_of(conn: AsyncConnection, contact_id: UUID) -> int:
    """Return how many files are kept of a person."""
    cases = select(CaseRow.id).where(CaseRow.contact_id == contact_id)
    return await conn.scalar(_COUNT.where(AttachmentRow.case_id.in_(cases))) or 0


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
