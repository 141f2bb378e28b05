"""The list of ready replies and services that "/" opens in the box one writes in."""

from starlette.responses import Response

from bot.conversation.ready import ready_for
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.talk_page import case_of
from bot.errors import NotFound
from bot.hotline.access import CaseView, access_case
from bot.store.checks import get_standings


async def part(desk: Desk, visit: Visit) -> Response:
    """Return all that can be picked for the person of a case, by who has it."""
    services, now = desk.services, desk.now()
    async with services.db.transaction(durable=False) as conn:
        view = await access_case(conn, services.people, visit.staff, case_of(visit))
        if view.claimed_by != visit.staff.id:
            raise NotFound
        standings = await get_standings(conn, now.date())
    ready = ready_for(
        services.content(),
        standings,
        locale=view.locale,
        staff_locale=visit.staff.locale,
        gaps=_gaps(visit, view),
        now=now,
    )
    return frame.fragment(desk, visit, "parts/ready.html", {"ready": ready, "view": view})


def _gaps(visit: Visit, view: CaseView) -> dict[str, str]:
    known = {"counsellor": visit.staff.name}
    return {**known, "name": view.wishes["name"]} if "name" in view.wishes else known
