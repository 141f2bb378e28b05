"""Reports: tables of whole months with their charts, and the same as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.hotline.reports import Report, Table
from bot.hotline.reports_files import as_csv, as_xlsx
from bot.hotline.reports_read import months_until, read

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAR, GAP, NAMES, WIDE = 22, 8, 190, 300
"""Heights of a bar and of the space below it, and widths of the names and of the longest bar, in units of the drawing."""


@dataclass(frozen=True)
class Bar:
    """One bar of a chart; a hidden group has an outline without a length of its own."""

    name: str
    count: int | None
    y: int
    width: int


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the report of the months asked for; the last whole month unless others are."""
    return await _page(desk, visit, visit.request.query_params)


async def export(desk: Desk, visit: Visit) -> Response:
    """Send the report as a file."""
    form = await read_form(visit.request)
    asked = {name: text_of(form, name) for name in ("first", "last")}
    made = await _read(desk, visit, *_months(desk, asked))
    is_xlsx = text_of(form, "kind") == "xlsx"
    body: str | bytes = as_xlsx(made) if is_xlsx else as_csv(made)
    kind = "xlsx" if is_xlsx else "csv"
    name = f"suar-{made.first:%Y-%m}-{made.last:%Y-%m}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=XLSX if is_xlsx else "text/csv", headers=headers)


async def _page(desk: Desk, visit: Visit, asked: Mapping[str, str]) -> Response:
    made = await _read(desk, visit, *_months(desk, asked))
    values = {
        "report": made,
        "charts": {table.name: _bars(table) for table in made.tables},
        "months": months_until(desk.now()),
        "bar": BAR,
        "names": NAMES,
        "wide": NAMES + WIDE + 60,
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "reports.html", values)


async def _read(desk: Desk, visit: Visit, first: date, last: date) -> Report:
    async with desk.services.db.transaction(durable=False) as conn:
        return await read(conn, visit.staff, first, last, now=desk.now())


def _months(desk: Desk, asked: Mapping[str, str]) -> tuple[date, date]:
    """Return the months asked for, in order; whatever cannot be chosen is the last whole month."""
    known = {f"{month}": month for month in months_until(desk.now())}
    newest = next(iter(known.values()))
    first, last = (known.get(asked.get(name, ""), newest) for name in ("first", "last"))
    return min(first, last), max(first, last)


def _bars(table: Table) -> list[Bar]:
    longest = max((group.count or 0 for group in table.groups), default=0) or 1
    return [
        Bar(
            group.name,
            group.count,
            number * (BAR + GAP),
            round(WIDE * (group.count or 0) / longest),
        )
        for number, group in enumerate(table.groups)
    ]
