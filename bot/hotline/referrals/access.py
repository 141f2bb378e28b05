"""Reading referrals: nobody gets one without naming who asks, and what the person has not agreed to is not even fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, cast, delete, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConsentMissing, NotFound
from bot.hotline import consent
from bot.hotline.access import check_access, check_is_them
from bot.hotline.permissions import Permission
from bot.hotline.referrals.sealing import take_out
from bot.hotline.referrals.states import State, scope_of
from bot.hotline.staff import Staff
from bot.store.contacts import People
from bot.store.files import CONTENT, SHOWN
from bot.store.tables import (
    CaseRow,
    ReceiverRow,
    ReferralEventRow,
    ReferralLeftRow,
    ReferralRow,
    StaffRow,
)


@dataclass(frozen=True)
class Item:
    """A referral as the lists show it: nothing that the person told."""

    id: UUID
    number: str
    state: State
    reason: str | None
    receiver: str
    role: str
    case_id: UUID
    reference: str
    made_by: str
    due_at: datetime
    note: str
    """`reminded` (nothing was heard by the time it was due), `alarm` (nor since), or nothing."""
    agreed: bool
    """Whether the person's yes holds now."""


@dataclass(frozen=True)
class Event:
    """One step in the life of a referral."""

    kind: str
    by_name: str | None
    at: datetime


@dataclass(frozen=True)
class Referral:
    """A referral as the counsellor who has the case may see it."""

    item: Item
    receiver_id: UUID
    recipient: str | None
    way: str | None
    purpose: str = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)
    shown: str | None = field(repr=False)
    """The message in which the person saw it."""
    agreed_at: datetime | None
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Left:
    """What a receiver still has of somebody who was erased here."""

    number: str
    receiver: str
    sent_on: date
    erased_on: date


def agreed() -> Any:  # noqa: ANN401  # a condition
    """Return the condition, in a query on referrals, that the person's yes to this very one holds now."""
    scope: Any = literal(scope_of("")) + cast(ReferralRow.id, Text)
    return consent.holding(scope, ReferralRow.case_id)


async def list_referrals(
    conn: AsyncConnection, staff: Staff, *, case_id: UUID | None = None
) -> list[Item]:
    """Return one's own referrals, or everybody's for those who oversee; open ones first, the first due on top.

    With `case_id` those of one case, for who may see it.

    Raises:
        NotFound: This role does not talk with people, or the case is not theirs.
    """
    if not staff.may(Permission.TALK):
        raise NotFound
    wanted = _listed()
    if case_id is not None:
        await check_access(conn, staff, case_id)
        person = select(CaseRow.contact_id).where(CaseRow.id == case_id).scalar_subquery()
        wanted = wanted.where(ReferralRow.contact_id == person)
    elif not staff.may(Permission.OVERSEE):
        wanted = wanted.where(CaseRow.claimed_by == staff.id)
    closed = ReferralRow.state == State.CLOSED
    rows = await conn.execute(wanted.order_by(closed, ReferralRow.due_at).limit(300))
    return [_item(row) for row in rows]


async def count_late(conn: AsyncConnection, staff: Staff) -> int:
    """Return how many referrals wait for a word of this person: reminded ones of their own cases, alarms for those who oversee."""
    if not staff.may(Permission.TALK):
        return 0
    late = ReferralRow.reminded_at.is_not(None) & (CaseRow.claimed_by == staff.id)
    if staff.may(Permission.OVERSEE):
        late |= ReferralRow.alarmed_at.is_not(None)
    wanted = (
        select(func.count())
        .select_from(ReferralRow)
        .join(CaseRow, CaseRow.id == ReferralRow.case_id)
        .where(late, _waits())
    )
    return await conn.scalar(wanted) or 0


async def access_referral(
    conn: AsyncConnection, people: People, staff: Staff, referral_id: UUID
) -> Referral:
    """Return one referral.

    Raises:
        NotFound: There is none, or it is not theirs.
        ConsentMissing: The person no longer agrees to talk: what they told is not read any more.
        NotSure: Somebody else may be writing in the case: the check question is due.
    """
    row = await _read(conn, staff, referral_id)
    if row.content is None:
        raise ConsentMissing(consent.TALK)
    await check_is_them(conn, people, staff, row.case_id)
    party = await people.get(conn, row.conversation_id)
    content = party.key.open_json(row.content, CONTENT)
    return Referral(
        item=_item(row),
        receiver_id=row.receiver_id,
        recipient=row.age_recipient,
        way=row.way,
        purpose=content["purpose"],
        fields=content["fields"],
        shown=party.key.open(row.shown, SHOWN) if row.shown else None,
        agreed_at=await _agreed_at(conn, referral_id) if row.agreed else None,
        events=await _events(conn, referral_id),
    )


