"""A report as files for other programs: CSV and XLSX. Groups go by their ids, and what is hidden is an empty cell."""

from collections.abc import Iterator
from datetime import timedelta

from bot import sheets
from bot.hotline.reports import Report
from bot.sheets import Cell

HEAD = ("table", "group", "people", "hidden")
WAITS_HEAD = ("level", "median_minutes", "p10_minutes", "p90_minutes")
MINUTE = timedelta(minutes=1)


def as_csv(report: Report) -> str:
    """Return all tables as one CSV."""
    return sheets.as_csv(HEAD, _rows(report))


def as_xlsx(report: Report) -> bytes:
    """Return the tables and the waits as a workbook of two sheets."""
    return sheets.as_xlsx((("people", HEAD, _rows(report)), ("waits", WAITS_HEAD, _waits(report))))


def _rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    for table in report.tables:
        for group in table.groups:
            yield table.name, group.name, group.count, "yes" if group.count is None else "no"
        yield table.name, "total", table.total, "yes" if table.total is None else "no"


def _waits(report: Report) -> Iterator[tuple[Cell, ...]]:
    for each in report.waits:
        yield (
            each.level,
            *(
                None if span is None else round(span / MINUTE, 1)
                for span in (each.middle, each.low, each.high)
            ),
        )
