"""The columns of ledgers of findings and of tasks (监督检查问题、督办台账), and their cells.

A heading is known by its name or by its label in either language, and so is a word of a closed
list. A cell that is empty says nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from liuhen.domain.board import Colour
from liuhen.domain.catalogue.finding import CATEGORIES, REQUIREMENTS
from liuhen.domain.rectification_field import ACTIONS

Options = Mapping[str, tuple[str, str]]

STATES: Final[Options] = {name: labels for name, labels in ACTIONS.items() if name != "extended"}
COLOURS: Final[Options] = {
    str(Colour.RED): ("超期", "overdue"),
    str(Colour.YELLOW): ("临期", "due soon"),
    str(Colour.BLUE): ("正常推进", "on course"),
    str(Colour.CLOSED): ("已销号", "closed"),
}
EXTENDED: Final[Options] = {"yes": ("已延期", "extended"), "no": ("否", "no")}


class UnfitCell(Exception):
    """A cell that does not have the form of its column."""

    def __init__(self, zh: str, en: str) -> None:
        """Carry what it should be, in both languages."""
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: As in a row.
        zh: Heading in Chinese.
        en: Heading in English.
        read: Returns the value that a cell means; raises `UnfitCell`.
        options: The words it may be.
        is_day: Whether it holds days.
        width: Width in characters.
    """

    name: str
    zh: str
    en: str
    read: Callable[[str], str]
    options: Options | None = None
    is_day: bool = False
    width: int = 14

    def shown(self, value: str, *, in_chinese: bool) -> str:
        """Return the text of a cell for a value."""
        labels = (self.options or {}).get(value)
        return value if labels is None else labels[0 if in_chinese else 1]


def _text(cell: str) -> str:
    if len(cell) > 20_000:
        raise UnfitCell("最多20000个字符", "at most 20,000 characters")
    return cell


def _pattern(pattern: str, zh: str, en: str) -> Callable[[str], str]:
    matches = re.compile(pattern).fullmatch

    def read(cell: str) -> str:
        if matches(cell) is None:
            raise UnfitCell(zh, en)
        return cell

    return read


def _day(cell: str) -> str:
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", cell, re.ASCII)
    try:
        if found is not None:
            return date(*map(int, found.groups())).isoformat()
    except ValueError:
        pass
    raise UnfitCell("日期，如2026-03-31", "a day such as 2026-03-31")


def _amount(cell: str) -> str:
    plain = cell.replace(",", "").replace("，", "")
    if re.fullmatch(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?", plain, re.ASCII) is None:
        raise UnfitCell("金额（元），如120000.00", "an amount in yuan such as 120000.00")
    return plain


def _word(options: Options) -> Callable[[str], str]:
    known = {word: name for name, labels in options.items() for word in (name, *labels)}
    listed = "、".join(labels[0] for labels in options.values()), ", ".join(options)

    def read(cell: str) -> str:
        if cell not in known:
            raise UnfitCell(f"下列之一：{listed[0]}", f"one of: {listed[1]}")
        return known[cell]

    return read


def _choice(name: str, zh: str, en: str, options: Options) -> Column:
    return Column(name, zh, en, _word(options), options)


_CODE = _pattern(
    "[A-Za-z0-9._-]{1,64}", "1至64位字母、数字和._-，即案卷号", "1 to 64 of letters, digits and ._-"
)
_DIGEST = _pattern("[0-9a-f]{64}", "64位小写十六进制摘要", "64 lower-case hex digits")
_WHOLE = _pattern("(0|[1-9][0-9]{0,3})", "0至9999的整数", "a whole number from 0 to 9999")

_COURSE: Final = (
    Column("due_working_days", "整改期限（工作日）", "Due in working days", _WHOLE),
    Column("first_due_on", "原定期限", "First due on", _day, is_day=True),
    Column("due_on", "整改期限", "Due on", _day, is_day=True),
    _choice("extended", "延期", "Extended", EXTENDED),
    _choice("status", "状态", "State", STATES),
    Column(
        "rectification_report_sha256", "整改报告摘要", "SHA-256 of the report", _DIGEST, width=24
    ),
    Column("verified_by", "核查人", "Verified by", _text),
    Column("closed_on", "销号日期", "Closed on", _day, is_day=True),
    _choice("colour", "颜色", "Colour", COLOURS),
)
"""How it goes on, of findings and tasks alike."""

FINDING_COLUMNS: Final = (
    Column("finding_no", "问题编号", "Number", _CODE, width=16),
    _choice("category", "类别", "Category", CATEGORIES),
    Column("description", "问题描述", "Description", _text, width=36),
    Column("found_on", "发现日期", "Found on", _day, is_day=True),
    Column("found_by", "发现人", "Found by", _text),
    Column("responsible_dept", "责任部门", "Department", _text),
    Column("basis", "依据", "Legal basis", _text, width=28),
    Column("amount", "涉及金额（元）", "Amount (yuan)", _amount),
    _choice("requirement", "整改要求", "Requirement", REQUIREMENTS),
    *_COURSE,
)
TASK_COLUMNS: Final = (
    Column("task_no", "任务编号", "Number", _CODE, width=16),
    Column("title", "任务名称", "Title", _text, width=36),
    Column("opened_on", "立项日期", "Opened on", _day, is_day=True),
    Column("lead", "牵头领导", "Lead", _text),
    Column("responsible_dept", "责任部门", "Department", _text),
    Column("helping_depts", "配合部门", "Departments that help", _text, width=24),
    Column("progress", "进展", "Progress", _text, width=36),
    *_COURSE,
)
