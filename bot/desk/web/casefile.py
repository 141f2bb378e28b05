"""The file of a person: what is written, how danger went, who is involved, the days agreed on, and their wish to read it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.desk.web import conversation, frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.risk_chart import draw_risks
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, ConsentMissing, NotFound, NotSure, Refused
from bot.hotline import casefile_changes, casefile_days, casefile_wishes, protocols
from bot.hotline.access import check_access, note_read
from bot.hotline.casefile import TEXTS, CaseFile, access_file
from bot.hotline.casefile_changes import MAX_LINE_CHARS, MAX_TEXT_CHARS, Around, WrapUpMissing
from bot.hotline.casefile_days import PACES
from bot.hotline.referrals.access import list_referrals

Change = Callable[[AsyncConnection, FormData], Awaitable[None]]
MAX_NUMBER_CHARS = 18


class Wrong(Refused):
    """A form that cannot be kept; `problem` is a key of the desk's words."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class _Written(dict[str, str]):
    """What stood in the form that was sent last; empty where it had no such field."""

    def __missing__(self, name: str) -> str:
        return ""


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the file."""
    return await _page(desk, visit)


async def write(desk: Desk, visit: Visit) -> Response:
    """Keep a version of a text."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        kind, text = text_of(form, "kind"), _lines(form, "text")
        if len(text) > MAX_TEXT_CHARS:
            raise Wrong("long")
        people, seen = desk.services.people, _number(form, "seen")
        await casefile_changes.write_text(
            conn, people, visit.staff, _case_id(visit), kind, text, seen=seen, now=desk.now()
        )

    return await _change(desk, visit, change)


async def wrap_up(desk: Desk, visit: Visit) -> Response:
    """Keep what the talk was about."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        known, chosen = desk.services.content().wrap_up, _texts(form, "category")
        people, case_id = desk.services.people, _case_id(visit)
        await casefile_changes.wrap_up(
            conn, people, visit.staff, case_id, chosen, known, now=desk.now()
        )

    return await _change(desk, visit, change)


async def closing(desk: Desk, visit: Visit) -> Response:
    """Close the conversation, or first ask for what it was about where the operator wants that."""
    try:
        return await conversation.close(desk, visit)
    except WrapUpMissing:
        return frame.to(_address(visit), said="choose_wrap_up")


async def choose_protocol(desk: Desk, visit: Visit) -> Response:
    """Let the case follow a province's protocol."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        known = desk.services.content().protocols
        wanted = text_of(form, "protocol")
        await protocols.choose(conn, visit.staff, _case_id(visit), wanted, known)

    return await _change(desk, visit, change)


async def set_step(desk: Desk, visit: Visit) -> Response:
    """Note that a step of the protocol is done, or not after all."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        stage, done = text_of(form, "stage"), text_of(form, "done") == "yes"
        await protocols.set_done(
            conn, visit.staff, _case_id(visit), stage, done=done, now=desk.now()
        )

    return await _change(desk, visit, change)


async def involve(desk: Desk, visit: Visit) -> Response:
    """Keep somebody whom the person agrees to have involved."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        around = Around(
            who=text_of(form, "who").strip(),
            family=text_of(form, "family") == "yes",
            purpose=text_of(form, "purpose").strip(),
            channel=text_of(form, "channel").strip(),
            may_know=text_of(form, "may_know").strip(),
        )
        problem = around.problem() or ("" if text_of(form, "agreed") else "agreed")
        if problem:
            raise Wrong(problem)
        services = desk.services
        await casefile_changes.involve(
            conn, services.people, visit.staff, _case_id(visit), around,
            locale=visit.staff.locale, clock=services.clock,
        )  # fmt: skip

    return await _change(desk, visit, change)


async def end_involvement(desk: Desk, visit: Visit) -> Response:
    """End what somebody may know."""

    async def change(conn: AsyncConnection, _: FormData) -> None:
        person_id: UUID = visit.request.path_params["person_id"]
        await casefile_changes.end_involvement(
            conn, visit.staff, _case_id(visit), person_id, now=desk.now()
        )

    return await _change(desk, visit, change)


