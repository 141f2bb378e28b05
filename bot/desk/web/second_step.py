"""The second step: the page that asks for a code, at the sign-in and before what needs a fresh one, and setting it up."""

from typing import Any

import segno
from markupsafe import Markup
from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import CODE, HOME, SECOND_STEP, Desk, Visit
from bot.desk.web.guard import note, to_detour
from bot.desk.web.security import read_form, text_of
from bot.desk.web.sign_in import (
    asking_to_wait,
    code_key,
    count_try,
    forgive,
    give_session,
    minutes_of,
    safe_next,
    start_session,
)
from bot.errors import TooManyTries
from bot.hotline import second_step
from bot.hotline.second_step import Given
from bot.hotline.staff import Staff
from bot.store import sessions
from bot.store.audit import Kind, append

GROUP_CHARS = 4


async def show_code(desk: Desk, visit: Visit) -> Response:
    """Ask for a code."""
    wanted = safe_next(visit.request.query_params.get("next", ""))
    if not visit.session.has_second_step:
        return to_detour(visit, SECOND_STEP, wanted or HOME)
    return _code_page(desk, visit, wanted)


async def give_code(desk: Desk, visit: Visit) -> Response:
    """Take a code: it ends the sign-in, or counts for what needs a fresh one."""
    form = await read_form(visit.request)
    wanted = safe_next(text_of(form, "next"))
    why = "fresh" if visit.session.coded_at else "sign_in"
    try:
        given = await _use(desk, visit, text_of(form, "code"), why)
    except TooManyTries as exc:
        page = _code_page(desk, visit, wanted, wait_minutes=minutes_of(exc), status=429)
        return asking_to_wait(page, exc)
    if given is None:
        return _code_page(desk, visit, wanted, wrong=True, status=422)
    if visit.session.coded_at is None:
        return await start_session(
            desk, visit.request, visit.staff.id, to=wanted or HOME, coded_at=desk.now()
        )
    # The token stays: a talk that is open in another tab goes on.
    async with desk.services.db.transaction() as conn:
        await sessions.note_code(conn, visit.session.token_hash, at=desk.now())
    return frame.to(wanted or HOME, said="code_given")


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the picture that sets the app up; whoever has one already gives a code first."""
    if visit.session.has_second_step and not visit.is_fresh(desk.now()):
        return to_detour(visit, CODE, SECOND_STEP)
    return await _set_up_page(desk, visit, safe_next(visit.request.query_params.get("next", "")))


async def set_up(desk: Desk, visit: Visit) -> Response:
    """Set the app up with its first code; shows the recovery codes once and signs other browsers out."""
    if visit.session.has_second_step and not visit.is_fresh(desk.now()):
        return to_detour(visit, CODE, SECOND_STEP)
    form = await read_form(visit.request)
    wanted, services = safe_next(text_of(form, "next")), desk.services
    try:
        await count_try(desk, visit.request, code_key(desk, visit.staff.id))
    except TooManyTries as exc:
        await note(desk, visit, Kind.CODE_TOO_OFTEN, why="set_up")
        page = await _set_up_page(desk, visit, wanted, wait_minutes=minutes_of(exc), status=429)
        return asking_to_wait(page, exc)
    async with services.db.transaction() as conn:
        codes = await second_step.confirm(
            conn, services.people, visit.staff.id, text_of(form, "code"), now=desk.now()
        )
        if codes is not None:
            await sessions.close_all(conn, visit.staff.id, but=visit.session.token_hash)
            await append(
                conn,
                services.people.lookup,
                Kind.SECOND_STEP_SET_UP,
                at=desk.now(),
                staff_id=visit.staff.id,
            )
    if codes is None:
        await note(desk, visit, Kind.CODE_WRONG, why="set_up")
        return await _set_up_page(desk, visit, wanted, wrong=True, status=422)
    await forgive(desk, visit.request, code_key(desk, visit.staff.id))
    page = _codes_page(desk, visit, codes, wanted)
    await give_session(desk, visit.request, page, visit.staff.id, coded_at=desk.now())
    return page


async def make_codes(desk: Desk, visit: Visit) -> Response:
    """Make new recovery codes and show them once."""
    services = desk.services
    async with services.db.transaction() as conn:
        codes = await second_step.make_recovery_codes(conn, services.people.lookup, visit.staff.id)
        await append(
            conn,
            services.people.lookup,
            Kind.RECOVERY_CODES_MADE,
            at=desk.now(),
            staff_id=visit.staff.id,
        )
    return _codes_page(desk, visit, codes, "")


async def _use(desk: Desk, visit: Visit, code: str, why: str) -> Given | None:
    """Try a code; every wrong one is counted and noted.

    Raises:
        TooManyTries: Not now, whether it is right or not.
    """
    key, services = code_key(desk, visit.staff.id), desk.services
    try:
        await count_try(desk, visit.request, key)
    except TooManyTries:
        await note(desk, visit, Kind.CODE_TOO_OFTEN, why=why)
        raise
    async with services.db.transaction() as conn:
        given = await second_step.use_code(
            conn, services.people, visit.staff.id, code, now=desk.now()
        )
    if given is None:
        await note(desk, visit, Kind.CODE_WRONG, why=why)
        return None
    if given is Given.RECOVERY:
        await note(desk, visit, Kind.RECOVERY_CODE_USED, why=why)
    await forgive(desk, visit.request, key)
    return given


def _code_page(
    desk: Desk,
    visit: Visit,
    wanted: str,
    *,
    wrong: bool = False,
    wait_minutes: int = 0,
    status: int = 200,
) -> Response:
    values = {
        "next": wanted,
        "wrong": wrong,
        "wait_minutes": wait_minutes,
        "signed_in": visit.session.coded_at is not None,
        "max_chars": second_step.MAX_CODE_CHARS,
    }
    return frame.fragment(desk, visit, "code.html", values, status=status)


async def _set_up_page(
    desk: Desk,
    visit: Visit,
    wanted: str,
    *,
    wrong: bool = False,
    wait_minutes: int = 0,
    status: int = 200,
) -> Response:
    async with desk.services.db.transaction() as conn:
        secret = await second_step.begin(conn, desk.services.people, visit.staff.id)
    values = {
        "next": wanted,
        "wrong": wrong,
        "wait_minutes": wait_minutes,
        "changes": visit.session.has_second_step,
        "max_chars": second_step.MAX_CODE_CHARS,
        **_shown(secret, visit.staff),
    }
    return frame.fragment(desk, visit, "second_step.html", values, status=status)


def _shown(secret: str, staff: Staff) -> dict[str, Any]:
    """Return the secret as a picture for the app's camera, and in groups for who has to type it."""
    picture = segno.make(second_step.address_of(secret, staff), error="m")
    groups = [secret[at : at + GROUP_CHARS] for at in range(0, len(secret), GROUP_CHARS)]
    # White around and beneath, also in the dark: some apps read nothing else.
    drawn = picture.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="qr")
    return {"picture": Markup(drawn), "groups": groups}  # noqa: S704  # drawn by the library from the address alone


def _codes_page(desk: Desk, visit: Visit, codes: list[str], wanted: str) -> Response:
    values = {"codes": codes, "next": wanted or HOME}
    return frame.fragment(desk, visit, "recovery_codes.html", values)
