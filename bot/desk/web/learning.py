"""What people learn from the quizzes: shares with their intervals, who came back, questions that are probably mistranslated, and the same as files."""

from dataclasses import dataclass

from starlette.responses import Response

from bot.campaigns.learning.files import as_csv, as_xlsx
from bot.campaigns.learning.reading import read_report
from bot.campaigns.learning.report import SMALL, Learned, Report
from bot.content.load import Content
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAR, GAP, NAMES, WIDE = 22, 10, 190, 300
"""Height of a bar and of the space below it, and widths of the names and of a whole, in units of the drawing."""


@dataclass(frozen=True)
class Bar:
    """One phase in the chart: what is known, and between which limits; without figures it is hidden."""

    phase: str
    y: int
    percent: int | None = None
    width: int = 0
    low: int = 0
    high: int = 0


async def show(desk: Desk, visit: Visit) -> Response:
    """Show every fact that is measured, of all languages or of the one that was asked for."""
    locale = _locale(desk, visit.request.query_params.get("language", ""))
    content = desk.services.content()
    async with desk.services.db.transaction(durable=False) as conn:
        made = await read_report(conn, now=desk.now(), locale=locale)
        values = {
            "report": made,
            "claims": _claims(content, made, visit.staff.locale),
            "questions": _questions(content, made, visit.staff.locale),
            "charts": {fact.fact: bars(fact) for fact in made.facts},
            "language": locale or "",
            "languages": content.words.released,
            "small": SMALL,
            "bar": BAR,
            "row": BAR + GAP,
            "names": NAMES,
            "whole": WIDE,
            "wide": NAMES + WIDE + 50,
        }
        return await frame.page(desk, conn, visit, "learning.html", values)


async def export(desk: Desk, visit: Visit) -> Response:
    """Send the same as a file."""
    form = await read_form(visit.request)
    locale = _locale(desk, text_of(form, "language"))
    async with desk.services.db.transaction(durable=False) as conn:
        made = await read_report(conn, now=desk.now(), locale=locale)
    is_xlsx = text_of(form, "kind") == "xlsx"
    body: str | bytes = as_xlsx(made) if is_xlsx else as_csv(made)
    name = f"suar-learning-{desk.now():%Y-%m-%d}.{'xlsx' if is_xlsx else 'csv'}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=XLSX if is_xlsx else "text/csv", headers=headers)


def bars(fact: Learned) -> list[Bar]:
    """Return the chart of a fact: a bar for each phase, with its limits as places in the drawing."""
    drawn = []
    for number, point in enumerate(fact.points):
        y = number * (BAR + GAP)
        if point.known is None:
            drawn.append(Bar(point.phase, y))
            continue
        width, low, high = (
            round(WIDE * part) for part in (point.known.value, point.known.low, point.known.high)
        )
        percent = round(100 * point.known.value)
        drawn.append(Bar(point.phase, y, percent, width, low, high))
    return drawn


def _locale(desk: Desk, asked: str) -> str | None:
    """Return the language asked for; whatever else is sent means all."""
    return asked if asked in desk.services.content().words.locales else None


def _claims(content: Content, made: Report, locale: str) -> dict[str, str]:
    """Return what each fact says; one that is no more in the content goes by its id."""
    return {
        each.fact: content.words.say(content.facts[each.fact].claim, locale)
        if each.fact in content.facts
        else each.fact
        for each in made.facts
    }


def _questions(content: Content, made: Report, locale: str) -> dict[str, str]:
    wanted = {item.question for item in made.items}
    return {
        question.id: content.words.say(question.text, locale)
        for quiz in content.quizzes.values()
        for question in quiz.questions
        if question.id in wanted
    }
