"""Ledgers as files: CSV and XLSX are read into a table of texts, whatever program wrote them."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no stubs
from openpyxl.utils.exceptions import (  # type: ignore[import-untyped]  # the same
    InvalidFileException,
)

from liuhen.core.errors import Malformed

MOST_BYTES: Final = 64 * 2**20
MOST_UNPACKED: Final = 512 * 2**20
"""Against archives that unpack without end."""

MOST_ROWS: Final = 100_000
MOST_CELLS: Final = 256
"""Of a row."""

_NO_WORKBOOK: Final = "the ledger is not a workbook that can be read"
_UNREADABLE: Final = (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError)


def read_table(content: bytes, sheet: str | None = None) -> list[list[str]]:
    """Return the rows of a ledger.

    Args:
        content: The file: an XLSX workbook, else CSV in UTF-8 or GB 18030.
        sheet: Name of the sheet of a workbook; None: its first.

    Raises:
        Malformed: It is neither, or too large.
    """
    if len(content) > MOST_BYTES:
        raise Malformed(f"a ledger has at most {MOST_BYTES} bytes")
    rows = _workbook(content, sheet) if content[:2] == b"PK" else _csv(content)
    if len(rows) > MOST_ROWS:
        raise Malformed(f"a ledger has at most {MOST_ROWS} rows")
    return rows


def sheet_of(content: bytes, names: Sequence[str]) -> list[list[str]]:
    """Return the rows of the sheet of a workbook that has one of some names; else none, as of CSV.

    Raises:
        Malformed: It is a workbook that cannot be read.
    """
    there = _opened(content).sheetnames if content[:2] == b"PK" else ()
    found = [name for name in names if name in there]
    return read_table(content, found[0]) if found else []


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise Malformed("the ledger is neither XLSX nor text in UTF-8 or GB 18030") from error
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Malformed(f"the ledger is not CSV: {error}") from error


def _workbook(content: bytes, sheet: str | None) -> list[list[str]]:
    book = _opened(content)
    if sheet is not None and sheet not in book.sheetnames:
        raise Malformed(f"the workbook has no sheet {sheet!r}")
    try:
        found = book.worksheets[0] if sheet is None else book[sheet]
        rows = islice(found.iter_rows(values_only=True), MOST_ROWS + 1)
        return _without_end([[_text(cell) for cell in row[:MOST_CELLS]] for row in rows])
    except _UNREADABLE as error:
        raise Malformed(_NO_WORKBOOK) from error


def _opened(content: bytes) -> Any:  # noqa: ANN401 -- it has no types
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise Malformed(f"a workbook unpacks to at most {MOST_UNPACKED} bytes")
        return load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except _UNREADABLE as error:
        raise Malformed(_NO_WORKBOOK) from error


def _without_end(rows: list[list[str]]) -> list[list[str]]:
    """Leave out the empty rows at the end, of which formatted sheets have many."""
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def pairs_of(table: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the first two columns of a table as names and values."""
    return {row[0]: row[1] for row in table if len(row) > 1 and row[0]}
