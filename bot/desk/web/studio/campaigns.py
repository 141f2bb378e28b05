"""The campaigns: all of them, and one with its frame, its messages, its links and what happened."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import Response

from bot.campaigns import acts, campaigns, copying, links, progress
from bot.campaigns.campaigns import MAX_ABOUT, MAX_TITLE, MOVES, UNDOES, Campaign, Frame
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.choices import clock_words
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.link_rows import Row, rows_of
from bot.desk.web.studio.message_facts import UNDO_WITHIN, form_facts
from bot.desk.web.studio.message_form import Problem
from bot.desk.web.studio.messages import version_of
from bot.errors import Conflict

LIST = "/desk/campaigns"
CAMPAIGN = "/campaigns/{campaign_id:uuid}"
_SITES = re.compile(r"[\s,;]+")


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show all campaigns that are not archived, or only those that are; and what stands still."""
    archived = visit.request.query_params.get("archived") == "yes"
    async with desk.services.studio.db.transaction(durable=False) as conn:
        values: dict[str, Any] = {
            "campaigns": await campaigns.all_of(conn, archived=archived),
            "counts": await campaigns.count_messages(conn),
            "stopped": await progress.stopped(conn),
            "archived": archived,
            "done": visit.request.query_params.get("said", ""),
        }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/campaigns.html", values)


async def show_new(desk: Desk, visit: Visit) -> Response:
    """Show the form of a campaign that is not kept yet."""
    return await _new_page(desk, visit, Frame(""), ())


async def create(desk: Desk, visit: Visit) -> Response:
    """Keep a new campaign."""
    form = await read_form(visit.request)
    typed, problems = read_frame(form)
    if problems:
        return await _new_page(desk, visit, typed, problems)
    async with desk.services.studio.db.transaction() as conn:
        made = await campaigns.create(conn, typed, clock=desk.services.clock, by=visit.staff.id)
    return frame.to(f"{LIST}/{made}", said="campaign_made")


async def show(desk: Desk, visit: Visit) -> Response:
    """Show a campaign."""
    return await page(desk, visit)


async def save(desk: Desk, visit: Visit) -> Response:
    """Change what is written about a campaign; what was typed stays in the form when that cannot be."""
    form = await read_form(visit.request)
    typed, problems = read_frame(form)
    if problems:
        return await page(desk, visit, typed=typed, problems=problems, status=422)
    campaign_id, version = _campaign_id(visit), version_of(form)
    try:
        async with desk.services.studio.db.transaction() as conn:
            await campaigns.edit(
                conn, campaign_id, typed, version=version, at=desk.now(), by=visit.staff.id
            )
    except Conflict:
        return await page(desk, visit, typed=typed, trouble="moved", status=409)
    return frame.to(f"{LIST}/{campaign_id}", said="campaign_saved")


async def act(desk: Desk, visit: Visit) -> Response:
    """Put a campaign live, end it, put it away or take it out again."""
    form = await read_form(visit.request)
    name, version = text_of(form, "act"), version_of(form)
    campaign_id = _campaign_id(visit)
    try:
        async with desk.services.studio.db.transaction() as conn:
            await campaigns.act(
                conn, campaign_id, name, version=version, at=desk.now(), by=visit.staff.id
            )
    except campaigns.StillUnderWay:
        return await page(desk, visit, trouble="still_under_way", status=409)
    except Conflict:
        return await page(desk, visit, trouble="moved_act", status=409)
    return frame.to(f"{LIST}/{campaign_id}", said=f"did_{name}")


async def copy(desk: Desk, visit: Visit) -> Response:
    """Make a campaign anew with its messages as drafts."""
    title = " ".join(text_of(await read_form(visit.request), "title").split())[:MAX_TITLE]
    broadcasts = desk.services.studio.broadcasts
    seen = await _get(desk, _campaign_id(visit))
    made = await copying.duplicate(
        broadcasts, seen.id, title=title or seen.title, by=visit.staff.id
    )
    return frame.to(f"{LIST}/{made}", said="did_copy")


