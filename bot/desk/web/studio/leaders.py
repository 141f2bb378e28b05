"""Youth leaders: a link for each, its code to print, and the board of cities, which ranks nobody."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import Response

from bot.campaigns import campaigns, leaders
from bot.campaigns.addresses import deep_link
from bot.campaigns.campaigns import Campaign
from bot.campaigns.leaders import MAX_NICKNAME_CHARS, Link, NoNickname, Wanted
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.link_rows import others_of
from bot.desk.web.studio.ways import asked_for, ways_in
from bot.errors import NotFound
from bot.pictures.qr import qr_png, qr_svg

PAGE = "/desk/campaigns/leaders"
KINDS = {"png": (qr_png, "image/png"), "svg": (qr_svg, "image/svg+xml")}
JOIN = "join"
UNPROCESSABLE = 422


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the board of a campaign and the links of its leaders; without a choice, of the one changed last."""
    asked = visit.request.query_params.get("campaign", "")
    return await _page(desk, visit, asked, Wanted("", "", None, named=False))


async def add(desk: Desk, visit: Visit) -> Response:
    """Make a link for a leader."""
    form = await read_form(visit.request)
    asked = text_of(form, "campaign")
    wanted = _wanted(desk, form)
    campaign_id = _id(asked)
    if campaign_id is None:
        raise NotFound
    if not wanted.target:
        return await _page(desk, visit, asked, wanted, problem="target")
    try:
        async with desk.services.studio.db.transaction() as conn:
            await leaders.add(conn, campaign_id, wanted, clock=desk.services.clock)
    except NoNickname:
        return await _page(desk, visit, asked, wanted, problem="nickname")
    return _back(campaign_id, "added")


async def close(desk: Desk, visit: Visit) -> Response:
    """Close a leader's link."""
    code = visit.request.path_params["code"]
    async with desk.services.studio.db.transaction() as conn:
        link = await leaders.get(conn, code)
        if link.is_open:
            await leaders.close(conn, code, at=desk.now())
    return _back(link.campaign_id, "closed")


async def code_picture(desk: Desk, visit: Visit, *, kind: str) -> Response:
    """Send the code of a link as a picture: PNG with the link below, or SVG for print."""
    draw, media_type = KINDS[kind]
    link = await _link(desk, visit)
    ways = await ways_in(desk.services.studio, f"c_{link.code}")
    address = asked_for(visit.request, ways, usual=await _address(desk, link.code))
    made = await asyncio.to_thread(draw, address)
    name = f"suar-{link.code}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=media_type, headers=headers)


async def show_sheet(desk: Desk, visit: Visit) -> Response:
    """Show one page to be printed: the code, the link and the nickname."""
    link = await _link(desk, visit)
    async with desk.services.studio.db.transaction(durable=False) as conn:
        campaign = await campaigns.get(conn, link.campaign_id)
    values = {
        "link": link,
        "campaign": campaign,
        "address": await _address(desk, link.code),
        "others": await others_of(desk.services.studio, f"c_{link.code}"),
        "city": _cities(desk).get(link.city or ""),
    }
    return desk.pages.response("studio/leader_sheet.html", visit.staff.locale, values)


async def _page(
    desk: Desk, visit: Visit, asked: str, wanted: Wanted, problem: str = ""
) -> Response:
    studio = desk.services.studio
    async with studio.db.transaction(durable=False) as conn:
        known = await campaigns.all_of(conn)
        campaign = _chosen(known, asked)
        links = await leaders.links_of(conn, campaign.id) if campaign else []
    values = {
        "campaigns": known,
        "campaign": campaign,
        "board": leaders.board(links),
        "links": [each for each in links if each.leader is not None],
        **await _ways(desk, links),
        **_choices(desk, visit),
        "wanted": wanted,
        "problem": problem,
        "done": visit.request.query_params.get("done", ""),
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(
            desk,
            conn,
            visit,
            "studio/leaders.html",
            values,
            status=UNPROCESSABLE if problem else 200,
        )


async def _ways(desk: Desk, links: Sequence[Link]) -> dict[str, dict[str, Any]]:
    """Return where each link leads in, and where its leader sees what it came to."""
    studio, lookup = desk.services.studio, desk.services.people.lookup
    name = await studio.telegram_name()
    to = partial(deep_link, base_url=studio.base_url, telegram_name=name)
    own = {each.code: leaders.token_of(each.code, lookup) for each in links}
    others = {each.code: await others_of(studio, f"c_{each.code}") for each in links}
    return {
        "others": others,
        "addresses": {each.code: to(f"c_{each.code}") for each in links},
        "own": {code: f"{studio.base_url}/l/{token}" for code, token in own.items()},
    }


def _choices(desk: Desk, visit: Visit) -> dict[str, Any]:
    content = desk.services.content()
    say = partial(content.words.say, locale=visit.staff.locale)
    quizzes = {f"quiz:{name}": say(quiz.title) for name, quiz in content.quizzes.items()}
    return {"cities": _cities(desk), "quizzes": quizzes, "max_nickname": MAX_NICKNAME_CHARS}


def _cities(desk: Desk) -> dict[str, str]:
    return {code: city.name for code, city in desk.services.content().cities.cities.items()}


def _wanted(desk: Desk, form: FormData) -> Wanted:
    """Return what was typed; a target or a city that there is not, is none."""
    target, city = text_of(form, "target"), text_of(form, "city")
    known = {JOIN, *(f"quiz:{name}" for name in desk.services.content().quizzes)}
    return Wanted(
        text_of(form, "nickname"),
        target if target in known else "",
        city if city in _cities(desk) else None,
        named=text_of(form, "named") == "yes",
    )


async def _link(desk: Desk, visit: Visit) -> Link:
    async with desk.services.studio.db.transaction(durable=False) as conn:
        return await leaders.get(conn, visit.request.path_params["code"])


async def _address(desk: Desk, code: str) -> str:
    studio = desk.services.studio
    name = await studio.telegram_name()
    return deep_link(f"c_{code}", base_url=studio.base_url, telegram_name=name)


def _chosen(known: Sequence[Campaign], asked: str) -> Campaign | None:
    wanted = _id(asked)
    if wanted is None:
        return next(iter(known), None)
    found = next((each for each in known if each.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def _back(campaign_id: UUID, done: str) -> Response:
    return frame.to(f"{PAGE}?campaign={campaign_id}&done={done}")


LINK = "/campaigns/leaders/{code:str}"
DOORS = (
    Door("GET", "/campaigns/leaders", show),
    Door("POST", "/campaigns/leaders", add),
    Door("POST", LINK + "/close", close),
    Door("GET", LINK + "/sheet", show_sheet),
    Door("GET", LINK + "/qr.png", partial(code_picture, kind="png")),
    Door("GET", LINK + "/qr.svg", partial(code_picture, kind="svg")),
)
