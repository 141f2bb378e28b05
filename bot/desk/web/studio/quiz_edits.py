"""One edit of a quiz on its way: the page on which its author writes, or on which everybody else reads it, and what becomes of it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.quiz_form import KINDS, MAX_ROWS, read_head
from bot.desk.web.studio.quiz_frame import EDITS, Sheet, common, edit_id, open_sheet, other_of, to
from bot.editing import quiz_draft, quiz_publish, quiz_table, quiz_work
from bot.editing.quiz_changes import compare_quizzes
from bot.editing.quiz_draft import Body
from bot.errors import Conflict
from bot.store.content_edits import IN_REVIEW

EDIT = "/campaigns/quizzes/edits/{edit_id:uuid}"
QUESTION = EDIT + "/questions/{question:str}"


async def show(desk: Desk, visit: Visit) -> Response:
    """Show an edit: to its author with the form, to everybody else with what is different."""
    return await edit_page(desk, visit)


async def save(desk: Desk, visit: Visit) -> Response:
    """Keep what stands in the form of the quiz. What was typed stays in it when it cannot be kept."""
    form = await read_form(visit.request)
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await open_sheet(desk, conn, visit)
    other = other_of(sheet.now, visit, text_of(form, "with"))

    def change(body: Body) -> Body:
        return read_head(form, body, sheet.now.files, other)

    try:
        await keep(desk, visit, change, seen=seen_in(form))
    except Conflict:
        return await edit_page(desk, visit, problem="busy", typed=change(sheet.body))
    further = text_of(form, "other")
    return to(
        f"{EDITS}/{edit_id(visit)}", **{"with": further or other}, check="1", said="draft_saved"
    )


async def keep(desk: Desk, visit: Visit, change: Callable[[Body], Body], *, seen: int) -> None:
    """Keep a change of this person's draft.

    Raises:
        Conflict: It was saved elsewhere meanwhile, or is no draft of theirs any more.
    """
    async with desk.services.db.transaction() as conn:
        live = desk.services.live
        await quiz_work.write(conn, live, visit.staff, edit_id(visit), change, seen=seen)


def seen_in(form: Any) -> int:  # noqa: ANN401  # a form
    """Return the version that the page showed; 0, which none has, where it says none."""
    given = text_of(form, "version")
    return int(given) if given.isdecimal() and len(given) < 9 else 0  # no version is so large


async def add_question(desk: Desk, visit: Visit) -> Response:
    """Add a question of a kind, and go to it."""
    form = await read_form(visit.request)
    kind = text_of(form, "kind")
    new = quiz_work.new_question_id(desk.services.live)
    question = quiz_draft.blank_question(next((k for k in KINDS if k == kind), "single"), new)
    try:
        await keep(desk, visit, lambda body: quiz_draft.added(body, question), seen=seen_in(form))
    except Conflict:
        return await edit_page(desk, visit, problem="busy")
    return to(f"{EDITS}/{edit_id(visit)}/questions/{new}", **{"with": text_of(form, "with")})


async def arrange(desk: Desk, visit: Visit) -> Response:
    """Move, double or take out one question."""
    form = await read_form(visit.request)
    name, act = visit.request.path_params["question"], text_of(form, "do")
    place = text_of(form, "place")
    new = quiz_work.new_question_id(desk.services.live)

    def change(body: Body) -> Body:
        ids = [each["id"] for each in body["quiz"]["questions"]]
        at = ids.index(name) if name in ids else 0
        match act:
            case "up" | "down":
                return quiz_draft.moved(body, name, at + (1 if act == "down" else -1))
            case "place" if place.isdecimal():
                return quiz_draft.moved(body, name, int(place[:3]))
            case "double":
                return quiz_draft.doubled(body, name, new)
            case "remove":
                return quiz_draft.removed(body, name)
        return body

    try:
        await keep(desk, visit, change, seen=seen_in(form))
    except Conflict:
        return await edit_page(desk, visit, problem="busy")
    shown = new if act == "double" else name
    said = {"with": text_of(form, "with"), "said": "draft_saved"}
    response = to(f"{EDITS}/{edit_id(visit)}", **said)
    response.headers["location"] += f"#question-{shown}" if act != "remove" else "#questions"
    return response


async def send(desk: Desk, visit: Visit) -> Response:
    """Ask for a review of one's draft."""
    note = text_of(await read_form(visit.request), "note").strip()
    try:
        async with desk.services.db.transaction() as conn:
            live = desk.services.live
            found = await quiz_work.send(conn, live, visit.staff, edit_id(visit), note=note)
    except ValueError:
        return await edit_page(desk, visit, problem="unchanged")
    except Conflict:
        return await edit_page(desk, visit, problem="moved")
    if found:
        return await edit_page(desk, visit, problem="mistakes")
    return to(f"{EDITS}/{edit_id(visit)}", said="sent_to_review")


async def publish(desk: Desk, visit: Visit) -> Response:
    """Publish what somebody else wrote; this process offers it at once, the others when they hear of it."""
    verdict = text_of(await read_form(visit.request), "verdict")
    try:
        async with desk.services.db.transaction() as conn:
            live, number = desk.services.live, edit_id(visit)
            found = await quiz_publish.publish(conn, live, visit.staff, number, verdict=verdict)
    except Conflict:
        return await edit_page(desk, visit, problem="moved")
    if found:
        return await edit_page(desk, visit, problem="mistakes")
    await desk.services.live.look()
    return to(f"{EDITS}/{edit_id(visit)}", said="published")


