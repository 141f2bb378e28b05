"""Writing a referral: whom to, what for, and the fields one by one. Nothing of it leaves the house yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.content.casework import Protocol
from bot.errors import Conflict, NotFound
from bot.hotline import consent
from bot.hotline.access import check_may_change
from bot.hotline.referrals.changes import lock, move, note
from bot.hotline.referrals.receivers import fitting, list_receivers
from bot.hotline.referrals.states import State
from bot.hotline.staff import Staff
from bot.store.contacts import People
from bot.store.files import CONTENT
from bot.store.tables import CaseRow, ReferralRow

MAX_PURPOSE_CHARS = 200
MAX_FIELD_CHARS = 300
MAX_ALL_CHARS = 1500
"""All of it is read in one message of the chat."""
NUMBER_CHARS = 8
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without those that are read as another: I, L, O, U, 0, 1."""


@dataclass(frozen=True)
class Draft:
    """What a counsellor wants to pass on."""

    receiver_id: UUID | None
    purpose: str = field(default="", repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)

    def problem(self, known: Collection[str]) -> str | None:
        """Return what is wrong with it, as a key of the desk's words; None where nothing is.

        `known` are the fields that can be passed on.
        """
        if self.receiver_id is None:
            return "receiver"
        if not self.purpose or len(self.purpose) > MAX_PURPOSE_CHARS:
            return "purpose"
        if not self.fields or not set(self.fields) <= set(known):
            return "fields"
        values = self.fields.values()
        if not all(values) or any(len(value) > MAX_FIELD_CHARS for value in values):
            return "value"
        return "long" if sum(map(len, values)) > MAX_ALL_CHARS else None

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored."""
        return {"purpose": self.purpose, "fields": dict(self.fields)}


async def open_draft(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    draft: Draft,
    protocol: Protocol,
    *,
    clock: Clock,
) -> UUID:
    """Begin a referral; return its id.

    Raises:
        NotFound: The case is not theirs, or the protocol does not refer to this receiver.
        ConsentMissing: The person no longer agrees to talk.
    """
    await check_may_change(conn, staff, case_id)
    await consent.check(conn, case_id, consent.TALK)
    await _check_receiver(conn, staff, draft, protocol)
    row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
    party = await people.get(conn, row.conversation_id)
    referral_id, now = clock.new_id(), clock.now()
    await conn.execute(
        insert(ReferralRow).values(
            id=referral_id,
            number=draw_number(clock),
            contact_id=row.contact_id,
            case_id=case_id,
            receiver_id=draft.receiver_id,
            state=State.DRAFTED,
            content_sealed=party.key.seal_json(draft.to_json(), CONTENT),
            staff_id=staff.id,
            created_at=now,
            due_at=due_of(protocol, now),
        )
    )
    await note(conn, referral_id, State.DRAFTED, staff_id=staff.id, at=now)
    return referral_id


async def change_draft(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    referral_id: UUID,
    draft: Draft,
    protocol: Protocol,
) -> None:
    """Write a draft anew.

    Raises:
        NotFound: It is not theirs, or the protocol does not refer to this receiver.
        Conflict: It has been shown: only what the person has seen can be passed on.
    """
    row = await lock(conn, referral_id)
    await check_may_change(conn, staff, row.case_id)
    if row.state != State.DRAFTED:
        raise Conflict
    await _check_receiver(conn, staff, draft, protocol)
    party = await people.get(conn, row.conversation_id)
    sealed = party.key.seal_json(draft.to_json(), CONTENT)
    await conn.execute(
        update(ReferralRow)
        .where(ReferralRow.id == referral_id)
        .values(receiver_id=draft.receiver_id, content_sealed=sealed)
    )


async def take_to_draft(
    conn: AsyncConnection, staff: Staff, referral_id: UUID, *, clock: Clock
) -> None:
    """Change what was shown and not answered: the buttons that the person has under the old words do nothing any more.

    Raises:
        NotFound: It is not theirs.
        Conflict: It has been answered.
    """
    row = await lock(conn, referral_id)
    await check_may_change(conn, staff, row.case_id)
    forgotten = {"number": draw_number(clock), "shown_sealed": None, "text_version": None}
    await move(conn, row, State.DRAFTED, staff_id=staff.id, at=clock.now(), **forgotten)


def draw_number(clock: Clock) -> str:
    """Return a number that stands for a referral outside."""
    return "".join(clock.choice(_LETTERS) for _ in range(NUMBER_CHARS))


def due_of(protocol: Protocol, now: datetime) -> datetime:
    """Return by when the receiver should have answered."""
    hours = protocol.refer.within_hours
    assert hours is not None  # the protocol's own check
    return now + timedelta(hours=hours)


async def _check_receiver(
    conn: AsyncConnection, staff: Staff, draft: Draft, protocol: Protocol
) -> None:
    usable = fitting(await list_receivers(conn, staff), protocol)
    if draft.receiver_id not in {each.id for each in usable}:
        raise NotFound
