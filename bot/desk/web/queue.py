"""Who waits, whom I talk with, and taking the next person."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import HOME, Desk, Visit
from bot.hotline import asked_of_me, claiming, staff, translations
from bot.hotline.asked_of_me import Asked
from bot.hotline.lists import QueueItem, count_waiting, list_claimed, list_mine, list_waiting
from bot.hotline.permissions import Permission
from bot.hotline.staff import BREATHER, on_desk


async def home(desk: Desk, visit: Visit) -> Response:
    """Show the queue; those who do not talk with people are told what the desk has for them."""
    async with desk.services.db.transaction(durable=False) as conn:
        if not visit.may(Permission.TALK):
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
        count = await count_waiting(conn, visit.staff)
    return frame.fragment(desk, visit, "parts/waiting.html", {"waiting_count": count})


async def take_next(desk: Desk, visit: Visit) -> Response:
    """Give this counsellor the next person and open the conversation."""
    case_id = await desk.services.talks.claim_next(visit.staff)
    if case_id is not None:
        return frame.to(f"/desk/cases/{case_id}")
    services = desk.services
    async with services.db.transaction(durable=False) as conn:
        matched = await claiming.look(conn, services.people, visit.staff, now=desk.now())
    line = f"nobody_{matched.why}"
    return frame.to(HOME, said=line)


async def rest(desk: Desk, visit: Visit) -> Response:
    """Leave this counsellor in peace for a while: nobody is kept for them."""
    until = desk.now() + BREATHER
    async with desk.services.db.transaction() as conn:
        await staff.rest(conn, visit.staff.id, until)
    return frame.to(HOME, said="resting")


async def end_rest(desk: Desk, visit: Visit) -> Response:
    """End the breather."""
    async with desk.services.db.transaction() as conn:
        await staff.rest(conn, visit.staff.id, None)
    return frame.to(HOME)


async def _lists(desk: Desk, conn: AsyncConnection, visit: Visit) -> dict[str, Any]:
    now = desk.now()
    waiting = await list_waiting(conn, desk.services.people, visit.staff, now=now)
    mine = await list_mine(conn, visit.staff)
    claimed = [item for item in await list_claimed(conn, visit.staff) if item not in mine]
    there = await on_desk(conn, now)
    asked = await asked_of_me.list_for(conn, desk.services.people, visit.staff)
    to_interpret = await translations.count_asked(conn, visit.staff)
    rests_until = visit.staff.rests_until
    return {
        "rests_until": rests_until if rests_until and rests_until > now else None,
        "waiting": waiting,
        "mine": mine,
        "claimed": claimed,
        "alarms": [item.reference for item in waiting if item.note == "alarm"],
        "there": there,
        "asked": asked,
        "to_interpret": to_interpret,
        "version": _version(waiting, mine, claimed, asked, to_interpret, there),
    }


def _version(*shown: Sequence[QueueItem] | Sequence[Asked] | int) -> str:
    """Return a short hash of the lists, so that a page is left in peace while nothing changes."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
