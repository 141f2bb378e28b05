"""One saved audience: whom it is for, changed in the form that messages have, too."""

from dataclasses import replace
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from bot.campaigns.segments import Segments, version_of
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.rule_form import Unfinished, rule_of, sheet_of
from bot.desk.web.studio.segments import LIST, ONE
from bot.desk.web.studio.whom import Shown, act_of, reach_part, redrawn, rule_values
from bot.errors import Conflict, NotFound


async def show(desk: Desk, visit: Visit) -> Response:
    """Show whom an audience is for."""
    segment = await _all(desk).get(_id(visit))
    return await _page(desk, visit, Shown(sheet_of(segment.rule)))


async def submit(desk: Desk, visit: Visit) -> Response:
    """Change the form, count, or save."""
    form = await read_form(visit.request)
    shown = replace(redrawn(form), seen=text_of(form, "version"))
    if act_of(form)[0] == "save":
        return await _save(desk, visit, shown)
    return await _page(desk, visit, shown)


async def _save(desk: Desk, visit: Visit, shown: Shown) -> Response:
    try:
        await _all(desk).change(_id(visit), rule_of(shown.sheet), seen=shown.seen)
    except Unfinished as no:
        wrong = replace(shown, problem=no.code, place=no.path, status=422)
        return await _page(desk, visit, wrong)
    except Conflict:
        # Whoever saves once more has been told, and means it.
        moved = replace(shown, problem="segment_moved", seen="", status=409)
        return await _page(desk, visit, moved)
    return RedirectResponse(f"{LIST}?done=changed", 303)


async def _page(desk: Desk, visit: Visit, shown: Shown) -> Response:
    segment = await _all(desk).get(_id(visit))
    if segment.is_archived:
        raise NotFound
    values = {
        "segment": segment,
        "uses": (await _all(desk).used_by()).get(segment.id, []),
        "here": f"{LIST}/{segment.id}",
        "version": version_of(segment.rule),
        **await rule_values(desk, visit, shown),
    }
    if visit.is_htmx:
        return frame.fragment(desk, visit, "studio/whom_rule.html", values)
    async with desk.services.db.transaction(durable=False) as conn:
        page = "studio/segment.html"
        return await frame.page(desk, conn, visit, page, values, status=shown.status)


def _all(desk: Desk) -> Segments:
    return Segments(desk.services.studio.db, desk.services.clock)


def _id(visit: Visit) -> UUID:
    segment_id: UUID = visit.request.path_params["segment_id"]
    return segment_id


DOORS = (
    Door("GET", ONE, show),
    Door("POST", ONE, submit),
    Door("POST", ONE + "/parts/reach", reach_part),
)