async def package_of(
    conn: AsyncConnection, people: People, staff: Staff, referral_id: UUID
) -> tuple[str, str, bytes]:
    """Return number, way and bytes of what was made for the receiver, as often as it is asked for: always the same.

    Raises:
        NotFound: There is none, or it is not theirs.
        ConsentMissing: The person has taken their yes back.
    """
    row = await _read(conn, staff, referral_id)
    if not row.agreed:
        raise ConsentMissing("refer")
    if row.package is None:
        raise NotFound
    party = await people.get(conn, row.conversation_id)
    return row.number, row.way, take_out(row.package, party.key)


async def list_left(conn: AsyncConnection, staff: Staff) -> list[Left]:
    """Return what receivers still have of people who were erased here: one's own, or all for those who oversee."""
    wanted = (
        select(
            ReferralLeftRow.number,
            ReceiverRow.name,
            ReferralLeftRow.sent_on,
            ReferralLeftRow.erased_on,
        )
        .join(ReceiverRow, ReceiverRow.id == ReferralLeftRow.receiver_id)
        .where(_left_to(staff))
        .order_by(ReferralLeftRow.erased_on, ReferralLeftRow.number)
    )
    return [Left(*row) for row in await conn.execute(wanted)]


async def note_told(conn: AsyncConnection, staff: Staff, number: str) -> None:
    """Forget what a receiver still had: they have been asked to delete it.

    Raises:
        NotFound: There is nothing of that number for this person.
    """
    gone = await conn.execute(
        delete(ReferralLeftRow).where(ReferralLeftRow.number == number, _left_to(staff))
    )
    if not gone.rowcount:
        raise NotFound


def _left_to(staff: Staff) -> ColumnElement[bool]:
    if staff.may(Permission.OVERSEE):
        return literal(True)
    return ReferralLeftRow.staff_id == staff.id


def _waits() -> ColumnElement[bool]:
    return ReferralRow.state.in_((State.CONSENTED, State.SENT, State.NO_ANSWER))


_NOTE = case(
    (~_waits(), literal("")),
    (ReferralRow.alarmed_at.is_not(None), literal("alarm")),
    (ReferralRow.reminded_at.is_not(None), literal("reminded")),
    else_=literal(""),
)


def _listed() -> Any:  # noqa: ANN401  # a select
    return (
        select(
            ReferralRow.id,
            ReferralRow.number,
            ReferralRow.state,
            ReferralRow.reason,
            ReceiverRow.name.label("receiver"),
            ReceiverRow.role,
            ReferralRow.case_id,
            CaseRow.reference,
            StaffRow.name.label("made_by"),
            ReferralRow.due_at,
            _NOTE.label("note"),
            agreed().label("agreed"),
        )
        .join(CaseRow, CaseRow.id == ReferralRow.case_id)
        .join(ReceiverRow, ReceiverRow.id == ReferralRow.receiver_id)
        .join(StaffRow, StaffRow.id == ReferralRow.staff_id)
    )


async def _read(conn: AsyncConnection, staff: Staff, referral_id: UUID) -> Any:  # noqa: ANN401  # a row
    case_id = await conn.scalar(select(ReferralRow.case_id).where(ReferralRow.id == referral_id))
    if case_id is None:
        raise NotFound
    await check_access(conn, staff, case_id)
    talks = consent.holding(consent.TALK, ReferralRow.case_id)
    wanted = (
        _listed()
        .add_columns(
            CaseRow.conversation_id,
            ReferralRow.receiver_id,
            ReceiverRow.age_recipient,
            ReferralRow.way,
            case((talks, ReferralRow.content_sealed), else_=None).label("content"),
            case((talks, ReferralRow.shown_sealed), else_=None).label("shown"),
            case((agreed(), ReferralRow.package_sealed), else_=None).label("package"),
        )
        .where(ReferralRow.id == referral_id)
    )
    return (await conn.execute(wanted)).one()


async def _agreed_at(conn: AsyncConnection, referral_id: UUID) -> datetime | None:
    return await conn.scalar(
        select(func.max(ReferralEventRow.at)).where(
            ReferralEventRow.referral_id == referral_id,
            ReferralEventRow.kind == State.CONSENTED,
        )
    )


async def _events(conn: AsyncConnection, referral_id: UUID) -> tuple[Event, ...]:
    rows = await conn.execute(
        select(ReferralEventRow.kind, StaffRow.name, ReferralEventRow.at)
        .outerjoin(StaffRow, StaffRow.id == ReferralEventRow.staff_id)
        .where(ReferralEventRow.referral_id == referral_id)
        .order_by(ReferralEventRow.id.desc())
    )
    return tuple(Event(*row) for row in rows)


def _item(row: Any) -> Item:  # noqa: ANN401  # a row of `_listed`
    return Item(
        id=row.id,
        number=row.number,
        state=State(row.state),
        reason=row.reason,
        receiver=row.receiver,
        role=row.role,
        case_id=row.case_id,
        reference=row.reference,
        made_by=row.made_by,
        due_at=row.due_at,
        note=row.note,
        agreed=bool(row.agreed),
    )
