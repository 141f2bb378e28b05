"""Renders pages for somebody who is signed in, inside the frame that they all share."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import RedirectResponse, Response

from bot.campaigns.progress import count_stopped
from bot.desk.web.desk import HOME, Desk, Visit
from bot.hotline.lists import count_waiting, list_undelivered
from bot.hotline.permissions import Permission
from bot.hotline.referrals.access import count_late


async def page(
    desk: Desk,
    conn: AsyncConnection,
    visit: Visit,
    name: str,
    values: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> Response:
    """Return the page `name` with the frame's own numbers filled in."""
    framed = {**common(desk, visit), **(values or {})}
    framed |= await _numbers(conn, visit, framed.get("waiting"))
    return desk.pages.response(name, visit.staff.locale, framed, status=status)


def fragment(
    desk: Desk,
    visit: Visit,
    name: str,
    values: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a part of a page that is open already."""
    return desk.pages.response(
        name,
        visit.staff.locale,
        {**common(desk, visit), **(values or {})},
        status=status,
        headers=headers,
    )


def common(desk: Desk, visit: Visit) -> dict[str, Any]:
    """Return what every template for a signed-in person may use."""
    return {
        "staff": visit.staff,
        "talks": visit.may(Permission.TALK),
        "reviews": visit.may(Permission.REVIEW),
        "writes": visit.may(Permission.WRITE),
        "campaigns_too": visit.may(Permission.CAMPAIGN),
        "oversees": visit.may(Permission.OVERSEE),
        "audits": visit.may(Permission.AUDIT),
        "csrf": visit.session.csrf,
        "now": desk.now(),
        "path": visit.request.url.path,
        "said": visit.request.query_params.get("said", ""),
    }


def to(path: str = HOME, *, said: str = "") -> Response:
    """Send the browser to a page, which may say a line of `templates/words.html`."""
    return RedirectResponse(f"{path}?said={said}" if said else path, 303)


async def _numbers(
    conn: AsyncConnection, visit: Visit, waiting: Sequence[object] | None
) -> dict[str, int]:
    count = await count_waiting(conn, visit.staff) if waiting is None else len(waiting)
    return {
        "waiting_count": count,
        "late_referrals": await count_late(conn, visit.staff),
        "undelivered_count": len(await list_undelivered(conn, visit.staff)),
        "stopped_messages": await count_stopped(conn) if visit.may(Permission.CAMPAIGN) else 0,
    }
