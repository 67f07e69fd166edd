"""The ledger of 23 findings: imported, every row has the state and the colour that it says."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain.board import Board, Colour, colour, make_board, snapshot_of, yellow_limit
from liuhen.domain.board_history import KINDS, History
from liuhen.domain.catalogue import check_data
from liuhen.domain.facts import RuleContext
from liuhen.domain.incoming import incoming_of
from liuhen.domain.ledger import STEPS_TO, read_ledger, submissions_of
from liuhen.domain.ledger_form import FINDINGS
from scripts.samples import SAMPLE

CALENDAR = ChinaCalendar()
CONTEXT = RuleContext(CALENDAR, str)
TABLE = list(
    csv.reader(io.StringIO((SAMPLE / "13-findings-ledger.csv").read_text(encoding="utf-8-sig")))
)
ROWS = [dict(zip(TABLE[0], cells, strict=True)) for cells in TABLE[1:]]
RECORDED = datetime(2026, 7, 31, tzinfo=UTC)
BY_HEADING = FINDINGS.by_heading
NUMBER = "01957b1e-0000-7000-8000-000000000001"


def histories(sent: list[dict[str, Any]], kind: str = "finding") -> list[History]:
    found: dict[str, History] = {}
    for index, submission in enumerate(sent):
        check_data(submission["type"], submission["data"])
        history = found.setdefault(submission["case"], History(KINDS[kind], submission["case"]))
        record = incoming_of({**submission, "record_id": NUMBER}, RECORDED.isoformat())
        history.add(record, index, CONTEXT)
    return list(found.values())


def imported(table: list[list[str]] = TABLE) -> list[dict[str, Any]]:
    ledger = read_ledger(table)
    assert not ledger.problems
    return [sent for number, row in ledger.rows for sent in submissions_of(row, number, "ab" * 32)]


def board(day: date, **more: Any) -> Board:
    return make_board(histories(imported()), day, CALENDAR, **more)


def naive_colour(row: dict[str, str], day: date) -> str:
    """Say the colour of a row by counting days one by one."""
    if row["status"] == "closed" and date.fromisoformat(row["closed_on"]) <= day:
        return "closed"
    due = date.fromisoformat(row["due_on"])
    if due < day:
        return "red"
    working, each = 0, day
    while each < due:
        each += timedelta(days=1)
        working += CALENDAR.is_working_day(each)
    return "yellow" if working <= 5 else "blue"


def test_every_row_has_the_colour_that_the_file_gives_it() -> None:
    shown = {line.case: str(line.colour) for line in board(date(2026, 6, 30)).lines}
    assert shown == {row["finding_no"]: row["colour"] for row in ROWS}
    assert Counter(shown.values()) == {"red": 10, "yellow": 3, "blue": 4, "closed": 6}


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 5, 20), {"red": 2, "yellow": 3, "blue": 3, "closed": 4}),
        (date(2026, 7, 10), {"red": 14, "yellow": 2, "blue": 1, "closed": 6}),
    ],
)
def test_other_days_have_the_colours_that_counting_by_hand_gives(
    day: date, counts: dict[str, int]
) -> None:
    shown = {line.case: str(line.colour) for line in board(day).lines}
    assert shown == {
        row["finding_no"]: naive_colour(row, day)
        for row in ROWS
        if date.fromisoformat(row["found_on"]) <= day
    }
    assert Counter(shown.values()) == counts


def test_every_row_has_the_state_and_the_days_that_the_file_gives_it() -> None:
    lines = {line.case: line for line in board(date(2026, 12, 31)).lines}
    assert {case: line.state for case, line in lines.items()} == {
        row["finding_no"]: row["status"] for row in ROWS
    }
    assert all(str(lines[row["finding_no"]].due_on) == row["due_on"] for row in ROWS)
    assert not any(line.is_extended for line in lines.values())


def test_a_due_day_that_is_not_given_is_counted_from_the_working_days() -> None:
    without = [
        [cell for name, cell in zip(TABLE[0], row, strict=True) if name != "due_on"]
        for row in TABLE
    ]
    lines = make_board(histories(imported(without)), date(2026, 6, 30), CALENDAR).lines
    assert {line.case: str(line.due_on) for line in lines} == {
        row["finding_no"]: row["due_on"] for row in ROWS
    }


@pytest.mark.parametrize("state", sorted(STEPS_TO))
@pytest.mark.parametrize("first", ["2026-05-22", ""])
def test_the_records_of_a_row_lead_to_its_state(state: str, first: str) -> None:
    row = {**ROWS[0], "status": state, "first_due_on": first, "due_on": "2026-05-29"}
    table = [list(row), list(row.values())]
    (history,) = histories(imported(table))
    moment = history.moments[-1]
    assert (moment.state, str(moment.due_on)) == (state, "2026-05-29")
    assert (str(moment.first_due_on), moment.is_extended) == (first or "2026-05-29", bool(first))


def test_headings_and_words_may_be_in_either_language() -> None:
    names = TABLE[0]
    for language in (False, True):
        table = [[BY_HEADING[name].zh if language else BY_HEADING[name].en for name in names]]
        for row in ROWS:
            read = read_ledger([names, list(row.values())]).rows[0][1]
            table.append([BY_HEADING[n].shown(read.get(n, ""), in_chinese=language) for n in names])
        assert imported(table) == imported()


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("finding_no", "FX 1", "letters"),
        ("finding_no", "", "empty"),
        ("finding_no", "FX-2026-002", "row 3"),
        ("category", "其他", "business"),
        ("found_on", "2026-02-30", "a day"),
        ("due_on", "soon", "a day"),
        ("amount", "12万", "yuan"),
        ("due_working_days", "five", "whole number"),
        ("status", "done", "opened"),
        ("rectification_report_sha256", "AB" * 32, "hex"),
        ("closed_on", "", "states the day"),
        ("closed_on", "2026-05-14", "before the day it began"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_is_read(
    column: str, cell: str, says: str
) -> None:
    position = TABLE[0].index(column)
    bent = [list(row) for row in TABLE]
    bent[1][position] = cell
    if column == "finding_no" and cell.startswith("FX-2026"):
        bent[1], bent[3] = bent[3], bent[1]
    ledger = read_ledger(bent)
    assert not ledger.rows
    (problem,) = ledger.problems
    assert problem.column == column
    assert problem.row == (4 if "row" in says else 2)
    assert says in problem.en
    assert problem.zh


def test_a_row_without_any_due_day_is_refused() -> None:
    bent = [list(row) for row in TABLE]
    for column in ("due_on", "due_working_days"):
        bent[5][TABLE[0].index(column)] = ""
    assert [(each.row, each.column) for each in read_ledger(bent).problems] == [(6, "due_on")]


@pytest.mark.parametrize("table", [[], [["序号"]], [["finding_no", "问题编号"]]])
def test_a_table_without_its_columns_is_refused(table: list[list[str]]) -> None:
    assert read_ledger(table).problems


def test_empty_rows_are_left_aside() -> None:
    assert imported([*TABLE, [""] * len(TABLE[0]), []]) == imported()


def test_every_heading_belongs_to_one_column() -> None:
    headings = [{each.name, each.zh, each.en.casefold()} for each in FINDINGS.columns]
    assert len(set().union(*headings)) == sum(map(len, headings))


def test_a_snapshot_of_a_past_day_is_not_changed_by_later_records() -> None:
    before = snapshot_of(board(date(2026, 6, 30), size=1000), "finding")
    late = {
        "type": "finding",
        "case": "FX-2026-003",
        "data": {"action": "closed"},
        "occurred_at": "2026-06-29T12:00:00+08:00",
    }
    grown = histories([*imported(), late])
    size = len(imported())
    again = make_board(grown, date(2026, 6, 30), CALENDAR, size=size)
    assert snapshot_of(again, "finding") == {**before, "tree_size": size}
    known = make_board(grown, date(2026, 6, 30), CALENDAR, size=size + 1)
    assert known.digest() != before["digest"]
    assert known.counts[Colour.RED] == 9


def test_a_snapshot_has_the_form_of_its_record_type() -> None:
    snapshot = snapshot_of(board(date(2026, 6, 30), size=7), "finding")
    check_data("board_snapshot", snapshot)
    assert snapshot["rule_version"] == "board/v1"


@pytest.mark.parametrize(
    ("due", "is_done", "shade"),
    [
        ("2026-06-29", False, "red"),
        ("2026-06-30", False, "yellow"),
        ("2026-07-07", False, "yellow"),
        ("2026-07-08", False, "blue"),
        ("2026-06-29", True, "closed"),
        (None, False, "blue"),
    ],
)
def test_the_limits_of_the_colours_are_the_day_and_five_working_days_later(
    due: str | None, is_done: bool, shade: str
) -> None:
    day = date(2026, 6, 30)
    until = yellow_limit(day, CALENDAR)
    told = None if due is None else date.fromisoformat(due)
    assert colour(told, day, until, is_done=is_done) == shade


def test_yellow_begins_earlier_where_a_holiday_lies_between() -> None:
    assert yellow_limit(date(2026, 9, 30), CALENDAR) == date(2026, 10, 13)


def test_an_acceptance_with_missing_papers_has_a_colour_too() -> None:
    def step(action: str, day: str, **data: str) -> dict[str, Any]:
        return {
            "type": "tolerant_acceptance",
            "case": "P-1",
            "occurred_at": f"{day}T09:00:00+08:00",
            "data": {"action": action, **data},
        }

    sent = [step("accepted", "2026-06-01", supply_by="2026-06-30"), step("supplied", "2026-07-02")]
    made = histories(sent, "tolerant_acceptance")
    days = [date(2026, 6, 2), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)]
    shades = [make_board(made, day, CALENDAR).lines[0].colour for day in days]
    assert shades == ["blue", "yellow", "red", "closed"]


def test_an_extension_moves_the_colour_and_keeps_the_first_day() -> None:
    row = {**ROWS[2], "first_due_on": "2026-05-12", "due_on": "2026-07-31"}
    (line,) = make_board(
        histories(imported([list(row), list(row.values())])), date(2026, 6, 30), CALENDAR
    ).lines
    assert (line.colour, line.is_extended) == (Colour.BLUE, True)
    assert (line.first_due_on, line.due_on) == (date(2026, 5, 12), date(2026, 7, 31))
