"""Whom a message is for: the rule as a form that works without a script, how many it is about, and saved audiences."""

from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from bot.campaigns import campaigns, reach
from bot.campaigns.audience import AnyRule, describe
from bot.campaigns.broadcast import NotNow, acts_in
from bot.campaigns.segments import NameTaken, Segments
from bot.campaigns.store_broadcasts import Draft
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio import rule_form
from bot.desk.web.studio.choices import choices_for
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.rule_form import ROOT, Sheet, Unfinished, read_sheet, rule_of, sheet_of
from bot.errors import Conflict

CHANNELS = ("whatsapp", "telegram", "webchat")
MAX_NAME = 80


@dataclass(frozen=True)
class Shown:
    """What the page shows beside the message as it stands."""

    sheet: Sheet
    problem: str = ""
    """A key of `RULE_PROBLEMS`."""
    place: str = ""
    """At which part, or `segment`, `segment_name`; empty: at the head."""
    focus: str = ""
    """The part that was just added, or the group of which one was taken out."""
    done: str = ""
    seen: str = ""
    """The version that the form was made from; empty: the one that is shown now."""
    name: str = ""
    """Of the audience that is to be kept."""
    status: int = 200


async def show(desk: Desk, visit: Visit) -> Response:
    """Show whom a message is for."""
    broadcast = await desk.services.studio.broadcasts.get(_id(visit))
    done = visit.request.query_params.get("done", "")
    return await _page(desk, visit, Shown(sheet_of(broadcast.draft.audience), done=done))


async def submit(desk: Desk, visit: Visit) -> Response:
    """Change the form, take or keep an audience, or save."""
    form = await read_form(visit.request)
    sheet, seen = read_sheet(form), text_of(form, "version")
    match act_of(form)[0]:
        case "use":
            shown = await _use(desk, sheet, text_of(form, "segment"))
        case "keep":
            shown = await _keep(desk, visit, sheet, text_of(form, "segment_name").strip())
        case "save":
            return await _save(desk, visit, sheet, seen)
        case _:
            shown = redrawn(form)
    return await _page(desk, visit, replace(shown, seen=seen))


def redrawn(form: FormData) -> Shown:
    """Return the form as it was sent, with the part that was to be added or without the one that was to be taken out."""
    sheet = read_sheet(form)
    act, path = act_of(form)
    match act:
        case "add":
            sheet, focus = rule_form.with_new(sheet, path, text_of(form, f"new.{path}"))
            return Shown(sheet, focus=focus)
        case "drop":
            return Shown(rule_form.without(sheet, path), focus=path.rpartition(".")[0] or ROOT)
        case _:
            return Shown(sheet)


def act_of(form: FormData) -> tuple[str, str]:
    """Return what was pressed, and at which part of the rule; the part is empty for what is done with all of it."""
    act, _, path = text_of(form, "do").partition(":")
    return act, path


async def reach_part(desk: Desk, visit: Visit) -> Response:
    """Return how many the form is about, as it stands."""
    sheet = read_sheet(await read_form(visit.request))
    values = await reached(desk, visit, Shown(sheet))
    return frame.fragment(desk, visit, "studio/whom_reach.html", values)


async def _use(desk: Desk, sheet: Sheet, wanted: str) -> Shown:
    listed = await _segments(desk).all()
    if not wanted:
        return Shown(sheet, "segment", "segment", status=422)
    rule = next((each.rule for each in listed if str(each.id) == wanted), None)
    if rule is None:
        return Shown(sheet, "segment_gone", "segment", status=422)
    return Shown(sheet_of(rule), focus=ROOT, done="used")


async def _keep(desk: Desk, visit: Visit, sheet: Sheet, name: str) -> Shown:
    if not 1 <= len(name) <= MAX_NAME:
        return Shown(sheet, "segment_name", "segment_name", name=name, status=422)
    try:
        await _segments(desk).save(name, rule_of(sheet), by=visit.staff.id)
    except Unfinished as no:
        return Shown(sheet, no.code, no.path, name=name, status=422)
    except NameTaken:
        return Shown(sheet, "name_taken", "segment_name", name=name, status=422)
    return Shown(sheet, done="kept")


