"""Editing an answer: the form with its preview, and one edit on its way to being published."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.content.edits import LIMITS, Edit, fields_of, with_edits
from bot.desk.web import frame
from bot.desk.web.answer_form import Problem, problem_of, read_fields
from bot.desk.web.answers import ACTIONS, LIST
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.preview import preview
from bot.desk.web.security import read_form, text_of
from bot.editing import rules, work
from bot.editing.changes import compare_fields
from bot.editing.proof import prove_edit
from bot.editing.rules import Desired, Now, Sheet
from bot.errors import Conflict, ContentError
from bot.store import content_edits
from bot.store.content_edits import Record

EDITS = "/desk/edits"
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Page:
    """What the form shows beside what is said now."""

    fields: dict[str, Any] | None = None
    """What the writer wants; None for their draft, or what is said."""
    note: str = ""
    problem: Problem | None = None
    status: int = 200
    again: Record | None = field(default=None)
    """An edit that is taken up again."""


async def show_form(desk: Desk, visit: Visit) -> Response:
    """Show the form with one's own draft in it, or what is said now; somebody else's edit is shown as it is."""
    name, locale = _where(visit)
    async with desk.services.db.transaction(durable=False) as conn:
        found = await content_edits.find_open(conn, name, locale)
        if found is not None and (found.author_id != visit.staff.id or found.state != "draft"):
            return frame.to(f"{EDITS}/{found.id}")
        again = await _taken_up(conn, visit)
        if again is not None and (again.answer, again.locale) == (name, locale):
            return await _form(desk, conn, visit, Page(again.fields, again.note, again=again))
        shown = Page(found.fields, found.note) if found else Page()
        return await _form(desk, conn, visit, shown)


async def save(desk: Desk, visit: Visit) -> Response:
    """Keep a draft; with `do=send`, ask for a review at once. What was typed stays in the form when that cannot be."""
    form = await read_form(visit.request)
    name, locale = _where(visit)
    async with desk.services.db.transaction(durable=False) as conn:
        now = await work.get_now(conn, desk.services.live)
        sheet = await work.get_sheet(conn, now, name, locale)
    fields, note = read_fields(form, locale, sheet.former), text_of(form, "note").strip()
    desired = Desired(name, locale, fields, text_of(form, "seen"), note)
    try:
        return await _keep(desk, visit, desired, send_it=text_of(form, "do") == "send")
    except Conflict:
        problem, status = Problem("", "moved"), 409
    except ContentError as exc:
        problem, status = problem_of(exc, fields), 422
    except ValueError as exc:
        problem, status = Problem("", str(exc)), 422
    async with desk.services.db.transaction(durable=False) as conn:
        return await _form(desk, conn, visit, Page(fields, note, problem, status))


async def _keep(desk: Desk, visit: Visit, desired: Desired, *, send_it: bool) -> Response:
    live = desk.services.live
    async with desk.services.db.transaction() as conn:
        edit_id = await work.save_draft(conn, live, visit.staff, desired)
    if not send_it:
        return frame.to(f"{EDITS}/{edit_id}", said="draft_saved")
    # A draft that cannot be sent is kept all the same.
    async with desk.services.db.transaction() as conn:
        await work.send(conn, live, visit.staff, edit_id)
    return frame.to(f"{EDITS}/{edit_id}", said="sent_to_review")


async def preview_part(desk: Desk, visit: Visit) -> Response:
    """Return the preview of what stands in the form, or what is wrong with it."""
    form = await read_form(visit.request)
    name, locale = _where(visit)
    async with desk.services.db.transaction() as conn:
        now = await work.get_now(conn, desk.services.live)
        sheet = await work.get_sheet(conn, now, name, locale)
        source = await content_edits.find_open(conn, name, None)
    wanted = _edit(name, locale, read_fields(form, locale, sheet.former), sheet)
    values = _previewed(desk, now, wanted, source)
    return frame.fragment(desk, visit, "parts/preview.html", values)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one edit: what is different, how it will look, and what this person may do with it."""
    return await _edit_page(desk, visit)


async def send(desk: Desk, visit: Visit) -> Response:
    """Ask for a review of one's draft."""
    number = _edit_id(visit)
    try:
        async with desk.services.db.transaction() as conn:
            await work.send(conn, desk.services.live, visit.staff, number)
    except ContentError as exc:
        return await _edit_page(desk, visit, exc)
    return frame.to(f"{EDITS}/{number}", said="sent_to_review")


async def publish(desk: Desk, visit: Visit) -> Response:
    """Publish what somebody else wrote; this process says it at once, the others when they hear of it."""
    number = _edit_id(visit)
    verdict = text_of(await read_form(visit.request), "verdict")
    try:
        async with desk.services.db.transaction() as conn:
            await work.publish(conn, desk.services.live, visit.staff, number, verdict=verdict)
    except ContentError as exc:
        return await _edit_page(desk, visit, exc)
    await desk.services.live.look()
    return frame.to(f"{EDITS}/{number}", said="published")


async def refuse(desk: Desk, visit: Visit) -> Response:
    """Send an edit back to its author, with the reason."""
    number = _edit_id(visit)
    verdict = text_of(await read_form(visit.request), "verdict")
    try:
        async with desk.services.db.transaction() as conn:
            await work.refuse(conn, desk.services.live, visit.staff, number, verdict=verdict)
    except ValueError:
        return await _edit_page(desk, visit, Problem("", "verdict"))
    return frame.to(f"{EDITS}/{number}", said="sent_back")


