"""Whether every part of Suar is well, for the banner on each page; and for supervisors, whether unusual traffic is to be looked at."""

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.errors import StoreUnavailable
from bot.hotline import unusual
from bot.hotline.permissions import Permission

WELL = frozenset({"ok", "off"})


async def part(desk: Desk, visit: Visit) -> Response:
    """Return the banner: empty while all is well."""
    states = await desk.services.health()
    trouble = {name: state for name, state in states.items() if state not in WELL}
    alarm, many = await _traffic(desk, visit)
    values = {"trouble": trouble, "same_danger": alarm, "unusual": many}
    return frame.fragment(desk, visit, "parts/health.html", values)


async def _traffic(desk: Desk, visit: Visit) -> tuple[int, int]:
    """Return how many people tell the same danger as others, and how many groups send the same without any, that nobody has seen to."""
    if not visit.may(Permission.OVERSEE):
        return 0, 0
    try:
        async with desk.services.db.transaction(durable=False) as conn:
            alarms, _, groups = await unusual.look_at_groups(conn, now=desk.now())
    except StoreUnavailable:
        # The banner says already that the database is away.
        return 0, 0
    return sum(group.people for group in alarms), sum(group.ruling is None for group in groups)