async def _save(desk: Desk, visit: Visit, sheet: Sheet, version: str) -> Response:
    try:
        rule = rule_of(sheet)
    except Unfinished as no:
        shown = Shown(sheet, no.code, no.path, seen=version, status=422)
        return await _page(desk, visit, shown)
    broadcasts = desk.services.studio.broadcasts
    seen = await broadcasts.get(_id(visit))
    was = seen.draft
    draft = Draft(was.name, was.content, rule, was.schedule, was.not_after)
    if draft == was:
        return _to(visit, "saved")
    try:
        # What else somebody changed meanwhile is not lost: only whom it is for comes from this form.
        await broadcasts.edit(seen.id, draft, by=visit.staff.id, version=number(version))
    except Conflict:
        return await _page(desk, visit, Shown(sheet, "moved", status=409))
    except NotNow:
        return await _page(desk, visit, Shown(sheet, "not_now", status=409))
    return _to(visit, "saved" if seen.state == "draft" else "saved_again")


async def _page(desk: Desk, visit: Visit, shown: Shown) -> Response:
    broadcast = await desk.services.studio.broadcasts.get(_id(visit))
    async with desk.services.studio.db.transaction(durable=False) as conn:
        campaign = await campaigns.get(conn, broadcast.campaign_id)
    values = {
        "broadcast": broadcast,
        "campaign": campaign,
        "may_edit": "edit" in acts_in(broadcast.state),
        "segments": await _segments(desk).all(),
        "here": f"/desk/campaigns/messages/{broadcast.id}/whom",
        "version": broadcast.version,
        **await rule_values(desk, visit, shown),
    }
    if visit.is_htmx:
        return frame.fragment(desk, visit, "studio/whom_rule.html", values)
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/whom.html", values, status=shown.status)


async def rule_values(desk: Desk, visit: Visit, shown: Shown) -> dict[str, Any]:
    """Return what the form of a rule is drawn with."""
    return {
        "shown": shown,
        "fields": rule_form.FIELDS,
        "groups": rule_form.GROUPS,
        "may_hold": rule_form.may_hold,
        **await reached(desk, visit, shown),
    }


async def reached(desk: Desk, visit: Visit, shown: Shown) -> dict[str, Any]:
    """Return how many the form is about and what it says; nothing of it while it is not finished."""
    studio = desk.services.studio
    values: dict[str, Any] = {"choices": await choices_for(desk, visit), "sentence": None}
    try:
        rule: AnyRule = rule_of(shown.sheet)
    except Unfinished as no:
        return {**values, "unfinished": no, "reach": None}
    today = desk.now().astimezone(UTC).date()
    async with studio.db.transaction(durable=False) as conn:
        found = await reach.reach(conn, rule, channels=CHANNELS, today=today, home=studio.home)
    return {**values, "unfinished": None, "reach": found, "sentence": describe(rule)}


def _segments(desk: Desk) -> Segments:
    return Segments(desk.services.studio.db, desk.services.clock)


def _to(visit: Visit, done: str) -> Response:
    return RedirectResponse(f"{visit.request.url.path}?done={done}", 303)


def number(text: str) -> int:
    """Return a version that a form names; 0, which none has, for what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _id(visit: Visit) -> UUID:
    broadcast_id: UUID = visit.request.path_params["broadcast_id"]
    return broadcast_id


MESSAGE = "/campaigns/messages/{broadcast_id:uuid}"
DOORS = (
    Door("GET", MESSAGE + "/whom", show),
    Door("POST", MESSAGE + "/whom", submit),
    Door("POST", MESSAGE + "/whom/parts/reach", reach_part),
)
