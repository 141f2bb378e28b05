"""The campaigns: all of them, and one with its messages."""

from starlette.responses import Response

from bot.campaigns import campaigns
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.studio.doors import Door

LIST = "/desk/campaigns"


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show all campaigns that are not archived."""
    async with desk.services.studio.db.transaction(durable=False) as conn:
        listed = await campaigns.all_of(conn)
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "studio/campaigns.html", {"campaigns": listed})


DOORS = (Door("GET", "/campaigns", show_list),)
