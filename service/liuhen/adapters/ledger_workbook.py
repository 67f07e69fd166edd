"""A ledger as an XLSX workbook: the rows, the history of each, and a sheet to check them by.

The same ledger gives the same bytes. Nothing is ever a formula: a cell that begins with `=` or the
like is text, and stays text when the file is saved as something else.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from liuhen.app.ledger import Ledger
from liuhen.core.canonical import JsonValue, canonical_text
from liuhen.domain.incoming import Incoming
from liuhen.domain.ledger import Row
from liuhen.domain.ledger_column import COLOURS, Column
from liuhen.domain.ledger_history import HEADINGS, SHEETS, TIME
from liuhen.domain.reading import BEIJING, get_list, get_members, get_text, get_texts
from liuhen.domain.rectification import LIFE
from liuhen.domain.rectification_field import ACTIONS, RESULTS

CHECK_SHEET: Final = "校验"
_SHEETS: Final = (("台账", "Ledger"), SHEETS)
_FILLS: Final = {"red": "#F8CBAD", "yellow": "#FFE699", "blue": "#BDD7EE", "closed": "#D9D9D9"}
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_MOST_CHARACTERS: Final = 32_767
"""Of a cell, as Excel has it."""


def write_workbook(ledger: Ledger, *, in_chinese: bool) -> bytes:
    """Return the workbook of a ledger.

    Args:
        ledger: The ledger.
        in_chinese: Its language, else English.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime.combine(ledger.board.day, time(), UTC)})
    sheets = _Sheets(book, in_chinese=in_chinese)
    sheets.add_rows(ledger.form.columns, ledger.rows)
    sheets.add_histories(ledger)
    sheets.add_check(ledger.manifest)
    book.close()
    return stream.getvalue()


class _Sheets:
    def __init__(self, book: Any, *, in_chinese: bool) -> None:  # noqa: ANN401 -- it has no types
        self._book, self._in_chinese = book, in_chinese
        self._head = book.add_format({"bold": True, "bg_color": "#DDDDDD", "text_wrap": True})
        self._text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self._quoted = book.add_format(
            {"num_format": "@", "valign": "top", "text_wrap": True, "quote_prefix": True}
        )
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})

    def add_rows(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Add the sheet of rows, with filters, choices and colours."""
        headings = [column.zh if self._in_chinese else column.en for column in columns]
        sheet = self._sheet(_SHEETS[0], headings, [column.width for column in columns], len(rows))
        for number, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                value = row.get(column.name, "")
                if column.is_day and value:
                    sheet.write_datetime(number, place, date.fromisoformat(value), self._day)
                else:
                    shown = column.shown(value, in_chinese=self._in_chinese)
                    self._write(sheet, number, place, shown)
        end = max(len(rows), 1)
        self._add_choices(sheet, columns, end)
        place = len(columns) - 1
        cell = f"${_letter(place)}2"
        for name, labels in COLOURS.items():
            word = labels[0 if self._in_chinese else 1]
            fill = self._book.add_format({"bg_color": _FILLS[name]})
            rule = {"type": "formula", "criteria": f'={cell}="{word}"', "format": fill}
            sheet.conditional_format(1, 0, end, place, rule)

    def _add_choices(self, sheet: Any, columns: Sequence[Column], end: int) -> None:  # noqa: ANN401
        for place, column in enumerate(columns):
            if column.options is not None:
                words = [labels[0 if self._in_chinese else 1] for labels in column.options.values()]
                sheet.data_validation(1, place, end, place, {"validate": "list", "source": words})
            elif column.is_day:
                rule = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}
                sheet.data_validation(1, place, end, place, rule)

    def add_histories(self, ledger: Ledger) -> None:
        """Add the sheet with every step of every row."""
        headings = [zh if self._in_chinese else en for zh, en, _ in HEADINGS]
        count = sum(map(len, ledger.histories))
        widths = [width for _, _, width in HEADINGS]
        sheet, number = self._sheet(_SHEETS[1], headings, widths, count), 0
        for history in ledger.histories:
            for record in history:
                number += 1
                for place, text in enumerate(self._step(record)):
                    self._write(sheet, number, place, text)

    def _step(self, record: Incoming) -> list[str]:
        data, language = record.data, 0 if self._in_chinese else 1
        action, result = LIFE.action_of(data), get_text(data, "result") or ""
        due = get_text(data, "new_due_on") or get_text(data, "due_on") or ""
        names = ("reason", "approver", "to", "verifier")
        notes = [text for name in names if (text := get_text(data, name))]
        files = [
            f"{get_text(each, 'name') or ''} {get_text(each, 'sha256') or ''}".strip()
            for each in get_list(data, "evidence")
        ]
        return [
            record.case or "",
            "" if record.case_seq is None else str(record.case_seq + 1),
            ACTIONS.get(action, (action, action))[language],
            record.at.astimezone(BEIJING).strftime(TIME),
            record.recorded_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
            record.organisation or "",
            record.person or "",
            due,
            RESULTS.get(result, (result, result))[language],
            "；".join([*get_texts(data, "measures"), *notes]),
            "\n".join(files),
            get_text(get_members(data, "imported"), "source") or "",
            record.record_id,
        ]

    def add_check(self, manifest: dict[str, JsonValue]) -> None:
        """Add the sheet that says what the rows were made from, and their digest."""
        sheet = self._book.add_worksheet(CHECK_SHEET)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 72)
        for number, (name, value) in enumerate(sorted(manifest.items())):
            self._write(sheet, number, 0, name)
            text = value if isinstance(value, str) else canonical_text(value)
            self._write(sheet, number, 1, text)

    def _sheet(
        self, names: tuple[str, str], headings: Sequence[str], widths: Sequence[int], count: int
    ) -> Any:  # noqa: ANN401 -- it has no types
        sheet = self._book.add_worksheet(names[0 if self._in_chinese else 1])
        for place, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, heading, self._head)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(count, 1), len(headings) - 1)
        return sheet

    def _write(self, sheet: Any, row: int, place: int, text: str) -> None:  # noqa: ANN401 -- as above
        if text:
            form = self._quoted if text.startswith(_FORMULA_STARTS) else self._text
            sheet.write_string(row, place, text[:_MOST_CHARACTERS], form)


def _letter(place: int) -> str:
    return chr(ord("A") + place)