async def refuse(desk: Desk, visit: Visit) -> Response:
    """Send an edit back to its author, with the reason."""
    verdict = text_of(await read_form(visit.request), "verdict")
    try:
        async with desk.services.db.transaction() as conn:
            live, number = desk.services.live, edit_id(visit)
            await quiz_publish.refuse(conn, live, visit.staff, number, verdict=verdict)
    except ValueError:
        return await edit_page(desk, visit, problem="verdict")
    return to(f"{EDITS}/{edit_id(visit)}", said="sent_back")


async def withdraw(desk: Desk, visit: Visit) -> Response:
    """Take an edit back."""
    await _done(desk, visit, quiz_publish.withdraw)
    await desk.services.live.look()
    return to(f"{EDITS}/{edit_id(visit)}", said="withdrawn")


async def undo(desk: Desk, visit: Visit) -> Response:
    """Let the quiz be again what it was before."""
    try:
        at_once = await _done(desk, visit, quiz_publish.undo)
    except Conflict:
        return await edit_page(desk, visit, problem="busy")
    await desk.services.live.look()
    said = "taken_back" if at_once else "undo_sent"
    return to(f"{EDITS}/{edit_id(visit)}", said=said)


async def rebase(desk: Desk, visit: Visit) -> Response:
    """Keep one's own words although the quiz has changed since they were begun."""
    await _done(desk, visit, quiz_work.rebase)
    return to(f"{EDITS}/{edit_id(visit)}", said="draft_saved")


async def take_up(desk: Desk, visit: Visit) -> Response:
    """Begin a draft with what this edit said."""
    try:
        new = await _done(desk, visit, quiz_work.take_up)
    except Conflict:
        return await edit_page(desk, visit, problem="busy")
    return to(f"{EDITS}/{new}")


async def _done(
    desk: Desk, visit: Visit, act: Callable[..., Awaitable[bool | UUID | None]]
) -> bool | UUID | None:
    async with desk.services.db.transaction() as conn:
        return await act(conn, desk.services.live, visit.staff, edit_id(visit))


async def edit_page(
    desk: Desk, visit: Visit, *, problem: str = "", typed: Body | None = None
) -> Response:
    """Return the page of an edit, with what keeps it from going on, and what was typed."""
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await open_sheet(desk, conn, visit)
        status = {"": 200, "busy": 409, "moved": 409}.get(problem, 422)
        values = common(sheet, desk, visit)
        writes = values["may_write"]
        values |= {"problem": problem, **(await _written(sheet, visit, problem, typed))}
        values |= {} if writes else _read(sheet)
        name = "studio/quiz_write.html" if writes else "studio/quiz_edit.html"
        return await frame.page(desk, conn, visit, name, values, status=status)


async def _written(sheet: Sheet, visit: Visit, problem: str, typed: Body | None) -> dict[str, Any]:
    body = typed or sheet.body
    mistakes = sheet.mistakes() if sheet.record.is_open else []
    quiz = body["quiz"]
    checked = problem == "mistakes" or "check" in visit.request.query_params
    batch = visit.request.query_params.get("batch", "")
    rows = [*quiz["results"], *({"min_correct": None, "text": ""} for _ in range(MAX_ROWS))]
    return {
        "quiz": quiz,
        "words": sheet.said() | body["words"].get(sheet.other, {}),
        "fill": sheet.fill(),
        "mistakes": mistakes,
        "wrong_at": {m.place: m for m in reversed(mistakes) if checked and not m.locale},
        "wrong_said": {
            m.place: m for m in reversed(mistakes) if checked and m.locale == sheet.other
        },
        "kinds": KINDS,
        "batch": batch,
        "brought": sum(quiz_table.is_of(batch, each["id"]) for each in quiz["questions"]),
        "results": rows[: min(MAX_ROWS, max(3, len(quiz["results"]) + 1))],
        "asked_facts": list(
            dict.fromkeys(each["fact"] for each in quiz["questions"] if each["fact"])
        ),
        "stale": set(body.get("stale", {}).get(sheet.other, ())),
        "changes": compare_quizzes(sheet.record.former, sheet.now.body(sheet.record.quiz))
        if sheet.record.is_open
        else [],
    }


def _read(sheet: Sheet) -> dict[str, Any]:
    record = sheet.record
    return {
        "different": compare_quizzes(record.former, record.body),
        "fate": sheet.now.overlaid.fates.get(record.id),
        "in_review": record.state == IN_REVIEW,
        "stale_words": record.body.get("stale", {}),
    }


DOORS = (
    Door("GET", EDIT, show),
    Door("POST", EDIT + "/save", save),
    Door("POST", EDIT + "/questions", add_question),
    Door("POST", QUESTION + "/arrange", arrange),
    Door("POST", EDIT + "/send", send),
    Door("POST", EDIT + "/publish", publish),
    Door("POST", EDIT + "/refuse", refuse),
    Door("POST", EDIT + "/withdraw", withdraw),
    Door("POST", EDIT + "/undo", undo),
    Door("POST", EDIT + "/rebase", rebase),
    Door("POST", EDIT + "/again", take_up),
)
