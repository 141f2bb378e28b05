"""All that belongs to a person, in whatever table: given to another contact, with its key, or forgotten."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.messages import ContactId
from bot.store import campaigning, files, reviews
from bot.store.contacts import ADDRESS, STATE, Party, People
from bot.store.crypto import DataKey
from bot.store.tables import (
    AddressRow,
    AttachmentRow,
    CaseRow,
    CheckQuestionRow,
    ConsentRow,
    ContactRow,
    ConversationRow,
    DraftRow,
    InboxRow,
    LineTranslationRow,
    NoteRow,
    OutboxRow,
    TranscriptRow,
    TransferRow,
    UnmetQuestionRow,
)


async def join(conn: AsyncConnection, people: People, party: Party, into: ContactId) -> Party:
    """Make the person of a conversation one with another contact: everything is sealed anew with its key.

    Returns the person as they are now; nothing happens when the two are one already.

    Raises:
        NotFound: That contact has been erased.
    """
    if party.contact_id == into:
        return party
    wrapped = await conn.scalar(select(ContactRow.wrapped_key).where(ContactRow.id == into))
    if wrapped is None:
        raise NotFound
    key = people.keyring.unwrap(wrapped)
    # Copies for review are not sealed anew: whether Suar may learn from what this person writes is asked anew.
    for contact_id in (party.contact_id, into):
        await reviews.end_learning(conn, contact_id, at=people.clock.now())
    # All that is this person's moves, also from other channels they have come back from before.
    for table, owned, column, place in _SEALED:
        await _reseal(conn, party, key, table, owned, column, place)
    # When to write first is asked anew, as for the bot's own greetings.
    await files.end_dates(conn, party.contact_id)
    for table in (AddressRow, ConversationRow, *files.OWNED):
        await conn.execute(
            update(table).where(table.contact_id == party.contact_id).values(contact_id=into)
        )
    await conn.execute(
        update(CaseRow).where(CaseRow.contact_id == party.contact_id).values(contact_id=into)
    )
    # The ledger moves along; when it was safe to write is asked anew.
    await conn.execute(
        update(ConsentRow)
        .where(ConsentRow.contact_id == party.contact_id)
        .values(contact_id=into, detail_sealed=None)
    )
    await campaigning.join(conn, party.contact_id, into)
    # Who has said stop in one chat has said it in both.
    stopped = select(ContactRow.stopped_at).where(ContactRow.id == party.contact_id)
    await conn.execute(
        update(ContactRow)
        .where(ContactRow.id == into)
        .values(stopped_at=func.coalesce(ContactRow.stopped_at, stopped.scalar_subquery()))
    )
    await conn.execute(delete(ContactRow).where(ContactRow.id == party.contact_id))
    return replace(party, contact_id=into, key=key)


_SEALED: tuple[tuple[Any, str, str, str], ...] = (
    (OutboxRow, "conversation_id", "message_sealed", "outbox.message"),
    (InboxRow, "conversation_id", "event_sealed", "inbox.event"),
    (TranscriptRow, "conversation_id", "text_sealed", "transcript.text"),
    (TranscriptRow, "conversation_id", "reading_sealed", "transcript.reading"),
    (CaseRow, "conversation_id", "details_sealed", "case.details"),
    (ConversationRow, "id", "state_sealed", STATE),
    (AddressRow, "contact_id", "value_sealed", ADDRESS),
    (AttachmentRow, "case_id", "source_sealed", "attachment.source"),
    (AttachmentRow, "case_id", "bytes_sealed", "attachment.bytes"),
    (AttachmentRow, "case_id", "preview_sealed", "attachment.preview"),
    (DraftRow, "case_id", "text_sealed", "case.draft"),
    (NoteRow, "case_id", "text_sealed", "case.note"),
    (LineTranslationRow, "case_id", "text_sealed", "line.translation"),
    (TransferRow, "case_id", "why_sealed", "case.transfer"),
    (CheckQuestionRow, "case_id", "question_sealed", "check.question"),
    (CheckQuestionRow, "case_id", "answer_sealed", "check.answer"),
    *((table, "contact_id", column, place) for table, column, place in files.SEALED),
)
"""Every sealed column of a person that goes along (copies for review do not, see `join`), how its rows are known to be theirs, and the place it is sealed for."""


async def _reseal(
    conn: AsyncConnection,
    party: Party,
    key: DataKey,
    table: Any,  # noqa: ANN401  # a mapped class
    owned: str,
    column: str,
    place: str,
) -> None:
    sealed, theirs = getattr(table, column), getattr(table, owned)
    if owned == "contact_id":
        mine = theirs == party.contact_id
    elif owned == "case_id":
        cases = select(CaseRow.id).where(CaseRow.contact_id == party.contact_id)
        mine = theirs.in_(cases)
    else:
        conversations = select(ConversationRow.id)
        mine = theirs.in_(conversations.where(ConversationRow.contact_id == party.contact_id))
    numbers = await conn.scalars(select(table.id).where(mine, sealed.is_not(None)))
    # One at a time: a person's files together may be more than fits in memory.
    for number in numbers.all():
        old = await conn.scalar(select(sealed).where(table.id == number))
        new = key.seal_bytes(party.key.open_bytes(old or b"", place), place)
        await conn.execute(update(table).where(table.id == number).values({column: new}))


async def erase(conn: AsyncConnection, contact_id: UUID, at: datetime) -> None:
    """Forget a person: the key goes, and with it every sealed column in any copy of the database."""
    conversations = select(ConversationRow.id).where(ConversationRow.contact_id == contact_id)
    for table in (OutboxRow, InboxRow, TranscriptRow):
        await conn.execute(delete(table).where(table.conversation_id.in_(conversations)))
    await files.forget(conn, contact_id, at)
    await campaigning.forget(conn, contact_id)
    await conn.execute(delete(CaseRow).where(CaseRow.contact_id == contact_id))
    await conn.execute(delete(UnmetQuestionRow).where(UnmetQuestionRow.contact_id == contact_id))
    await conn.execute(
        update(ConsentRow)
        .where(ConsentRow.contact_id == contact_id, ConsentRow.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )
    await conn.execute(delete(AddressRow).where(AddressRow.contact_id == contact_id))
    await conn.execute(
        update(ContactRow)
        .where(ContactRow.id == contact_id)
        .values(wrapped_key=None, erased_at=at, stopped_at=at)
    )
