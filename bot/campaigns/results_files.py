"""The numbers of a campaign as files: one CSV, a workbook, JSON. They hold what the page shows, and hide what it hides."""

import json
from collections.abc import Iterator

from bot import sheets
from bot.campaigns.results import Results
from bot.sheets import Cell

CITIES_HEAD = ("city", "opened", "finished")
DAYS_HEAD = ("day", "opened", "finished", "joined")
QUESTIONS_HEAD = ("quiz", "question", "answered", "right")
SENT_HEAD = ("broadcast", "variant", "state", "people")
RATINGS_HEAD = ("rating", "people")
HEAD = ("table", "name", "detail", "figure", "value")
"""One CSV holds all tables, a figure a line."""
Tables = tuple[tuple[str, tuple[str, ...], list[tuple[Cell, ...]]], ...]


def tables(results: Results) -> Tables:
    """Return every table as name, head and rows; None stands for what is hidden."""
    return (
        ("cities", CITIES_HEAD, list(_cities(results))),
        ("days", DAYS_HEAD, list(_days(results))),
        ("questions", QUESTIONS_HEAD, list(_questions(results))),
        ("broadcasts", SENT_HEAD, list(_sent(results))),
        ("ratings", RATINGS_HEAD, list(results.ratings.rows.items())),
    )


def as_csv(results: Results) -> str:
    """Return all tables as one CSV."""
    return sheets.as_csv(HEAD, _lines(results))


def as_xlsx(results: Results) -> bytes:
    """Return a workbook with a sheet for each table."""
    return sheets.as_xlsx(tables(results))


def as_json(results: Results) -> str:
    """Return all tables as JSON."""
    made = {
        name: [dict(zip(head, row, strict=True)) for row in rows]
        for name, head, rows in tables(results)
    }
    opened, finished = results.cities
    whole = {"opened": opened.total, "finished": finished.total, "held": results.held}
    return json.dumps({"together": whole, **made}, ensure_ascii=False, indent=1)


def _lines(results: Results) -> Iterator[tuple[Cell, ...]]:
    for name, head, rows in tables(results):
        names = 2 if name in {"questions", "broadcasts"} else 1
        for row in rows:
            keys = (*row[:names], "")[:2]
            for figure, value in zip(head[names:], row[names:], strict=True):
                if name == "broadcasts" and figure == "state":
                    continue
                yield (name, *keys, str(row[2]) if name == "broadcasts" else figure, value)


def _cities(results: Results) -> Iterator[tuple[Cell, ...]]:
    opened, finished = results.cities
    for city, number in opened.rows.items():
        yield (city, number, finished.rows[city])


def _days(results: Results) -> Iterator[tuple[Cell, ...]]:
    for day, opened in results.days["opened"].rows.items():
        yield (day, opened, results.days["finished"].rows[day], results.days["joined"].rows[day])


def _questions(results: Results) -> Iterator[tuple[Cell, ...]]:
    for each in results.questions:
        right = None if each.right is None else round(each.right, 3)
        yield (each.quiz, each.question, each.answered, right)


def _sent(results: Results) -> Iterator[tuple[Cell, ...]]:
    for each in results.sent:
        for state, people in each.states.rows.items():
            yield (each.broadcast, each.variant, state, people)
