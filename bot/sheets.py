"""Tables as files for other programs: CSV, and workbooks that open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

Cell = str | int | float | None
Row = Sequence[Cell]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet that opens a CSV takes for the beginning of a formula. Source: OWASP, CSV Injection."""


def as_csv(head: Row, rows: Iterable[Row]) -> str:
    """Return one table as CSV; None is an empty cell, and a text that looks like a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: Cell) -> Cell:
    # One that begins with an apostrophe of its own gets another: the first is taken for ours where the table is read again.
    guarded = isinstance(cell, str) and cell.lstrip("'").startswith(FORMULA)
    return f"'{cell}" if guarded else cell


def as_xlsx(sheets: Iterable[tuple[str, Row, Iterable[Row]]]) -> bytes:
    """Return tables (name, head, rows) as a workbook of as many sheets."""
    out = io.BytesIO()
    # Strings stay strings: nothing in a cell is taken for a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        for name, head, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate((head, *rows)):
                sheet.write_row(number, 0, row)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return out.getvalue()
