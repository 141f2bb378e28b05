"""One person in several chats, and their case: one at most is open, it goes on in one chat, and moves where the person goes on."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline import cases, consent
from bot.hotline.cases import OpenCase
from bot.hotline.watched import EVENT
from bot.messages import CaseId
from bot.store import held, notices, transcript
from bot.store.batch import Batch, Rows, prepared
from bot.store.contacts import Party, set_owner
from bot.store.tables import AddressRow, CaseRow, ConversationRow, OutboxRow
from bot.understanding.model import Risk, RiskLevel

MOVED = "moved"
"""A line that nobody wrote: from here on the person writes in another chat of theirs."""


@dataclass(frozen=True)
class Elsewhere:
    """The open case of a person who writes in another chat of theirs."""

    case: OpenCase
    channel: str
    """Where it goes on."""


async def find_elsewhere(conn: AsyncConnection, party: Party) -> Elsewhere | None:
    """Return the case of a person that is open in another chat than this one."""
    row = (
        await conn.execute(
            select(
                CaseRow.id, CaseRow.reference, CaseRow.state, CaseRow.level, CaseRow.claimed_by,
                AddressRow.channel,
            )
            .join(ConversationRow, ConversationRow.id == CaseRow.conversation_id)
            .join(AddressRow, AddressRow.id == ConversationRow.address_id)
            .where(
                CaseRow.contact_id == party.contact_id,
                CaseRow.conversation_id != party.conversation_id,
                CaseRow.state != "closed",
            )
            .order_by(CaseRow.opened_at)
            .limit(1)
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    level = RiskLevel.of(row.level)
    case = OpenCase(CaseId(row.id), row.reference, row.state, level, row.claimed_by)
    return Elsewhere(case, row.channel)


async def go_on_here(
    conn: AsyncConnection,
    party: Party,
    case_id: UUID,
    *,
    now: datetime,
    locale: str,
    text_version: str,
) -> Party:
    """Let a person's open case go on in this chat of theirs; the other one falls back to the bot, silently.

    What the staff wrote and has not left yet comes here. Returns the person as they are now.

    Raises:
        NotFound: The case is gone, closed or somebody else's.
        Conflict: This conversation has an open case of its own.
    """
    row = await cases.lock(conn, case_id)
    if row.contact_id != party.contact_id or row.state == "closed":
        raise NotFound
    if row.conversation_id == party.conversation_id:
        return party
    if await cases.find_open(conn, party.conversation_id) is not None:
        raise Conflict
    owner, staff_id = ("staff", row.claimed_by) if row.state == "claimed" else ("queue", None)
    await set_owner(conn, row.conversation_id, "bot")
    await conn.execute(
        update(CaseRow).where(CaseRow.id == case_id).values(conversation_id=party.conversation_id)
    )
    epoch = await set_owner(conn, party.conversation_id, owner, staff_id)
    await _take_along(conn, row.conversation_id, party.conversation_id, epoch, now=now)
    await consent.record(
        conn, party, consent.TALK,
        granted=True, text_version=text_version, locale=locale, at=now, case_id=case_id,
    )  # fmt: skip
    await transcript.add(conn, party, EVENT, MOVED, at=now, case_id=case_id)
    await cases.add_event(conn, case_id, "case_moved", at=now, channel=party.address.channel)
    await notices.to_outbox(conn, party.conversation_id)
    return replace(party, owner=owner, owner_staff_id=staff_id, epoch=epoch, elsewhere=False)


async def fetch_case(
    conn: AsyncConnection, party: Party, other: UUID, *, now: datetime, locale: str
) -> Party:
    """Bring the open case of another chat, if there is one, to this one: that chat is to leave, and its lock is held.

    Returns the person as they are now.
    """
    case = await cases.find_open(conn, other)
    if case is None:
        return party
    return await go_on_here(conn, party, case.id, now=now, locale=locale, text_version="cast_out")


async def escalate(conn: AsyncConnection, party: Party, case_id: UUID, risk: Risk) -> RiskLevel:
    """Move a case up whose person has told of danger in another chat; return its level.

    Raises:
        NotFound: The case is gone, closed or somebody else's.
    """
    row = await cases.lock(conn, case_id)
    if row.contact_id != party.contact_id or row.state == "closed":
        raise NotFound
    level = RiskLevel.of(row.level)
    case = OpenCase(CaseId(row.id), row.reference, row.state, level, row.claimed_by)
    await cases.escalate(conn, party, case, risk)
    return max(level, risk.level)


async def tell_erased(conn: AsyncConnection, contact_id: UUID) -> None:
    """Tell the open desks that the open cases of a person go, in whichever chat they are."""
    theirs = select(CaseRow.id).where(CaseRow.contact_id == contact_id, CaseRow.state != "closed")
    for case_id in (await conn.scalars(theirs)).all():
        await notices.to_desk(conn, "case_erased", case_id)


async def note_joined(
    conn: AsyncConnection, contact_id: UUID, channel: str, *, at: datetime
) -> None:
    """Note in the open case of a person that another chat belongs to them now."""
    theirs = select(CaseRow.id).where(CaseRow.contact_id == contact_id, CaseRow.state != "closed")
    for case_id in (await conn.scalars(theirs)).all():
        await cases.add_event(conn, case_id, "chat_joined", at=at, channel=channel)


def ask_also(batch: Batch, case_id: UUID) -> Rows:
    """Look up through which channels the person of a case writes beside the one it goes on in; for `read_also`."""
    return batch.add(_ALSO, case=case_id)


def read_also(rows: Rows) -> tuple[str, ...]:
    """Return the channels that `ask_also` has found, each as often as there are chats."""
    return tuple(row.channel for row in rows)


async def _take_along(
    conn: AsyncConnection, before: UUID, after: UUID, epoch: int, *, now: datetime
) -> None:
    """Bring what the staff wrote and has not left to the chat in which the talk goes on."""
    await held.uncover(conn, before, now=now)
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.conversation_id == before,
            OutboxRow.author == "staff",
            OutboxRow.status.in_(("queued", "held")),
        )
        .values(conversation_id=after, epoch=epoch)
    )


_CHATS = ConversationRow.__table__.alias("chats")
_ALSO = prepared(
    select(AddressRow.channel)
    .select_from(CaseRow)
    .join(
        _CHATS,
        (_CHATS.c.contact_id == CaseRow.contact_id) & (_CHATS.c.id != CaseRow.conversation_id),
    )
    .join(AddressRow, AddressRow.id == _CHATS.c.address_id)
    .where(CaseRow.id == bindparam("case"))
    .order_by(AddressRow.channel),
    gives_rows=True,
)
