"""When a message goes out: the form with what was typed, and what it comes to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from bot.campaigns import campaigns
from bot.campaigns.broadcast import NotNow, acts_in, check_when
from bot.campaigns.clocks import zone_of
from bot.campaigns.outlook import outlook
from bot.campaigns.quiet import QUIET, is_quiet
from bot.campaigns.reach import people_by_zone
from bot.campaigns.schedule import AnySchedule, At
from bot.campaigns.store_broadcasts import Broadcast, Draft
from bot.content.hours import DAYS
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.choices import zones_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.when_form import (
    KINDS,
    MONTH_DAYS,
    OWN,
    BadWhen,
    Typed,
    end_of,
    read_typed,
    schedule_of,
    typed_of,
)
from bot.desk.web.studio.whom import MESSAGE, number
from bot.errors import Conflict

PLACES = {"in_the_past": "kind", "never_goes_out": "kind", "expires_before_it_starts": "end_day"}


@dataclass(frozen=True)
class Shown:
    """What the page shows beside the message as it stands."""

    typed: Typed
    problem: str = ""
    """A key of `WHEN_PROBLEMS`."""
    place: str = ""
    """The field of `Typed`; empty: at the head."""
    seen: str = ""
    """The version that the form was made from; empty: the one that is shown now."""
    done: str = ""
    status: int = 200


async def show(desk: Desk, visit: Visit) -> Response:
    """Show when a message goes out."""
    broadcasts = desk.services.studio.broadcasts
    draft = (await broadcasts.get(_id(visit))).draft
    typed = typed_of(draft.schedule, draft.not_after, broadcasts.ground)
    return await _page(desk, visit, Shown(typed, done=visit.request.query_params.get("done", "")))


async def submit(desk: Desk, visit: Visit) -> Response:
    """Save it, or show what it comes to."""
    form = await read_form(visit.request)
    if text_of(form, "do") != "save":
        shown = Shown(read_typed(form), seen=text_of(form, "version"))
        return await _page(desk, visit, shown)
    return await _save(desk, visit, form)


async def firings_part(desk: Desk, visit: Visit) -> Response:
    """Return what the form comes to, as it stands."""
    typed = read_typed(await read_form(visit.request))
    broadcast = await desk.services.studio.broadcasts.get(_id(visit))
    values = await _comes_to(desk, visit, broadcast, typed)
    return frame.fragment(desk, visit, "studio/when_firings.html", values)


async def _save(desk: Desk, visit: Visit, form: FormData) -> Response:
    typed, version = read_typed(form), text_of(form, "version")
    broadcasts = desk.services.studio.broadcasts
    seen = await broadcasts.get(_id(visit))
    was = seen.draft
    try:
        schedule, end = _read(desk, typed)
        draft = Draft(was.name, was.content, was.audience, schedule, end)
        if draft != was:
            # What else somebody changed meanwhile is not lost: only when it goes out comes from this form.
            await broadcasts.edit(seen.id, draft, by=visit.staff.id, version=number(version))
    except BadWhen as no:
        shown = Shown(typed, no.code, no.field, seen=version, status=422)
        return await _page(desk, visit, shown)
    except Conflict:
        return await _page(desk, visit, Shown(typed, "moved", status=409))
    except NotNow:
        return await _page(desk, visit, Shown(typed, "not_now", status=409))
    done = "saved" if draft == was or seen.state == "draft" else "saved_again"
    return RedirectResponse(f"{visit.request.url.path}?done={done}", 303)


def _read(desk: Desk, typed: Typed) -> tuple[AnySchedule, datetime | None]:
    """Return what was typed, if it goes out at all.

    Raises:
        BadWhen: It is no schedule, has passed, or ends before it begins.
    """
    ground = desk.services.studio.broadcasts.ground
    schedule, end = schedule_of(typed), end_of(typed, ground)
    for finding in check_when(schedule, end, now=desk.now(), ground=ground):
        place = PLACES[finding.code]
        if place == "kind" and typed.kind in {"at", "local"}:
            place = f"{typed.kind}_day"
        raise BadWhen(place, finding.code)
    return schedule, end


async def _page(desk: Desk, visit: Visit, shown: Shown) -> Response:
    services = desk.services
    broadcast = await services.studio.broadcasts.get(_id(visit))
    async with services.studio.db.transaction(durable=False) as conn:
        campaign = await campaigns.get(conn, broadcast.campaign_id)
    values = {
        "broadcast": broadcast,
        "campaign": campaign,
        "may_edit": "edit" in acts_in(broadcast.state),
        "shown": shown,
        "typed": shown.typed,
        "kinds": KINDS,
        "own": OWN,
        "week": DAYS,
        "month_days": MONTH_DAYS,
        "today": desk.now().astimezone(zone_of(services.studio.home)).date(),
        **await _comes_to(desk, visit, broadcast, shown.typed),
    }
    async with services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/when.html", values, status=shown.status)


async def _comes_to(
    desk: Desk, visit: Visit, broadcast: Broadcast, typed: Typed
) -> dict[str, Any]:
    """Return what the form comes to, or what is wrong with it."""
    studio, content = desk.services.studio, desk.services.content()
    own = [(key.upper(), zone_of(zone)) for key, zone in content.cities.zones.items()]
    values: dict[str, Any] = {
        "home": studio.home,
        "home_zone": zone_of(studio.home),
        "zones": _zones(desk, visit, typed),
        "own_zones": own,
        "quiet": QUIET,
        "outlook": None,
        "bad": None,
        "in_quiet": False,
        "typed": typed,
    }
    try:
        schedule, end = _read(desk, typed)
    except BadWhen as no:
        return {**values, "bad": no}
    ground, today = studio.broadcasts.ground, desk.now().astimezone(UTC).date()
    async with studio.db.transaction(durable=False) as conn:
        crowd = await people_by_zone(conn, broadcast.draft.audience, ground=ground, today=today)
    if isinstance(schedule, At):
        values["in_quiet"] = is_quiet(schedule.at, schedule.zone or studio.home)
    comes_to = outlook(schedule, end, desk.now(), ground=ground, crowd=crowd)
    return {**values, "outlook": comes_to}


def _zones(desk: Desk, visit: Visit, typed: Typed) -> list[tuple[str, str]]:
    """Return the clocks to choose from, with those that were chosen though they are not among them."""
    known = zones_of(desk.services.content(), visit.staff.locale)
    found = {each.value: each.label for each in known}
    for zone in (desk.services.studio.home, typed.at_zone, typed.recurring_zone):
        if zone and zone != OWN:
            found.setdefault(zone, zone)
    return list(found.items())


def _id(visit: Visit) -> UUID:
    broadcast_id: UUID = visit.request.path_params["broadcast_id"]
    return broadcast_id


DOORS = (
    Door("GET", MESSAGE + "/when", show),
    Door("POST", MESSAGE + "/when", submit),
    Door("POST", MESSAGE + "/when/parts/firings", firings_part),
)
