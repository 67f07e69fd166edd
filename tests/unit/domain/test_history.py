"""History of other systems beside records of our own: neither moves what is not its own."""

from typing import Any

import pytest

from liuhen.domain.admission import is_sealed
from liuhen.domain.catalogue import finding, project
from liuhen.domain.facts import regime_of, stage_of
from liuhen.domain.history import AFTER_HISTORY, INTO_LIVE, is_live
from liuhen.domain.stage import Stage
from tests.case_kit import BIDS, Case, bid, document, in_bidding, registered, sheet

PAST: dict[str, Any] = {"imported": {"source": "ocds"}}
PROJECT: dict[str, Any] = {"name": "示例项目", "regime": "ZC", "category": "goods"}


def told(*steps: str) -> Case:
    """Return a case that holds history alone."""
    case, data = Case(), {"project": PROJECT, "tender_document": document()}
    data |= {"opening_record": {}, "award_notice": {"winner": {"name": "甲公司"}}}
    for step in steps:
        case.enter(step, "2025-03-06 09:00", **data[step], **PAST)
    return case


def test_history_alone_is_never_sealed_however_far_it_tells() -> None:
    for steps in (["project"], ["project", "tender_document"]):
        case = told(*steps)
        assert not case.state.sealed
        assert not is_live(case.facts)
    case.enter("bid_receipt", "2025-03-07 09:00", **bid("B1"), **PAST)
    assert not case.state.sealed


def test_history_that_goes_on_here_is_sealed_until_its_opening() -> None:
    case = told("project", "tender_document")
    case.enter("bid_receipt", "2026-03-30 10:00", **bid("B1"))
    assert case.state.sealed
    assert stage_of(case.facts) is Stage.BIDDING
    case.enter("opening_record", "2026-03-31 09:30", bids=[{"bid_id": "B1"}])
    assert not case.state.sealed


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("opening_record", {}),
        ("award_notice", {"winner": {"name": "甲公司"}}),
        ("project", {**PROJECT, "action": "terminated", "reason": "r"}),
        ("project", {**PROJECT, "regime": "ZB"}),
        ("tender_document", document(bid_deadline="2026-03-08T09:30:00+08:00")),
        ("case_closing", {"count": 2}),
    ],
)
def test_history_does_not_move_a_case_that_lives_here(name: str, data: dict[str, Any]) -> None:
    case = in_bidding()
    before = case.facts
    case.refuse(INTO_LIVE, "/case", name, "2026-03-10 09:00", **data, **PAST)
    assert case.facts == before
    assert case.state.sealed


def test_reads_and_notes_do_not_end_the_history_of_a_case() -> None:
    case = told("project")
    case.enter("access_event", "2026-03-10 09:00", reader="审计甲", role="auditor", of_case="A-1")
    case.enter("generic", "2026-03-10 09:00", note="x")
    assert not is_live(case.facts)
    case.enter("opening_record", "2025-03-31 09:30", **PAST)


@pytest.mark.parametrize("steps", [["opening_record"], ["project", "opening_record"]])
def test_a_project_that_is_registered_here_begins_anew(steps: list[str]) -> None:
    case = told(*steps)
    case.enter("project", "2026-03-02 09:00", **PROJECT)
    assert case.facts == registered().facts
    assert case.state.sealed
    case.enter("tender_document", "2026-03-06 09:00", **document())
    case.enter("bid_receipt", "2026-03-30 10:00", **bid("B1"))
    assert case.state.sealed


def test_a_registration_leaves_a_finding_of_the_same_case_as_it_stands() -> None:
    case = Case()
    case.enter("finding", "2026-01-05 09:00", due_on="2026-02-01", **PAST)
    before = case.facts[finding.NAME]
    case.enter("project", "2026-03-02 09:00", **PROJECT)
    assert case.facts[finding.NAME] == before


def test_bids_do_not_come_into_a_case_that_history_has_opened() -> None:
    for case in (told("opening_record"), told("project", "opening_record")):
        refused = case.refuse(
            AFTER_HISTORY, "/case", "bid_receipt", "2026-03-30 10:00", **bid("B1")
        )
        assert "开标" in refused.rule_zh
        assert "opened" in refused.rule


def test_bids_do_not_come_into_a_case_that_history_has_ended() -> None:
    case = told("project")
    ended = {**PROJECT, "action": "terminated", "reason": "r"}
    case.enter("project", "2199-03-30 09:00", **ended, **PAST)
    assert project.has_ended(case.facts)
    case.refuse(AFTER_HISTORY, "/case", "bid_receipt", "2026-03-30 10:00", **bid("B1"))


def test_no_sheet_comes_into_a_case_whose_result_is_history() -> None:
    case = told("project", "award_notice")
    case.refuse(AFTER_HISTORY, "/case", "score_sheet", "2026-03-31 15:00", **sheet("E1"))
    # nor when another record of our own came first
    case.enter("site_supervision", "2026-03-31 09:00", step="s", supervisor="甲", result="r")
    case.refuse(AFTER_HISTORY, "/case", "score_sheet", "2026-03-31 15:00", **sheet("E1"))
    assert stage_of(case.facts) is Stage.RESULT


def test_an_evaluation_goes_on_where_history_ended_with_the_opening() -> None:
    case = told("project", "tender_document")
    bids = [{"bid_id": each} for each in BIDS]
    case.enter("opening_record", "2026-03-31 09:30", bids=bids, **PAST)
    case.enter("score_sheet", "2026-03-31 15:00", **sheet("E1"))
    assert stage_of(case.facts) is Stage.EVALUATION
    assert regime_of(case.facts) == "ZC"


def test_an_imported_finding_goes_on_here_under_its_rules() -> None:
    case = Case()
    for action in ("opened", "notified"):
        step = {"action": action, "due_on": "2026-06-30"}
        case.enter("finding", "2026-05-05 09:00", **step, **PAST)
    case.enter("finding", "2026-05-06 09:00", action="rectifying")
    assert not is_sealed(case.facts)
    closed = {"action": "closed"}
    case.refuse(INTO_LIVE, "/case", "finding", "2026-05-07 09:00", **closed, **PAST)
