"""The quizzes: all of them, one with its state and history, and new ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.content.quizzes import Quiz
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.quiz_frame import EDITS, LIST, fill_of, to
from bot.editing import quiz_publish, quiz_rules, quiz_work
from bot.editing.browse import freshness_of
from bot.editing.quiz_rules import QuizzesNow
from bot.errors import Conflict, NotFound
from bot.store import quiz_counts, quiz_edits
from bot.store.quiz_counts import Played
from bot.store.quiz_edits import QuizRecord

STATES = ("files", "edited", "new", "retired")
SMALL = 5
"""Fewer rounds than this are not told apart."""
MAX_TITLE = 20
QUIZ = "/campaigns/quizzes/{quiz:str}"


@dataclass(frozen=True)
class Listed:
    """One quiz of the list."""

    name: str
    title: str
    questions: int
    state: str
    """`files`, `edited`, `new` (live, and not in the files yet), `retired`; empty where it is nothing but a draft."""
    fill: Sequence[tuple[str, int, int]]
    open: QuizRecord | None
    lost: bool
    freshness: str
    played: Played

    @property
    def ready(self) -> list[str]:
        """The languages that have all of it."""
        return [locale for locale, there, of in self.fill if there == of]


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show all quizzes, what waits for a second person, and a form for a new one."""
    return await _list(desk, visit)


