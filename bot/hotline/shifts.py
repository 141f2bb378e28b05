"""The rota as it is kept: supervisors plan who is on duty when, and every change can be undone whole.

One change at a time: a lock makes planners wait for each other, so nobody is ever planned twice at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Conflict, NotFound, Refused
from bot.hotline.hours import DAY, WEEK, ZONES, Shift, next_week, overlap, window
from bot.hotline.hours_days import OwnDay, days_off
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, get_staff
from bot.store.tables import OwnDayRow, RotaChangeRow, ShiftRow, StaffRow

PLANNING = 0x5375617207
"""The advisory lock of whoever changes the rota."""
MAX_NAME_CHARS = 60
BACK = timedelta(days=14)
"""Changes older than this are not offered to be undone."""


@dataclass(frozen=True)
class Change:
    """A change of the rota, as the page offers to undo it."""

    id: UUID
    kind: str
    by: str
    at: datetime


def check_may_plan(staff: Staff) -> None:
    """Make sure that somebody may change the rota.

    Raises:
        NotFound: They may not.
    """
    if not staff.may(Permission.OVERSEE):
        raise NotFound


async def list_shifts(conn: AsyncConnection, start: datetime, end: datetime) -> list[Shift]:
    """Return the shifts of which anything lies between two moments, the earliest first.

    Whoever has been disabled is on duty no more.
    """
    rows = await conn.execute(
        select(ShiftRow, StaffRow.languages.label("spoken"))
        .join(StaffRow, StaffRow.id == ShiftRow.staff_id)
        .where(
            ShiftRow.removed_in.is_(None),
            ShiftRow.ends_at > start,
            ShiftRow.starts_at < end,
            StaffRow.disabled_at.is_(None),
        )
        .order_by(ShiftRow.starts_at, ShiftRow.id)
    )
    return [_shift(row) for row in rows]


async def add(
    conn: AsyncConnection,
    by: Staff,
    staff_id: UUID,
    days: Sequence[date],
    start: time,
    end: time,
    *,
    zone: str,
    languages: Iterable[str],
    clock: Clock,
) -> None:
    """Put somebody on duty from `start` to `end` on each of `days`, as one change.

    Args:
        by: A supervisor.
        staff_id: Who is on duty; somebody who talks with people.
        days: At least one.
        start: On the clocks of `zone`.
        end: The same; not after `start`, it is on the next day.
        zone: One of `hours.ZONES`.
        languages: In which they answer then; those they do not speak are left out, and with none it is all they speak.
        clock: What time it is.

    Raises:
        NotFound: This role does not plan, or there is no such counsellor.
        Refused: `days` or `length`.
        Conflict: They are on duty then already.
    """
    check_may_plan(by)
    who = await get_staff(conn, staff_id)
    if not who.may(Permission.TALK) or who.disabled or zone not in ZONES:
        raise NotFound
    if not days:
        raise Refused("days")
    spoken = [code for code in who.languages if code in set(languages)]
    limited = spoken if len(spoken) < len(who.languages) else []
    change = await _begin(conn, by, "added", clock)
    for day in sorted(set(days)):
        moments = window(day, start, end, zone)
        await _put(conn, staff_id, moments, zone, limited, change, clock)


async def remove(conn: AsyncConnection, by: Staff, shift_id: UUID, *, clock: Clock) -> None:
    """Take a shift out of the rota.

    Raises:
        NotFound: This role does not plan, or there is no such shift (any more).
    """
    check_may_plan(by)
    change = await _begin(conn, by, "removed", clock)
    done = await conn.execute(
        update(ShiftRow)
        .where(ShiftRow.id == shift_id, ShiftRow.removed_in.is_(None))
        .values(removed_in=change)
    )
    if not done.rowcount:
        raise NotFound


async def copy_week(
    conn: AsyncConnection, by: Staff, monday: date, zone: str, *, clock: Clock
) -> tuple[int, int]:
    """Copy the week that begins on `monday` into the next one; return how many shifts were copied and left out.

    Left out are those that would begin on a day off, and those whose counsellor is on duty then already.

    Raises:
        NotFound: This role does not plan.
        Refused: `nothing`: there was nothing to copy.
    """
    check_may_plan(by)
    change = await _begin(conn, by, "copied", clock)
    first = datetime.combine(monday, time(), ZONES[zone])
    begun = [s for s in await list_shifts(conn, first, first + WEEK) if s.starts_at >= first]
    taken = await list_shifts(conn, first + WEEK - DAY, first + 2 * WEEK + DAY)
    off = days_off(monday, monday + 2 * WEEK + DAY, await list_own_days(conn))
    added, left_out = next_week(begun, taken, off)
    if not added:
        raise Refused("nothing")
    limits = await _limits(conn, [shift.id for shift, *_ in added])
    for shift, *moments in added:
        await _put(
            conn,
            shift.staff_id,
            (moments[0], moments[1]),
            shift.zone,
            limits[shift.id],
            change,
            clock,
        )
    return len(added), left_out


async def set_day(
    conn: AsyncConnection, by: Staff, day: date, kind: str, name: str, *, clock: Clock
) -> int:
    """Set a day off, with the shifts that begin on it taken out; or open a public holiday. Return how many were taken out.

    Raises:
        NotFound: This role does not plan.
        Refused: `name`: a day off needs one that is short.
        Conflict: The day is set already.
    """
    check_may_plan(by)
    name = " ".join(name.split())
    if kind not in {"off", "open"} or len(name) > MAX_NAME_CHARS or (kind == "off" and not name):
        raise Refused("name")
    change = await _begin(conn, by, "day", clock)
    if any(each.day == day for each in await list_own_days(conn)):
        raise Conflict("day")
    values = {"day": day, "kind": kind, "name": name, "added_in": change}
    await conn.execute(insert(OwnDayRow).values(id=clock.new_id(), **values))
    if kind == "open":
        return 0
    around = datetime.combine(day, time(), UTC)
    hit = [s.id for s in await list_shifts(conn, around - DAY, around + 2 * DAY) if s.day == day]
    await conn.execute(update(ShiftRow).where(ShiftRow.id.in_(hit)).values(removed_in=change))
    return len(hit)


async def unset_day(conn: AsyncConnection, by: Staff, day_id: UUID, *, clock: Clock) -> None:
    """Make a day an ordinary one again; shifts that it took out stay out.

    Raises:
        NotFound: This role does not plan, or the day is not set (any more).
    """
    check_may_plan(by)
    change = await _begin(conn, by, "day", clock)
    done = await conn.execute(
        update(OwnDayRow)
        .where(OwnDayRow.id == day_id, OwnDayRow.removed_in.is_(None))
        .values(removed_in=change)
    )
    if not done.rowcount:
        raise NotFound


async def list_own_days(conn: AsyncConnection) -> list[OwnDay]:
    """Return the days that the operator has set, in order."""
    rows = await conn.execute(
        select(OwnDayRow).where(OwnDayRow.removed_in.is_(None)).order_by(OwnDayRow.day)
    )
    return [OwnDay(row.id, row.day, row.kind, row.name) for row in rows]


async def last_change(conn: AsyncConnection, *, now: datetime) -> Change | None:
    """Return the newest change that is not undone, where it is not too old."""
    row = (
        await conn.execute(
            select(RotaChangeRow.id, RotaChangeRow.kind, StaffRow.name, RotaChangeRow.at)
            .join(StaffRow, StaffRow.id == RotaChangeRow.staff_id)
            .where(
                RotaChangeRow.undone_in.is_(None),
                RotaChangeRow.kind != "undone",
                RotaChangeRow.at > now - BACK,
            )
            .order_by(RotaChangeRow.at.desc(), RotaChangeRow.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return Change(*row) if row else None


async def undo(conn: AsyncConnection, by: Staff, change_id: UUID, *, clock: Clock) -> None:
    """Undo the newest change: what it added goes, what it took out comes back.

    Raises:
        NotFound: This role does not plan.
        Conflict: It is not the newest change any more: what came after it rests on it.
    """
    check_may_plan(by)
    await _lock(conn)
    last = await last_change(conn, now=clock.now())
    if last is None or last.id != change_id:
        raise Conflict("undo")
    undoing = await _begin(conn, by, "undone", clock)
    rows: tuple[type[Any], ...] = (ShiftRow, OwnDayRow)
    for row in rows:
        # First out, then in: a day that was set anew must not meet itself.
        await conn.execute(
            update(row)
            .where(row.added_in == change_id, row.removed_in.is_(None))
            .values(removed_in=undoing)
        )
        await conn.execute(update(row).where(row.removed_in == change_id).values(removed_in=None))
    await conn.execute(
        update(RotaChangeRow).where(RotaChangeRow.id == change_id).values(undone_in=undoing)
    )


async def _begin(conn: AsyncConnection, by: Staff, kind: str, clock: Clock) -> UUID:
    await _lock(conn)
    change = clock.new_id()
    values = {"id": change, "kind": kind, "staff_id": by.id, "at": clock.now()}
    await conn.execute(insert(RotaChangeRow).values(**values))
    return change


async def _lock(conn: AsyncConnection) -> None:
    await conn.execute(select(func.pg_advisory_xact_lock(PLANNING)))


async def _put(
    conn: AsyncConnection,
    staff_id: UUID,
    moments: tuple[datetime, datetime],
    zone: str,
    languages: Sequence[str],
    change: UUID,
    clock: Clock,
) -> None:
    added = Shift(clock.new_id(), staff_id, *moments, zone=zone)
    if any(overlap(added, other) for other in await list_shifts(conn, *moments)):
        raise Conflict("overlap")
    await conn.execute(
        insert(ShiftRow).values(
            id=added.id,
            staff_id=staff_id,
            starts_at=moments[0],
            ends_at=moments[1],
            zone=zone,
            languages=list(languages),
            added_in=change,
        )
    )


async def _limits(conn: AsyncConnection, shift_ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """Return to which languages shifts are limited; those of no limit stay so when they are copied."""
    rows = await conn.execute(
        select(ShiftRow.id, ShiftRow.languages).where(ShiftRow.id.in_(shift_ids))
    )
    return {row.id: row.languages for row in rows}


def _shift(row: Any) -> Shift:  # noqa: ANN401  # a row of `shifts` with what its counsellor speaks
    languages = frozenset(row.languages) & frozenset(row.spoken) if row.languages else row.spoken
    return Shift(row.id, row.staff_id, row.starts_at, row.ends_at, frozenset(languages), row.zone)
