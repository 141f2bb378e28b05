"""The rota: a week at a glance for everybody who talks with people, and the forms by which supervisors plan it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from bot.content.hours import DAYS
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, Refused
from bot.hotline import shifts
from bot.hotline.hours import DAY, HOME, WEEK, ZONES, Shift, monday_of, on_duty
from bot.hotline.hours_days import DayOff, days_off
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, list_staff

ROTA = "/desk/rota"
AHEAD = timedelta(days=90)
"""Days off within this time are listed."""


@dataclass(frozen=True)
class Cell:
    """A shift as the week shows it."""

    shift: Shift
    name: str
    starts: str
    ends: str
    over_midnight: bool
    now: bool


@dataclass(frozen=True)
class Day:
    """A day of the week."""

    day: date
    weekday: str
    off: DayOff | None
    cells: tuple[Cell, ...]


async def show(desk: Desk, visit: Visit) -> Response:
    """Show a week."""
    return await _page(desk, visit, visit.request.query_params)


async def add(desk: Desk, visit: Visit) -> Response:
    """Put somebody on duty."""
    form = await read_form(visit.request)
    start, end = parse_time(text_of(form, "from")), parse_time(text_of(form, "to"))
    who = _id(text_of(form, "staff"))
    if start is None or end is None or who is None:
        return await _page(desk, visit, _asked(form), problem="times", form=form)
    week = _monday(_asked(form), desk.now())
    days = [week + number * DAY for number, name in enumerate(DAYS) if name in _texts(form, "day")]
    try:
        async with desk.services.db.transaction() as conn:
            await shifts.add(
                conn,
                visit.staff,
                who,
                days,
                start,
                end,
                zone=_zone(_asked(form)),
                languages=_texts(form, "language"),
                clock=desk.services.clock,
            )
    except (Refused, Conflict) as exc:
        return await _problem(desk, visit, form, exc)
    return _back(form, "added")


async def remove(desk: Desk, visit: Visit) -> Response:
    """Take a shift out."""
    form = await read_form(visit.request)
    async with desk.services.db.transaction() as conn:
        shift_id = visit.request.path_params["shift_id"]
        await shifts.remove(conn, visit.staff, shift_id, clock=desk.services.clock)
    return _back(form, "removed")


async def copy(desk: Desk, visit: Visit) -> Response:
    """Copy the week into the next one, and show that."""
    form = await read_form(visit.request)
    asked = _asked(form)
    monday = _monday(asked, desk.now())
    try:
        async with desk.services.db.transaction() as conn:
            _, left_out = await shifts.copy_week(
                conn, visit.staff, monday, _zone(asked), clock=desk.services.clock
            )
    except Refused as exc:
        return await _problem(desk, visit, form, exc)
    done = "copied_most" if left_out else "copied"
    return _to({**asked, "week": f"{monday + WEEK}", "done": done})


async def set_day(desk: Desk, visit: Visit) -> Response:
    """Set a day off, or open a holiday."""
    form = await read_form(visit.request)
    day = parse_date(text_of(form, "on"))
    if day is None:
        return await _page(desk, visit, _asked(form), problem="day", form=form)
    kind, name = text_of(form, "kind"), text_of(form, "name")
    try:
        async with desk.services.db.transaction() as conn:
            out = await shifts.set_day(
                conn, visit.staff, day, kind, name, clock=desk.services.clock
            )
    except (Refused, Conflict) as exc:
        return await _problem(desk, visit, form, exc)
    return _back(form, "day_emptied" if out else "day_set")


async def unset_day(desk: Desk, visit: Visit) -> Response:
    """Make a day an ordinary one again."""
    form = await read_form(visit.request)
    async with desk.services.db.transaction() as conn:
        day_id = visit.request.path_params["day_id"]
        await shifts.unset_day(conn, visit.staff, day_id, clock=desk.services.clock)
    return _back(form, "day_unset")


async def undo(desk: Desk, visit: Visit) -> Response:
    """Undo the newest change."""
    form = await read_form(visit.request)
    try:
        async with desk.services.db.transaction() as conn:
            change_id = visit.request.path_params["change_id"]
            await shifts.undo(conn, visit.staff, change_id, clock=desk.services.clock)
    except Conflict as exc:
        return await _problem(desk, visit, form, exc)
    return _back(form, "undone")


async def _problem(desk: Desk, visit: Visit, form: FormData, exc: Refused) -> Response:
    """Show what was wrong beside the forms; what is not ours to say stays a plain no."""
    known = {"days", "length", "overlap", "nothing", "name", "day", "undo"}
    if str(exc) not in known:
        raise exc
    return await _page(desk, visit, _asked(form), problem=str(exc), form=form)


async def _page(
    desk: Desk,
    visit: Visit,
    asked: Mapping[str, str],
    *,
    problem: str = "",
    form: FormData | None = None,
) -> Response:
    now, zone = desk.now(), _zone(asked)
    monday = _monday(asked, now)
    async with desk.services.db.transaction(durable=False) as conn:
        talkers = [
            each
            for each in await list_staff(conn)
            if each.may(Permission.TALK) and not each.disabled
        ]
        planned = await shifts.list_shifts(conn, *_stretch(monday, zone))
        own = await shifts.list_own_days(conn)
        off = days_off(monday, monday + 6 * DAY, own, visit.staff.locale)
        today = now.astimezone(ZONES[zone]).date()
        values = {
            "days": _days(planned, talkers, monday, zone, off, now),
            "on_duty": _names(on_duty(planned, now), talkers),
            "talkers": talkers,
            "spoken": sorted({code for each in talkers for code in each.languages}),
            "plans": visit.may(Permission.OVERSEE),
            "week": monday,
            "before": monday - WEEK,
            "after": monday + WEEK,
            "this_week": monday_of(today),
            "today": today,
            "zone": zone,
            "zones": [*ZONES],
            "upcoming": [*days_off(today, today + AHEAD, own, visit.staff.locale).values()],
            "own_days": [each for each in own if each.day >= today and each.kind == "open"],
            "change": await _change(conn, visit.staff, now),
            "done": asked.get("done", ""),
            "problem": problem,
            "chosen": _chosen(form, asked),
        }
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "rota.html", values, status=status)


async def _change(conn: AsyncConnection, staff: Staff, now: datetime) -> shifts.Change | None:
    return await shifts.last_change(conn, now=now) if staff.may(Permission.OVERSEE) else None


def _days(
    planned: Sequence[Shift],
    talkers: Sequence[Staff],
    monday: date,
    zone: str,
    off: Mapping[date, DayOff],
    now: datetime,
) -> list[Day]:
    names = {each.id: each.name for each in talkers}
    found: dict[date, list[Cell]] = {}
    for shift in planned:
        begins, ends = (
            moment.astimezone(ZONES[zone]) for moment in (shift.starts_at, shift.ends_at)
        )
        over = ends.date() > begins.date()
        name = names.get(shift.staff_id)  # type: ignore[call-overload]  # a `StaffId` is a UUID
        cell = Cell(shift, name or "", f"{begins:%H:%M}", f"{ends:%H:%M}", over, shift.holds(now))
        found.setdefault(begins.date(), []).append(cell)
    week = [monday + number * DAY for number in range(7)]
    return [Day(day, DAYS[day.weekday()], off.get(day), tuple(found.get(day, ()))) for day in week]


def _names(there: Sequence[Shift], talkers: Sequence[Staff]) -> list[str]:
    ids = {shift.staff_id for shift in there}
    return [each.name for each in talkers if each.id in ids]


def _chosen(form: FormData | None, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the forms begin with: what was just sent, or the day whose link was followed."""
    if form is None:
        return {"staff": "", "from": "08:00", "to": "16:00", "days": [asked.get("day", "")]} | {
            "languages": (),
            "on": "",
            "name": "",
        }
    texts = {name: text_of(form, name) for name in ("staff", "from", "to", "on", "name")}
    return {**texts, "days": _texts(form, "day"), "languages": _texts(form, "language")}


def _stretch(monday: date, zone: str) -> tuple[datetime, datetime]:
    begins = datetime.combine(monday, time(), ZONES[zone])
    return begins, begins + WEEK


def _asked(form: FormData) -> dict[str, str]:
    return {"week": text_of(form, "week"), "zone": text_of(form, "zone")}


def _back(form: FormData, done: str) -> Response:
    return _to({**_asked(form), "done": done})


def _to(asked: Mapping[str, str]) -> Response:
    return RedirectResponse(f"{ROTA}?{urlencode(asked)}", 303)


def _monday(asked: Mapping[str, str], now: datetime) -> date:
    given = parse_date(asked.get("week", ""))
    return monday_of(given or now.astimezone(ZONES[_zone(asked)]).date())


def _zone(asked: Mapping[str, str]) -> str:
    given = asked.get("zone", HOME)
    return given if given in ZONES else HOME


def parse_date(text: str) -> date | None:
    """Read a day of this century; whatever else was sent is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 < day.year < 2100 else None


def parse_time(text: str) -> time | None:
    """Read a time of day; whatever else was sent is none."""
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]