async def create(desk: Desk, visit: Visit) -> Response:
    """Begin a new quiz."""
    form = await read_form(visit.request)
    title, like = text_of(form, "title").strip(), text_of(form, "like")
    if not title or len(title) > MAX_TITLE:
        problem = "long" if title else "empty"
        return await _list(desk, visit, title=title, like=like, problem=problem)
    async with desk.services.db.transaction() as conn:
        live = desk.services.live
        edit_id = await quiz_work.create(conn, live, visit.staff, title, like=like)
    return to(f"{EDITS}/{edit_id}", said="draft_saved")


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one quiz: its questions, its languages, its review and its history."""
    return await _one(desk, visit)


async def edit(desk: Desk, visit: Visit) -> Response:
    """Open the draft in which this person edits a quiz."""
    try:
        async with desk.services.db.transaction() as conn:
            live = desk.services.live
            edit_id = await quiz_work.begin_edit(conn, live, visit.staff, _name(visit))
    except Conflict:
        return await _one(desk, visit, problem="busy")
    return to(f"{EDITS}/{edit_id}")


async def retire(desk: Desk, visit: Visit) -> Response:
    """Offer a quiz to nobody any more."""
    try:
        async with desk.services.db.transaction() as conn:
            await quiz_publish.retire(conn, desk.services.live, visit.staff, _name(visit))
    except ValueError:
        return await _one(desk, visit, problem="covers")
    except Conflict:
        return await _one(desk, visit, problem="moved")
    await desk.services.live.look()
    return to(f"{LIST}/{_name(visit)}", said="quiz_retired")


async def restore(desk: Desk, visit: Visit) -> Response:
    """Ask somebody else to offer it again."""
    try:
        async with desk.services.db.transaction() as conn:
            live = desk.services.live
            edit_id = await quiz_publish.restore(conn, live, visit.staff, _name(visit))
    except Conflict:
        return await _one(desk, visit, problem="busy")
    return to(f"{EDITS}/{edit_id}", said="sent_to_review")


async def still_right(desk: Desk, visit: Visit) -> Response:
    """Note that this person has checked the quiz today and found it right."""
    try:
        async with desk.services.db.transaction() as conn:
            live = desk.services.live
            await quiz_publish.say_still_right(conn, live, visit.staff, _name(visit))
    except Conflict:
        return await _one(desk, visit, problem="moved")
    await desk.services.live.look()
    return to(f"{LIST}/{_name(visit)}", said="still_right")


async def _list(
    desk: Desk, visit: Visit, *, title: str = "", like: str = "", problem: str = ""
) -> Response:
    async with desk.services.studio.db.transaction(durable=False) as conn:
        played = await quiz_counts.played(conn)
    async with desk.services.db.transaction(durable=False) as conn:
        now = await quiz_work.get_quizzes(conn, desk.services.live)
        records = await quiz_edits.list_current(conn)
        listed = _listed(desk, now, records, played)
        values = {
            "listed": listed,
            "to_review": [each for each in records if quiz_rules.may_decide(each, visit.staff)],
            "titles": {name: quiz.title for name, quiz in now.content.quizzes.items()},
            "title": title,
            "like": like or visit.request.query_params.get("like", ""),
            "problem": problem,
            "small": SMALL,
            "edits": EDITS,
            "max_title": MAX_TITLE,
        }
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "studio/quizzes.html", values, status=status)


def _listed(
    desk: Desk,
    now: QuizzesNow,
    records: Sequence[QuizRecord],
    played: Mapping[str, Played],
) -> list[Listed]:
    opened = {each.quiz: each for each in records if each.is_open}
    lost = {each.quiz for each in records if now.is_lost(each)}
    names = dict.fromkeys((*now.content.quizzes, *opened, *lost))
    today = desk.now().date()
    found = []
    for name in names:
        quiz, record = now.content.quizzes.get(name), opened.get(name)
        body = now.body(name) if quiz else record.body if record else None
        if body is None:
            continue
        found.append(
            Listed(
                name,
                body["quiz"]["title"],
                len(body["quiz"]["questions"]),
                state_of(now, name),
                fill_of(body, now),
                record,
                name in lost,
                freshness_of(quiz, today) if quiz else "",
                played.get(name, Played()),
            )
        )
    return found


def state_of(now: QuizzesNow, name: str) -> str:
    """Return how a quiz stands to the files; empty where it is not live at all."""
    quiz = now.content.quizzes.get(name)
    if quiz is None:
        return ""
    if quiz.retired:
        return "retired"
    if name not in now.files.quizzes:
        return "new"
    edited = quiz != now.files.quizzes[name] or bool(now.body(name)["words"])
    return "edited" if edited else "files"


async def _one(desk: Desk, visit: Visit, *, problem: str = "") -> Response:
    name = _name(visit)
    async with desk.services.studio.db.transaction(durable=False) as conn:
        played = (await quiz_counts.played(conn)).get(name, Played())
    async with desk.services.db.transaction(durable=False) as conn:
        now = await quiz_work.get_quizzes(conn, desk.services.live)
        history = await quiz_edits.list_of_quiz(conn, name)
        quiz = now.content.quizzes.get(name)
        if quiz is None and not history:
            raise NotFound
        opened = next((each for each in history if each.is_open), None)
        values = {
            "name": name,
            "quiz": quiz,
            "history": history,
            "opened": opened,
            "is_mine": opened is not None and quiz_rules.may_write(opened, visit.staff),
            "lost": [each for each in history if now.is_lost(each)],
            "state": state_of(now, name),
            "played": played,
            "small": SMALL,
            "problem": problem,
            "covers": now.covers,
            "facts": now.files.facts,
            "edits": EDITS,
            "here": f"{LIST}/{name}",
            **(_of_live(desk, now, quiz) if quiz else {"fill": [], "freshness": ""}),
        }
        status = 409 if problem else 200
        return await frame.page(desk, conn, visit, "studio/quiz.html", values, status=status)


def _of_live(desk: Desk, now: QuizzesNow, quiz: Quiz) -> dict[str, Any]:
    return {
        "fill": fill_of(now.body(quiz.quiz), now),
        "freshness": freshness_of(quiz, desk.now().date()),
    }


def _name(visit: Visit) -> str:
    found: str = visit.request.path_params["quiz"]
    return found


DOORS = (
    Door("GET", "/campaigns/quizzes", show_list),
    Door("POST", "/campaigns/quizzes", create),
    Door("GET", QUIZ, show),
    Door("POST", QUIZ + "/edit", edit),
    Door("POST", QUIZ + "/retire", retire),
    Door("POST", QUIZ + "/restore", restore),
    Door("POST", QUIZ + "/still-right", still_right),
)