async def plan_day(desk: Desk, visit: Visit) -> Response:
    """Plan a day on which the person is written to."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        purpose = text_of(form, "purpose").strip()
        if not purpose or len(purpose) > MAX_LINE_CHARS:
            raise Wrong("day_purpose")
        try:
            on = date.fromisoformat(text_of(form, "on"))
        except ValueError:
            raise Wrong("day") from None
        services = desk.services
        try:
            await casefile_days.plan_day(
                conn, services.people, visit.staff, _case_id(visit), on, purpose,
                clock=services.clock,
            )  # fmt: skip
        except Conflict:
            raise Wrong("day_taken") from None
        except ConsentMissing:
            raise Wrong("day_unwanted") from None

    return await _change(desk, visit, change)


async def end_day(desk: Desk, visit: Visit) -> Response:
    """Note that a day is done, or take it off the plan."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        day_id: UUID = visit.request.path_params["day_id"]
        done = text_of(form, "done") == "yes"
        await casefile_days.end_day(conn, visit.staff, _case_id(visit), day_id, done=done)

    return await _change(desk, visit, change)


async def change_pace(desk: Desk, visit: Visit) -> Response:
    """Slower, a pause or the end, as the person has said."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        wanted = text_of(form, "pace")
        pace = next((each for each in PACES if each == wanted), None)
        if pace is None:
            raise NotFound
        await casefile_days.change_pace_for(
            conn, visit.staff, _case_id(visit), pace, now=desk.now()
        )

    return await _change(desk, visit, change)


async def release(desk: Desk, visit: Visit) -> Response:
    """Let the person read the text that the counsellor has written for them."""

    async def change(conn: AsyncConnection, form: FormData) -> None:
        text = _lines(form, "text")
        if not text or len(text) > casefile_wishes.MAX_TEXT_CHARS:
            raise Wrong("release")
        wish_id: UUID = visit.request.path_params["wish_id"]
        people, case_id = desk.services.people, _case_id(visit)
        await casefile_wishes.release(
            conn, people, visit.staff, case_id, wish_id, text, now=desk.now()
        )

    return await _change(desk, visit, change)


async def _change(desk: Desk, visit: Visit, change: Change) -> Response:
    """Do one change in one transaction; what was wrong in the form is said on the page, and its words are still there."""
    form = await read_form(visit.request)
    try:
        async with desk.services.db.transaction() as conn:
            await change(conn, form)
    except Wrong as exc:
        return await _page(desk, visit, problem=exc.problem, form=form)
    except Conflict:
        return await _page(desk, visit, problem="moved_on", form=form)
    return frame.to(_address(visit), said="saved")


async def _page(
    desk: Desk, visit: Visit, *, problem: str = "", form: FormData | None = None
) -> Response:
    services, case_id = desk.services, _case_id(visit)
    content = services.content()
    async with services.db.transaction() as conn:
        try:
            file = await access_file(conn, services.people, visit.staff, case_id)
        except (ConsentMissing, NotSure) as exc:
            shut = {"unsure": isinstance(exc, NotSure)}
            return await frame.page(desk, conn, visit, "file_shut.html", shut, status=409)
        values = {
            "file": file,
            "chart": draw_risks(file.risks, desk.now()),
            "texts": TEXTS,
            "referrals": await list_referrals(conn, visit.staff, case_id=case_id),
            "followed": await protocols.get_followed(conn, case_id, content.protocols),
            "protocols": content.protocols,
            "categories": content.wrap_up.categories,
            "wrap_up_required": content.wrap_up.required,
            "paces": PACES,
            "problem": problem,
            "written": _Written({name: text_of(form, name) for name in form} if form else {}),
            "draft": _readable(file),
            "max_text": MAX_TEXT_CHARS,
            "max_line": MAX_LINE_CHARS,
            "max_release": casefile_wishes.MAX_TEXT_CHARS,
            "today": desk.now().date(),
        }
        why = await check_access(conn, visit.staff, case_id)
        await note_read(conn, services.people, visit.staff, case_id, why)
    # Whoever notes a read waits for all others, so nothing is drawn meanwhile.
    async with services.db.transaction(durable=False) as conn:
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "casefile.html", values, status=status)


def _readable(file: CaseFile) -> str:
    """Return what a counsellor starts from who writes it down for the person: their own summary and safety plan."""
    newest = (
        file.texts[kind][0].text for kind in ("summary", "safety_plan") if kind in file.texts
    )
    return "\n\n".join(newest)[: casefile_wishes.MAX_TEXT_CHARS]


def _lines(form: FormData, name: str) -> str:
    return text_of(form, name).replace("\r\n", "\n").strip()


def _texts(form: FormData, name: str) -> list[Any]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _number(form: FormData, name: str) -> int:
    given = text_of(form, name)
    usable = given.isascii() and given.isdecimal() and len(given) <= MAX_NUMBER_CHARS
    return int(given) if usable else -1


def _case_id(visit: Visit) -> UUID:
    case_id: UUID = visit.request.path_params["case_id"]
    return case_id


def _address(visit: Visit) -> str:
    return f"/desk/cases/{_case_id(visit)}/file"
