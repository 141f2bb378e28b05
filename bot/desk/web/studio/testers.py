"""The team's own list: who looks at a message before everybody else, and the invitations to it."""

from uuid import UUID

from starlette.responses import Response

from bot.campaigns.segments import Testers, count_testers
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.link_rows import address_of, others_of, qr_of
from bot.desk.web.studio.message_form import Problem

PATH = "/campaigns/testers"
LIST = f"/desk{PATH}"
MAX_LABEL = 60


async def show(desk: Desk, visit: Visit) -> Response:
    """Show who is on the list, and the invitations that wait."""
    return await _page(desk, visit)


async def invite(desk: Desk, visit: Visit) -> Response:
    """Make an invitation for one person."""
    label = " ".join(text_of(await read_form(visit.request), "label").split())
    if not 0 < len(label) <= MAX_LABEL:
        return await _page(desk, visit, label=label, problem="too_long" if label else "empty")
    await _testers(desk).invite(label, by=visit.staff.id)
    return frame.to(LIST, said="did_invite")


async def uninvite(desk: Desk, visit: Visit) -> Response:
    """Take an invitation back."""
    await _testers(desk).uninvite(text_of(await read_form(visit.request), "code"))
    return frame.to(LIST, said="did_uninvite")


async def remove(desk: Desk, visit: Visit) -> Response:
    """Take somebody off the list."""
    contact_id: UUID = visit.request.path_params["contact_id"]
    await _testers(desk).remove(contact_id)
    return frame.to(LIST, said="did_remove_tester")


def _testers(desk: Desk) -> Testers:
    return Testers(desk.services.studio.db, desk.services.clock)


async def _page(desk: Desk, visit: Visit, *, label: str = "", problem: str = "") -> Response:
    studio, testers = desk.services.studio, _testers(desk)
    name = await studio.telegram_name()
    invited = [
        (each, address, qr_of(address), await others_of(studio, f"t_{each.code}"))
        for each in await testers.invitations()
        for address in [address_of(f"t_{each.code}", name)]
    ]
    async with studio.db.transaction(durable=False) as conn:
        reached = await count_testers(conn)
    values = {
        "testers": await testers.all(),
        "reached": reached,
        "invited": invited,
        "label": label,
        "problems": (Problem("label", problem, str(MAX_LABEL)),) if problem else (),
        "wrong": {"label"} if problem else set(),
        "max_label": MAX_LABEL,
        "done": visit.request.query_params.get("said", ""),
    }
    async with desk.services.db.transaction(durable=False) as conn:
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "studio/testers.html", values, status=status)


DOORS = (
    Door("GET", PATH, show),
    Door("POST", PATH, invite),
    Door("POST", PATH + "/uninvite", uninvite),
    Door("POST", PATH + "/{contact_id:uuid}/remove", remove),
)
