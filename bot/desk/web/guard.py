"""The door: who is asking, may they, and is the form one of ours."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.desk.web.desk import EVENTS, HOME, SIGN_IN, Desk, Visit, is_htmx
from bot.desk.web.security import check_csrf, read_form, session_hash
from bot.errors import NotFound
from bot.hotline.staff import Staff, get_staff
from bot.store.sessions import StaffSession, find_session, touch

Handler = Callable[[Request], Awaitable[Response]]
Page = Callable[[Desk, Visit], Awaitable[Response]]

ACTIVE_HEADER = "x-desk-active"
"""Set by the page's script when a hand was on the desk since its last background request."""


def signed_in(desk: Desk, page: Page) -> Handler:
    """Wrap `page` so that only the signed-in staff reach it; a POST also needs its token."""

    async def handler(request: Request) -> Response:
        visit = await find_visit(desk, request)
        if visit is None:
            return to_sign_in(request)
        request.state.visit = visit
        if request.method == "POST":
            check_csrf(request, await read_form(request), visit.session.csrf)
        return await page(desk, visit)

    return handler


def talking(desk: Desk, page: Page) -> Handler:
    """Wrap `page` so that only those who may talk with people reach it; others find nothing."""

    async def for_talkers(desk: Desk, visit: Visit) -> Response:
        if not visit.talks:
            raise NotFound
        return await page(desk, visit)

    return signed_in(desk, for_talkers)


def reviewing(desk: Desk, page: Page) -> Handler:
    """Wrap `page` so that only those who may label messages reach it; others find nothing."""

    async def for_reviewers(desk: Desk, visit: Visit) -> Response:
        if not visit.reviews:
            raise NotFound
        return await page(desk, visit)

    return signed_in(desk, for_reviewers)


def checking(desk: Desk, page: Page) -> Handler:
    """Wrap `page` so that only those who may record checks reach it; others find nothing."""

    async def for_checkers(desk: Desk, visit: Visit) -> Response:
        if not visit.checks:
            raise NotFound
        return await page(desk, visit)

    return signed_in(desk, for_checkers)


def writing(desk: Desk, page: Page) -> Handler:
    """Wrap `page` so that only those who may edit what Suar says reach it; others find nothing."""

    async def for_writers(desk: Desk, visit: Visit) -> Response:
        if not visit.writes:
            raise NotFound
        return await page(desk, visit)

    return signed_in(desk, for_writers)


async def find_visit(desk: Desk, request: Request) -> Visit | None:
    """Return who is asking, if they are signed in."""
    token_hash = session_hash(request)
    if token_hash is None:
        return None
    found = await _find(desk, token_hash, active=_is_active(request))
    return Visit(request, *found) if found else None


async def _find(
    desk: Desk, token_hash: bytes, *, active: bool
) -> tuple[Staff, StaffSession] | None:
    async with desk.services.db.transaction(durable=False) as conn:
        session = await find_session(conn, token_hash, now=desk.now())
        if session is None:
            return None
        if active:
            await touch(conn, token_hash, now=desk.now())
        return await get_staff(conn, session.staff_id), session


def to_sign_in(request: Request) -> Response:
    """Send somebody to the sign-in page, and afterwards back to where they wanted to go."""
    if is_htmx(request):
        # The page that is open stays where it is in the history; htmx follows this header.
        return Response(status_code=401, headers={"HX-Redirect": f"{SIGN_IN}?said=signed_out"})
    wanted = request.url.path
    if request.method != "GET" or wanted == HOME:
        return RedirectResponse(SIGN_IN, 303)
    return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': wanted})}", 303)


def _is_active(request: Request) -> bool:
    """Pages and forms are somebody's doing; what an open page fetches by itself is not."""
    by_itself = "/parts/" in request.url.path or request.url.path == EVENTS
    return not by_itself or ACTIVE_HEADER in request.headers
