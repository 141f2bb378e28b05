"""Chats of one person: the codes that connect them, which there are, and how one of them leaves.

A code is kept as a keyed hash, works once and for a quarter of an hour, and goes with the chat in which it was made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import follow_ups
from bot.store.contacts import Party
from bot.store.crypto import Lookup
from bot.store.tables import (
    AddressRow,
    CaseRow,
    ConsentRow,
    ConversationRow,
    EventSignupRow,
    FollowUpRow,
    JoinCodeRow,
    OutboxRow,
    StudyMemberRow,
    TranscriptRow,
)

SCOPE = "join"
"""The consent to be one person in several chats; in the ledger each chat has its own (`scope_of`)."""
LASTS = timedelta(minutes=15)
_LEFT = ("sent", "refused", "dead")
"""Messages of which nothing will be sent any more."""


@dataclass(frozen=True)
class Chat:
    """A chat of somebody: which, and through which channel."""

    conversation_id: UUID
    channel: str


@dataclass(frozen=True)
class Made:
    """A code that can be used now: whose, and the chat in which it was made."""

    contact_id: UUID
    conversation_id: UUID
    channel: str
    locale: str | None


def scope_of(conversation_id: UUID) -> str:
    """Return under which scope the ledger holds the consent of one chat."""
    return f"{SCOPE}:{conversation_id}"


async def make(
    conn: AsyncConnection, lookup: Lookup, party: Party, code: str, *, now: datetime
) -> None:
    """Let a code connect another chat with this one; the one before works no more."""
    mine = JoinCodeRow.conversation_id == party.conversation_id
    await conn.execute(delete(JoinCodeRow).where(mine))
    await conn.execute(
        insert(JoinCodeRow).values(
            lookup=lookup.of(SCOPE, code),
            contact_id=party.contact_id,
            conversation_id=party.conversation_id,
            expires_at=now + LASTS,
        )
    )


async def find(
    conn: AsyncConnection, lookup: Lookup, code: str, *, now: datetime, lock: bool = False
) -> Made | None:
    """Return what a code leads to, if it works (still); with `lock`, nobody else can use it meanwhile."""
    query = (
        select(
            JoinCodeRow.contact_id,
            JoinCodeRow.conversation_id,
            AddressRow.channel,
            ConversationRow.locale,
        )
        .join(ConversationRow, ConversationRow.id == JoinCodeRow.conversation_id)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .where(JoinCodeRow.lookup == lookup.of(SCOPE, code), JoinCodeRow.expires_at > now)
    )
    if lock:
        query = query.with_for_update(of=JoinCodeRow)
    row = (await conn.execute(query)).one_or_none()
    return Made(**row._mapping) if row else None


async def use_up(conn: AsyncConnection, lookup: Lookup, code: str) -> None:
    """Let a code work no more."""
    await conn.execute(delete(JoinCodeRow).where(JoinCodeRow.lookup == lookup.of(SCOPE, code)))


async def purge(conn: AsyncConnection, *, now: datetime) -> int:
    """Forget codes that are too old; return how many."""
    return (await conn.execute(delete(JoinCodeRow).where(JoinCodeRow.expires_at <= now))).rowcount


async def others(conn: AsyncConnection, party: Party) -> Sequence[Chat]:
    """Return the other chats of a person, the one they used last first."""
    rows = await conn.execute(_chats(party.contact_id, but=party.conversation_id))
    return [Chat(row.id, row.channel) for row in rows]


async def join_plans(conn: AsyncConnection, mine: UUID, into: UUID) -> None:
    """Keep one plan to write first, where two contacts become one: the other's, if there are two."""
    theirs = select(FollowUpRow.contact_id).where(FollowUpRow.contact_id == into)
    if await conn.scalar(theirs) is not None:
        await follow_ups.stop(conn, mine)
    await conn.execute(
        update(FollowUpRow).where(FollowUpRow.contact_id == mine).values(contact_id=into)
    )


async def part(conn: AsyncConnection, party: Party, *, keep: UUID, now: datetime) -> None:
    """Take a chat away from its person: whoever writes there next is a stranger, and another chat of theirs keeps everything.

    What belongs to cases and campaigns moves to the conversation `keep`; the rest of the chat is deleted with its address. A plan
    to write first in this chat ends. The caller holds the locks of both conversations, and no case is open in this one.
    """
    here = party.conversation_id
    await _keep_cases(conn, here, keep)
    for table in (EventSignupRow, StudyMemberRow):
        await conn.execute(
            update(table).where(table.conversation_id == here).values(conversation_id=keep)
        )
    planned = select(FollowUpRow.contact_id).where(FollowUpRow.conversation_id == here)
    if await conn.scalar(planned) is not None:
        await follow_ups.stop(conn, party.contact_id)
        await _withdraw(conn, party.contact_id, follow_ups.SCOPE, now)
    await _withdraw(conn, party.contact_id, scope_of(here), now)
    await conn.execute(delete(AddressRow).where(AddressRow.id == party.address_id))


async def _keep_cases(conn: AsyncConnection, here: UUID, keep: UUID) -> None:
    """Move cases, their lines and the messages that these were to another conversation."""
    of_cases = (TranscriptRow.conversation_id == here, TranscriptRow.case_id.is_not(None))
    said = select(TranscriptRow.outbox_id).where(*of_cases, TranscriptRow.outbox_id.is_not(None))
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.conversation_id == here, OutboxRow.status.in_(_LEFT), OutboxRow.id.in_(said)
        )
        .values(conversation_id=keep)
    )
    # What was given up here must not be tried again there.
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.conversation_id == keep, OutboxRow.status == "dead", OutboxRow.id.in_(
            select(TranscriptRow.outbox_id).where(*of_cases)
        ))
        .values(status="refused")
    )  # fmt: skip
    await conn.execute(update(TranscriptRow).where(*of_cases).values(conversation_id=keep))
    await conn.execute(
        update(CaseRow).where(CaseRow.conversation_id == here).values(conversation_id=keep)
    )


async def _withdraw(conn: AsyncConnection, contact_id: UUID, scope: str, now: datetime) -> None:
    await conn.execute(
        update(ConsentRow)
        .where(
            ConsentRow.contact_id == contact_id,
            ConsentRow.scope == scope,
            ConsentRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


def _chats(contact_id: UUID, *, but: UUID) -> Any:  # noqa: ANN401  # a select of two columns
    return (
        select(ConversationRow.id, AddressRow.channel)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .where(ConversationRow.contact_id == contact_id, ConversationRow.id != but)
        .order_by(ConversationRow.last_in_at.desc().nulls_last(), ConversationRow.id)
    )
