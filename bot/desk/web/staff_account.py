"""Linking one's Telegram account: the code is shown once, on the page that answers the form, and stands in no address."""

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.settings import SETTINGS
from bot.errors import NotFound, TooManyTries
from bot.hotline import staff_accounts

TOO_MANY = 429


async def make_code(desk: Desk, visit: Visit) -> Response:
    """Show a new code; an older one is worth nothing from now on.

    Raises:
        NotFound: There is no bot of the staff's here.
    """
    services = desk.services
    if not services.staff_bot:
        raise NotFound
    code, status = "", 200
    try:
        async with services.db.transaction() as conn:
            await staff_accounts.count_code(conn, services.people, visit.staff, desk.now())
    except TooManyTries:
        status = TOO_MANY
    async with services.db.transaction() as conn:
        if status != TOO_MANY:
            code = await staff_accounts.make_code(conn, services.people, visit.staff)
        return await frame.page(
            desk, conn, visit, "staff_code.html", {"code": code}, status=status
        )


async def unlink(desk: Desk, visit: Visit) -> Response:
    """Let one's account go, at once."""
    async with desk.services.db.transaction() as conn:
        await staff_accounts.unlink(conn, visit.staff.id)
    return frame.to(SETTINGS, said="saved")
