"""A report as files for other programs: CSV and XLSX. Groups go by their ids, and what is hidden is an empty cell."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import xlsxwriter

from bot.hotline.reports import Report

HEAD = ("table", "group", "people", "hidden")
WAITS_HEAD = ("level", "median_minutes", "p10_minutes", "p90_minutes")
Cell = str | int | float | None
MINUTE = timedelta(minutes=1)


def as_csv(report: Report) -> str:
    """Return all tables as one CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(_rows(report))
    return out.getvalue()


def as_xlsx(report: Report) -> bytes:
    """Return the tables and the waits as a workbook of two sheets."""
    out = io.BytesIO()
    # Strings stay strings: nothing in a cell is taken for a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        for name, head, rows in (
            ("people", HEAD, _rows(report)),
            ("waits", WAITS_HEAD, _waits(report)),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate((head, *rows)):
                sheet.write_row(number, 0, row)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return out.getvalue()


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
