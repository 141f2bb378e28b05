"""Days on which the staff writes first, at the person's pace: never two on one day, and slower, pause and stop are one press."""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Conflict, ConsentMissing, NotFound
from bot.hotline import cases, consent
from bot.hotline.access import check_may_change
from bot.hotline.casefile import contact_of
from bot.hotline.staff import Staff
from bot.store import follow_ups
from bot.store.contacts import People
from bot.store.files import PURPOSE
from bot.store.follow_ups import ZONE
from bot.store.tables import FileDateRow

Pace = Literal["slower", "pause", "stop"]
PACES: tuple[Pace, ...] = ("slower", "pause", "stop")
MAX_AHEAD = timedelta(days=366)


async def plan_day(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    on: date,
    purpose: str,
    *,
    clock: Clock,
) -> None:
    """Plan a day; the bot does not greet the person on it.

    Raises:
        NotFound: The case is not theirs, or the day is past or too far away.
        ConsentMissing: The person does not want to be written to first.
        Conflict: There is something on that day already.
    """
    await check_may_change(conn, staff, case_id)
    today = clock.now().astimezone(ZONE).date()
    if not today <= on <= today + MAX_AHEAD:
        raise NotFound
    row = await cases.lock(conn, case_id)
    party = await people.get(conn, row.conversation_id)
    if await consent.contact_later(conn, party, case_id) is None:
        raise ConsentMissing(consent.CONTACT_LATER)
    made = await conn.scalar(
        insert(FileDateRow)
        .values(
            id=clock.new_id(),
            contact_id=party.contact_id,
            case_id=case_id,
            on=on,
            state="planned",
            purpose_sealed=party.key.seal(purpose, PURPOSE),
            staff_id=staff.id,
        )
        .on_conflict_do_nothing()
        .returning(FileDateRow.id)
    )
    if made is None:
        raise Conflict
    await cases.add_event(conn, case_id, "file_day_planned", staff_id=staff.id, at=clock.now())


async def end_day(
    conn: AsyncConnection, staff: Staff, case_id: UUID, day_id: UUID, *, done: bool
) -> None:
    """Note that a day is done, or take it off the plan.

    Raises:
        NotFound: The case is not theirs, or there is no such day.
    """
    await check_may_change(conn, staff, case_id)
    changed = await conn.execute(
        update(FileDateRow)
        .where(
            FileDateRow.id == day_id,
            FileDateRow.contact_id == contact_of(case_id),
            FileDateRow.state == "planned",
        )
        .values(state="done" if done else "stopped")
    )
    if not changed.rowcount:
        raise NotFound


async def change_pace_for(
    conn: AsyncConnection, staff: Staff, case_id: UUID, pace: Pace, *, now: datetime
) -> None:
    """Do what the person has told their counsellor: the bot's greetings and the planned days follow alike.

    Raises:
        NotFound: The case is not theirs.
    """
    await check_may_change(conn, staff, case_id)
    contact_id = (await cases.lock(conn, case_id)).contact_id
    if pace == "stop":
        await consent.end_follow_ups(conn, contact_id, at=now)
    else:
        await follow_ups.change(conn, contact_id, pace, now=now)
    await change_pace(conn, contact_id, pace, now=now)
    await cases.add_event(conn, case_id, "file_pace", staff_id=staff.id, at=now, pace=pace)


async def change_pace(
    conn: AsyncConnection, contact_id: UUID, pace: Pace, *, now: datetime
) -> None:
    """Move a person's planned days: twice as far away, by a month, or off the plan."""
    planned = (FileDateRow.contact_id == contact_id) & (FileDateRow.state == "planned")
    if pace == "stop":
        await conn.execute(update(FileDateRow).where(planned).values(state="stopped"))
        return
    today = now.astimezone(ZONE).date()
    # The furthest first: no day is moved onto one that is still taken.
    rows = await conn.execute(
        select(FileDateRow.id, FileDateRow.on).where(planned).order_by(FileDateRow.on.desc())
    )
    for row in rows.all():
        ahead = max(row.on - today, timedelta())
        later = today + ahead * 2 if pace == "slower" else row.on + follow_ups.PAUSE
        await conn.execute(update(FileDateRow).where(FileDateRow.id == row.id).values(on=later))
