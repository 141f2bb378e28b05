"""The file of one person, over all their talks and channels: read through a case of theirs, as long as they agree to talk.

What was written in a case is fetched only while the consent to talk holds in that case; leaving ends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline import consent
from bot.hotline.access import check_access, check_is_them
from bot.hotline.details import Details
from bot.hotline.staff import Staff
from bot.store.contacts import Party, People
from bot.store.files import CORRECTION, PERSON, PURPOSE, RELEASED, TEXT
from bot.store.tables import (
    AddressRow,
    CaseEventRow,
    CaseRow,
    ConversationRow,
    FileDateRow,
    FilePersonRow,
    FileRequestRow,
    FileTextRow,
    FollowUpRow,
    StaffRow,
)
from bot.understanding.model import RiskLevel

TEXTS = ("summary", "safety_plan", "outcome")
"""What can be written; each has its versions."""
WRAP_UP = "wrap_up"
INVOLVE = "involve:"
"""Begins the scope of the consent to what one person around them may know."""


@dataclass(frozen=True)
class Version:
    """A text as somebody wrote it."""

    id: int
    text: str = field(repr=False)
    by_name: str
    at: datetime


@dataclass(frozen=True)
class OneTalk:
    """One of the person's talks."""

    case_id: UUID
    reference: str
    state: str
    level: RiskLevel
    kinds: tuple[str, ...]
    channel: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None


@dataclass(frozen=True)
class RiskPoint:
    """From when on a level of danger was known."""

    at: datetime
    level: RiskLevel
    reference: str


@dataclass(frozen=True)
class Involved:
    """Somebody around the person, and whether they may know something now."""

    id: UUID
    who: str
    family: bool
    purpose: str
    channel: str
    may_know: str
    agreed: bool
    at: datetime


@dataclass(frozen=True)
class PlannedDay:
    """A day on which the person is to be written to."""

    id: UUID
    on: date
    purpose: str
    by_name: str


@dataclass(frozen=True)
class BotPlan:
    """How often the bot greets the person by itself."""

    every_days: int
    next_at: datetime


@dataclass(frozen=True)
class Wish:
    """The person wants to read what is written about them."""

    id: UUID
    asked_at: datetime
    due_at: datetime
    released_at: datetime | None
    text: str | None
    correction: str | None
    corrected_at: datetime | None


@dataclass(frozen=True)
class CaseFile:
    """All that is written about a person."""

    case_id: UUID
    reference: str
    talks: tuple[OneTalk, ...]
    risks: tuple[RiskPoint, ...]
    texts: Mapping[str, tuple[Version, ...]] = field(repr=False)
    """By kind, the newest version first."""
    wrap_up: tuple[str, ...]
    people: tuple[Involved, ...] = field(repr=False)
    days: tuple[PlannedDay, ...] = field(repr=False)
    bot_plan: BotPlan | None
    later: str | None
    """When the person may be written to first; None for never."""
    wishes: tuple[Wish, ...] = field(repr=False)


async def access_file(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID
) -> CaseFile:
    """Return the file of a case's person.

    Raises:
        NotFound: There is no such case, or it is not theirs.
        ConsentMissing: The person does not agree to talk (any more).
        NotSure: Somebody else may be writing: the check question is due.
    """
    await check_access(conn, staff, case_id)
    await consent.check(conn, case_id, consent.TALK)
    await check_is_them(conn, people, staff, case_id)
    row = (
        await conn.execute(
            select(CaseRow.reference, CaseRow.conversation_id).where(CaseRow.id == case_id)
        )
    ).one()
    party = await people.get(conn, row.conversation_id)
    texts = await _texts(conn, party)
    wrapped = [v for v in texts.pop(WRAP_UP, ()) if v[0] == case_id]
    return CaseFile(
        case_id=case_id,
        reference=row.reference,
        talks=await _talks(conn, party),
        risks=await _risks(conn, party),
        texts={kind: tuple(v for _, v in versions) for kind, versions in texts.items()},
        wrap_up=tuple(wrapped[0][1].text.split()) if wrapped else (),
        people=await list_involved(conn, party),
        days=await _days(conn, party),
        bot_plan=await _bot_plan(conn, party),
        later=await consent.contact_later(conn, party, case_id),
        wishes=await list_wishes(conn, party),
    )


def contact_of(case_id: UUID) -> Any:  # noqa: ANN401  # a value for a query
    """Return, for a query, whose case it is."""
    return select(CaseRow.contact_id).where(CaseRow.id == case_id).scalar_subquery()


def involved_now() -> Any:  # noqa: ANN401  # a condition
    """Return the condition, in a query on those around a person, that they may know something now."""
    scope: Any = literal(INVOLVE) + cast(FilePersonRow.id, Text)
    return consent.holding(scope, FilePersonRow.case_id)


