"""What somebody sees when a request is refused or fails: a page of the desk, never a traceback."""

import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.desk.web.desk import Desk, is_htmx
from bot.desk.web.upload import FileTooLarge
from bot.errors import Conflict, NotFound, Refused, TooManyTries, Unavailable

ExceptionHandler = Callable[[Request, Exception], Awaitable[Response]]
BROKEN = 500
KNOWN = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})

log = structlog.get_logger(__name__)


def handlers(desk: Desk) -> Mapping[Any, ExceptionHandler]:
    """Return the handler of each kind of error."""

    async def on_error(request: Request, exc: Exception) -> Response:
        status = _status(exc)
        if status == BROKEN:
            # Where, but not what: a message of the database may quote what a person wrote.
            where = "".join(traceback.format_tb(exc.__traceback__))
            log.error("desk_page_failed", error=type(exc).__name__, where=where)
        return render_error(desk, request, status)

    async def on_large_file(request: Request, exc: Exception) -> Response:  # noqa: ARG001  # Starlette's form
        return _render_large_file(desk, request)

    return {HTTPException: on_error, FileTooLarge: on_large_file, Exception: on_error}


def render_error(desk: Desk, request: Request, status: int) -> Response:
    """Return the page, or for an open page the fragment, for `status`."""
    visit = getattr(request.state, "visit", None)
    locale = visit.staff.locale if visit else desk.pages.locale_of(request)
    values = {"status": status, "visit": visit, "said": "", "path": request.url.path}
    if is_htmx(request):
        headers = {"HX-Retarget": "#trouble", "HX-Reswap": "innerHTML"}
        return desk.pages.response(
            "parts/trouble.html", locale, values, status=status, headers=headers
        )
    return desk.pages.response("error.html", locale, values, status=status)


def _render_large_file(desk: Desk, request: Request) -> Response:
    """Say at the box, or on a page, what can be done about a file that is too large."""
    visit = getattr(request.state, "visit", None)
    locale = visit.staff.locale if visit else desk.pages.locale_of(request)
    values = {"refusal": "file_too_large", "visit": visit, "said": "", "path": request.url.path}
    if is_htmx(request):
        headers = {"HX-Retarget": "#refusal", "HX-Reswap": "innerHTML"}
        return desk.pages.response(
            "parts/refused.html", locale, values, status=413, headers=headers
        )
    back = request.url.path.removesuffix("/reply")
    return desk.pages.response("file_too_large.html", locale, {**values, "back": back}, status=413)


def _status(exc: Exception) -> int:
    if isinstance(exc, HTTPException):
        return exc.status_code if exc.status_code in KNOWN else 400
    for kind, status in (
        (NotFound, 404),
        (Conflict, 409),
        (TooManyTries, 429),
        (Refused, 409),
        (Unavailable, 503),
    ):
        if isinstance(exc, kind):
            return status
    return BROKEN
