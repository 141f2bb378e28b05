"""What Suar says: the list of answers, and one answer in all languages with its sources, its review and its history."""

from typing import Any, get_args

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import QueryParams
from starlette.responses import Response

from bot.content.edits import fields_of, texts_of
from bot.content.model import Action, Answer
from bot.content.readability import read_answer
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.preview import preview
from bot.desk.web.security import read_form, text_of
from bot.editing import rules, work
from bot.editing.browse import FRESHNESS, WORDS, Wish, freshness_of, list_answers, words_of
from bot.editing.changes import compare_fields
from bot.editing.rules import Now
from bot.errors import NotFound
from bot.store import content_edits

LIST = "/desk/answers"
AUDIENCES: tuple[str, ...] = get_args(Answer.model_fields["audience"].annotation)
ACTIONS: tuple[str, ...] = get_args(Action)


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show the answers that are looked for, what waits for a second person, and what is not live."""
    wish = _wish(visit.request.query_params)
    today = desk.now().date()
    async with desk.services.db.transaction(durable=False) as conn:
        now = await work.get_now(conn, desk.services.live)
        records = await content_edits.list_current(conn)
        values = {
            "wish": wish,
            "found": list_answers(now, records, wish, locale=visit.staff.locale, today=today),
            "count": len(now.content.answers),
            "to_review": [each for each in records if rules.may_decide(each, visit.staff)],
            "mine": [
                each for each in records if each.is_open and each.author_id == visit.staff.id
            ],
            "lost": [each for each in records if now.is_lost(each)],
            "live": desk.services.live,
            "audiences": AUDIENCES,
            "actions": ACTIONS,
            "freshness": FRESHNESS,
            "translated": WORDS,
            "titles": _questions(now, visit),
        }
        return await frame.page(desk, conn, visit, "answers.html", values)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one answer, the source beside the chosen languages."""
    name = visit.request.path_params["answer"]
    async with desk.services.db.transaction(durable=False) as conn:
        now = await work.get_now(conn, desk.services.live)
        if name not in now.content.answers:
            raise NotFound
        values = {**await _facts(desk, conn, visit, now, name), **_columns(visit, now, name)}
        return await frame.page(desk, conn, visit, "answer.html", values)


async def still_right(desk: Desk, visit: Visit) -> Response:
    """Note that this person has checked the answer today and found it right."""
    name = visit.request.path_params["answer"]
    seen = text_of(await read_form(visit.request), "seen")
    async with desk.services.db.transaction() as conn:
        await work.say_still_right(conn, desk.services.live, visit.staff, name, seen=seen)
    await desk.services.live.look()
    return frame.to(f"{LIST}/{name}", said="still_right")


async def _facts(
    desk: Desk, conn: AsyncConnection, visit: Visit, now: Now, name: str
) -> dict[str, Any]:
    answer, history = now.content.answers[name], await content_edits.list_of_answer(conn, name)
    at = desk.now()
    unsolved = await work.unsolved(conn, now, name)
    return {
        "answer": answer,
        "freshness": freshness_of(answer, at.date()),
        "sources": [(slug, now.content.sources[slug]) for slug in answer.sources],
        "following": [now.content.answers[each] for each in answer.next],
        "history": history,
        "open": {each.locale: each for each in history if each.is_open},
        "unsolved": [
            (each, compare_fields(_in_files(now, each), each.fields)) for each in unsolved
        ],
        "seen": (await work.get_sheet(conn, now, name, None)).seen,
        "next_review": rules.next_review(fields_of(now.content, name), at.date())["review_by"],
        "bubbles": preview(now.content, name, _preview_locale(visit, now), at),
        "preview_locale": _preview_locale(visit, now),
        "readings": read_answer(now.content, name).readings,
        "titles": _questions(now, visit),
    }


def _in_files(now: Now, record: content_edits.Record) -> dict[str, Any]:
    return fields_of(now.files, record.answer, record.locale, record.translates)


def _columns(visit: Visit, now: Now, name: str) -> dict[str, Any]:
    """Return the languages that stand beside the source, those asked for or all released ones."""
    words = now.content.words
    others = [code for code in words.locales if code != words.source]
    asked = [code for code in visit.request.query_params.getlist("with") if code in others]
    chosen = asked or [code for code in others if code in words.released]
    return {
        "source": words.source,
        "others": others,
        "chosen": chosen,
        "texts": texts_of(now.content, name),
        "translated": {code: fields_of(now.content, name, code) for code in chosen},
        "states": {code: words_of(now, name, code) for code in chosen},
        "direction_of": words.direction,
    }


def _preview_locale(visit: Visit, now: Now) -> str:
    asked = visit.request.query_params.get("preview", "")
    locales = now.content.words.locales
    return next(code for code in (asked, visit.staff.locale, *locales) if code in locales)


def _questions(now: Now, visit: Visit) -> dict[str, str]:
    """Return the question of each answer in the reader's language."""
    say = now.content.words.say
    return {
        each.id: say(each.question, visit.staff.locale) for each in now.content.answers.values()
    }


def _wish(asked: QueryParams) -> Wish:
    def one_of(name: str, known: tuple[str, ...]) -> str:
        value = asked.get(name, "")
        return value if value in known else ""

    return Wish(
        text=asked.get("q", "")[:200],
        audience=one_of("audience", AUDIENCES),
        action=one_of("action", ACTIONS),
        freshness=one_of("freshness", FRESHNESS),
        words=one_of("words", WORDS),
        under_way=asked.get("under_way") == "yes",
    )
