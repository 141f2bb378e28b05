"""The supervisors' board: live figures, who is there, broken promises, and giving a case to somebody else."""

import hashlib
from typing import Any
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, NotFound
from bot.hotline import board
from bot.hotline.board_reassign import reassign
from bot.hotline.permissions import Permission
from bot.hotline.staff import list_staff

BOARD = "/desk/board"


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the board."""
    async with desk.services.db.transaction(durable=False) as conn:
        values = await _values(desk, visit)
        values["done"] = visit.request.query_params.get("done", "")
        return await frame.page(desk, conn, visit, "board.html", values)


async def part(desk: Desk, visit: Visit) -> Response:
    """Return the board again, or 204 when it is still what the page shows."""
    values = await _values(desk, visit)
    if visit.request.query_params.get("seen") == values["version"]:
        return Response(status_code=204)
    return frame.fragment(desk, visit, "parts/board.html", values)


async def give(desk: Desk, visit: Visit) -> Response:
    """Give a case to another counsellor."""
    form = await read_form(visit.request)
    former, to = _id(text_of(form, "former")), _id(text_of(form, "to"))
    case_id: UUID = visit.request.path_params["case_id"]
    try:
        async with desk.services.db.transaction() as conn:
            await reassign(conn, visit.staff, case_id, former=former, to=to, now=desk.now())
    except Conflict:
        return RedirectResponse(f"{BOARD}?done=moved", 303)
    return RedirectResponse(f"{BOARD}?done=reassigned", 303)


async def _values(desk: Desk, visit: Visit) -> dict[str, Any]:
    services = desk.services
    async with services.db.transaction(durable=False) as conn:
        seen = await board.look(conn, services.people, visit.staff, now=desk.now())
        talkers = [
            each
            for each in await list_staff(conn)
            if each.may(Permission.TALK) and not each.disabled
        ]
    version = hashlib.sha256(repr((seen, talkers)).encode()).hexdigest()[:16]
    return {"board": seen, "talkers": talkers, "version": version}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
