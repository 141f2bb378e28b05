"""The calendar: a month or a week of what goes out and what takes place, and moving a message to another day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from bot.campaigns import calendar, campaigns
from bot.campaigns.broadcast import NotNow, acts_in
from bot.campaigns.calendar import Clash, Entry, Event
from bot.campaigns.clocks import local_day, zone_of
from bot.campaigns.moving import CannotMove, moved, moves
from bot.campaigns.schedule import At, Drip, Local
from bot.campaigns.store_broadcasts import Broadcast, Draft, NotReady
from bot.content.dates import first_weekday
from bot.content.hours import DAYS
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.choices import clock_words
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.whom import MESSAGE, number
from bot.errors import Conflict, NotFound

PATH = "/campaigns/calendar"
CALENDAR = f"/desk{PATH}"
WEEK = 7
_DAY = timedelta(days=1)
Dated = TypeVar("Dated", Entry, Event)
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
"""A calendar goes from here to here."""


@dataclass(frozen=True)
class Span:
    """What the calendar shows: whole weeks."""

    view: str
    """`month` or `week`."""
    day: date
    """In the middle of interest."""
    first: date
    last: date

    @property
    def weeks(self) -> list[list[date]]:
        """The days by weeks."""
        days = [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]
        return [days[start : start + WEEK] for start in range(0, len(days), WEEK)]

    @property
    def before(self) -> date:
        """A day of the month or week before."""
        if self.view == "week":
            return max(FIRST, self.day - WEEK * _DAY)
        return max(FIRST, (self.day.replace(day=1) - _DAY).replace(day=1))

    @property
    def after(self) -> date:
        """A day of the month or week after."""
        if self.view == "week":
            return min(LAST, self.day + WEEK * _DAY)
        return min(LAST, (self.day.replace(day=28) + 4 * _DAY).replace(day=1))


def span_of(view: str, day: date, first_weekday: int) -> Span:
    """Return the weeks that a month or a week around `day` is shown with; they begin with `first_weekday`, of which 0 is Monday."""
    view = view if view in {"month", "week"} else "month"
    start = day if view == "week" else day.replace(day=1)
    end = day if view == "week" else (day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY
    first = start - (start.weekday() - first_weekday) % WEEK * _DAY
    last = end + (first_weekday - 1 - end.weekday()) % WEEK * _DAY
    return Span(view, day, first, last)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show a month or a week."""
    asked, home = visit.request.query_params, desk.services.studio.home
    today = local_day(desk.now(), home)
    formats = desk.services.words.formats(visit.staff.locale)
    day = parse_day(asked.get("day", "")) or today
    span = span_of(asked.get("view", ""), day, first_weekday(formats))
    values = {
        "span": span,
        "today": today,
        "week": [DAYS[(first_weekday(formats) + number) % WEEK] for number in range(WEEK)],
        "done": asked.get("done", ""),
        "undo": await _undo(desk, asked),
        **await _listed(desk, span),
        **_names(desk),
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/calendar.html", values)


async def show_move(desk: Desk, visit: Visit) -> Response:
    """Show the form that moves a message to another day."""
    return await _move_page(desk, visit)


async def move(desk: Desk, visit: Visit) -> Response:
    """Move a message to another day; what was approved waits for approval again."""
    form = await read_form(visit.request)
    seen, typed = await desk.services.studio.broadcasts.get(_id(visit)), text_of(form, "to")
    day = parse_day(typed)
    if day is None:
        code = "no_such_day" if typed.strip() else "no_day"
        return await _move_page(desk, visit, code, typed=typed, status=422)
    was = day_of(desk, seen)
    if was is None:
        return await _move_page(desk, visit, "not_by_day", status=422)
    if was == day:
        return _to(day, {})
    try:
        version, state = await _move(desk, visit, seen, (day - was).days, text_of(form, "version"))
    except CannotMove as no:
        return await _move_page(desk, visit, no.why, typed=typed, status=422)
    except Conflict:
        return await _move_page(desk, visit, "moved", typed=typed, status=409)
    except NotNow:
        return await _move_page(desk, visit, "not_now", typed=typed, status=409)
    if text_of(form, "undo"):
        return _to(day, {"done": "undone"})
    back = {"moved": f"{seen.id}", "back": f"{was}", "version": f"{version}"}
    return _to(day, {"done": _told(seen.state, state), **back})


async def _move(
    desk: Desk, visit: Visit, seen: Broadcast, days: int, version: str
) -> tuple[int, str]:
    """Move a message by so many days; return its new version and state.

    Raises:
        CannotMove: It cannot go out then.
        Conflict: Somebody has changed it meanwhile.
        NotNow: It cannot be changed.
    """
    broadcasts, was = desk.services.studio.broadcasts, seen.draft
    schedule = moved(
        was.schedule, days, now=desk.now(), ground=broadcasts.ground, not_after=was.not_after
    )
    draft = Draft(was.name, was.content, was.audience, schedule, was.not_after)
    me = visit.staff.id
    now = await broadcasts.edit(seen.id, draft, by=me, version=number(version))
    if seen.state == "draft":
        return now, "draft"
    try:
        return await broadcasts.act(seen.id, "submit", by=me, version=now), "waiting"
    except NotReady:
        # What it says is not as it should be any more; it stays where it was moved to, as a draft.
        return now, "draft"


def _told(before: str, after: str) -> str:
    if before == "draft":
        return "moved"
    return "moved_again" if after == "waiting" else "moved_draft"


async def _move_page(
    desk: Desk, visit: Visit, problem: str = "", *, typed: str = "", status: int = 200
) -> Response:
    studio = desk.services.studio
    broadcast = await studio.broadcasts.get(_id(visit))
    async with studio.db.transaction(durable=False) as conn:
        campaign = await campaigns.get(conn, broadcast.campaign_id)
    day = day_of(desk, broadcast)
    values = {
        "broadcast": broadcast,
        "campaign": campaign,
        "day": day,
        "typed": typed or (f"{day}" if day else ""),
        "movable": moves(broadcast.draft.schedule),
        "may_edit": "edit" in acts_in(broadcast.state),
        "problem": problem,
        **_names(desk),
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(
            desk, conn, visit, "studio/calendar_move.html", values, status=status
        )


def day_of(desk: Desk, broadcast: Broadcast) -> date | None:
    """Return the day of the calendar on which a message goes out that does so once; None for others."""
    match broadcast.draft.schedule:
        case Local(on=on):
            return on
        case At(at=at):
            return local_day(at, desk.services.studio.home)
    return None


async def _listed(desk: Desk, span: Span) -> dict[str, Any]:
    """Return what goes out and what takes place, by day."""
    studio, now = desk.services.studio, desk.now()
    ground, every = studio.broadcasts.ground, await studio.broadcasts.all()
    listed = calendar.entries(every, span.first, span.last, now, ground=ground)
    # The day before and the day after: two messages may be close over the edge of the page.
    near = calendar.entries(every, span.first - _DAY, span.last + _DAY, now, ground=ground)
    async with studio.db.transaction(durable=False) as conn:
        ran = await calendar.ran(conn, every, span.first, span.last, ground=ground)
        events = await calendar.events(conn, span.first, span.last)
        today = now.astimezone(UTC).date()
        clashes = await calendar.clashes(conn, near, ground=ground, today=today)
        listed_campaigns = await campaigns.all_of(conn)
    return {
        "entries": _by_day([*ran, *listed]),
        "events": _by_day(events),
        "clashes": _clashes(clashes),
        "titles": {each.id: each.title for each in listed_campaigns},
        "drips": [each for each in every if _goes_on(each)],
        "without_day": [each for each in every if _has_no_day(each)],
    }


def _goes_on(broadcast: Broadcast) -> bool:
    return isinstance(broadcast.draft.schedule, Drip) and broadcast.state in calendar.AHEAD


def _has_no_day(broadcast: Broadcast) -> bool:
    return broadcast.draft.schedule.kind == "now" and broadcast.state in {"draft", "waiting"}


def _by_day(found: Sequence[Dated]) -> dict[date, list[Dated]]:
    days: dict[date, list[Dated]] = {}
    for each in found:
        days.setdefault(each.day, []).append(each)
    return days


def _clashes(found: Sequence[Clash]) -> dict[date, list[Clash]]:
    days: dict[date, list[Clash]] = {}
    for each in found:
        days.setdefault(each.second.day, []).append(each)
    return days


async def _undo(desk: Desk, asked: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what was just moved, while nobody has changed it since."""
    back = parse_day(asked.get("back", ""))
    try:
        broadcast = await desk.services.studio.broadcasts.get(UUID(asked.get("moved", "")))
    except (ValueError, NotFound):
        return None
    if back is None or f"{broadcast.version}" != asked.get("version"):
        return None
    return {"broadcast": broadcast, "back": back}


def _names(desk: Desk) -> dict[str, Any]:
    studio, content = desk.services.studio, desk.services.content()
    known = {zone: key.upper() for key, zone in content.cities.zones.items()}
    return {
        "home_zone": zone_of(studio.home),
        "home_name": known.get(studio.home, studio.home),
        **clock_words(desk),
        "moves": moves,
        "acts_in": acts_in,
    }


def parse_day(text: str) -> date | None:
    """Read a day that a calendar has; None for what is none."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def _to(day: date, more: Mapping[str, str]) -> Response:
    return RedirectResponse(f"{CALENDAR}?{urlencode({'day': f'{day}', **more})}#day-{day}", 303)


def _id(visit: Visit) -> UUID:
    broadcast_id: UUID = visit.request.path_params["broadcast_id"]
    return broadcast_id


DOORS = (
    Door("GET", PATH, show),
    Door("GET", MESSAGE + "/move", show_move),
    Door("POST", MESSAGE + "/move", move),
)
