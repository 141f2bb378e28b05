"""Who waits, whom I talk with, and taking the next person."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import HOME, Desk, Visit
from bot.hotline.access import QueueItem, list_claimed, list_mine, list_waiting
from bot.hotline.staff import OVERSEES, on_desk


async def home(desk: Desk, visit: Visit) -> Response:
    """Show the queue; those who do not talk with people are told what the desk has for them."""
    async with desk.services.db.transaction(durable=False) as conn:
        if not visit.talks:
            return await frame.page(desk, conn, visit, "not_for_you.html")
        lists = await _lists(desk, conn, visit)
        return await frame.page(desk, conn, visit, "queue.html", lists)


async def part(desk: Desk, visit: Visit) -> Response:
    """Return the lists again, or 204 when they are still what the page shows."""
    async with desk.services.db.transaction(durable=False) as conn:
        lists = await _lists(desk, conn, visit)
    if visit.request.query_params.get("seen") == lists["version"]:
        return Response(status_code=204)
    return frame.fragment(desk, visit, "parts/queue.html", lists)


async def waiting_part(desk: Desk, visit: Visit) -> Response:
    """Return how many wait, for the frame and the page's title."""
    async with desk.services.db.transaction(durable=False) as conn:
        count = len(await list_waiting(conn, visit.staff, now=desk.now()))
    return frame.fragment(desk, visit, "parts/waiting.html", {"waiting_count": count})


async def take_next(desk: Desk, visit: Visit) -> Response:
    """Give this counsellor the next person and open the conversation."""
    case_id = await desk.services.talks.claim_next(visit.staff)
    if case_id is None:
        return frame.to(HOME, said="nobody_waits")
    return frame.to(f"/desk/cases/{case_id}")


async def _lists(desk: Desk, conn: AsyncConnection, visit: Visit) -> dict[str, Any]:
    now = desk.now()
    waiting = await list_waiting(conn, visit.staff, now=now)
    mine = await list_mine(conn, visit.staff)
    claimed = [item for item in await list_claimed(conn, visit.staff) if item not in mine]
    there = await on_desk(conn, now)
    return {
        "waiting": waiting,
        "mine": mine,
        "claimed": claimed,
        "oversees": visit.staff.role in OVERSEES,
        "there": there,
        "version": _version(waiting, mine, claimed, there),
    }


def _version(*shown: Sequence[QueueItem] | int) -> str:
    """Return a short hash of the lists, so that a page is left in peace while nothing changes."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
