"""One question of a draft: its form with the translation beside it, and how it will look on a channel in a language."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.channels.fit import fit
from bot.content.load import Content
from bot.conversation.preview import play_question
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.preview import CHANNELS
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.quiz_edits import QUESTION, keep, seen_in
from bot.desk.web.studio.quiz_form import (
    KINDS,
    LEVELS,
    MAX_ROWS,
    MAX_SOURCES,
    read_question,
    rows_of,
)
from bot.desk.web.studio.quiz_frame import EDITS, Sheet, common, edit_id, open_sheet, other_of, to
from bot.editing.quiz_draft import Body, lines_of, question_of, said, texts_of_question
from bot.editing.quiz_mistakes import Mistake, find_mistakes
from bot.editing.quiz_preview import with_question_alone
from bot.errors import Conflict, NotDrawn, NotFound
from bot.messages import Outgoing
from bot.pictures.making import painted
from bot.pictures.quiz import drawing_of
from bot.prover.talk import NOW

TELEGRAM = "telegram"


@dataclass(frozen=True)
class Bubble:
    """One message of a preview."""

    message: Outgoing
    picture: str
    """A data URL of what the server draws; empty where there is none."""


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one question: to its author with the form, to everybody else as it will look."""
    return await _page(desk, visit)


async def save(desk: Desk, visit: Visit) -> Response:
    """Keep what stands in the form. What was typed stays in it when it cannot be kept."""
    form = await read_form(visit.request)
    name = _name(visit)
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await open_sheet(desk, conn, visit)
    other = other_of(sheet.now, visit, text_of(form, "with"))

    def change(body: Body) -> Body:
        return read_question(form, body, name, sheet.now.files, other)

    try:
        await keep(desk, visit, change, seen=seen_in(form))
    except Conflict:
        return await _page(desk, visit, problem="busy", typed=change(sheet.body))
    act, ids = text_of(form, "do"), [each["id"] for each in sheet.body["quiz"]["questions"]]
    asked = {"with": text_of(form, "other") or other, "said": "draft_saved"}
    if act == "next" and name in ids and ids[-1] != name:
        return to(f"{EDITS}/{edit_id(visit)}/questions/{ids[ids.index(name) + 1]}", **asked)
    if act in {"next", "back"}:
        return to(f"{EDITS}/{edit_id(visit)}", **asked)
    return to(f"{EDITS}/{edit_id(visit)}/questions/{name}", check="1", **asked)


async def preview_part(desk: Desk, visit: Visit) -> Response:
    """Return how what stands in the form will look, or what has to be mended first."""
    form = await read_form(visit.request)
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await open_sheet(desk, conn, visit)
    other = other_of(sheet.now, visit, text_of(form, "with"))
    body = read_question(form, sheet.body, _name(visit), sheet.now.files, other)
    values = await _previewed(
        sheet, body, _name(visit), text_of(form, "channel"), text_of(form, "tongue")
    )
    return frame.fragment(desk, visit, "studio/parts/quiz_preview.html", values)


async def _page(
    desk: Desk, visit: Visit, *, problem: str = "", typed: Body | None = None
) -> Response:
    name, asked = _name(visit), visit.request.query_params
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await open_sheet(desk, conn, visit)
        body = typed or sheet.body
        question = question_of(body, name)
        if question is None:
            raise NotFound
        mistakes = _mistakes(sheet, body, name) if "check" in asked or typed else []
        values = {
            **common(sheet, desk, visit),
            **_form_values(sheet, body, question),
            **await _previewed(
                sheet, body, name, asked.get("channel", ""), asked.get("tongue", "")
            ),
            "problem": problem,
            "mistakes": {(each.inside, bool(each.locale)): each for each in reversed(mistakes)},
            "said_words": sheet.said() | body["words"].get(sheet.other, {}),
        }
        status = 409 if problem else 200
        page = "studio/quiz_question.html"
        return await frame.page(desk, conn, visit, page, values, status=status)


