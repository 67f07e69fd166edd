"""The history in a ledger: read back step by step, and held against the rows."""

from liuhen.domain.ledger import history_problem, submissions_of
from liuhen.domain.ledger_form import FINDINGS, TASKS
from liuhen.domain.ledger_history import HEADINGS, TakenStep, read_history, state_after

ZH, EN = [zh for zh, _, _ in HEADINGS], [en for _, en, _ in HEADINGS]


def line(number: str, step: str, time: str, due: str = "") -> list[str]:
    cells = dict.fromkeys(ZH, "")
    cells |= {"问题编号": number, "步骤": step, "发生时间": time, "期限": due}
    return list(cells.values())


def test_steps_are_read_by_number_in_their_order() -> None:
    table = [
        line("A", "立案", "2026-05-15 09:30", "2026-05-22"),
        line("B", "opened", "2026-05-16 00:00"),
        line("A", "延期", "2026-05-20 10:00", "2026-06-01"),
    ]
    steps = [
        TakenStep("opened", "2026-05-15T09:30:00+08:00", "2026-05-22"),
        TakenStep("extended", "2026-05-20T10:00:00+08:00", "2026-06-01"),
    ]
    for headings in (ZH, EN):
        found = read_history([headings, *table])
        assert found == {"A": steps, "B": [TakenStep("opened", "2026-05-16T00:00:00+08:00")]}
    assert state_after(steps) == "opened"


def test_what_is_no_history_of_ours_is_none() -> None:
    assert read_history([]) == {}
    assert read_history([["问题编号", "备注"], ["A", "x"]]) == {}


def test_a_step_that_cannot_be_read_spoils_its_own_history_alone() -> None:
    good = line("B", "立案", "2026-05-16 00:00")
    for bad in (
        line("A", "完成", "2026-05-16 00:00"),
        line("A", "立案", "16.05.2026"),
        line("A", "立案", "2026-05-16 00:00", "soon"),
    ):
        for table in ([good, bad], [bad, good, line("A", "立案", "2026-05-16 00:00")]):
            found = read_history([ZH, *table])
            assert found["A"] is None
            assert found["B"]
    problem = history_problem(2, {"status": "opened"}, None)
    assert problem is not None
    assert "cannot be read" in problem.en


def test_a_row_must_stand_as_its_history_leads_to() -> None:
    steps = [TakenStep("opened", "2026-05-16T00:00:00+08:00")]
    assert history_problem(2, {"status": "opened"}, steps) is None
    assert history_problem(2, {"status": "closed"}, ()) is None
    problem = history_problem(2, {"status": "closed"}, steps)
    assert problem is not None
    assert (problem.row, problem.column) == (2, "status")


def test_a_row_with_its_history_becomes_its_steps_on_their_days() -> None:
    row = {"task_no": "DB-1", "title": "整改", "opened_on": "2026-05-16", "status": "notified"}
    row |= {"first_due_on": "2026-06-01", "due_on": "2026-07-01", "helping_depts": "甲科; 乙科"}
    steps = [
        TakenStep("opened", "2026-05-16T08:00:00+08:00", "2026-06-01"),
        TakenStep("notified", "2026-05-18T08:00:00+08:00"),
        TakenStep("extended", "2026-05-20T08:00:00+08:00", "2026-06-15"),
        TakenStep("extended", "2026-06-02T08:00:00+08:00", "2026-07-01"),
    ]
    sent = submissions_of(row, 2, "ab" * 32, TASKS, steps)
    assert [each["occurred_at"] for each in sent] == [step.at for step in steps]
    assert {each["type"] for each in sent} == {"task"}
    first, _, *extended = [each["data"] for each in sent]
    assert isinstance(first, dict)
    assert (first["due_on"], first["departments"]) == ("2026-06-01", ["甲科", "乙科"])
    assert "source" not in first
    assert [isinstance(each, dict) and each["new_due_on"] for each in extended] == [
        "2026-06-15",
        "2026-07-01",
    ]


def test_both_ledgers_know_their_columns_by_name_and_by_both_headings() -> None:
    for form in (FINDINGS, TASKS):
        for column in form.columns:
            for heading in (column.name, column.zh, column.en):
                assert form.by_heading[heading.casefold()] is column
        assert set(form.required) <= {column.name for column in form.columns}
        assert set(form.opening.values()) <= {column.name for column in form.columns}
