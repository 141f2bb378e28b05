"""Saved audiences: how many each is about, who uses it, and their names."""

from datetime import UTC
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from bot.campaigns import reach
from bot.campaigns.audience import describe
from bot.campaigns.segments import NameTaken, Segments
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.choices import choices_for
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.whom import MAX_NAME
from bot.errors import Conflict

PATH = "/campaigns/segments"
LIST = f"/desk{PATH}"
ONE = PATH + "/{segment_id:uuid}"


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the audiences that are in use, or those that were put away."""
    return await _page(desk, visit)


async def rename(desk: Desk, visit: Visit) -> Response:
    """Give an audience another name."""
    form = await read_form(visit.request)
    name, segment_id = text_of(form, "name").strip(), _id(visit)
    if not 1 <= len(name) <= MAX_NAME:
        return await _page(desk, visit, "segment_name", at=segment_id, typed=name, status=422)
    try:
        await _all(desk).rename(segment_id, name, seen=text_of(form, "seen"))
    except NameTaken:
        return await _page(desk, visit, "name_taken", at=segment_id, typed=name, status=422)
    except Conflict:
        return await _page(desk, visit, "renamed", at=segment_id, typed=name, status=409)
    return _to("renamed")


async def copy(desk: Desk, visit: Visit) -> Response:
    """Keep the same audience under another name."""
    form = await read_form(visit.request)
    name, segment_id = text_of(form, "name").strip(), _id(visit)
    if not 1 <= len(name) <= MAX_NAME:
        return await _page(desk, visit, "segment_name", at=segment_id, typed=name, status=422)
    found = await _all(desk).get(segment_id)
    try:
        await _all(desk).save(name, found.rule, by=visit.staff.id)
    except NameTaken:
        return await _page(desk, visit, "name_taken", at=segment_id, typed=name, status=422)
    return _to("copied")


async def archive(desk: Desk, visit: Visit) -> Response:
    """Put an audience away."""
    await _all(desk).archive(_id(visit))
    return _to("archived")


async def restore(desk: Desk, visit: Visit) -> Response:
    """Take an audience up again."""
    try:
        await _all(desk).restore(_id(visit))
    except NameTaken:
        return await _page(desk, visit, "name_taken", at=_id(visit), status=422, archived=True)
    return _to("restored")


async def _page(
    desk: Desk,
    visit: Visit,
    problem: str = "",
    *,
    at: UUID | None = None,
    typed: str = "",
    archived: bool | None = None,
    status: int = 200,
) -> Response:
    studio, asked = desk.services.studio, visit.request.query_params
    archived = "archived" in asked if archived is None else archived
    listed = await _all(desk).all(archived=archived)
    today = desk.now().astimezone(UTC).date()
    async with studio.db.transaction(durable=False) as conn:
        rules = [each.rule for each in listed]
        counted = await reach.sizes(conn, rules, today=today, home=studio.home)
    values = {
        "listed": [
            {"segment": each, "people": size, "said": describe(each.rule)}
            for each, size in zip(listed, counted, strict=True)
        ],
        "used_by": await _all(desk).used_by(),
        "choices": await choices_for(desk, visit),
        "archived": archived,
        "problem": problem,
        "at": at,
        "typed": typed,
        "done": asked.get("done", ""),
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/segments.html", values, status=status)


def _all(desk: Desk) -> Segments:
    return Segments(desk.services.studio.db, desk.services.clock)


def _to(done: str) -> Response:
    return RedirectResponse(f"{LIST}?{urlencode({'done': done})}", 303)


def _id(visit: Visit) -> UUID:
    segment_id: UUID = visit.request.path_params["segment_id"]
    return segment_id


DOORS = (
    Door("GET", PATH, show),
    Door("POST", ONE + "/rename", rename),
    Door("POST", ONE + "/copy", copy),
    Door("POST", ONE + "/archive", archive),
    Door("POST", ONE + "/restore", restore),
)
