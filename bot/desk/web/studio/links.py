"""The links of a campaign: made, closed, opened again, and their codes as files for print."""

import re
from uuid import UUID

from starlette.responses import Response

from bot.campaigns import links
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio import campaigns
from bot.desk.web.studio.campaigns import CAMPAIGN, LIST
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.link_rows import address_of
from bot.desk.web.studio.message_form import Problem
from bot.desk.web.studio.ways import asked_for, ways_in
from bot.errors import Conflict, NotFound
from bot.pictures.qr import qr_png, qr_svg

CODE = re.compile(r"[A-Za-z0-9_-]{2,40}")
TARGET = re.compile(r"quiz:[a-z][a-z0-9_]*|event:[a-z0-9-]+|join|series")


async def add(desk: Desk, visit: Visit) -> Response:
    """Make a link."""
    form = await read_form(visit.request)
    typed = {name: text_of(form, name).strip() for name in ("code", "target", "city")}
    problems = []
    if typed["code"] and not CODE.fullmatch(typed["code"]):
        problems.append(Problem("code", "bad_code"))
    if not TARGET.fullmatch(typed["target"]):
        problems.append(Problem("target", "no_target"))
    if typed["city"] and typed["city"] not in desk.services.content().cities.cities:
        problems.append(Problem("city", "no_city"))
    if problems:
        return await campaigns.page(desk, visit, problems=problems, link=typed, status=422)
    number = _campaign_id(visit)
    try:
        async with desk.services.studio.db.transaction() as conn:
            await links.add(
                conn,
                number,
                code=typed["code"],
                target=typed["target"],
                city=typed["city"] or None,
                clock=desk.services.clock,
                by=visit.staff.id,
            )
    except Conflict:
        problems = [Problem("code", "code_taken")]
        return await campaigns.page(desk, visit, problems=problems, link=typed, status=409)
    return frame.to(f"{LIST}/{number}", said="did_make_link")


async def set_open(desk: Desk, visit: Visit) -> Response:
    """Close a link, or open it again."""
    form = await read_form(visit.request)
    is_open = text_of(form, "open") == "yes"
    number = _campaign_id(visit)
    async with desk.services.studio.db.transaction() as conn:
        await links.set_open(
            conn,
            number,
            text_of(form, "code"),
            is_open=is_open,
            clock=desk.services.clock,
            by=visit.staff.id,
        )
    return frame.to(f"{LIST}/{number}", said="did_open_link" if is_open else "did_close_link")


async def qr(desk: Desk, visit: Visit) -> Response:
    """Send the code of a link as a file, for a poster."""
    studio, asked = desk.services.studio, visit.request.path_params
    async with studio.db.transaction(durable=False) as conn:
        known = {each.code: each for each in await links.all_of(conn, _campaign_id(visit))}
    link = known.get(asked["code"])
    if link is None or asked["kind"] not in {"svg", "png"}:
        raise NotFound
    usual = address_of(link.payload, await studio.telegram_name())
    address = asked_for(visit.request, await ways_in(studio, link.payload), usual=usual)
    is_svg = asked["kind"] == "svg"
    body = qr_svg(address) if is_svg else qr_png(address)
    headers = {"content-disposition": f'attachment; filename="suar-{link.code}.{asked["kind"]}"'}
    kind = "image/svg+xml" if is_svg else "image/png"
    return Response(body, media_type=kind, headers=headers)


def _campaign_id(visit: Visit) -> UUID:
    campaign_id: UUID = visit.request.path_params["campaign_id"]
    return campaign_id


DOORS = (
    Door("POST", CAMPAIGN + "/links", add),
    Door("POST", CAMPAIGN + "/links/open", set_open),
    Door("GET", CAMPAIGN + "/links/{code:str}/qr.{kind:str}", qr),
)