async def list_involved(conn: AsyncConnection, party: Party) -> tuple[Involved, ...]:
    """Return those around a person. The caller has checked who asks."""
    rows = await conn.execute(
        select(FilePersonRow, involved_now().label("agreed"))
        .where(FilePersonRow.contact_id == party.contact_id, _may_be_read(FilePersonRow.case_id))
        .order_by(FilePersonRow.at)
    )
    found = []
    for row in rows:
        told = party.key.open_json(row.details_sealed, PERSON)
        found.append(Involved(id=row.id, agreed=bool(row.agreed), at=row.at, **told))
    return tuple(found)


async def list_wishes(conn: AsyncConnection, party: Party) -> tuple[Wish, ...]:
    """Return what a person asked to read, the newest first. The caller has checked who asks."""
    rows = await conn.execute(
        select(FileRequestRow)
        .where(FileRequestRow.contact_id == party.contact_id)
        .order_by(FileRequestRow.asked_at.desc())
    )
    return tuple(
        Wish(
            row.id,
            row.asked_at,
            row.due_at,
            row.released_at,
            party.key.open(row.text_sealed, RELEASED) if row.text_sealed else None,
            party.key.open(row.correction_sealed, CORRECTION) if row.correction_sealed else None,
            row.corrected_at,
        )
        for row in rows
    )


def _may_be_read(case_id: Any) -> Any:  # noqa: ANN401  # a column, and a condition on it
    return consent.holding(consent.TALK, case_id)


async def _texts(
    conn: AsyncConnection, party: Party
) -> dict[str, tuple[tuple[UUID, Version], ...]]:
    rows = await conn.execute(
        select(FileTextRow, StaffRow.name.label("by_name"))
        .join(StaffRow, StaffRow.id == FileTextRow.staff_id)
        .where(FileTextRow.contact_id == party.contact_id, _may_be_read(FileTextRow.case_id))
        .order_by(FileTextRow.id.desc())
    )
    found: dict[str, tuple[tuple[UUID, Version], ...]] = {}
    for row in rows:
        version = Version(row.id, party.key.open(row.text_sealed, TEXT), row.by_name, row.at)
        found[row.kind] = (*found.get(row.kind, ()), (row.case_id, version))
    return found


async def _talks(conn: AsyncConnection, party: Party) -> tuple[OneTalk, ...]:
    rows = await conn.execute(
        select(CaseRow, AddressRow.channel)
        .join(ConversationRow, ConversationRow.id == CaseRow.conversation_id)
        .join(AddressRow, AddressRow.id == ConversationRow.address_id)
        .where(CaseRow.contact_id == party.contact_id)
        .order_by(CaseRow.opened_at.desc())
    )
    return tuple(
        OneTalk(
            row.id,
            row.reference,
            row.state,
            RiskLevel.of(row.level),
            Details.opened(row.details_sealed, party.key).kinds,
            row.channel,
            row.opened_at,
            row.closed_at,
            row.outcome,
        )
        for row in rows
    )


async def _risks(conn: AsyncConnection, party: Party) -> tuple[RiskPoint, ...]:
    rows = await conn.execute(
        select(
            CaseEventRow.at,
            CaseEventRow.data["level"].as_string().label("level"),
            CaseRow.reference,
        )
        .join(CaseRow, CaseRow.id == CaseEventRow.case_id)
        .where(
            CaseRow.contact_id == party.contact_id,
            CaseEventRow.kind.in_(("case_opened", "case_escalated")),
        )
        .order_by(CaseEventRow.at, CaseEventRow.id)
    )
    return tuple(RiskPoint(row.at, RiskLevel.of(row.level), row.reference) for row in rows)


async def _days(conn: AsyncConnection, party: Party) -> tuple[PlannedDay, ...]:
    rows = await conn.execute(
        select(FileDateRow, StaffRow.name.label("by_name"))
        .join(StaffRow, StaffRow.id == FileDateRow.staff_id)
        .where(
            FileDateRow.contact_id == party.contact_id,
            FileDateRow.state == "planned",
            _may_be_read(FileDateRow.case_id),
        )
        .order_by(FileDateRow.on)
    )
    return tuple(
        PlannedDay(row.id, row.on, party.key.open(row.purpose_sealed, PURPOSE), row.by_name)
        for row in rows
    )


async def _bot_plan(conn: AsyncConnection, party: Party) -> BotPlan | None:
    row = (
        await conn.execute(
            select(FollowUpRow.every_days, FollowUpRow.next_at).where(
                FollowUpRow.contact_id == party.contact_id
            )
        )
    ).one_or_none()
    return BotPlan(*row) if row else None
