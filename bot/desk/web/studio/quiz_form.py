"""The forms of a quiz and of a question, read into a draft. Whatever is typed is kept; what is wrong with it is told afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from starlette.datastructures import FormData

from bot.content.load import Content
from bot.content.quizzes import CHOICES, Kind
from bot.desk.web.security import text_of
from bot.editing.quiz_draft import (
    Body,
    free_letter,
    is_stale,
    limit_of,
    question_of,
    said,
    texts_by_place,
    with_question,
    with_words,
)

KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_ROWS = 8
"""Lines of a picture, and results."""
MAX_SOURCES = 6
LEVELS = (1, 2, 3)
_TOO_MUCH = 4
"""So many times its limit of a text is kept; nobody types more."""


def read_head(form: FormData, body: Body, files: Content, locale: str) -> Body:
    """Return the draft with what the form of the quiz says, in the source language and in `locale`."""
    quiz = body["quiz"]
    results, rows = [], []
    for row in range(MAX_ROWS):
        text, least = _line(form, f"results.{row}"), text_of(form, f"min_correct.{row}").strip()
        if text or least:
            results.append({"min_correct": _number(least), "text": text})
            rows.append(row)
    known = {question["fact"] for question in quiz["questions"]} | set(quiz["measures"])
    head = {
        **quiz,
        **{name: _line(form, name) for name in ("title", "topic", "intro")},
        "round": _number(text_of(form, "round")),
        "seconds": _number(text_of(form, "seconds")),
        "measures": [fact for fact in _many(form, "measures") if fact in known],
        "results": results,
        **{name: text_of(form, name).strip()[:10] for name in ("reviewed_on", "review_by")},
    }
    pairs = {name: name for name in ("title", "topic", "intro")}
    pairs |= {f"results.{at}": f"results.{row}" for at, row in enumerate(rows)}
    return _with_said(form, body, {**body, "quiz": head}, files, locale, pairs)


def read_question(
    form: FormData, body: Body, question_id: str, files: Content, locale: str
) -> Body:
    """Return the draft with what the form of one question says, in the source language and in `locale`."""
    former = question_of(body, question_id)
    if former is None:
        return body
    kind = text_of(form, "kind")
    picture, rows = _picture(form, former)
    wanted = {
        **former,
        "kind": kind if kind in KINDS else former["kind"],
        "level": int(text_of(form, "level")) if text_of(form, "level") in {"1", "2", "3"} else 1,
        "fact": text_of(form, "fact").strip()[:40],
        **{name: _line(form, name) for name in ("text", "explanation")},
        "hint": _line(form, "hint") or None,
        "answer": {"true": True, "false": False}.get(text_of(form, "answer"), former["answer"]),
        "sources": list(dict.fromkeys(each for each in _many(form, "sources") if each)),
        "picture": picture,
    }
    wanted["choices"] = _choices(form, former, rows, text_of(form, "do"))
    here = f"questions.{question_id}"
    pairs = {f"{here}.{name}": name for name in ("text", "hint", "explanation", "picture.title")}
    pairs |= {f"{here}.picture.{at}": f"picture.{row}" for at, row in enumerate(rows)}
    pairs |= {f"{here}.choices.{c['id']}": f"choices.{c['id']}" for c in wanted["choices"]}
    return _with_said(form, body, with_question(body, wanted), files, locale, pairs)


def rows_of(question: Mapping[str, Any], former: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the choices of a question for its form: those that it has, and empty ones as far as its kind takes more."""
    rows = [dict(each) for each in question["choices"]]
    taken = {each["id"] for each in rows} | {
        each["id"] for each in (former or {}).get("choices", ())
    }
    while len(rows) < CHOICES[question["kind"]][1]:
        letter = free_letter(taken)
        taken.add(letter)
        rows.append({"id": letter, "text": "", "correct": False, "line": None})
    return rows