def _form_values(sheet: Sheet, body: Body, question: Mapping[str, Any]) -> dict[str, Any]:
    ids = [each["id"] for each in body["quiz"]["questions"]]
    at = ids.index(question["id"])
    former = question_of(sheet.record.former, question["id"]) if sheet.record.former else None
    picture = question["picture"] or {}
    stale = set(body.get("stale", {}).get(sheet.other, ()))
    texts = texts_of_question(question)
    return {
        "question": question,
        "number": at + 1,
        "count": len(ids),
        "before": ids[at - 1] if at else "",
        "after": ids[at + 1] if at + 1 < len(ids) else "",
        "rows": rows_of(question, former),
        "lines": lines_of(question),
        "speakers": [line["by"] for line in picture.get("chat") or ()],
        "shape": "advert" if picture.get("advert") else "chat",
        "advert_title": (picture.get("advert") or {}).get("title", ""),
        "line_rows": MAX_ROWS if question["kind"] == "flag" else 0,
        "source_rows": min(MAX_SOURCES, max(2, len(question["sources"]) + 1)),
        "kinds": KINDS,
        "levels": LEVELS,
        "stale": stale,
        "is_stale": any(text in stale for text in texts.values()),
    }


async def _previewed(
    sheet: Sheet, body: Body, name: str, channel: str, tongue: str
) -> dict[str, Any]:
    """Return how a question looks; or what is wrong with it, and then nothing to look at."""
    words, question = sheet.now.files.words, question_of(body, name)
    if question is None:
        raise NotFound
    channel = channel if channel in CHANNELS else TELEGRAM
    tongue = tongue if tongue in words.locales else words.source
    values = {
        "channel": channel,
        "channels": list(CHANNELS),
        "tongue": tongue,
        "tongues": list(words.locales),
        "direction_of": words.direction,
        "max_chars": CHANNELS[channel].max_text_chars,
        "question": question,
        "source": words.source,
        "untold": [
            text
            for text in texts_of_question(question).values()
            if text and tongue != words.source and not said(body, sheet.now.files, tongue, text)
        ],
    }
    wrong = _mistakes(sheet, body, name)
    if wrong:
        return {**values, "bubbles": [], "wrong": wrong}
    content = with_question_alone(body, question, sheet.now.content)
    quiz = body["quiz"]["quiz"]
    shown = play_question(content, quiz, name, tongue, now=NOW)
    fitted = fit(shown, CHANNELS[channel])
    return {**values, "bubbles": await _bubbles(content, quiz, fitted, tongue), "wrong": []}


def _mistakes(sheet: Sheet, body: Body, name: str) -> list[Mistake]:
    found = find_mistakes(body, sheet.now.files, sheet.now.content)
    return [each for each in found if each.question == name]


async def _bubbles(
    content: Content, quiz: str, messages: Sequence[Outgoing], tongue: str
) -> list[Bubble]:
    return [
        Bubble(message, await picture_of(content, quiz, message, tongue)) for message in messages
    ]


async def picture_of(content: Content, quiz: str, message: Outgoing, tongue: str) -> str:
    """Return the picture of a question as a data URL; empty where there is none, or it cannot be drawn."""
    drawn = next((each for each in message.media if each.kind == "quiz"), None)
    if drawn is None:
        return ""
    asked = content.quizzes[quiz].question(drawn.url.partition("@")[0].rpartition("/")[2])
    plan = drawing_of(asked, content.words, tongue) if asked is not None else None
    if plan is None:
        return ""
    try:
        picture = await painted(plan)
    except NotDrawn:
        return ""
    return f"data:image/png;base64,{b64encode(picture.data).decode()}"


def _name(visit: Visit) -> str:
    found: str = visit.request.path_params["question"]
    return found


DOORS = (
    Door("GET", QUESTION, show),
    Door("POST", QUESTION, save),
    Door("POST", QUESTION + "/parts/preview", preview_part),
)
