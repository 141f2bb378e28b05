"""The one-time link that makes the first admin."""

from collections.abc import Container
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.desk.web.desk import Desk
from bot.desk.web.guard import Handler
from bot.desk.web.passwords import MIN_PASSWORD_CHARS, is_long_enough
from bot.desk.web.security import FORM_COOKIE, check_csrf, read_form, text_of
from bot.desk.web.sign_in import MAX_EMAIL_CHARS, form_page, start_session
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff, add_staff
from bot.messages import StaffId
from bot.store import sessions

MAX_NAME_CHARS = 80


@dataclass(frozen=True)
class Wish:
    """What somebody filled in to become the first admin."""

    email: str
    name: str
    password: str
    locale: str

    @classmethod
    def of(cls, form: FormData) -> "Wish":
        """Read it from the form."""
        return cls(
            email=text_of(form, "email").strip().lower(),
            name=" ".join(text_of(form, "name").split()),
            password=text_of(form, "password"),
            locale=text_of(form, "locale"),
        )

    def problem(self, locales: Container[str]) -> str:
        """Return what is wrong, as a word that the template knows; empty when nothing is."""
        user, at, host = self.email.partition("@")
        if not (user and at and host) or len(self.email) > MAX_EMAIL_CHARS or " " in self.email:
            return "email"
        if not 0 < len(self.name) <= MAX_NAME_CHARS:
            return "name"
        if not is_long_enough(self.password):
            return "password"
        return "" if self.locale in locales else "locale"


def show(desk: Desk) -> Handler:
    """Return the handler of the set-up form."""

    async def handler(request: Request) -> Response:
        token = request.query_params.get("token", "")
        async with desk.services.db.transaction(durable=False) as conn:
            await sessions.check_setup_link(conn, token, now=desk.now())
        return _form(desk, request, token, Wish("", "", "", desk.pages.locale_of(request)), "")

    return handler


def submit(desk: Desk) -> Handler:
    """Return the handler that makes the first admin and signs them in."""

    async def handler(request: Request) -> Response:
        form = await read_form(request)
        check_csrf(request, form, request.cookies.get(FORM_COOKIE, ""))
        token, wish = text_of(form, "token"), Wish.of(form)
        problem = wish.problem(desk.services.words.released)
        if problem:
            return _form(desk, request, token, wish, problem)
        return await start_session(desk, request, await _make_admin(desk, token, wish))

    return handler


async def _make_admin(desk: Desk, token: str, wish: Wish) -> StaffId:
    # Checked once before the costly hash, and once more when it is used up.
    async with desk.services.db.transaction(durable=False) as conn:
        await sessions.check_setup_link(conn, token, now=desk.now())
    password_hash = await desk.passwords.hash(wish.password)
    staff_id = StaffId(desk.services.clock.new_id())
    admin = Staff(staff_id, wish.email, wish.name, Role.ADMIN, (wish.locale,), wish.locale)
    async with desk.services.db.transaction() as conn:
        await sessions.use_setup_link(conn, token, now=desk.now())
        await add_staff(conn, admin, password_hash=password_hash)
    return staff_id


def _form(desk: Desk, request: Request, token: str, wish: Wish, problem: str) -> Response:
    values = {
        "token": token,
        "wish": wish,
        "problem": problem,
        "min_chars": MIN_PASSWORD_CHARS,
    }
    return form_page(desk, request, "setup.html", values, status=422 if problem else 200)
