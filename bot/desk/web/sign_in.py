"""Signing in and out."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.desk.web.browsers import name_browser
from bot.desk.web.desk import HOME, SIGN_IN, Desk, Visit
from bot.desk.web.guard import Handler, find_visit
from bot.desk.web.security import (
    FORM_COOKIE,
    SESSION_COOKIE,
    check_csrf,
    clear_cookies,
    read_form,
    session_hash,
    set_form_cookie,
    set_session,
    text_of,
)
from bot.errors import NotFound, TooManyTries
from bot.hotline.staff import Staff, get_by_email
from bot.messages import StaffId
from bot.store import sessions, throttle
from bot.store.audit import Kind, append

ACCOUNT_TRIES = 5
ADDRESS_TRIES = 20
"""An office shares one address, so this is looser."""
WINDOW = timedelta(minutes=1)
MAX_EMAIL_CHARS = 254


def show(desk: Desk) -> Handler:
    """Return the handler of the empty sign-in form."""

    async def handler(request: Request) -> Response:
        if await find_visit(desk, request) is not None:
            return RedirectResponse(HOME, 303)
        return form_page(
            desk,
            request,
            "sign_in.html",
            {"next": safe_next(request.query_params.get("next", ""))},
        )

    return handler


def submit(desk: Desk) -> Handler:
    """Return the handler that signs somebody in."""

    async def handler(request: Request) -> Response:
        form = await read_form(request)
        check_csrf(request, form, request.cookies.get(FORM_COOKIE, ""))
        email = text_of(form, "email").strip().lower()[:MAX_EMAIL_CHARS]
        kept = {"email": email, "next": safe_next(text_of(form, "next"))}
        try:
            await count_try(desk, request, account_key(desk, email))
            staff = await _check(desk, email, text_of(form, "password"))
        except TooManyTries as exc:
            wait = {"wait_minutes": minutes_of(exc)}
            page = form_page(desk, request, "sign_in.html", {**kept, **wait}, status=429)
            return asking_to_wait(page, exc)
        except NotFound:
            await _note_failed(desk, email)
            return form_page(desk, request, "sign_in.html", {**kept, "wrong": True}, status=401)
        await forgive(desk, request, account_key(desk, email))
        return await start_session(desk, request, staff.id, to=kept["next"] or HOME)

    return handler


async def sign_out(desk: Desk, visit: Visit) -> Response:
    """End this browser's session."""
    async with desk.services.db.transaction() as conn:
        await sessions.close_session(conn, visit.session.token_hash)
    response = RedirectResponse(f"{SIGN_IN}?said=goodbye", 303)
    clear_cookies(response, SESSION_COOKIE)
    return response


async def start_session(
    desk: Desk,
    request: Request,
    staff_id: StaffId,
    *,
    to: str = HOME,
    coded_at: datetime | None = None,
) -> Response:
    """Sign the browser in with a new token; the one that it held is worth nothing from now on."""
    response = RedirectResponse(to, 303)
    await give_session(desk, request, response, staff_id, coded_at=coded_at)
    return response


async def give_session(
    desk: Desk,
    request: Request,
    response: Response,
    staff_id: StaffId,
    *,
    coded_at: datetime | None,
) -> None:
    """Put a new session in place of the browser's own; `coded_at` says that the second step was taken too."""
    async with desk.services.db.transaction() as conn:
        old = session_hash(request)
        if old is not None:
            await sessions.close_session(conn, old)
        token = await sessions.open_session(
            conn,
            staff_id,
            clock=desk.services.clock,
            browser=name_browser(request.headers.get("user-agent", "")),
            coded_at=coded_at,
        )
        await append(
            conn,
            desk.services.people.lookup,
            Kind.SIGNED_IN,
            at=desk.now(),
            staff_id=staff_id,
            why="code" if coded_at else "password",
        )
    clear_cookies(response, FORM_COOKIE)
    set_session(response, token, secure=desk.services.secure_cookies)


