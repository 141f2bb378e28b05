"""Questions of a quiz as a table, one a row: read into a draft, and written for somebody who wants to go on in a spreadsheet. Pure.

Columns are named as in `COLUMNS`; the same name with a language behind a colon (``question:id``) holds a translation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from string import ascii_lowercase
from typing import Any, get_args

from bot.content.load import Content
from bot.content.quizzes import CHOICES, Kind
from bot.editing.quiz_draft import (
    Body,
    added,
    blank_question,
    lines_of,
    said,
    texts_of_question,
    with_words,
)
from bot.editing.quiz_mistakes import Mistake, find_mistakes
from bot.table_file import Row

MAX_QUESTIONS = 200
MAX_ANSWERS = max(most for _, most in CHOICES.values())
MAX_LINES = 8
KINDS: tuple[Kind, ...] = get_args(Kind)
ANSWERS = tuple(f"answer_{at}" for at in range(1, MAX_ANSWERS + 1))
LINES = tuple(f"line_{at}" for at in range(1, MAX_LINES + 1))
SAID = ("question", "hint", *ANSWERS, "explanation", "advert_title", *LINES)
"""Columns with words, which are translated."""
COLUMNS = (
    "kind", "level", "fact", "question", "hint", *ANSWERS, "right", "explanation", "sources",
    "advert_title", *LINES, "about",
)  # fmt: skip
NEEDED = ("question", "fact", "explanation", "sources")
MINE = "me:"
"""Before a line of a chat that the player themselves has written."""
TABLE_CODES = (
    "unknown_column", "near_column", "double_column", "no_column", "no_language", "formula", "kind", "level", "right",
    "about", "no_head_cell", "double", "no_source_words",
)  # fmt: skip
_TRUTH = {"true": True, "false": False}
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class TableMistake:
    """One thing to mend in a table."""

    row: int
    """As a spreadsheet counts."""
    column: str
    """As the head of the table names it; empty where it is about the row as a whole."""
    code: str
    """Of `TABLE_CODES`, or one that a draft has (`bot.editing.quiz_mistakes.CODES`)."""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Brought:
    """What a table brings to a draft."""

    body: Body
    """The draft with its questions; only to be kept where nothing is to mend."""
    ids: tuple[str, ...]
    mistakes: tuple[TableMistake, ...]


@dataclass(frozen=True)
class _Read:
    """One row, read."""

    row: int
    question: Body
    words: Mapping[str, Mapping[str, str]]
    """By language, the translation of each column."""


def bring(
    rows: Sequence[Row], body: Body, batch: str, files: Content, content: Content
) -> Brought:
    """Read a table into a draft.

    Args:
        rows: The head, and a row for each question.
        body: The draft.
        batch: With which the ids of the new questions begin, so that all can be taken out again.
        files: What the files say.
        content: What is live.
    """
    head, wrong = _head(rows[0], files)
    if wrong:
        return Brought(body, (), tuple(wrong))
    read: list[_Read] = []
    for at, row in enumerate(rows[1:], start=1):
        one, faults = _row(row, head, f"{batch}_{at}")
        wrong += faults
        read.append(one)
    for each in read:
        body = added(body, each.question)
    for each in read:
        body, faults = _translated(body, each, files)
        wrong += faults
    wrong += _doubles(body, read)
    told = {(each.row, each.column) for each in wrong}
    further = _of_draft(body, read, files, content)
    wrong += [each for each in further if (each.row, each.column) not in told]
    ids = tuple(each.question["id"] for each in read)
    return Brought(body, ids, tuple(sorted(wrong, key=lambda each: each.row)))


def taken_out(body: Body, batch: str) -> Body:
    """Return a draft without the questions that a table has brought."""
    kept = [each for each in body["quiz"]["questions"] if not is_of(batch, each["id"])]
    return {**body, "quiz": {**body["quiz"], "questions": kept}}


def is_of(batch: str, question_id: str) -> bool:
    """Tell whether a question came with a table."""
    return bool(batch) and question_id.startswith(f"{batch}_")


def _head(row: Row, files: Content) -> tuple[list[str], list[TableMistake]]:
    names = [re.sub(r"\s+", "_", cell.casefold().strip()) for cell in row.cells]
    names = [name.replace("_:", ":").replace(":_", ":") for name in names]
    wrong: list[TableMistake] = []
    for at, name in enumerate(names):
        plain, _, locale = name.partition(":")
        if not name or at in row.formulas:
            wrong.append(TableMistake(row.number, "", "no_head_cell", {"place": at + 1}))
        elif plain not in (SAID if locale else COLUMNS):
            known = SAID if locale else COLUMNS
            wrong.append(_unknown(row.number, row.cells[at], plain, known))
        elif locale and (locale == files.words.source or locale not in files.words.catalogues):
            wrong.append(TableMistake(row.number, row.cells[at], "no_language", {"name": locale}))
        elif name in names[:at]:
            wrong.append(TableMistake(row.number, row.cells[at], "double_column"))
    wrong += [TableMistake(row.number, name, "no_column") for name in NEEDED if name not in names]
    return names, wrong


def _unknown(row: int, column: str, plain: str, known: Sequence[str]) -> TableMistake:
    near = get_close_matches(plain, known, n=1, cutoff=0.75)
    if near:
        return TableMistake(row, column, "near_column", {"near": near[0]})
    return TableMistake(row, column, "unknown_column")


def _row(row: Row, head: Sequence[str], question_id: str) -> tuple[_Read, list[TableMistake]]:
    cells = dict(zip(head, row.cells, strict=False))
    wrong = [
        TableMistake(row.number, head[at] if at < len(head) else "", "formula")
        for at in sorted(row.formulas)
    ]
    if len(row.cells) > len(head):
        wrong.append(TableMistake(row.number, "", "no_head_cell", {"place": len(head) + 1}))
    given = (cells.get("kind", "") or "single").casefold().replace(" ", "_")
    kind = next((each for each in KINDS if each == given), None)
    if kind is None:
        wrong.append(TableMistake(row.number, "kind", "kind"))
    level = cells.get("level", "") or "1"
    if level not in {"1", "2", "3"}:
        wrong.append(TableMistake(row.number, "level", "level"))
    question = {
        **blank_question(kind or "single", question_id, cells.get("fact", "")),
        "level": int(level) if level in {"1", "2", "3"} else 1,
        "text": cells.get("question", ""),
        "hint": cells.get("hint") or None,
        "explanation": cells.get("explanation", ""),
        "sources": list(dict.fromkeys(filter(None, _BETWEEN.split(cells.get("sources", ""))))),
    }
    question["picture"] = _picture(cells) if kind == "flag" else None
    question["choices"] = _choices(cells, kind)
    wrong += _mark(question, cells, row.number)
    return _Read(row.number, question, _words(cells)), wrong


def _choices(cells: Mapping[str, str], kind: Kind | None) -> list[dict[str, Any]]:
    if kind == "true_false":
        return []
    given = [cells.get(name, "") for name in ANSWERS]
    while given and not given[-1]:
        given.pop()
    return [
        {"id": ascii_lowercase[at], "text": text, "correct": False, "line": None}
        for at, text in enumerate(given)
    ]


def _picture(cells: Mapping[str, str]) -> dict[str, Any]:
    lines = [cells[name] for name in LINES if cells.get(name)]
    if title := cells.get("advert_title"):
        return {"chat": None, "advert": {"title": title, "lines": lines}}
    return {"chat": [_chat_line(line) for line in lines], "advert": None}


def _chat_line(line: str) -> dict[str, str]:
    if line.casefold().startswith(MINE):
        return {"by": "me", "text": line[len(MINE) :].strip()}
    return {"by": "them", "text": line}


def _mark(question: Body, cells: Mapping[str, str], row: int) -> Iterator[TableMistake]:
    """Mark in a question what is right, and which line each answer is about; say what cannot be read."""
    right, choices = cells.get("right", "").casefold(), question["choices"]
    if question["kind"] == "true_false":
        question["answer"] = _TRUTH.get(right)
        if right and right not in _TRUTH:
            yield TableMistake(row, "right", "right")
    elif question["kind"] == "order":
        if right:
            yield TableMistake(row, "right", "right")
    else:
        places = [_place(each, len(choices)) for each in _BETWEEN.split(right) if each]
        if None in places:
            yield TableMistake(row, "right", "right")
        for at, choice in enumerate(choices):
            choice["correct"] = at in places
    about = [_place(each, MAX_LINES) for each in _BETWEEN.split(cells.get("about", "")) if each]
    if question["kind"] == "flag" and about:
        if None in about or len(about) != len(choices):
            yield TableMistake(row, "about", "about")
        else:
            for at, (choice, line) in enumerate(zip(choices, about, strict=True)):
                choice["line"] = None if line == at else line


def _place(name: str, most: int) -> int | None:
    """Return the place, from 0, that a number or a letter names."""
    if name.isascii() and name.isdecimal() and len(name) <= 2:
        at = int(name) - 1
    else:
        at = ascii_lowercase.find(name) if len(name) == 1 else -1
    return at if 0 <= at < most else None


def _words(cells: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, cell in cells.items():
        plain, _, locale = name.partition(":")
        if locale and cell:
            found.setdefault(locale, {})[plain] = cell
    return found


def _translated(body: Body, read: _Read, files: Content) -> tuple[Body, list[TableMistake]]:
    texts, wrong = _texts_by_column(read.question), []
    for locale, words in read.words.items():
        told = {}
        for column, translation in words.items():
            if column in texts:
                plain = _chat_line(translation)["text"] if column in LINES else translation
                told[texts[column]] = plain
            else:
                values = {"name": column}
                wrong.append(
                    TableMistake(read.row, f"{column}:{locale}", "no_source_words", values)
                )
        body = with_words(body, files, locale, told)
    return body, wrong


def _texts_by_column(question: Mapping[str, Any]) -> dict[str, str]:
    texts = texts_of_question(question)
    return {column_of(question, place): text for place, text in texts.items() if text}


def column_of(question: Mapping[str, Any], place: str) -> str:
    """Return the column in which what stands at a place inside a question is written."""
    first, _, rest = place.partition(".")
    match first:
        case "text":
            return "question"
        case "choices" if rest:
            ids = [choice["id"] for choice in question["choices"]]
            return f"answer_{ids.index(rest) + 1}"
        case "choices" | "answer":
            return "right"
        case "picture" if rest == "title":
            return "advert_title"
        case "picture":
            return f"line_{int(rest) + 1}" if rest else "line_1"
        case _:
            return first


def _doubles(body: Body, read: Sequence[_Read]) -> Iterator[TableMistake]:
    """Say which questions are there already: a table that is brought twice brings nothing twice."""
    rows = {each.question["id"]: each.row for each in read}
    seen: set[tuple[str, str]] = set()
    for question in body["quiz"]["questions"]:
        asked = (question["text"].casefold(), repr(lines_of(question)))
        if asked in seen and question["text"] and question["id"] in rows:
            yield TableMistake(rows[question["id"]], "question", "double")
        seen.add(asked)


def _of_draft(
    body: Body, read: Sequence[_Read], files: Content, content: Content
) -> Iterator[TableMistake]:
    by_id = {each.question["id"]: each for each in read}
    for mistake in find_mistakes(body, files, content):
        if (one := by_id.get(mistake.question)) is not None:
            column = _column(one.question, mistake)
            yield TableMistake(one.row, column, mistake.code, mistake.values)


def _column(question: Body, mistake: Mistake) -> str:
    column = column_of(question, mistake.inside)
    return f"{column}:{mistake.locale}" if mistake.locale else column


def table_of(
    questions: Sequence[Mapping[str, Any]],
    body: Mapping[str, Any],
    files: Content,
    locales: Sequence[str],
) -> list[list[str]]:
    """Return questions as a table that `bring` reads: the head, and a row for each.

    Args:
        questions: As a draft holds them.
        body: The draft, for its translations.
        files: The catalogues, for the others.
        locales: The languages whose columns are written beside those of the source.
    """
    head = [*COLUMNS, *(f"{name}:{locale}" for locale in locales for name in SAID)]
    return [head, *([_cell(each, name, body, files) for name in head] for each in questions)]


def _cell(question: Mapping[str, Any], name: str, body: Mapping[str, Any], files: Content) -> str:
    column, _, locale = name.partition(":")
    if locale:
        text = _texts_by_column(question).get(column, "")
        return said(body, files, locale, text) if text else ""
    match column:
        case "kind" | "fact":
            return str(question[column])
        case "level":
            return str(question["level"])
        case "sources":
            return ", ".join(question["sources"])
        case "right":
            return _right(question)
        case "about":
            lines = [
                at if each["line"] is None else each["line"]
                for at, each in enumerate(question["choices"])
            ]
            is_said = any(each["line"] is not None for each in question["choices"])
            return ", ".join(str(line + 1) for line in lines) if is_said else ""
    said_here = _texts_by_column(question).get(column, "")
    chat = (question.get("picture") or {}).get("chat") or ()
    if column in LINES and said_here and chat and chat[LINES.index(column)]["by"] == "me":
        return f"{MINE} {said_here}"
    return said_here


def _right(question: Mapping[str, Any]) -> str:
    if question["kind"] == "true_false":
        return {True: "true", False: "false", None: ""}[question["answer"]]
    return ", ".join(str(at) for at, each in enumerate(question["choices"], 1) if each["correct"])