def _choices(
    form: FormData, former: Mapping[str, Any], rows: list[int], act: str
) -> list[dict[str, Any]]:
    """Return the choices in their order, without the empty ones; `act` may move one: ``up-b``, ``down-b``."""
    if "choice" not in form:
        return list(former["choices"])
    right, before = set(_many(form, "right")), {each["id"]: each for each in former["choices"]}
    found: list[dict[str, Any]] = []
    for name in list(dict.fromkeys(_many(form, "choice")))[:MAX_ROWS]:
        text = _line(form, f"choices.{name}")
        if name.isidentifier() and (text or name in right):
            line = _number(text_of(form, f"line.{name}"))
            place = rows.index(line) if line in rows else line
            kept = {"id": name[:8], "text": text, "correct": name in right, "line": place}
            found.append(_with_former_line(kept, before.get(name), former, len(found)))
    return _moved(found, act)


def _with_former_line(
    choice: dict[str, Any], before: Mapping[str, Any] | None, former: Mapping[str, Any], at: int
) -> dict[str, Any]:
    """Leave it unsaid which line a choice is about where it was, and is still right: that at its own place."""
    was_unsaid = before is not None and before["line"] is None
    same_place = before is not None and former["choices"].index(before) == at
    if choice["line"] == at and (before is None or (was_unsaid and same_place)):
        return {**choice, "line": None}
    return choice


def _moved(choices: list[dict[str, Any]], act: str) -> list[dict[str, Any]]:
    way, _, name = act.partition("-")
    at = next((at for at, each in enumerate(choices) if each["id"] == name), None)
    to = None if at is None else at + {"up": -1, "down": 1}.get(way, 0)
    if at is None or to is None or not 0 <= to < len(choices):
        return choices
    choices[at], choices[to] = choices[to], choices[at]
    return choices


def _picture(form: FormData, former: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[int]]:
    """Return the picture, and in which row of the form each of its lines stands."""
    shape = text_of(form, "shape")
    if shape not in {"chat", "advert"}:
        picture = former["picture"] or {}
        lines = (picture.get("advert") or {}).get("lines") or picture.get("chat") or ()
        return former["picture"], list(range(len(lines)))
    rows = [row for row in range(MAX_ROWS) if _line(form, f"picture.{row}")]
    lines = [_line(form, f"picture.{row}") for row in rows]
    if shape == "advert":
        return {
            "chat": None,
            "advert": {"title": _line(form, "picture.title"), "lines": lines},
        }, rows
    by = ("me" if text_of(form, f"by.{row}") == "me" else "them" for row in rows)
    chat = [{"by": who, "text": line} for who, line in zip(by, lines, strict=True)]
    return {"chat": chat, "advert": None}, rows


def _with_said(
    form: FormData,
    before: Body,
    after: Body,
    files: Content,
    locale: str,
    pairs: Mapping[str, str],
) -> Body:
    """Return the draft with the translations of a form.

    Args:
        form: As the page sent it; a translation stands under ``said.`` and the name of its text.
        before: The draft before the form was read.
        after: The same with its texts read.
        files: The catalogues.
        locale: The language that stood beside the source.
        pairs: By place in the draft, the name in the form.
    """
    if locale == files.words.source or locale not in files.words.catalogues:
        return after
    old, new = texts_by_place(before["quiz"]), texts_by_place(after["quiz"])
    fits = text_of(form, "fits") == "yes"
    for place, name in pairs.items():
        text, former = new.get(place), old.get(place, "")
        if not text or f"said.{name}" not in form:
            continue
        words = _line(form, f"said.{name}", limit_of(place))
        untouched = bool(words) and words == said(before, files, locale, former)
        stale = untouched and not fits and (text != former or is_stale(before, locale, former))
        after = with_words(after, files, locale, {text: words}, stale=stale)
    return after


def _many(form: FormData, name: str) -> Iterable[str]:
    return [each.strip() for each in form.getlist(name) if isinstance(each, str)]


def _line(form: FormData, name: str, most: int = 600) -> str:
    """Browsers send line ends as CRLF; files know LF only."""
    return text_of(form, name).replace("\r\n", "\n").strip()[: most * _TOO_MUCH]


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else None  # digits