def form_page(
    desk: Desk,
    request: Request,
    name: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    """Return a page with a form for a stranger; form and browser get the same token."""
    token = request.cookies.get(FORM_COOKIE) or desk.services.clock.token()
    shown = {
        "csrf": token,
        "said": request.query_params.get("said", ""),
        "wrong": False,
        "wait_minutes": 0,
        "email": "",
        **values,
    }
    response = desk.pages.response(name, desk.pages.locale_of(request), shown, status=status)
    set_form_cookie(response, token, secure=desk.services.secure_cookies)
    return response


async def count_try(desk: Desk, request: Request, key: bytes) -> None:
    """Count a try under a key of the account's, and for the address that it comes from.

    Raises:
        TooManyTries: One of the two has had enough.
    """
    now = desk.now()
    limits = (
        (key, ACCOUNT_TRIES),
        (_address_key(desk, request), ADDRESS_TRIES),
    )
    async with desk.services.db.transaction() as conn:
        # The same order for everybody, so that two tries never wait for each other.
        for limited, limit in sorted(limits):
            await throttle.hit(conn, limited, limit=limit, window=WINDOW, now=now)


async def forgive(desk: Desk, request: Request, key: bytes) -> None:
    """Forget earlier tries under a key, after one that was right."""
    async with desk.services.db.transaction() as conn:
        await throttle.forget(conn, key)
        await throttle.give_back(conn, _address_key(desk, request))


def account_key(desk: Desk, email: str) -> bytes:
    """Return the key under which tries of an account's password are counted."""
    return desk.services.people.lookup.of("sign-in", "account", email)


def code_key(desk: Desk, staff_id: StaffId) -> bytes:
    """Return the key under which tries of somebody's codes are counted."""
    return desk.services.people.lookup.of("sign-in", "code", str(staff_id))


def minutes_of(exc: TooManyTries) -> int:
    """Return how long to wait, as it is said."""
    return max(1, round(exc.retry_after_s / 60))


def asking_to_wait(page: Response, exc: TooManyTries) -> Response:
    """Return the page with the wait in its header, for programs."""
    page.headers["retry-after"] = str(max(1, round(exc.retry_after_s)))
    return page


async def _note_failed(desk: Desk, email: str) -> None:
    # For an unknown address too, without it: nobody learns from the time it takes whether somebody is of the staff.
    staff_id: StaffId | None = None
    async with desk.services.db.transaction() as conn:
        with suppress(NotFound):
            staff_id = (await get_by_email(conn, email))[0].id
        await append(
            conn,
            desk.services.people.lookup,
            Kind.SIGN_IN_FAILED,
            at=desk.now(),
            subject_id=staff_id,
        )


async def _check(desk: Desk, email: str, password: str) -> Staff:
    """Return whose these are; an unknown e-mail takes as long as a wrong password.

    Raises:
        NotFound: Nobody's.
    """
    staff: Staff | None = None
    known: str | None = None
    async with desk.services.db.transaction(durable=False) as conn:
        with suppress(NotFound):
            staff, known = await get_by_email(conn, email)
    right = await desk.passwords.check(password, known)
    if staff is None or known is None or not right:
        raise NotFound
    if desk.passwords.is_outdated(known):
        renewed = await desk.passwords.hash(password)
        async with desk.services.db.transaction() as conn:
            await sessions.set_password_hash(conn, staff.id, renewed)
    return staff


def _address_key(desk: Desk, request: Request) -> bytes:
    host = request.client.host if request.client else ""
    return desk.services.people.lookup.of("sign-in", "address", _network(host))


def _network(host: str) -> str:
    """Return the /64 of an IPv6 address, which one household has whole; others as they are."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return host


def safe_next(path: str) -> str:
    """Return `path` if it is a page of the desk, else nothing: never a way out to another site."""
    parts = urlsplit(path)
    is_ours = (
        path.startswith("/desk/") and "\\" not in path and not parts.netloc and ".." not in path
    )
    return parts.path if is_ours else ""
