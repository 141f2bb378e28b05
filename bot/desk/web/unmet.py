"""Questions that met no answer: the groups, one group with what can be done about it, and what was decided."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.responses import Response

from bot.content.load import Content
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.edits import EDITS
from bot.desk.web.security import read_form, text_of
from bot.editing import unmet
from bot.editing.unmet import BELONGS, DONE, KINDS, MAX_NOTE_CHARS, MAX_WAY_CHARS, WANTED, Group
from bot.errors import Conflict, NotFound
from bot.understanding.redaction import pieces_of

LIST = "/desk/unmet"
MAX_EXAMPLES = 25
MAX_LISTED = 50


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show the groups, what is wanted, what was decided lately, and the numbers of the last weeks."""
    people, now = desk.services.people, desk.now()
    async with desk.services.db.transaction(durable=False) as conn:
        groups = await unmet.list_groups(conn, people, visit.staff, today=now.date())
        decisions = await unmet.list_decisions(conn, people, visit.staff, now=now)
        values = {
            "groups": groups[:MAX_LISTED],
            "number": sum(len(each.questions) for each in groups),
            "is_full": sum(len(each.questions) for each in groups) >= unmet.MAX_GROUPED,
            "wanted": [each for each in decisions if each.kind == WANTED],
            "decided": [each for each in decisions if each.kind != WANTED],
            "weeks": await unmet.list_weeks(conn, visit.staff, today=now.date()),
            "kinds": KINDS,
            "pieces": pieces_of,
            "titles": _titles(desk.services.content(), visit),
        }
        return await frame.page(desk, conn, visit, "unmet.html", values)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one group."""
    async with desk.services.db.transaction(durable=False) as conn:
        return await _page(desk, conn, visit)


async def belongs(desk: Desk, visit: Visit) -> Response:
    """Note which answer the questions belong to, and put the chosen ways of asking into a draft of it."""
    form = await read_form(visit.request)
    answer, ways = text_of(form, "answer"), _ways(form)
    if answer not in desk.services.content().answers:
        return await _refused(desk, visit, "answer", form)
    if ways and not text_of(form, "confirmed"):
        return await _refused(desk, visit, "confirm", form)
    services, edit_id = desk.services, None
    try:
        async with services.db.transaction() as conn:
            if ways:
                edit_id = await unmet.draft_ways(conn, services.live, visit.staff, answer, ways)
            await _decide(desk, conn, visit, form, BELONGS, answer=answer)
    except ValueError as exc:
        return await _refused(desk, visit, str(exc), form)
    except Conflict:
        return await _refused(desk, visit, "busy", form)
    if edit_id is None:
        return frame.to(LIST, said="unmet_belongs")
    return frame.to(f"{EDITS}/{edit_id}", said="ways_drafted")


async def wanted(desk: Desk, visit: Visit) -> Response:
    """Note that a new answer is wanted."""
    form = await read_form(visit.request)
    try:
        async with desk.services.db.transaction() as conn:
            await _decide(desk, conn, visit, form, WANTED, note=text_of(form, "note"))
    except ValueError as exc:
        return await _refused(desk, visit, str(exc), form)
    return frame.to(LIST, said="unmet_wanted")


async def done(desk: Desk, visit: Visit) -> Response:
    """Note that there is nothing (more) to be done."""
    form = await read_form(visit.request)
    async with desk.services.db.transaction() as conn:
        await _decide(desk, conn, visit, form, DONE)
    return frame.to(LIST, said="unmet_done")


async def undo(desk: Desk, visit: Visit) -> Response:
    """Take a decision back."""
    async with desk.services.db.transaction() as conn:
        await unmet.undo(
            conn, visit.staff, visit.request.path_params["decision_id"], at=desk.now()
        )
    return frame.to(LIST, said="unmet_undone")


async def _decide(
    desk: Desk,
    conn: AsyncConnection,
    visit: Visit,
    form: FormData,
    kind: str,
    *,
    answer: str | None = None,
    note: str = "",
) -> None:
    people, clock = desk.services.people, desk.services.clock
    await unmet.decide(
        conn, people, visit.staff, _ids(form), kind, clock=clock, answer=answer, note=note
    )


async def _refused(desk: Desk, visit: Visit, problem: str, form: FormData) -> Response:
    async with desk.services.db.transaction(durable=False) as conn:
        return await _page(desk, conn, visit, problem=problem, form=form)


async def _page(
    desk: Desk,
    conn: AsyncConnection,
    visit: Visit,
    *,
    problem: str = "",
    form: FormData | None = None,
) -> Response:
    question_id: UUID = visit.request.path_params["question_id"]
    content, today = desk.services.content(), desk.now().date()
    group = await unmet.access_group(
        conn, desk.services.people, visit.staff, question_id, today=today
    )
    titles = _titles(content, visit)
    near = [name for name in group.near if name in content.answers]
    values = {
        "group": group,
        "examples": _examples(group, content, form),
        "near": near,
        "others": [name for name in titles if name not in near],
        "titles": titles,
        "locales_of_people": list(content.words.locales),
        "direction_of": content.words.direction,
        "chosen": text_of(form, "answer") if form else "",
        "note": text_of(form, "note") if form else "",
        "problem": problem,
        "pieces": pieces_of,
        "max_note": MAX_NOTE_CHARS,
        "max_way": MAX_WAY_CHARS,
    }
    status = 422 if problem else 200
    return await frame.page(desk, conn, visit, "unmet_group.html", values, status=status)


def _examples(group: Group, content: Content, form: FormData | None) -> list[dict[str, Any]]:
    """Return the newest questions, each with the way of asking that could be made of it, as it was typed so far."""
    examples = []
    for each in group.questions[:MAX_EXAMPLES]:
        language = each.question.language
        known = language if language in content.words.locales else content.words.source
        kept = form is not None and f"way-{each.id}" in form
        examples.append(
            {
                "question": each,
                "way": text_of(form, f"way-{each.id}") if form and kept else each.question.text,
                "language": text_of(form, f"in-{each.id}") if form and kept else known,
                "use": form is not None and str(each.id) in form.getlist("use"),
            }
        )
    return examples


def _ways(form: FormData) -> list[tuple[str, str]]:
    chosen = [each for each in form.getlist("use") if isinstance(each, str)]
    ways = [(text_of(form, f"in-{each}"), text_of(form, f"way-{each}").strip()) for each in chosen]
    return [(language, words) for language, words in ways if words]


def _ids(form: FormData) -> list[UUID]:
    try:
        return [UUID(str(each)) for each in form.getlist("question")]
    except ValueError:
        raise NotFound from None


def _titles(content: Content, visit: Visit) -> dict[str, str]:
    """Return the question of each answer in the reader's language."""
    say = content.words.say
    return {each.id: say(each.question, visit.staff.locale) for each in content.answers.values()}