async def withdraw(desk: Desk, visit: Visit) -> Response:
    """Take an edit back."""
    number = _edit_id(visit)
    async with desk.services.db.transaction() as conn:
        await work.withdraw(conn, desk.services.live, visit.staff, number)
    await desk.services.live.look()
    return frame.to(f"{EDITS}/{number}", said="withdrawn")


async def undo(desk: Desk, visit: Visit) -> Response:
    """Let the former words be said again."""
    number = _edit_id(visit)
    try:
        async with desk.services.db.transaction() as conn:
            record = await content_edits.get(conn, number)
            at_once = await work.undo(conn, desk.services.live, visit.staff, number)
    except ContentError as exc:
        return await _edit_page(desk, visit, exc)
    await desk.services.live.look()
    said = "taken_back" if at_once else "undo_sent"
    return frame.to(f"{LIST}/{record.answer}", said=said)


async def _form(desk: Desk, conn: AsyncConnection, visit: Visit, shown: Page) -> Response:
    name, locale = _where(visit)
    now = await work.get_now(conn, desk.services.live)
    sheet = await work.get_sheet(conn, now, name, locale)
    source = await content_edits.find_open(conn, name, None)
    wish = {**sheet.former, **(shown.fields or {})}
    if locale is not None:
        wish = {text: wish[text] for text in sheet.former}
    values = {
        "answer": now.content.answers[name],
        "edited": locale,
        "sheet": sheet,
        "wish": wish,
        "note": shown.note,
        "problem": shown.problem,
        "again": shown.again,
        "changes": compare_fields(sheet.former, wish),
        "limits": LIMITS,
        "actions": ACTIONS,
        "source": now.content.words.source,
        "locales_of_people": list(now.content.words.locales),
        "direction_of": now.content.words.direction,
        "known_sources": [(slug, each.title) for slug, each in now.content.sources.items()],
        "known_answers": [(each.id, each.question) for each in now.content.answers.values()],
        "source_edit": source if locale is not None else None,
        **_previewed(desk, now, _edit(name, locale, wish, sheet), source),
    }
    return await frame.page(desk, conn, visit, "answer_form.html", values, status=shown.status)


async def _edit_page(
    desk: Desk, visit: Visit, problem: ContentError | Problem | None = None
) -> Response:
    async with desk.services.db.transaction() as conn:
        record = await content_edits.get(conn, _edit_id(visit))
        now = await work.get_now(conn, desk.services.live)
        source = await content_edits.find_open(conn, record.answer, None)
        if isinstance(problem, ContentError):
            problem = problem_of(problem, record.fields)
        exists = record.answer in now.content.answers
        values = {
            "record": record,
            "answer": now.content.answers.get(record.answer),
            "problem": problem,
            "changes": compare_fields(record.former, record.fields),
            "moved": record.is_open and rules.moved_on(record, now),
            "since": compare_fields(record.former, _said(now, record)) if exists else [],
            "fate": now.overlaid.fates.get(record.id),
            "may_decide": rules.may_decide(record, visit.staff),
            "may_send": record.state == "draft" and record.author_id == visit.staff.id,
            "may_withdraw": rules.may_withdraw(record, visit.staff, now),
            "may_undo": rules.may_undo(record, now),
            "undo_alone": rules.may_undo_alone(record, visit.staff, desk.now()),
            "direction_of": now.content.words.direction,
            "source": now.content.words.source,
            **(_previewed(desk, now, record.edit, source) if exists else {"bubbles": []}),
        }
        values.setdefault("broken", None)
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "content_edit.html", values, status=status)


def _previewed(desk: Desk, now: Now, wanted: Edit, source: Record | None) -> dict[str, Any]:
    """Return how an edit looks on each channel; or what is wrong with it, and then nothing to look at."""
    locale = wanted.locale or now.content.words.source
    shown = {"preview_locale": locale, "direction_of": now.content.words.direction}
    try:
        prove_edit(now, wanted)
    except ContentError as exc:
        return {**shown, "bubbles": [], "broken": problem_of(exc, wanted.fields)}
    # A translation of a text that is not published yet is seen with that text.
    before = [source.edit] if source and wanted.locale else []
    content = with_edits(now.content, [*before, wanted])
    bubbles = preview(content, wanted.answer, locale, desk.now())
    return {**shown, "bubbles": bubbles, "broken": None}


def _said(now: Now, record: Record) -> dict[str, Any]:
    return fields_of(now.content, record.answer, record.locale, record.translates)


def _edit(name: str, locale: str | None, fields: dict[str, Any], sheet: Sheet) -> Edit:
    return Edit(NOBODY, name, locale, fields, "", sheet.of)


async def _taken_up(conn: AsyncConnection, visit: Visit) -> Record | None:
    try:
        number = UUID(visit.request.query_params.get("from", ""))
    except ValueError:
        return None
    return await content_edits.get(conn, number)


def _where(visit: Visit) -> tuple[str, str | None]:
    """Return the answer and the language that the address names."""
    answer: str = visit.request.path_params["answer"]
    return answer, visit.request.query_params.get("locale") or None


def _edit_id(visit: Visit) -> UUID:
    edit_id: UUID = visit.request.path_params["edit_id"]
    return edit_id
