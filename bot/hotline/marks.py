"""Counsellors mark what Suar misunderstood; a redacted copy is made only while the person agrees to `learn`."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.hotline import cases, consent
from bot.hotline.access import check_access, check_line
from bot.hotline.staff import Staff
from bot.store import reviews, transcript
from bot.store.contacts import Party, People
from bot.store.tables import ConversationRow, ReviewRow, TranscriptRow
from bot.understanding.redaction import redact

MARKS = ("not_understood", "wrongly_flagged")

log = structlog.get_logger(__name__)


async def mark(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    line_id: int,
    kind: str,
    *,
    clock: Clock,
) -> None:
    """Mark one of the person's messages in a case as one of `MARKS`.

    Raises:
        NotFound: `staff` may not see this case, or not this line of it; or it is no line of the person's.
        Conflict: It is marked already.
    """
    party = await _party_of_line(conn, people, staff, case_id, line_id)
    if kind not in MARKS:
        raise NotFound
    now = clock.now()
    review_id = await conn.scalar(
        insert(ReviewRow)
        .values(id=clock.new_id(), transcript_id=line_id, mark=kind, waiting_since=now)
        .on_conflict_do_nothing()
        .returning(ReviewRow.id)
    )
    if review_id is None:
        raise Conflict
    await reviews.add_event(conn, review_id, "marked", at=now, staff_id=staff.id)
    await cases.add_event(
        conn, case_id, "message_marked", staff_id=staff.id, line=line_id, mark=kind
    )
    if await consent.learns(conn, party.contact_id):
        await copy_marked(conn, party, at=now)


async def unmark(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID, line_id: int
) -> None:
    """Take a mark back, with its copy; nothing happens when there is none.

    Raises:
        NotFound: As for `mark`.
        Conflict: Somebody has reviewed it already.
    """
    await _party_of_line(conn, people, staff, case_id, line_id)
    row = (
        await conn.execute(
            select(ReviewRow.id, ReviewRow.state)
            .where(ReviewRow.transcript_id == line_id)
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return
    if row.state != reviews.WAITING:
        raise Conflict
    await conn.execute(delete(ReviewRow).where(ReviewRow.id == row.id))
    await cases.add_event(conn, case_id, "message_unmarked", staff_id=staff.id, line=line_id)


async def follow_consent(
    conn: AsyncConnection, party: Party, *, granted: bool, at: datetime
) -> None:
    """Do what an answer to `learn` means for messages that are marked already: copy them, or delete the copies."""
    if granted:
        await copy_marked(conn, party, at=at)
    else:
        await reviews.drop_copies(conn, party.contact_id)
    log.info("learn_answered", granted=granted)


async def copy_marked(conn: AsyncConnection, party: Party, *, at: datetime) -> None:
    """Make the redacted copies of a person's marked messages that a counsellor may read now."""
    shown = (~TranscriptRow.shared) | consent.holding(consent.SHARE, TranscriptRow.case_id)
    rows = await conn.execute(
        select(ReviewRow.id, TranscriptRow.text_sealed, TranscriptRow.reading_sealed)
        .join(TranscriptRow, TranscriptRow.id == ReviewRow.transcript_id)
        .join(ConversationRow, ConversationRow.id == TranscriptRow.conversation_id)
        .where(
            ConversationRow.contact_id == party.contact_id,
            reviews.learns(ConversationRow.contact_id),
            consent.holding(consent.TALK, TranscriptRow.case_id),
            shown,
            ReviewRow.text_sealed.is_(None),
        )
        .with_for_update(of=ReviewRow)
    )
    for row in rows.all():
        text = party.key.open(row.text_sealed, transcript.TEXT)
        sealed = row.reading_sealed
        reading = party.key.open_json(sealed, transcript.READING) if sealed else None
        await reviews.put_copy(conn, party.key, row.id, redact(text), reading, at=at)


async def _party_of_line(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID, line_id: int
) -> Party:
    """Lock the conversation of a case and return its person, if `staff` may see that they wrote this line."""
    await check_access(conn, staff, case_id)
    row = await cases.lock(conn, case_id)
    await check_line(conn, people, staff, case_id, line_id)
    return await people.get(conn, row.conversation_id)
