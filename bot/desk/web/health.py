"""Whether every part of Suar is well, for the banner on each page."""

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit

WELL = frozenset({"ok", "off"})


async def part(desk: Desk, visit: Visit) -> Response:
    """Return the banner: empty while all is well."""
    states = await desk.services.health()
    trouble = {name: state for name, state in states.items() if state not in WELL}
    return frame.fragment(desk, visit, "parts/health.html", {"trouble": trouble})
