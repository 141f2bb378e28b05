"""Questions by the table: brought into a draft from a file, taken out again, and handed out for a spreadsheet."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.quiz_edits import EDIT, edit_page, keep, seen_in
from bot.desk.web.studio.quiz_frame import EDITS, Sheet, common, edit_id, open_sheet, to
from bot.desk.web.upload import file_of, read_upload
from bot.editing import quiz_rules
from bot.editing.quiz_table import (
    COLUMNS,
    KINDS,
    MAX_QUESTIONS,
    NEEDED,
    TableMistake,
    bring,
    table_of,
    taken_out,
)
from bot.errors import Conflict, NotFound
from bot.sheets import as_csv, as_xlsx
from bot.table_file import NotATable, read_table

TABLE = EDIT + "/table"
MAX_SHOWN = 60
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MARK = "\ufeff"
"""Without it Excel takes a CSV for the machine's own signs."""


async def show(desk: Desk, visit: Visit) -> Response:
    """Show how questions come in by a table."""
    return await _page(desk, visit)


async def take_in(desk: Desk, visit: Visit) -> Response:
    """Add the questions of a file to the draft: all of them, or none and what is to mend."""
    form = await read_upload(visit.request)
    data = await file_of(form)
    if data is None:
        return await _page(desk, visit, refused=NotATable("no_file"))
    try:
        rows = read_table(data, most=MAX_QUESTIONS)
    except NotATable as exc:
        return await _page(desk, visit, refused=exc)
    if len(rows) == 1:
        return await _page(desk, visit, refused=NotATable("only_head"))
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await _own_sheet(desk, conn, visit)
    batch = f"q_{desk.services.clock.new_id().hex[-8:]}"
    brought = bring(rows, sheet.body, batch, sheet.now.files, sheet.now.content)
    if brought.mistakes:
        return await _page(desk, visit, mistakes=brought.mistakes)
    try:
        await keep(desk, visit, lambda _: brought.body, seen=sheet.record.version)
    except Conflict:
        return await _page(desk, visit, refused=NotATable("busy"))
    response = to(f"{EDITS}/{edit_id(visit)}", batch=batch, check="1", said="draft_saved")
    response.headers["location"] += "#questions"
    return response


async def take_out(desk: Desk, visit: Visit) -> Response:
    """Take out again what a table has brought."""
    form = await read_form(visit.request)
    batch = text_of(form, "batch")
    try:
        await keep(desk, visit, lambda body: taken_out(body, batch), seen=seen_in(form))
    except Conflict:
        return await edit_page(desk, visit, problem="busy")
    return to(f"{EDITS}/{edit_id(visit)}", said="draft_saved")


async def hand_out(desk: Desk, visit: Visit) -> Response:
    """Send a table: an example of each kind of question, or what is in the draft."""
    asked = visit.request.query_params
    kind = asked.get("kind", "") if asked.get("kind", "") in _TYPES else "csv"
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await open_sheet(desk, conn, visit)
    is_draft = asked.get("of") == "draft"
    questions = sheet.body["quiz"]["questions"] if is_draft else examples(sheet)
    head, *rows = table_of(questions, sheet.body, sheet.now.files, [sheet.other])
    name = sheet.record.quiz if is_draft else "example"
    headers = {"content-disposition": f'attachment; filename="questions-{name}.{kind}"'}
    made = as_xlsx([(name, head, rows)]) if kind == "xlsx" else _MARK + as_csv(head, rows)
    return Response(made, media_type=_TYPES[kind], headers=headers)


def examples(sheet: Sheet) -> list[Mapping[str, Any]]:
    """Return one live question of each kind: the example of a table is true."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, quiz in sheet.now.content.quizzes.items():
        kinds = {question.kind for question in quiz.questions} - found.keys()
        if not kinds:
            continue
        for question in sheet.now.body(name)["quiz"]["questions"]:
            if question["kind"] in kinds:
                found.setdefault(question["kind"], question)
    return [found[kind] for kind in KINDS if kind in found]


async def _own_sheet(desk: Desk, conn: AsyncConnection, visit: Visit) -> Sheet:
    sheet = await open_sheet(desk, conn, visit)
    if not quiz_rules.may_write(sheet.record, visit.staff):
        raise NotFound
    return sheet


async def _page(
    desk: Desk,
    visit: Visit,
    *,
    refused: NotATable | None = None,
    mistakes: Sequence[TableMistake] = (),
) -> Response:
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await _own_sheet(desk, conn, visit)
        values = {
            **common(sheet, desk, visit),
            "refused": refused,
            "mistakes": mistakes[:MAX_SHOWN],
            "further": max(0, len(mistakes) - MAX_SHOWN),
            "columns": COLUMNS,
            "needed": NEEDED,
            "kinds": KINDS,
            "most": MAX_QUESTIONS,
        }
        status = 422 if refused or mistakes else 200
        page = "studio/quiz_table.html"
        return await frame.page(desk, conn, visit, page, values, status=status)


DOORS = (
    Door("GET", TABLE, show),
    Door("POST", TABLE, take_in, read_upload),
    Door("GET", TABLE + "/file", hand_out),
    Door("POST", TABLE + "/undo", take_out),
)
