"""The life of a case: opened, claimed, given back, closed. Each change is one transaction with its event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import NotFound
from bot.hotline import consent, drafts, guests, one_case
from bot.hotline.details import Details
from bot.hotline.staff import Staff, disable, get_by_email
from bot.messages import CaseId, ContactId
from bot.store import belongings, held, notices, outbox, quotes, transcript
from bot.store.batch import Batch, at_once, prepared
from bot.store.contacts import Party, People, set_owner
from bot.store.crypto import Lookup
from bot.store.tables import CaseEventRow, CasePauseRow, CaseRow, ConversationRow
from bot.understanding.model import Risk, RiskLevel

OUTCOMES = ("helped", "referred", "will_return", "no_answer", "not_for_us")
"""What a counsellor can say became of a talk; their words stand in the catalogues."""


@dataclass(frozen=True)
class OpenCase:
    """The open case of a conversation."""

    id: CaseId
    reference: str
    state: str
    level: RiskLevel
    claimed_by: UUID | None
    paused_until: datetime | None = None
    """Until when its counsellor rests from it (`bot.hotline.pauses`); None where she does not."""

    def is_paused(self, now: datetime) -> bool:
        """Tell whether its counsellor rests from it now."""
        return self.paused_until is not None and now < self.paused_until


async def open_case(
    conn: AsyncConnection,
    party: Party,
    *,
    clock: Clock,
    lookup: Lookup,
    reference: str,
    passphrase: Iterable[str],
    risk: Risk,
    locale: str,
    share: Iterable[int],
    wishes: Mapping[str, str] = MappingProxyType({}),
) -> tuple[CaseId, int]:
    """Put a person in the queue: case, shared lines, owner and event, all in the caller's transaction.

    Returns:
        The case's id, and the conversation's new epoch.

    Raises:
        Conflict: They have an open case, in another chat.
    """
    await one_case.check_none_open(conn, party.contact_id)
    case_id = CaseId(clock.new_id())
    now = clock.now()
    await conn.execute(
        insert(CaseRow).values(
            id=case_id,
            reference=reference,
            contact_id=party.contact_id,
            conversation_id=party.conversation_id,
            state="waiting",
            level=risk.level.label,
            locale=locale,
            details_sealed=Details.of(risk, wishes).sealed(party.key),
            passphrase_lookup=passphrase_lookup(lookup, passphrase),
            opened_at=now,
            waiting_since=now,
        )
    )
    await transcript.share(conn, party, case_id, tuple(share))
    epoch = await set_owner(conn, party.conversation_id, "queue")
    await add_event(conn, case_id, "case_opened", level=risk.level.label)
    return case_id, epoch


async def find_open(conn: AsyncConnection, conversation_id: UUID) -> OpenCase | None:
    """Return the open case of a conversation, if there is one."""
    rows = await at_once(conn, lambda batch: batch.add(_OPEN, of=conversation_id))
    if not rows:
        return None
    row = rows[0]
    return OpenCase(
        CaseId(row.id),
        row.reference,
        row.state,
        RiskLevel.of(row.level),
        row.claimed_by,
        row.paused_until,
    )


async def release(
    conn: AsyncConnection, case: OpenCase, conversation_id: UUID, staff: Staff
) -> None:
    """Give a person back to the queue; the waiting time goes on from where it began."""
    await give_back(conn, case.id, conversation_id, staff.id)


async def give_back(
    conn: AsyncConnection, case_id: UUID, conversation_id: UUID, staff_id: UUID | None
) -> None:
    """Do as `release`, where only the number of whoever gives the person back is known."""
    epoch = await set_owner(conn, conversation_id, "queue")
    await outbox.carry_over(conn, conversation_id, epoch)
    values = {"state": "waiting", "claimed_by": None, "claimed_at": None, "reminded_at": None}
    await _set_state(conn, case_id, **values)
    await add_event(conn, case_id, "case_released", staff_id=staff_id)


async def take_back(conn: AsyncConnection, row: Any, *, now: datetime) -> int:  # noqa: ANN401  # of `lock`
    """Put a person at the head of the queue whose counsellor has fallen silent, or rests from them; return the new epoch."""
    epoch = await set_owner(conn, row.conversation_id, "queue")
    await outbox.carry_over(conn, row.conversation_id, epoch)
    values = {"state": "waiting", "claimed_by": None, "claimed_at": None, "returned_at": now}
    await _set_state(conn, row.id, **values)
    await add_event(conn, row.id, "case_returned", staff_id=row.claimed_by)
    return epoch


async def note_answer(conn: AsyncConnection, case_id: UUID) -> None:
    """Note that the counsellor has written: what she was reminded of is done."""
    await _set_state(conn, case_id, reminded_at=None)


async def note(conn: AsyncConnection, row: Any, kind: str, **values: datetime) -> None:  # noqa: ANN401  # of `lock`
    """Note when somebody was told that a person waits, with its event."""
    await _set_state(conn, row.id, **values)
    await add_event(conn, row.id, kind, staff_id=row.claimed_by)


async def lock_out(conn: AsyncConnection, email: str, at: datetime) -> int:
    """Lock somebody of the staff out; whoever they were talking with goes back to the queue. Returns how many.

    Raises:
        NotFound: Nobody active has this address.
    """
    staff, _ = await get_by_email(conn, email)
    await disable(conn, email, at)
    theirs = await conn.scalars(
        select(CaseRow.conversation_id)
        .where(CaseRow.claimed_by == staff.id, CaseRow.state == "claimed")
        .order_by(CaseRow.conversation_id)
    )
    count = 0
    for conversation_id in theirs.all():
        await conn.execute(
            select(ConversationRow.id)
            .where(ConversationRow.id == conversation_id)
            .with_for_update()
        )
        case = await find_open(conn, conversation_id)
        if case is not None and case.claimed_by == staff.id:
            await release(conn, case, conversation_id, staff)
            count += 1
    return count


async def close(
    conn: AsyncConnection,
    case: OpenCase,
    conversation_id: UUID,
    *,
    outcome: str,
    now: datetime,
    staff_id: UUID | None,
) -> int:
    """End a case; the conversation is the bot's again. Returns the new epoch.

    What `staff_id` said last still arrives; when the person left (None), nothing of the staff's does.
    """
    epoch = await set_owner(conn, conversation_id, "bot")
    if staff_id is not None:
        await outbox.carry_over(conn, conversation_id, epoch)
        await held.settle(conn, conversation_id, now=now)
    await drafts.drop_all(conn, case.id)
    await quotes.forget(conn, case.id)
    await guests.end_all(conn, case.id, now=now)
    over = dict.fromkeys(("reminded_at", "returned_at", "alarmed_at"))
    await _set_state(conn, case.id, state="closed", outcome=outcome, closed_at=now, **over)
    await add_event(conn, case.id, "case_closed", staff_id=staff_id, outcome=outcome)
    return epoch


async def leave(conn: AsyncConnection, party: Party, case: OpenCase, *, now: datetime) -> int:
    """The person leaves: the case closes and what they agreed to ends. Returns the new epoch."""
    await consent.withdraw(conn, party.contact_id, at=now, case_id=case.id)
    return await close(conn, case, party.conversation_id, outcome="left", now=now, staff_id=None)


async def escalate(conn: AsyncConnection, party: Party, case: OpenCase, risk: Risk) -> None:
    """Move a case up after the person has told of more danger."""
    if risk.level <= case.level:
        return
    known = Details.opened(
        await conn.scalar(select(CaseRow.details_sealed).where(CaseRow.id == case.id)), party.key
    )
    told = Details.of(risk, known.wishes).sealed(party.key)
    await _set_state(conn, case.id, level=risk.level.label, details_sealed=told)
    await add_event(conn, case.id, "case_escalated", level=risk.level.label)


async def relay(
    conn: AsyncConnection,
    party: Party,
    case: OpenCase,
    words: str,
    *,
    now: datetime,
    reading: dict[str, Any] | None = None,
    edited: bool = False,
    platform_id: str | None = None,
) -> int:
    """Add the person's words to the case's thread, with how they were understood; return the line's number.

    `edited` ones stand for earlier ones, which stay; by its `platform_id` an answer can point to the message. While its counsellor rests from the case no open desk is told.

    Raises:
        ConsentMissing: The person does not agree to talk (any more).
    """
    await consent.check(conn, case.id, consent.TALK)
    batch = Batch(conn)
    added = transcript.relay(
        batch, party, case.id, words,
        at=now, reading=reading, edited=edited, platform_id=platform_id,
    )  # fmt: skip
    if not case.is_paused(now):
        notices.add_to_desk(batch, "message", case.id)
    await batch.send()
    return int(added[0].id)


async def resume(
    conn: AsyncConnection,
    people: People,
    party: Party,
    case_id: UUID,
    *,
    now: datetime,
    locale: str,
) -> Party:
    """Go on with a case in the conversation the person came back from, as one person from now on.

    The old conversation falls back to the bot, silently. Returns the person as they are now.

    Raises:
        NotFound: There is no such case.
        Conflict: The person has another case that is open.
    """
    row = await lock(conn, case_id)
    await one_case.check_none_open(conn, party.contact_id, row.contact_id, but=row.id)
    owner, staff_id = ("staff", row.claimed_by) if row.state == "claimed" else ("queue", None)
    if row.conversation_id != party.conversation_id and row.state != "closed":
        await set_owner(conn, row.conversation_id, "bot")
    # Whoever comes back from another phone may have lost the first: where to write first is asked anew.
    for contact_id in (party.contact_id, ContactId(row.contact_id)):
        await consent.end_follow_ups(conn, contact_id, at=now)
    joined = await belongings.join(conn, people, party, ContactId(row.contact_id))
    reopened = {"state": "waiting", "waiting_since": now, "closed_at": None, "outcome": None}
    changes = reopened if row.state == "closed" else {}
    await _set_state(conn, row.id, conversation_id=party.conversation_id, **changes)
    # Whoever types the four words asks for the talk to go on.
    await consent.record(
        conn,
        joined,
        consent.TALK,
        granted=True,
        text_version="passphrase",
        locale=locale,
        at=now,
        case_id=case_id,
    )
    await add_event(conn, row.id, "case_resumed", channel=party.address.channel)
    epoch = await set_owner(conn, party.conversation_id, owner, staff_id)
    await held.bring_along(conn, row.conversation_id, party.conversation_id, epoch=epoch, now=now)
    return replace(joined, owner=owner, owner_staff_id=staff_id, epoch=epoch)


async def find_by_passphrase(
    conn: AsyncConnection, lookup: Lookup, words: Iterable[str]
) -> tuple[CaseId, str] | None:
    """Return the id and reference of the case that these four words belong to."""
    row = (
        await conn.execute(
            select(CaseRow.id, CaseRow.reference).where(
                CaseRow.passphrase_lookup == passphrase_lookup(lookup, words)
            )
        )
    ).one_or_none()
    return (CaseId(row.id), row.reference) if row else None


async def rate(conn: AsyncConnection, party: Party, rating: str) -> None:
    """Keep what the person says of their last talk."""
    last = (
        select(CaseRow.id)
        .where(CaseRow.conversation_id == party.conversation_id, CaseRow.state == "closed")
        .order_by(CaseRow.closed_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    await conn.execute(update(CaseRow).where(CaseRow.id == last).values(rating=rating))


async def add_event(
    conn: AsyncConnection,
    case_id: UUID,
    kind: str,
    *,
    staff_id: UUID | None = None,
    at: datetime | None = None,
    **data: Any,  # noqa: ANN401
) -> None:
    """Note what happened to a case, and tell the open desks; without `at` it is the database's time."""
    when = {} if at is None else {"at": at}
    await conn.execute(
        insert(CaseEventRow).values(
            case_id=case_id, kind=kind, staff_id=staff_id, data=data, **when
        )
    )
    await notices.to_desk(conn, kind, case_id)


