"""Ledgers as files: whatever program wrote them."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it has no stubs
import pytest

from liuhen.adapters import ledger_file
from liuhen.adapters.ledger_file import pairs_of, read_table
from liuhen.core.errors import Malformed

TEXT = '问题编号,问题描述\r\nFX-1,"有,逗号"\r\n'


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_each_encoding_that_offices_use(encoding: str) -> None:
    table = [["问题编号", "问题描述"], ["FX-1", "有,逗号"]]
    assert read_table(TEXT.encode(encoding)) == table


def test_cells_of_a_workbook_become_texts() -> None:
    day = datetime(2026, 3, 31)  # noqa: DTZ001 -- as Excel has days
    row: list[Any] = ["a", None, 20, 2.5, day, date(2026, 3, 31)]
    assert read_table(workbook(row, [None] * 6)) == [
        ["a", "", "20", "2.5", "2026-03-31", "2026-03-31"]
    ]


def other_archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xff\xff",
        b'a,"b\n',
        b"PK",
        b"PK\x03\x04 nothing",
        other_archive(),
        workbook(["a"])[:900],
    ],
    ids=["no text", "open quote", "PK", "no archive", "other archive", "cut off"],
)
def test_what_is_no_ledger_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_table(content)


def test_a_sheet_that_is_not_there_is_malformed() -> None:
    with pytest.raises(Malformed, match="校验"):
        read_table(workbook(["a"]), "校验")


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_UNPACKED", "MOST_ROWS"])
def test_what_is_too_large_is_malformed(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    content = workbook(["a"], ["b"], ["c"])
    monkeypatch.setattr(ledger_file, limit, 2)
    with pytest.raises(Malformed, match="at most 2"):
        read_table(content)


def test_pairs_are_the_first_two_columns() -> None:
    assert pairs_of([["a", "1", "x"], ["b"], ["", "2"], ["c", "3"]]) == {"a": "1", "c": "3"}
