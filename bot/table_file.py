"""Tables that people bring as a file, read into rows of texts: CSV as programs write it, and workbooks (.xlsx)."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bot.errors import Refused
from bot.sheets import FORMULA

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED_BYTES = 32 * 1024 * 1024
MAX_COLUMNS = 400
MAX_CELL_CHARS = 4_000
_DELIMITERS = (",", ";", "\t")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKED = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class NotATable(Refused):
    """A file that cannot be read as a table."""

    def __init__(self, why: str, **values: int) -> None:
        self.why = why
        """`empty`, `too_large`, `old_workbook`, `not_a_workbook`, `not_utf8`, `not_text`, `broken`, `too_wide`, `too_long` or `cell_long`; of whoever reads it also `no_file`, `only_head` and `busy`."""
        self.values = values
        """What its sentence names."""
        super().__init__(f"not a table: {why}")


@dataclass(frozen=True)
class Row:
    """One row that has something in it."""

    number: int
    """As a spreadsheet counts, from 1; the head has 1 where nothing stands above it."""
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()
    """The places of cells that a spreadsheet would calculate; what they say is not taken over."""


def read_table(data: bytes, *, most: int) -> list[Row]:
    """Return the rows of a file that are not empty, the head first.

    Args:
        data: CSV in UTF-8 or UTF-16 with commas, semicolons or tabs; or a workbook, of which the first sheet counts.
        most: Rows below the head at most.

    Raises:
        NotATable: It is none, or too large.
    """
    if not data.strip():
        raise NotATable("empty")
    if len(data) > MAX_BYTES:
        raise NotATable("too_large", mb=MAX_BYTES // 2**20)
    if data.startswith(_OLE):
        raise NotATable("old_workbook")
    rows = _workbook(data) if data.startswith(_ZIP) else _csv(_decoded(data))
    found = list(islice((row for row in rows if any(row.cells) or row.formulas), most + 2))
    if not found:
        raise NotATable("empty")
    if len(found) > most + 1:
        raise NotATable("too_long", most=most)
    return found


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKED if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise NotATable("not_utf8") from None
    if "\0" in text:
        raise NotATable("not_text")
    return text


def _csv(text: str) -> Iterator[Row]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    # A sniffer guesses from words; the head has no other signs than these between its names.
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, line in enumerate(lines, start=1):
            formulas = frozenset(at for at, cell in enumerate(line) if cell.startswith(FORMULA))
            yield _row(number, [_unguarded(cell) for cell in line], formulas)
    except csv.Error:
        raise NotATable("broken") from None


def _unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from calculating it (`bot.sheets.as_csv`)."""
    is_guarded = cell.startswith("'") and cell.lstrip("'").startswith(FORMULA)
    return cell[1:] if is_guarded else cell


def _workbook(data: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise NotATable("too_large", mb=MAX_BYTES // 2**20)
            if "xl/workbook.xml" not in packed.namelist():
                raise NotATable("not_a_workbook")
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What a file says of its own size need not be true.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            formulas = frozenset(at for at, cell in enumerate(cells) if cell.data_type == "f")
            yield _row(number, [_said(cell.value) for cell in cells], formulas)
    except (*_BROKEN, DefusedXmlException):
        raise NotATable("not_a_workbook") from None


_BROKEN = (
    zipfile.BadZipFile, InvalidFileException, ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    SyntaxError, TypeError, ValueError, zipfile.LargeZipFile,
)  # fmt: skip
"""What the reader of workbooks raises on files that no spreadsheet has written."""


def _said(value: Any) -> str:  # noqa: ANN401  # whatever a cell holds
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _row(number: int, cells: Sequence[str], formulas: Iterable[int]) -> Row:
    said = [cell.replace("\r\n", "\n").replace("\r", "\n").strip() for cell in cells]
    while said and not said[-1]:
        said.pop()
    if len(said) > MAX_COLUMNS:
        raise NotATable("too_wide", most=MAX_COLUMNS)
    if any(len(cell) > MAX_CELL_CHARS for cell in said):
        raise NotATable("cell_long", row=number, most=MAX_CELL_CHARS)
    return Row(number, tuple(said), frozenset(formulas))