def read_frame(form: FormData) -> tuple[Frame, list[Problem]]:
    """Return what a form says about a campaign, and what is wrong with it."""
    problems, days = [], {}
    for name in ("starts_on", "ends_on"):
        text = text_of(form, name)
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            days[name] = None
            problems.append(Problem(name, "no_day"))
    sites = [_site(each) for each in _SITES.split(text_of(form, "domains")) if each]
    typed = Frame(
        title=" ".join(text_of(form, "title").split()),
        about=text_of(form, "about").replace("\r\n", "\n").strip(),
        domains=tuple(dict.fromkeys(sites)),
        **days,
    )
    limits = {"title": str(MAX_TITLE), "about": str(MAX_ABOUT)}
    return typed, [
        *problems,
        *(Problem(where, code, limits.get(where, "")) for where, code in typed.problems()),
    ]


def _site(text: str) -> str:
    """Return the site of an address, as somebody may paste it."""
    rest = text.lower().removeprefix("https://").removeprefix("http://")
    return rest.partition("/")[0].removeprefix("www.")


async def page(
    desk: Desk,
    visit: Visit,
    *,
    typed: Frame | None = None,
    problems: Sequence[Problem] = (),
    trouble: str = "",
    status: int = 200,
    link: dict[str, str] | None = None,
) -> Response:
    """Return a campaign's page; `typed` and `link` are what stands in its forms when something was wrong with it."""
    studio = desk.services.studio
    seen = await _get(desk, _campaign_id(visit))
    listed = await studio.broadcasts.all(seen.id)
    put_away = await studio.broadcasts.all(seen.id, archived=True)
    async with studio.db.transaction(durable=False) as conn:
        history = await acts.of_campaign(conn, seen.id)
        values: dict[str, Any] = {
            "campaign": seen,
            "typed": typed or _frame_of(seen),
            "problems": tuple(problems),
            "wrong": {each.where for each in problems},
            "trouble": trouble,
            "messages": listed,
            "put_away": put_away,
            "names": {each.id: each.draft.name for each in (*listed, *put_away)},
            "links": await _links(desk, await links.all_of(conn, seen.id)),
            "link": link or dict.fromkeys(("code", "target", "city"), ""),
            "link_typed": bool(link),
            "history": history,
            "undo": _undo(history, visit, seen, desk),
            "acts": {name for state, name in MOVES if state == seen.state},
            "done": visit.request.query_params.get("said", ""),
            "cities": desk.services.content().cities.cities,
            "has_telegram": bool(await studio.telegram_name()),
            "home": studio.home,
            **clock_words(desk),
            **await form_facts(desk, conn, visit, seen.id),
        }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/campaign.html", values, status=status)


async def _links(desk: Desk, found: Sequence[links.Link]) -> list[Row]:
    return await rows_of(found, desk.services.studio)


def _undo(
    history: Sequence[acts.Done], visit: Visit, seen: Campaign, desk: Desk
) -> tuple[str, str] | None:
    """Return what somebody has just done with a campaign itself, and the act that takes it back."""
    if not history or history[0].staff_id != visit.staff.id or history[0].subject_id != seen.id:
        return None
    last = history[0]
    back = UNDOES.get(last.act) if last.kind == campaigns.KIND else None
    if (seen.state, back) not in MOVES or desk.now() - last.at > UNDO_WITHIN:
        return None
    return last.act, back or ""


def _frame_of(seen: Campaign) -> Frame:
    return Frame(seen.title, seen.about, seen.starts_on, seen.ends_on, seen.domains)


async def _new_page(
    desk: Desk, visit: Visit, typed: Frame, problems: Sequence[Problem]
) -> Response:
    values = {
        "typed": typed,
        "problems": tuple(problems),
        "wrong": {each.where for each in problems},
    }
    async with desk.services.db.transaction(durable=False) as conn:
        status = 422 if problems else 200
        return await frame.page(
            desk, conn, visit, "studio/campaign_new.html", values, status=status
        )


async def _get(desk: Desk, campaign_id: UUID) -> Campaign:
    async with desk.services.studio.db.transaction(durable=False) as conn:
        return await campaigns.get(conn, campaign_id)


def _campaign_id(visit: Visit) -> UUID:
    campaign_id: UUID = visit.request.path_params["campaign_id"]
    return campaign_id


DOORS = (
    Door("GET", "/campaigns", show_list),
    Door("GET", "/campaigns/new", show_new),
    Door("POST", "/campaigns/new", create),
    Door("GET", CAMPAIGN, show),
    Door("POST", CAMPAIGN, save),
    Door("POST", CAMPAIGN + "/act", act),
    Door("POST", CAMPAIGN + "/copy", copy),
)
