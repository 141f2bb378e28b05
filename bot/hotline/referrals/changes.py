"""Everything that changes a referral after its draft: shown, answered, sent, taken back, closed. Each change is one transaction with its event."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.casework import Protocol
from bot.errors import Conflict, ConsentMissing, NotFound
from bot.hotline import cases, consent, protocols
from bot.hotline.access import check_may_change
from bot.hotline.referrals.access import agreed
from bot.hotline.referrals.sealing import keep, seal_for
from bot.hotline.referrals.states import (
    ANSWERS,
    NEXT,
    PERSON_NO,
    REASONS,
    WAYS,
    WITHDRAWN,
    State,
    scope_of,
)
from bot.hotline.staff import Staff
from bot.messages import ContactId
from bot.store.contacts import Party, People
from bot.store.files import SHOWN
from bot.store.tables import CaseRow, ReceiverRow, ReferralEventRow, ReferralRow

EVENT = "referral_{}"
"""The kind of a case's event, as its history and the open desks know it."""


async def lock(conn: AsyncConnection, referral_id: UUID) -> Any:  # noqa: ANN401  # a row
    """Lock a referral's conversation, its case and then itself; return it with its conversation.

    Raises:
        NotFound: There is none (any more).
    """
    case_id = await conn.scalar(select(ReferralRow.case_id).where(ReferralRow.id == referral_id))
    if case_id is None:
        raise NotFound
    await cases.lock(conn, case_id)
    row = (
        await conn.execute(
            select(ReferralRow, CaseRow.conversation_id)
            .join(CaseRow, CaseRow.id == ReferralRow.case_id)
            .where(ReferralRow.id == referral_id)
            .with_for_update(of=ReferralRow)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


async def move(
    conn: AsyncConnection,
    row: Any,  # noqa: ANN401  # of `lock`
    to: State,
    *,
    staff_id: UUID | None,
    at: datetime,
    **values: Any,  # noqa: ANN401  # columns
) -> None:
    """Bring a locked referral into another state, with its event.

    Raises:
        Conflict: The one may not follow the other.
    """
    if to not in NEXT[State(row.state)]:
        raise Conflict
    await conn.execute(
        update(ReferralRow).where(ReferralRow.id == row.id).values(state=to, **values)
    )
    await note(conn, row.id, to, staff_id=staff_id, at=at)
    await cases.add_event(conn, row.case_id, EVENT.format(to), staff_id=staff_id, at=at)


async def note(
    conn: AsyncConnection, referral_id: UUID, kind: str, *, staff_id: UUID | None, at: datetime
) -> None:
    """Add a line to a referral's history."""
    await conn.execute(
        insert(ReferralEventRow).values(
            referral_id=referral_id, kind=kind, staff_id=staff_id, at=at
        )
    )


async def mark_shown(
    conn: AsyncConnection,
    row: Any,  # noqa: ANN401  # of `lock`
    party: Party,
    staff: Staff,
    words: str,
    *,
    version: str,
    at: datetime,
) -> None:
    """Keep the message in which the person sees a referral. What it says is what a yes is to."""
    sealed = party.key.seal(words, SHOWN)
    shown = {"shown_sealed": sealed, "text_version": version}
    await move(conn, row, State.SHOWN, staff_id=staff.id, at=at, **shown)


async def answer(
    conn: AsyncConnection,
    party: Party,
    number: str,
    *,
    owners: Collection[ContactId],
    granted: bool,
    locale: str,
    at: datetime,
) -> None:
    """Note the person's yes or no to what they were shown.

    Args:
        conn: The turn's own transaction.
        party: Who presses; the line of the ledger names their channel.
        number: What the button calls the referral.
        owners: Whose referrals they may answer.
        granted: Yes or no.
        locale: The language of the words.
        at: When.

    Raises:
        NotFound: There is no such referral of theirs.
        Conflict: It is not open any more.
    """
    row = await _find(conn, number, owners)
    if row.state != State.SHOWN:
        raise Conflict
    await _record(conn, party, row, granted=granted, locale=locale, at=at)
    if granted:
        await move(conn, row, State.CONSENTED, staff_id=None, at=at)
    else:
        await move(conn, row, State.CLOSED, staff_id=None, at=at, reason=PERSON_NO)


async def take_back(
    conn: AsyncConnection, number: str, *, owners: Collection[ContactId], at: datetime
) -> None:
    """End the person's yes at once, also where it has been sent: the counsellor then asks the receiver to delete it.

    Raises:
        NotFound: There is no such referral of theirs.
    """
    row = await _find(conn, number, owners)
    await end_consent(conn, row, staff_id=None, at=at)


async def take_back_for(
    conn: AsyncConnection, staff: Staff, referral_id: UUID, *, at: datetime
) -> None:
    """Do as `take_back`, where the person has said so to their counsellor.

    Raises:
        NotFound: It is not theirs.
    """
    row = await lock(conn, referral_id)
    await check_may_change(conn, staff, row.case_id)
    await end_consent(conn, row, staff_id=staff.id, at=at)


async def end_consent(
    conn: AsyncConnection,
    row: Any,  # noqa: ANN401  # of `lock`
    *,
    staff_id: UUID | None,
    at: datetime,
) -> None:
    """Close a referral because the yes has ended; closed already, only the consent ends."""
    scope = scope_of(row.id)
    await consent.withdraw(conn, row.contact_id, at=at, case_id=row.case_id, scope=scope)
    if row.state != State.CLOSED:
        await move(conn, row, State.CLOSED, staff_id=staff_id, at=at, reason=WITHDRAWN)


async def check_sendable(
    conn: AsyncConnection,
    staff: Staff,
    row: Any,  # noqa: ANN401  # of `lock`
    protocol: Protocol,
) -> None:
    """Make sure that a referral may be sent now.

    Raises:
        NotFound: It is not theirs.
        Conflict: It is not agreed to, or sent already.
        ConsentMissing: The yes does not hold any more.
        StepMissing: A step that the protocol requires before is not done.
    """
    await check_may_change(conn, staff, row.case_id)
    if row.state != State.CONSENTED:
        raise Conflict
    if not await conn.scalar(select(agreed()).where(ReferralRow.id == row.id)):
        raise ConsentMissing("refer")
    await protocols.check_ready(conn, row.case_id, protocol)


async def send(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    row: Any,  # noqa: ANN401  # of `lock`, after `check_sendable`
    *,
    way: str,
    page: str,
    due_at: datetime,
    at: datetime,
) -> None:
    """Make the file or the page for the receiver, once. It lies ready from the moment this commits, and is the same ever after.

    Raises:
        Conflict: The receiver has no key, so it can only go on paper.
    """
    recipient = await conn.scalar(
        select(ReceiverRow.age_recipient).where(ReceiverRow.id == row.receiver_id)
    )
    if way not in WAYS or (way == "age" and recipient is None):
        raise Conflict
    party = await people.get(conn, row.conversation_id)
    package = seal_for(recipient, page) if way == "age" and recipient else page.encode()
    made = {"way": way, "package_sealed": keep(package, party.key)}
    await move(
        conn, row, State.SENT, staff_id=staff.id, at=at, sent_at=at, due_at=due_at,
        reminded_at=None, alarmed_at=None, **made,
    )  # fmt: skip


async def note_answer(
    conn: AsyncConnection, staff: Staff, referral_id: UUID, said: str, *, at: datetime
) -> None:
    """Note what the receiver says.

    Raises:
        NotFound: It is not theirs.
        Conflict: Nothing was sent, or they have said it already.
    """
    row = await lock(conn, referral_id)
    await check_may_change(conn, staff, row.case_id)
    if said not in ANSWERS:
        raise Conflict
    await move(conn, row, State(said), staff_id=staff.id, at=at)


async def close(
    conn: AsyncConnection, staff: Staff, referral_id: UUID, reason: str, *, at: datetime
) -> None:
    """End a referral.

    Raises:
        NotFound: It is not theirs.
        Conflict: It is closed already, or for no known reason.
    """
    row = await lock(conn, referral_id)
    await check_may_change(conn, staff, row.case_id)
    if reason not in REASONS:
        raise Conflict
    await move(conn, row, State.CLOSED, staff_id=staff.id, at=at, reason=reason)


async def _find(conn: AsyncConnection, number: str, owners: Collection[ContactId]) -> Any:  # noqa: ANN401  # of `lock`
    referral_id = await conn.scalar(
        select(ReferralRow.id).where(
            ReferralRow.number == number, ReferralRow.contact_id.in_(owners)
        )
    )
    if referral_id is None:
        raise NotFound
    return await lock(conn, referral_id)


async def _record(
    conn: AsyncConnection,
    party: Party,
    row: Any,  # noqa: ANN401  # of `lock`
    *,
    granted: bool,
    locale: str,
    at: datetime,
) -> None:
    await consent.record(
        conn,
        replace(party, contact_id=ContactId(row.contact_id)),
        scope_of(row.id),
        granted=granted,
        text_version=row.text_version,
        locale=locale,
        at=at,
        case_id=row.case_id,
    )
