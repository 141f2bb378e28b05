"""Unusual traffic, for supervisors: the same danger told by many, the same words or link sent by many, and what they decide about it."""

import hashlib
from typing import Any
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, NotFound
from bot.hotline import unusual

TRAFFIC = "/desk/traffic"


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the page."""
    async with desk.services.db.transaction(durable=False) as conn:
        values = await _values(desk, visit)
        values["done"] = visit.request.query_params.get("done", "")
        return await frame.page(desk, conn, visit, "traffic.html", values)


async def part(desk: Desk, visit: Visit) -> Response:
    """Return what the page shows again, or 204 when it is still the same."""
    values = await _values(desk, visit)
    if visit.request.query_params.get("seen") == values["version"]:
        return Response(status_code=204)
    return frame.fragment(desk, visit, "parts/traffic.html", values)


async def rule(desk: Desk, visit: Visit) -> Response:
    """Decide about a group."""
    form = await read_form(visit.request)
    verdict, clock = text_of(form, "verdict"), desk.services.clock
    try:
        async with desk.services.db.transaction() as conn:
            await unusual.rule(
                conn,
                visit.staff,
                text_of(form, "shape"),
                verdict,
                ruling_id=clock.new_id(),
                now=desk.now(),
            )
    except Conflict:
        verdict = "danger"
    except NotFound:
        # Its day was over, or the words are written no more, while the page was open.
        verdict = "gone"
    return RedirectResponse(f"{TRAFFIC}?done={verdict}", 303)


async def undo(desk: Desk, visit: Visit) -> Response:
    """Take a decision back; one that is over, or that somebody else took back, needs none."""
    ruling_id: UUID = visit.request.path_params["ruling_id"]
    done = "undone"
    try:
        async with desk.services.db.transaction() as conn:
            await unusual.undo(conn, visit.staff, ruling_id, now=desk.now())
    except NotFound:
        done = "gone"
    return RedirectResponse(f"{TRAFFIC}?done={done}", 303)


async def _values(desk: Desk, visit: Visit) -> dict[str, Any]:
    async with desk.services.db.transaction(durable=False) as conn:
        seen = await unusual.look(conn, visit.staff, now=desk.now())
    shown = (
        seen.alarms,
        seen.seen,
        seen.groups,
        seen.harmless,
        seen.waiting,
        seen.counts,
        seen.pauses,
    )
    told = repr((shown, seen.too_much, seen.backlog.unanswered))
    return {"unusual": seen, "version": hashlib.sha256(told.encode()).hexdigest()[:16]}
