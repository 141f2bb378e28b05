"""The only door to a case for staff: nobody gets one without naming who asks, and consent is checked here, at the read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline import consent, waiting
from bot.hotline.details import Details
from bot.hotline.staff import OVERSEES, TALKS, Staff
from bot.messages import CaseId
from bot.store import reviews, transcript
from bot.store.contacts import Party, People
from bot.store.reviews import Marked
from bot.store.tables import (
    AddressRow,
    CaseEventRow,
    CaseRow,
    ConsentRow,
    ConversationRow,
    OutboxRow,
    StaffRow,
)
from bot.store.transcript import Line
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
class ConsentLine:
    """What the person agreed to, as the conversation page shows it."""

    scope: str
    granted: bool
    at: datetime
    locale: str
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class CaseView:
    """A case as the counsellor who has it may see it."""

    id: CaseId
    reference: str
    state: str
    level: RiskLevel
    kinds: tuple[str, ...]
    subject: str
    wishes: Mapping[str, str] = field(repr=False)
    """The name to be called by, the counsellor's gender and language, while the consent to talk holds."""
    locale: str
    channel: str
    blocked: bool
    opened_at: datetime
    waiting_since: datetime
    claimed_by: UUID | None
    claimed_by_name: str | None
    outcome: str | None
    rating: str | None
    fit: str | None
    """How well its counsellor was matched (`matching.Fit`); None where nobody has it."""
    contact_later: str | None
    """When the person may be written to first: `any`, a time of day, or None for never."""
    consents: tuple[ConsentLine, ...]
    marks: Mapping[int, Marked]
    """The lines, by id, that are marked as misunderstood."""
    lines: tuple[Line, ...] = field(repr=False)


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
    if staff.role not in TALKS:
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
    if staff.role not in TALKS:
        return 0
    waits = select(func.count()).select_from(CaseRow).where(CaseRow.state == "waiting")
    return await conn.scalar(waits) or 0


async def list_mine(conn: AsyncConnection, staff: Staff) -> list[QueueItem]:
    """Return the cases that `staff` has now, oldest first."""
    wanted = _listed().where(CaseRow.state == "claimed", CaseRow.claimed_by == staff.id)
    return await _items(conn, wanted.order_by(CaseRow.claimed_at))


async def list_claimed(conn: AsyncConnection, staff: Staff) -> list[QueueItem]:
    """Return everybody's cases under way, for those who oversee; empty for others."""
    if staff.role not in OVERSEES:
        return []
    wanted = _listed().where(CaseRow.state == "claimed").order_by(CaseRow.claimed_at)
    return await _items(conn, wanted)


async def check_access(conn: AsyncConnection, staff: Staff, case_id: UUID) -> None:
    """Make sure that `staff` may see a case: the counsellor who has it, or somebody who oversees.

    Raises:
        NotFound: There is no such case, or it is not theirs: from outside the two look the same.
    """
    row = (
        await conn.execute(select(CaseRow.claimed_by).where(CaseRow.id == case_id))
    ).one_or_none()
    if row is None or staff.role not in TALKS:
        raise NotFound
    if row.claimed_by != staff.id and staff.role not in OVERSEES:
        raise NotFound


async def access_case(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID
) -> CaseView:
    """Return a case with what its person has agreed to show.

    What was written before the hand-over is there only while the consent to share holds, and nothing of the
    thread is there once the consent to talk has been withdrawn.

    Raises:
        NotFound: See `check_access`.
    """
    await check_access(conn, staff, case_id)
    row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
    party = await people.get(conn, row.conversation_id)
    details = Details.opened(row.details_sealed, party.key)
    name = await conn.scalar(select(StaffRow.name).where(StaffRow.id == row.claimed_by))
    return CaseView(
        id=CaseId(row.id),
        reference=row.reference,
        state=row.state,
        level=RiskLevel.of(row.level),
        kinds=details.kinds,
        subject=details.subject,
        wishes=details.wishes if await consent.holds(conn, case_id, consent.TALK) else {},
        locale=row.locale,
        channel=party.address.channel,
        blocked=party.blocked,
        opened_at=row.opened_at,
        waiting_since=row.waiting_since,
        claimed_by=row.claimed_by,
        claimed_by_name=name,
        outcome=row.outcome,
        rating=row.rating,
        fit=await _fit(conn, row.id) if row.state == "claimed" else None,
        contact_later=await consent.contact_later(conn, party, case_id),
        consents=await _consents(conn, party, case_id),
        marks=await reviews.marks_of(conn, case_id),
        lines=tuple(await _thread(conn, party, case_id)),
    )


async def list_undelivered(conn: AsyncConnection, staff: Staff) -> list[Undelivered]:
    """Return what could not be delivered: all for those who oversee, else only in one's own cases."""
    if staff.role not in TALKS:
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
    if staff.role not in OVERSEES:
        wanted = wanted.where(CaseRow.claimed_by == staff.id)
    return [Undelivered(*row) for row in await conn.execute(wanted)]


async def _thread(conn: AsyncConnection, party: Party, case_id: UUID) -> list[Line]:
    if not await consent.holds(conn, case_id, consent.TALK):
        return []
    lines = await transcript.of_case(conn, party.key, case_id)
    if await consent.holds(conn, case_id, consent.SHARE):
        return lines
    return [line for line in lines if not line.shared]


async def _fit(conn: AsyncConnection, case_id: UUID) -> str | None:
    return await conn.scalar(
        select(CaseEventRow.data["fit"].as_string())
        .where(CaseEventRow.case_id == case_id, CaseEventRow.kind == "case_claimed")
        .order_by(CaseEventRow.id.desc())
        .limit(1)
    )


async def _consents(conn: AsyncConnection, party: Party, case_id: UUID) -> tuple[ConsentLine, ...]:
    of_the_person = (
        (ConsentRow.contact_id == party.contact_id)
        & ConsentRow.case_id.is_(None)
        & ConsentRow.scope.in_(consent.OF_THE_PERSON)
    )
    rows = await conn.execute(
        select(
            ConsentRow.scope,
            ConsentRow.granted,
            ConsentRow.at,
            ConsentRow.locale,
            ConsentRow.withdrawn_at,
        )
        .where((ConsentRow.case_id == case_id) | of_the_person)
        .order_by(ConsentRow.id)
    )
    return tuple(ConsentLine(*row) for row in rows)


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
