"""The lists of the desk: who waits, who is being talked with, what could not be delivered; nothing in them that a person wrote."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline import waiting
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.store.batch import at_once, prepared
from bot.store.contacts import People
from bot.store.tables import AddressRow, CaseRow, ConversationRow, OutboxRow, StaffRow
from bot.understanding.model import RiskLevel


@dataclass(frozen=True)
class QueueItem:
    """A case as the lists of the desk show it: nothing that the person wrote."""

    id: CaseId
    reference: str
    state: str
    level: RiskLevel
    locale: str
    channel: str
    waiting_since: datetime
    claimed_by_name: str | None = None
    note: str = ""
    """What is to be known of it now: `reminded` (its counsellor has left it without a word), `returned`, `alarm`
    (nobody has taken it since), or `not_now` (outside the person's safe hours)."""


@dataclass(frozen=True)
class Undelivered:
    """A message that could not be delivered; its words stay with the conversation."""

    id: int
    author: str
    channel: str
    error: str | None
    created_at: datetime
    attempts: int
    reference: str | None


async def list_waiting(
    conn: AsyncConnection, people: People, staff: Staff, *, now: datetime
) -> list[QueueItem]:
    """Return the queue in its order, then who waits for their safe hours; empty for those who do not talk with people."""
    if not staff.may(Permission.TALK):
        return []
    items = {i.id: i for i in await _items(conn, _listed().where(CaseRow.state == "waiting"))}
    offered, later = await waiting.list_in_order(conn, people, now)
    return [
        *(items[CaseId(place.case_id)] for place in offered if place.case_id in items),
        *(
            replace(items[CaseId(place.case_id)], note="not_now")
            for place in later
            if place.case_id in items
        ),
    ]


async def count_waiting(conn: AsyncConnection, staff: Staff) -> int:
    """Return how many wait; none for those who do not talk with people."""
    if not staff.may(Permission.TALK):
        return 0
    rows = await at_once(conn, lambda batch: batch.add(_WAITING))
    return int(rows[0].waiting)


async def list_mine(conn: AsyncConnection, staff: Staff) -> list[QueueItem]:
    """Return the cases that `staff` has now, oldest first."""
    wanted = _listed().where(CaseRow.state == "claimed", CaseRow.claimed_by == staff.id)
    return await _items(conn, wanted.order_by(CaseRow.claimed_at))


async def list_claimed(conn: AsyncConnection, staff: Staff) -> list[QueueItem]:
    """Return everybody's cases under way, for those who oversee; empty for others."""
    if not staff.may(Permission.OVERSEE):
        return []
    wanted = _listed().where(CaseRow.state == "claimed").order_by(CaseRow.claimed_at)
    return await _items(conn, wanted)


async def list_undelivered(conn: AsyncConnection, staff: Staff) -> list[Undelivered]:
    """Return what could not be delivered: all for those who oversee, else only in one's own cases."""
    if not staff.may(Permission.TALK):
        return []
    wanted = (
        select(
            OutboxRow.id,
            OutboxRow.author,
            AddressRow.channel,
            OutboxRow.error,
            OutboxRow.created_at,
            OutboxRow.attempts,
            CaseRow.reference,
        )
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .outerjoin(
            CaseRow,
            (CaseRow.conversation_id == OutboxRow.conversation_id) & (CaseRow.state != "closed"),
        )
        .where(OutboxRow.status == "dead")
        .order_by(OutboxRow.id.desc())
        .limit(200)
    )
    if not staff.may(Permission.OVERSEE):
        wanted = wanted.where(CaseRow.claimed_by == staff.id)
    return [Undelivered(*row) for row in await conn.execute(wanted)]


_WAITING = prepared(
    select(func.count().label("waiting")).select_from(CaseRow).where(CaseRow.state == "waiting"),
    gives_rows=True,
)
_NOTE = case(
    (CaseRow.alarmed_at.is_not(None), literal("alarm")),
    (CaseRow.returned_at.is_not(None), literal("returned")),
    (CaseRow.reminded_at.is_not(None), literal("reminded")),
    else_=literal(""),
)


def _listed() -> Any:  # noqa: ANN401  # a select of nine columns
    return (
        select(
            CaseRow.id,
            CaseRow.reference,
            CaseRow.state,
            CaseRow.level,
            CaseRow.locale,
            AddressRow.channel,
            CaseRow.waiting_since,
            StaffRow.name,
            _NOTE.label("note"),
        )
        .join(ConversationRow, ConversationRow.id == CaseRow.conversation_id)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .outerjoin(StaffRow, StaffRow.id == CaseRow.claimed_by)
    )


async def _items(
    conn: AsyncConnection,
    wanted: Any,  # noqa: ANN401  # `_listed`, narrowed
) -> list[QueueItem]:
    return [
        QueueItem(
            CaseId(row.id),
            row.reference,
            row.state,
            RiskLevel.of(row.level),
            row.locale,
            row.channel,
            row.waiting_since,
            row.name,
            row.note,
        )
        for row in await conn.execute(wanted)
    ]
