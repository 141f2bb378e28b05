"""What guards every page: headers, the size of what is sent, forged requests, the cookies."""

import hmac
from dataclasses import dataclass

from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.status import HTTP_400_BAD_REQUEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.store.crypto import hash_token
from bot.store.sessions import LIFE

SESSION_COOKIE = "suar_desk"
FORM_COOKIE = "suar_desk_form"
"""Pairs a form with the browser that asked for it, where nobody is signed in yet."""
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
COOKIE_PATH = "/desk"
MAX_BODY_BYTES = 64 * 1024
MAX_FIELDS = 2200
"""A review sends one field for each word that is blackened; a text has 2,000 characters at most, and each may be a word."""
STATIC_PATH = "/desk/static/"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
FILE_POLICY = "sandbox; default-src 'none'"
"""For a file from outside, should it ever be opened as a page of its own: it may load and run nothing."""
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}


@dataclass(frozen=True)
class Guarded:
    """Middleware: adds the headers to every answer, and forbids keeping a page."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                strict = headers.get("content-security-policy") == FILE_POLICY
                headers.update(HEADERS)
                if strict:
                    headers["content-security-policy"] = FILE_POLICY
                headers["cache-control"] = _kept(scope, message["status"])
            await send(message)

        await self.app(_without_nul(scope), receive, guarded)


def _without_nul(scope: Scope) -> Scope:
    """Return a request whose address can be stored and looked up: a NUL, which no address of ours has, is none."""
    if scope["type"] != "http":
        return scope
    path = scope["path"].replace("\x00", "\ufffd")
    return {**scope, "path": path, "query_string": scope["query_string"].replace(b"%00", b"")}


def _kept(scope: Scope, status: int) -> str:
    if status >= HTTP_400_BAD_REQUEST or not scope["path"].startswith(STATIC_PATH):
        return "no-store"
    # An address with the files' fingerprint never changes its meaning; others are asked for again.
    return "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"


async def read_form(request: Request) -> FormData:
    """Read a form that is small enough to be one of ours.

    Raises:
        HTTPException: 413, or 400 when it is none at all.
    """
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise HTTPException(413)
    try:
        form = await request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_BODY_BYTES)
    except UnicodeError:
        raise HTTPException(400) from None
    return storable(form)


def storable(form: FormData) -> FormData:
    """Return a form whose texts can be stored: no keyboard writes a NUL, and PostgreSQL takes none."""
    return FormData(
        [
            (
                name.replace("\x00", ""),
                value.replace("\x00", "") if isinstance(value, str) else value,
            )
            for name, value in form.multi_items()
        ]
    )


def text_of(form: FormData, name: str) -> str:
    """Return one field of a form as text; empty when it is missing."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def check_csrf(request: Request, form: FormData, expected: str) -> None:
    """Make sure that a form was sent from one of our own pages.

    Raises:
        HTTPException: 403, it was not.
    """
    given = request.headers.get(CSRF_HEADER) or text_of(form, CSRF_FIELD)
    from_elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in {
        "same-origin",
        "none",
    }
    same = hmac.compare_digest(given.encode(errors="replace"), expected.encode(errors="replace"))
    if from_elsewhere or not expected or not same:
        raise HTTPException(403)


def session_hash(request: Request) -> bytes | None:
    """Return the hash of the session token that the browser holds, if it holds one."""
    token = request.cookies.get(SESSION_COOKIE)
    return hash_token(token) if token else None


def set_session(response: Response, token: str, *, secure: bool) -> None:
    """Give the browser its session."""
    _set_cookie(response, SESSION_COOKIE, token, secure=secure, max_age=int(LIFE.total_seconds()))


def set_form_cookie(response: Response, token: str, *, secure: bool) -> None:
    """Give the browser the other half of the token in a form."""
    _set_cookie(response, FORM_COOKIE, token, secure=secure, max_age=None)


def clear_cookies(response: Response, *names: str) -> None:
    """Take cookies of the desk back."""
    for name in names:
        response.delete_cookie(name, path=COOKIE_PATH, httponly=True, samesite="strict")


def _set_cookie(
    response: Response, name: str, value: str, *, secure: bool, max_age: int | None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=COOKIE_PATH,
        secure=secure,
        httponly=True,
        samesite="strict",
    )
