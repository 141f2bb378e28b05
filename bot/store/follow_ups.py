"""When to write to somebody first, because they asked for it: at their pace, at their hours.

The check of the consent stands here, in the query that finds whom to write to.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.contacts import Party
from bot.store.tables import AddressRow, ConsentRow, ConversationRow, FileDateRow, FollowUpRow

SCOPE = "follow_up"
ZONE = ZoneInfo("Asia/Jakarta")
"""Where most people of Suar are; the hours are theirs as they named them."""
HOURS: Mapping[str | None, tuple[time, time]] = {
    None: (time(9), time(20)),
    "morning": (time(6), time(11)),
    "afternoon": (time(11), time(17)),
    "evening": (time(17), time(21)),
    "night": (time(21), time(23, 59)),
}
"""When it is safe to write, from the first to the second hour. The night of the safe hours ends before midnight: who
sleeps is not woken."""
MAX_DAYS = 60
PAUSE = timedelta(days=30)


async def plan(
    conn: AsyncConnection, party: Party, *, days: int, hours: str | None, now: datetime
) -> None:
    """Write to a person every `days` days from now on; a plan there was is replaced."""
    values = {
        "conversation_id": party.conversation_id,
        "every_days": days,
        "hours": hours if hours in HOURS else None,
        "next_at": next_time(now + timedelta(days=days), hours),
    }
    await conn.execute(
        insert(FollowUpRow)
        .values(contact_id=party.contact_id, **values)
        .on_conflict_do_update(index_elements=[FollowUpRow.contact_id], set_=values)
    )


async def change(
    conn: AsyncConnection,
    contact_id: UUID,
    wish: Literal["slower", "pause", "stop"],
    *,
    now: datetime,
) -> None:
    """Write half as often, or not for a month. Without a plan nothing happens."""
    row = (
        await conn.execute(
            select(FollowUpRow.every_days, FollowUpRow.hours).where(
                FollowUpRow.contact_id == contact_id
            )
        )
    ).one_or_none()
    if row is None:
        return
    days = min(row.every_days * 2, MAX_DAYS) if wish == "slower" else row.every_days
    later = now + (PAUSE if wish == "pause" else timedelta(days=days))
    await conn.execute(
        update(FollowUpRow)
        .where(FollowUpRow.contact_id == contact_id)
        .values(every_days=days, next_at=next_time(later, row.hours))
    )


async def stop(conn: AsyncConnection, contact_id: UUID) -> None:
    """Write first no more."""
    await conn.execute(delete(FollowUpRow).where(FollowUpRow.contact_id == contact_id))


async def due(conn: AsyncConnection, *, now: datetime, limit: int = 200) -> list[UUID]:
    """Return the conversations to be written to now, the longest due first."""
    rows = await conn.scalars(
        select(FollowUpRow.conversation_id)
        .where(_may_be_written_to(now))
        .order_by(FollowUpRow.next_at)
        .limit(limit)
    )
    return list(rows)


async def take(conn: AsyncConnection, conversation_id: UUID, *, now: datetime) -> bool:
    """Take a follow-up that is due and plan the next one; False when it is not to be sent (any more).

    The caller holds the conversation's lock and sends in the same transaction.
    """
    row = (
        await conn.execute(
            select(FollowUpRow.contact_id, FollowUpRow.every_days, FollowUpRow.hours)
            .where(FollowUpRow.conversation_id == conversation_id, _may_be_written_to(now))
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return False
    safe = is_hour(now, row.hours)
    following = next_time(now + timedelta(days=row.every_days) if safe else now, row.hours)
    await conn.execute(
        update(FollowUpRow)
        .where(FollowUpRow.contact_id == row.contact_id)
        .values(next_at=following)
    )
    return safe


def _may_be_written_to(now: datetime) -> ColumnElement[bool]:
    """Due, agreed to and not withdrawn, nobody else speaking or to write on the same day, not blocked.

    Stopping all messages ends the plan and its consent; who agrees again afterwards has asked for it.
    """
    latest = (
        select(ConsentRow.granted)
        .where(
            ConsentRow.contact_id == FollowUpRow.contact_id,
            ConsentRow.scope == SCOPE,
            ConsentRow.withdrawn_at.is_(None),
        )
        .order_by(ConsentRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    reachable = exists().where(
        ConversationRow.id == FollowUpRow.conversation_id,
        ConversationRow.owner == "bot",
        ConversationRow.parked_at.is_(None),
        AddressRow.id == ConversationRow.address_id,
        AddressRow.blocked_at.is_(None),
    )
    # Nobody is greeted by the bot while they talk with a counsellor in another chat of theirs.
    talks = exists().where(
        ConversationRow.contact_id == FollowUpRow.contact_id, ConversationRow.owner != "bot"
    )
    # Never twice on one day: where a counsellor writes today, the bot waits until tomorrow.
    counsellor_writes = exists().where(
        FileDateRow.contact_id == FollowUpRow.contact_id,
        FileDateRow.on == now.astimezone(ZONE).date(),
        FileDateRow.state == "planned",
    )
    return (
        (FollowUpRow.next_at <= now) & latest.is_(True) & reachable & ~talks & ~counsellor_writes
    )


def is_hour(moment: datetime, hours: str | None) -> bool:
    """Tell whether it is a time of day at which the person may be written to."""
    first, last = HOURS[hours]
    return first <= moment.astimezone(ZONE).time() < last


def next_time(moment: datetime, hours: str | None) -> datetime:
    """Return the first time from `moment` on at which the person may be written to."""
    hours = hours if hours in HOURS else None
    if is_hour(moment, hours):
        return moment
    first, _ = HOURS[hours]
    local = moment.astimezone(ZONE)
    begins = datetime.combine(local.date(), first, ZONE)
    if begins < local:
        begins += timedelta(days=1)
    return begins
