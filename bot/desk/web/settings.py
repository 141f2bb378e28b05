"""What somebody of the staff sets for themselves, and the help page."""

from uuid import UUID

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.browsers import name_browser
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.guard import note
from bot.desk.web.passwords import MIN_PASSWORD_CHARS, is_long_enough
from bot.desk.web.security import read_form, set_session, text_of
from bot.desk.web.sign_in import account_key, count_try
from bot.errors import TooManyTries
from bot.hotline import second_step
from bot.hotline.staff import get_by_email, set_locale
from bot.hotline.staff_accounts import linked_since
from bot.store import sessions
from bot.store.audit import Kind, append

SETTINGS = "/desk/settings"


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the settings."""
    return await _page(desk, visit, "", 200)


async def change_locale(desk: Desk, visit: Visit) -> Response:
    """Read the desk in another language from now on."""
    locale = text_of(await read_form(visit.request), "locale")
    if locale not in desk.services.words.released:
        return frame.to(SETTINGS)
    async with desk.services.db.transaction() as conn:
        await set_locale(conn, visit.staff.id, locale)
    return frame.to(SETTINGS, said="saved")


async def change_password(desk: Desk, visit: Visit) -> Response:
    """Change the password; every other browser is signed out, and this one gets a new token."""
    form = await read_form(visit.request)
    wanted = text_of(form, "password")
    if not is_long_enough(wanted):
        return await _page(desk, visit, "password", 422)
    try:
        await count_try(desk, visit.request, account_key(desk, visit.staff.email))
    except TooManyTries:
        return await _page(desk, visit, "too_many_tries", 429)
    if not await _knows_current(desk, visit, text_of(form, "current")):
        return await _page(desk, visit, "current", 422)
    password_hash = await desk.passwords.hash(wanted)
    async with desk.services.db.transaction() as conn:
        await sessions.set_password_hash(conn, visit.staff.id, password_hash)
        await sessions.close_all(conn, visit.staff.id)
        token = await sessions.open_session(
            conn,
            visit.staff.id,
            clock=desk.services.clock,
            browser=name_browser(visit.request.headers.get("user-agent", "")),
            coded_at=visit.session.coded_at,
        )
        await append(
            conn,
            desk.services.people.lookup,
            Kind.PASSWORD_CHANGED,
            at=desk.now(),
            staff_id=visit.staff.id,
        )
    response = frame.to(SETTINGS, said="password_changed")
    set_session(response, token, secure=desk.services.secure_cookies)
    return response


async def end_browser(desk: Desk, visit: Visit) -> Response:
    """Sign another of one's own browsers out, or this one."""
    session_id: UUID = visit.request.path_params["session_id"]
    async with desk.services.db.transaction() as conn:
        await sessions.end_session(conn, visit.staff.id, session_id)
    await note(desk, visit, Kind.SESSION_ENDED)
    return frame.to(SETTINGS, said="browser_ended")


async def end_others(desk: Desk, visit: Visit) -> Response:
    """Sign every other browser out."""
    async with desk.services.db.transaction() as conn:
        await sessions.close_all(conn, visit.staff.id, but=visit.session.token_hash)
    await note(desk, visit, Kind.SESSION_ENDED)
    return frame.to(SETTINGS, said="browser_ended")


async def help_page(desk: Desk, visit: Visit) -> Response:
    """Show how the desk works."""
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "help.html")


async def _knows_current(desk: Desk, visit: Visit, password: str) -> bool:
    async with desk.services.db.transaction(durable=False) as conn:
        _, known = await get_by_email(conn, visit.staff.email)
    return await desk.passwords.check(password, known)


async def _page(desk: Desk, visit: Visit, problem: str, status: int) -> Response:
    spoken = sorted({*desk.services.words.locales, *visit.staff.languages})
    async with desk.services.db.transaction(durable=False) as conn:
        values = {
            "problem": problem,
            "min_chars": MIN_PASSWORD_CHARS,
            "spoken": spoken,
            "second_step": await second_step.get_standing(conn, visit.staff.id),
            "browsers": await sessions.list_open(conn, visit.staff.id, now=desk.now()),
            "this_browser": visit.session.id,
            "telegram_since": await linked_since(conn, visit.staff.id),
            "staff_bot": desk.services.staff_bot,
        }
        return await frame.page(desk, conn, visit, "settings.html", values, status=status)
