"""Reading a ledger of findings or tasks: each row becomes the records of a case.

A row says how something stands, not when each step was taken. Where the ledger comes without its
history, all steps that lead to the state are entered, dated by the day it began, but for those that
end it, dated by the day of closing. They are marked as imported, and their submitter as unknown:
who verified is a member of `data`, told and not proven.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.catalogue import finding
from liuhen.domain.ledger_column import Column, UnfitCell
from liuhen.domain.ledger_form import FINDINGS, LedgerForm
from liuhen.domain.ledger_history import TakenStep, state_after
from liuhen.domain.rectification import UNKNOWN

Row = Mapping[str, str]
"""Values by the name of their column; what is not known is missing."""

_TO_SUBMITTED: Final = ("opened", "notified", "rectifying", "submitted")
_TO_CLOSED: Final = (*_TO_SUBMITTED, "verified", "closed")
STEPS_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "opened": ("opened",),
    "notified": ("opened", "notified"),
    "acknowledged": ("opened", "notified", "acknowledged"),
    "rectifying": ("opened", "notified", "rectifying"),
    "submitted": _TO_SUBMITTED,
    "returned": (*_TO_SUBMITTED, "returned"),
    "verified": (*_TO_SUBMITTED, "verified"),
    "closed": _TO_CLOSED,
    "reopened": (*_TO_CLOSED, "reopened"),
    "withdrawn": ("opened", "withdrawn"),
    "transferred": ("opened", "transferred"),
}
"""Steps that lead to each state of a row."""

_AT_THE_END: Final = frozenset({"verified", "closed", "reopened", "withdrawn", "transferred"})
SOURCE: Final = "ledger"
_LISTED: Final = re.compile("[;；]")
"""Between the texts of a list in one cell."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a row.

    Attributes:
        row: Its number in the file, from 1, the headings included.
        column: Heading of the column; empty for the row as a whole.
        zh: What it should be, in Chinese.
        en: The same in English.
    """

    row: int
    column: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReadLedger:
    """What was read.

    Attributes:
        rows: (row number, row), where nothing is wrong with any.
        problems: All that is wrong.
    """

    rows: Sequence[tuple[int, Row]]
    problems: Sequence[CellProblem]


def read_ledger(
    table: Sequence[Sequence[str]], form: LedgerForm = FINDINGS, *, is_new: bool = True
) -> ReadLedger:
    """Read a table whose first row are headings; columns that are not known are left aside.

    Args:
        table: The texts of its cells.
        form: What it is a ledger of.
        is_new: It is to be entered, so that no row may lack what makes a finding. In one of our
            own, what was erased is missing.
    """
    headings = [cell.strip() for cell in table[0]] if table else []
    columns = [form.by_heading.get(heading.casefold()) for heading in headings]
    problems = _heading_problems(columns, form)
    if problems:
        return ReadLedger((), problems)
    rows: list[tuple[int, Row]] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _read_row(number, columns, cells, problems)
        if is_new:
            problems += _row_problems(number, row, seen, form)
        rows.append((number, row))
    return ReadLedger(() if problems else rows, problems)


def _heading_problems(columns: Sequence[Column | None], form: LedgerForm) -> list[CellProblem]:
    names = [column.name for column in columns if column is not None]
    missing = [name for name in form.required if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [
        *(CellProblem(1, name, "缺少此列", "this column is missing") for name in missing),
        *(CellProblem(1, name, "此列出现两次", "this column is there twice") for name in twice),
    ]


def _read_row(
    number: int,
    columns: Sequence[Column | None],
    cells: Sequence[str],
    problems: list[CellProblem],
) -> Row:
    row: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if column is None or not cell.strip():
            continue
        try:
            row[column.name] = column.read(cell.strip())
        except UnfitCell as unfit:
            row[column.name] = ""
            problems.append(CellProblem(number, column.name, unfit.zh, unfit.en))
    return row


def _row_problems(
    number: int, row: Row, seen: dict[str, int], form: LedgerForm
) -> Iterator[CellProblem]:
    for name in form.required:
        if name not in row:
            yield CellProblem(number, name, "不能为空", "must not be empty")
    case = row.get(form.number)
    if case and case in seen:
        also = seen[case]
        yield CellProblem(number, form.number, f"与第{also}行重复", f"is that of row {also} too")
    if case:
        seen[case] = number
    if not {"due_on", "due_working_days"} & row.keys():
        yield CellProblem(number, "due_on", "须写明整改期限", "the due day must be stated")
    if row.get("status") == "closed" and "closed_on" not in row:
        yield CellProblem(number, "closed_on", "已销号的须写明日期", "a closed row states the day")
    first, due = row.get("first_due_on"), row.get("due_on")
    if first and due and due < first:
        yield CellProblem(number, "due_on", "不得早于原定期限", "is before the first due day")
    closed, begun = row.get("closed_on"), row.get(form.begun_on)
    if closed and begun and closed < begun:
        zh = form.by_heading[form.begun_on].zh
        yield CellProblem(number, "closed_on", f"早于{zh}", "is before the day it began")


def history_problem(number: int, row: Row, steps: Sequence[TakenStep] | None) -> CellProblem | None:
    """Return what is wrong with the history of a row."""
    if steps is None:
        return CellProblem(
            number, "status", "逐项销号表中有无法识别的步骤", "a step in its history cannot be read"
        )
    state = state_after(steps)
    if not steps or state == row.get("status"):
        return None
    return CellProblem(
        number,
        "status",
        f"与逐项销号表不一致：该表为{state}",
        f"is not what its history leads to, {state}",
    )


def submissions_of(
    row: Row,
    position: int,
    sha256: str,
    form: LedgerForm = FINDINGS,
    steps: Sequence[TakenStep] = (),
) -> list[JsonObject]:
    """Return the submissions that one row becomes.

    Args:
        row: A row without problems.
        position: Its number in the file.
        sha256: Digest of the file, in hex.
        form: What the ledger is of.
        steps: Its history; none where it came without.
    """
    imported: JsonObject = {"source": SOURCE, "sha256": sha256, "position": position}
    return [
        {
            "type": form.kind,
            "case": row[form.number],
            "occurred_at": step.at,
            "submitter": {"organisation": UNKNOWN, "person": UNKNOWN},
            "data": {"action": step.action, **_data_of(step, row, form), "imported": imported},
        }
        for step in steps or _steps(row, form)
    ]


def _steps(row: Row, form: LedgerForm) -> list[TakenStep]:
    """Return the steps that lead to the state of a row."""
    actions = list(STEPS_TO[row["status"]])
    if _is_extended(row):
        actions.insert(min(2, len(actions)), "extended")
    begun = row[form.begun_on]
    return [
        TakenStep(
            action,
            f"{row.get('closed_on', begun) if action in _AT_THE_END else begun}T00:00:00+08:00",
            row.get("due_on"),
        )
        for action in actions
    ]


def _is_extended(row: Row) -> bool:
    first = row.get("first_due_on")
    return row.get("extended") == "yes" or (first is not None and first != row.get("due_on"))


def _data_of(step: TakenStep, row: Row, form: LedgerForm) -> JsonObject:
    if step.action == "opened":
        return _opening(row, form)
    if step.action == "extended":
        return {} if step.due_on is None else {"new_due_on": step.due_on}
    if step.action == "submitted" and "rectification_report_sha256" in row:
        sha256 = row["rectification_report_sha256"]
        return {"evidence": [{"name": "整改报告", "sha256": sha256}]}
    if step.action in {"verified", "closed"} and "verified_by" in row:
        return {"verifier": row["verified_by"]}
    return {}


def _opening(row: Row, form: LedgerForm) -> JsonObject:
    data: dict[str, JsonValue] = {"source": "import"} if form.kind == finding.NAME else {}
    data |= {
        name: _value(column, row[column]) for name, column in form.opening.items() if column in row
    }
    due = row.get("first_due_on") or row.get("due_on")
    if due is not None:
        data["due_on"] = due
    return data


def _value(column: str, text: str) -> JsonValue:
    """Return what a cell says, as records have it."""
    if column == "amount":
        return {"amount": text, "currency": "CNY"}
    if column == "due_working_days":
        return int(text)
    if column == "helping_depts":
        return [each for part in _LISTED.split(text) if (each := part.strip())]
    return text
