"""Reading a ledger of findings: each row becomes the records of a case, as far as it tells.

A row says how a finding stands, not when each step was taken. So all steps that lead to its state
are entered, dated by the day of discovery, but for those that end it, dated by the day of closing.
They are marked as imported, and their submitter as unknown: who verified is a member of `data`,
told and not proven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.catalogue import finding
from liuhen.domain.ledger_column import BY_HEADING, REQUIRED, Column, UnfitCell
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


def read_ledger(table: Sequence[Sequence[str]], *, is_new: bool = True) -> ReadLedger:
    """Read a table whose first row are headings; columns that are not known are left aside.

    Args:
        table: The texts of its cells.
        is_new: It is to be entered, so that no row may lack what makes a finding. In one of our
            own, what was erased is missing.
    """
    headings = [cell.strip() for cell in table[0]] if table else []
    columns = [BY_HEADING.get(heading.casefold()) for heading in headings]
    problems = _heading_problems(columns)
    if problems:
        return ReadLedger((), problems)
    rows: list[tuple[int, Row]] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _read_row(number, columns, cells, problems)
        if is_new:
            problems += _row_problems(number, row, seen)
        rows.append((number, row))
    return ReadLedger(() if problems else rows, problems)


def _heading_problems(columns: Sequence[Column | None]) -> list[CellProblem]:
    names = [column.name for column in columns if column is not None]
    missing = [name for name in REQUIRED if name not in names]
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


def _row_problems(number: int, row: Row, seen: dict[str, int]) -> Iterator[CellProblem]:
    for name in REQUIRED:
        if name not in row:
            yield CellProblem(number, name, "不能为空", "must not be empty")
    case = row.get("finding_no")
    if case and case in seen:
        also = seen[case]
        yield CellProblem(number, "finding_no", f"与第{also}行重复", f"is that of row {also} too")
    if case:
        seen[case] = number
    if not {"due_on", "due_working_days"} & row.keys():
        yield CellProblem(number, "due_on", "须写明整改期限", "the due day must be stated")
    if row.get("status") == "closed" and "closed_on" not in row:
        yield CellProblem(number, "closed_on", "已销号的须写明日期", "a closed row states the day")
    first, due = row.get("first_due_on"), row.get("due_on")
    if first and due and due < first:
        yield CellProblem(number, "due_on", "不得早于原定期限", "is before the first due day")
    closed, found = row.get("closed_on"), row.get("found_on")
    if closed and found and closed < found:
        yield CellProblem(number, "closed_on", "早于发现日期", "is before the day of discovery")


def submissions_of(row: Row, position: int, sha256: str) -> list[JsonObject]:
    """Return the submissions that one row becomes.

    Args:
        row: A row without problems.
        position: Its number in the file.
        sha256: Digest of the file, in hex.
    """
    imported: JsonObject = {"source": SOURCE, "sha256": sha256, "position": position}
    return [
        {
            "type": finding.NAME,
            "case": row["finding_no"],
            "occurred_at": f"{_day_of(action, row)}T00:00:00+08:00",
            "submitter": {"organisation": UNKNOWN, "person": UNKNOWN},
            "data": {"action": action, **_data_of(action, row), "imported": imported},
        }
        for action in _steps(row)
    ]


def _day_of(action: str, row: Row) -> str:
    found = row["found_on"]
    return row.get("closed_on", found) if action in _AT_THE_END else found


def _steps(row: Row) -> list[str]:
    steps = list(STEPS_TO[row["status"]])
    if _is_extended(row):
        steps.insert(min(2, len(steps)), "extended")
    return steps


def _is_extended(row: Row) -> bool:
    first = row.get("first_due_on")
    return row.get("extended") == "yes" or (first is not None and first != row.get("due_on"))


def _data_of(action: str, row: Row) -> JsonObject:
    if action == "opened":
        return _opening(row)
    if action == "extended":
        return {"new_due_on": row["due_on"]} if "due_on" in row else {}
    if action == "submitted" and "rectification_report_sha256" in row:
        sha256 = row["rectification_report_sha256"]
        return {"evidence": [{"name": "整改报告", "sha256": sha256}]}
    if action in {"verified", "closed"} and "verified_by" in row:
        return {"verifier": row["verified_by"]}
    return {}


_OPENING: Final = {
    "finding_no": "finding_no",
    "category": "category",
    "summary": "description",
    "found_on": "found_on",
    "found_by": "found_by",
    "department": "responsible_dept",
    "legal_basis": "basis",
    "requirement": "requirement",
}


def _opening(row: Row) -> JsonObject:
    data: dict[str, JsonValue] = {"source": "import"}
    data |= {name: row[column] for name, column in _OPENING.items() if column in row}
    if "amount" in row:
        data["amount"] = {"amount": row["amount"], "currency": "CNY"}
    if "due_working_days" in row:
        data["due_working_days"] = int(row["due_working_days"])
    due = row.get("first_due_on") or row.get("due_on")
    if due is not None:
        data["due_on"] = due
    return data
