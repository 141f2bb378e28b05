"""Referrals that nobody answers: the counsellor is reminded, then supervisors are told. A yes that has ended closes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.casework import Protocol
from bot.errors import NotFound
from bot.hotline import cases
from bot.hotline.protocols import get_followed
from bot.hotline.referrals.access import agreed
from bot.hotline.referrals.changes import end_consent, lock, move
from bot.hotline.referrals.states import State
from bot.store.tables import ReferralRow

REMINDED, ALARM, WITHDRAWN = "referral_reminded", "referral_alarm", "referral_withdrawn"


async def list_due(conn: AsyncConnection, *, now: datetime) -> list[UUID]:
    """Return the referrals to look after: those due with no alarm yet, and those whose yes has ended before they were sent."""
    waits = ReferralRow.state.in_((State.CONSENTED, State.SENT, State.NO_ANSWER))
    due = waits & (ReferralRow.due_at <= now) & ReferralRow.alarmed_at.is_(None)
    ended = (ReferralRow.state == State.CONSENTED) & agreed().is_not(True)
    rows = await conn.scalars(
        select(ReferralRow.id).where(due | ended).order_by(ReferralRow.due_at, ReferralRow.id)
    )
    return list(rows)


async def look_after(
    conn: AsyncConnection, referral_id: UUID, protocols: Mapping[str, Protocol], *, now: datetime
) -> str | None:
    """Remind, alarm or close one, where it is time; return which of it, as the kind of its event."""
    try:
        row = await lock(conn, referral_id)
    except NotFound:
        return None  # erased since the list was made
    holds = await conn.scalar(select(agreed()).where(ReferralRow.id == referral_id))
    if row.state == State.CONSENTED and not holds:
        await end_consent(conn, row, staff_id=None, at=now)
        return WITHDRAWN
    if row.state not in {State.CONSENTED, State.SENT, State.NO_ANSWER} or row.due_at > now:
        return None
    if row.reminded_at is None:
        if row.state == State.SENT:
            await move(conn, row, State.NO_ANSWER, staff_id=None, at=now, reminded_at=now)
        else:
            await _set(conn, referral_id, reminded_at=now)
        await cases.add_event(conn, row.case_id, REMINDED, staff_id=row.staff_id, at=now)
        return REMINDED
    protocol = (await get_followed(conn, row.case_id, protocols)).protocol
    wait = timedelta(hours=protocol.alarm_after_hours)
    if row.alarmed_at is not None or now - row.reminded_at < wait:
        return None
    await _set(conn, referral_id, alarmed_at=now)
    await cases.add_event(conn, row.case_id, ALARM, at=now)
    return ALARM


async def _set(conn: AsyncConnection, referral_id: UUID, **values: datetime) -> None:
    await conn.execute(update(ReferralRow).where(ReferralRow.id == referral_id).values(**values))
