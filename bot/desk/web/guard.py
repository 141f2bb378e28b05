"""The door: who is asking, may they, and is the form one of ours."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.status import HTTP_404_NOT_FOUND

from bot.desk.web.desk import CODE, EVENTS, HOME, SIGN_IN, Desk, Visit, is_htmx
from bot.desk.web.security import check_csrf, read_form, session_hash
from bot.desk.web.upload import FileTooLarge
from bot.errors import NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, staff_of
from bot.store.audit import Kind, append
from bot.store.sessions import StaffSession, ask_session, read_session, touch

Handler = Callable[[Request], Awaitable[Response]]
Page = Callable[[Desk, Visit], Awaitable[Response]]
Reader = Callable[[Request], Awaitable[FormData]]

ACTIVE_HEADER = "x-desk-active"
"""Set by the page's script when a hand was on the desk since its last background request."""


def signed_in(desk: Desk, page: Page) -> Handler:
    """Wrap `page` so that only the signed-in staff reach it, by both steps; a POST also needs its token."""
    return _handler(desk, page, at_door=False)


def at_door(desk: Desk, page: Page) -> Handler:
    """Wrap `page` so that those reach it, too, who have given a right password and have the second step before them."""
    return _handler(desk, page, at_door=True)


def allowed(
    desk: Desk, permission: Permission, page: Page, *, reads: Reader = read_form
) -> Handler:
    """Wrap `page` so that only those who have a permission reach it; others find nothing, and that is noted.

    `reads` is how its form is read: `read_upload` where a file may come.
    """

    async def for_some(desk: Desk, visit: Visit) -> Response:
        case_id = visit.request.path_params.get("case_id")
        if not visit.may(permission):
            await note(desk, visit, Kind.PAGE_REFUSED, subject_id=case_id, why=permission.value)
            raise NotFound
        try:
            response = await page(desk, visit)
        except NotFound:
            await _note_refused(desk, visit, case_id)
            raise
        if response.status_code == HTTP_404_NOT_FOUND:
            await _note_refused(desk, visit, case_id)
        return response

    return _handler(desk, for_some, at_door=False, reads=reads)


def confirmed(page: Page, *, back: str) -> Page:
    """Wrap `page` so that it asks for a code that was given in the last minutes.

    Args:
        page: What is to be confirmed.
        back: The page from which it is asked for, with the names of the path's parts in braces.
    """

    async def with_code(desk: Desk, visit: Visit) -> Response:
        if visit.is_fresh(desk.now()):
            return await page(desk, visit)
        return to_detour(visit, CODE, back.format(**visit.request.path_params))

    return with_code


def to_detour(visit: Visit, way: str, wanted: str) -> Response:
    """Send somebody to a page of the second step, and afterwards to where they wanted to go."""
    address = f"{way}?{urlencode({'next': wanted})}" if wanted != HOME else way
    if visit.is_htmx:
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def _handler(desk: Desk, page: Page, *, at_door: bool, reads: Reader = read_form) -> Handler:
    async def handler(request: Request) -> Response:
        visit = await find_visit(desk, request)
        if visit is None:
            return to_sign_in(request)
        request.state.visit = visit
        if visit.detour and not at_door:
            wanted = request.url.path if request.method == "GET" and not visit.is_htmx else HOME
            return to_detour(visit, visit.detour, wanted)
        if request.method == "POST":
            try:
                check_csrf(request, await reads(request), visit.session.csrf)
            except FileTooLarge:
                # Somebody chose a large file: no sign of a forged form.
                raise
            except HTTPException:
                await note(desk, visit, Kind.FORM_REFUSED)
                raise
        return await page(desk, visit)

    return handler


async def note(
    desk: Desk,
    visit: Visit,
    kind: Kind,
    *,
    subject_id: UUID | None = None,
    why: str | None = None,
) -> None:
    """Add a line to the audit log about what somebody has just done, in a transaction of its own."""
    async with desk.services.db.transaction() as conn:
        await append(
            conn,
            desk.services.people.lookup,
            kind,
            at=desk.now(),
            staff_id=visit.staff.id,
            subject_id=subject_id,
            why=why,
        )


async def _note_refused(desk: Desk, visit: Visit, case_id: UUID | None) -> None:
    # Whether the case is somebody else's or was never there: both cost the same and look the same.
    if case_id is not None:
        await note(desk, visit, Kind.CASE_REFUSED, subject_id=case_id)


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
    async with desk.services.db.batch(durable=False) as batch:
        rows = ask_session(batch, token_hash, now=desk.now())
        if active:
            conn = await batch.connection()
            if rows:
                await touch(conn, token_hash, now=desk.now())
    session = read_session(rows)
    return (staff_of(rows[0]), session) if session else None


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


def get(path: str, handler: Handler) -> Route:
    """Return the route of a page."""
    return Route(path, handler, methods=["GET"])


def post(path: str, handler: Handler) -> Route:
    """Return the route of something that a page does."""
    return Route(path, handler, methods=["POST"])
