"""Who takes referrals: the list, for those who oversee."""

from uuid import UUID

from starlette.responses import Response

from bot.content.casework import ROLES
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.errors import NotFound
from bot.hotline.referrals import receivers
from bot.hotline.referrals.receivers import MAX_NAME_CHARS, may_keep

LIST = "/desk/receivers"
FIELDS = ("name", "role", "region", "recipient")


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the receivers, and the form for one more."""
    return await _page(desk, visit)


async def add(desk: Desk, visit: Visit) -> Response:
    """Add a receiver."""
    form = await read_form(visit.request)
    given = {name: text_of(form, name).strip() for name in FIELDS}
    if given["region"] not in desk.services.content().protocols:
        return await _page(desk, visit, problem="region", given=given)
    problem = receivers.problem_of(given["name"], given["role"], given["recipient"])
    if problem:
        return await _page(desk, visit, problem=problem, given=given)
    services = desk.services
    async with services.db.transaction() as conn:
        await receivers.add_receiver(conn, visit.staff, **given, clock=services.clock)
    return frame.to(LIST, said="saved")


async def retire(desk: Desk, visit: Visit) -> Response:
    """Take a receiver off the list."""
    receiver_id: UUID = visit.request.path_params["receiver_id"]
    async with desk.services.db.transaction() as conn:
        await receivers.retire(conn, visit.staff, receiver_id, now=desk.now())
    return frame.to(LIST, said="saved")


async def _page(
    desk: Desk, visit: Visit, *, problem: str = "", given: dict[str, str] | None = None
) -> Response:
    if not may_keep(visit.staff):
        raise NotFound
    async with desk.services.db.transaction(durable=False) as conn:
        values = {
            "listed": await receivers.list_receivers(conn, visit.staff),
            "roles": ROLES,
            "regions": desk.services.content().protocols,
            "given": given or dict.fromkeys(FIELDS, ""),
            "problem": problem,
            "max_name": MAX_NAME_CHARS,
        }
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "receivers.html", values, status=status)