def passphrase_lookup(lookup: Lookup, words: Iterable[str]) -> bytes:
    """Return the keyed hash by which a passphrase is found."""
    return lookup.of("passphrase", " ".join(word.casefold() for word in words))


async def conversation_of(conn: AsyncConnection, case_id: UUID) -> UUID | None:
    """Return the conversation in which a case goes on."""
    return await conn.scalar(select(CaseRow.conversation_id).where(CaseRow.id == case_id))


async def lock(conn: AsyncConnection, case_id: UUID) -> Any:  # noqa: ANN401  # a row of `cases`
    """Lock a case's conversation and then the case; return its row.

    Raises:
        NotFound: There is no such case.
    """
    await conn.execute(
        select(ConversationRow.id)
        .join(CaseRow, CaseRow.conversation_id == ConversationRow.id)
        .where(CaseRow.id == case_id)
        .with_for_update(of=ConversationRow)
    )
    row = (
        await conn.execute(select(CaseRow).where(CaseRow.id == case_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


async def _set_state(conn: AsyncConnection, case_id: UUID, **values: Any) -> None:  # noqa: ANN401
    await conn.execute(update(CaseRow).where(CaseRow.id == case_id).values(**values))


_PAUSED_UNTIL = (
    select(CasePauseRow.until)
    .where(
        CasePauseRow.case_id == CaseRow.id,
        CasePauseRow.for_id == CaseRow.claimed_by,
        CasePauseRow.ended_at.is_(None),
        CasePauseRow.at >= CaseRow.claimed_at,
    )
    .scalar_subquery()
)
_OPEN = prepared(
    select(
        CaseRow.id,
        CaseRow.reference,
        CaseRow.state,
        CaseRow.level,
        CaseRow.claimed_by,
        _PAUSED_UNTIL.label("paused_until"),
    ).where(CaseRow.conversation_id == bindparam("of"), CaseRow.state != "closed"),
    gives_rows=True,
)
