"""Messages that could not be delivered, and trying them again."""

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.errors import NotFound
from bot.hotline.lists import list_undelivered

LIST = "/desk/undelivered"
MAX_BIGINT = 2**63 - 1


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the list."""
    async with desk.services.db.transaction(durable=False) as conn:
        items = await list_undelivered(conn, visit.staff)
        return await frame.page(desk, conn, visit, "undelivered.html", {"items": items})


async def retry(desk: Desk, visit: Visit) -> Response:
    """Try one of them again."""
    number: int = visit.request.path_params["outbox_id"]
    if number > MAX_BIGINT:
        raise NotFound
    await desk.services.talks.retry(visit.staff, number)
    return frame.to(LIST, said="trying_again")
