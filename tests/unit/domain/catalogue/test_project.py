"""Project registration."""

from typing import Any

import pytest

from liuhen.domain.catalogue import project
from liuhen.domain.facts import regime_of, stage_of
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.regime import Regime
from liuhen.domain.stage import Stage
from tests.case_kit import Case, bid, document, opened, registered, reported, sheet, with_bids

PROJECT = {"name": "示例项目", "regime": "ZB"}


@pytest.mark.parametrize("regime", list(Regime))
def test_a_project_tells_its_regime_and_begins(regime: Regime) -> None:
    facts = registered(regime.value).facts
    assert (regime_of(facts), stage_of(facts)) == (regime, Stage.PREPARATION)
    assert project.category_of(facts) == "goods"


def test_a_case_has_one_project() -> None:
    registered().refuse(OUT_OF_ORDER, "/data/action", "project", "2026-03-03 09:00", **PROJECT)


@pytest.mark.parametrize("action", ["failed", "terminated"])
def test_a_project_ends_with_a_reason(action: str) -> None:
    case, ending = registered(), {**PROJECT, "action": action}
    case.refuse(project.REASON, "/data/reason", "project", "2026-03-09 09:00", **ending)
    case.enter("project", "2026-03-09 09:00", **ending, reason="有效投标人不足三家")
    assert project.state_of(case.facts) == action


def test_a_project_that_was_never_registered_does_not_fail() -> None:
    case = Case()
    ending = {**PROJECT, "action": "failed", "reason": "r"}
    case.refuse(OUT_OF_ORDER, "/data/action", "project", "2026-03-09 09:00", **ending)


STEPS: list[tuple[str, dict[str, Any]]] = [
    ("tender_document", document(action="clarified")),
    ("bid_receipt", bid("B9")),
    ("opening_record", {"bids": [{"bid_id": "B1"}]}),
]


@pytest.mark.parametrize(("name", "data"), STEPS, ids=[name for name, _ in STEPS])
def test_nothing_goes_on_after_a_project_failed(name: str, data: dict[str, Any]) -> None:
    case = with_bids()
    ending = {**PROJECT, "action": "failed", "reason": "r"}
    case.enter("project", "2026-03-30 12:00", **ending)
    case.refuse(project.OVER, "/occurred_at", name, "2026-03-31 09:31", **data)


RESULTS: list[tuple[str, dict[str, Any]]] = [
    ("candidate_publicity", {"from": "2026-04-01", "to": "2026-04-07"}),
    ("award_notice", {"winner": {"bid_id": "B1"}, "experts": ["专家甲"]}),
    ("award_letter", {"winner": {"bid_id": "B1"}}),
    ("contract", {"supplier_name": "甲公司"}),
]


@pytest.mark.parametrize(("name", "data"), RESULTS, ids=[name for name, _ in RESULTS])
def test_nobody_wins_a_project_that_failed(name: str, data: dict[str, Any]) -> None:
    case = reported("ZB")
    case.enter("project", "2026-03-31 17:00", **PROJECT, action="failed", reason="r")
    case.refuse(project.OVER, "/occurred_at", name, "2026-04-01 09:00", **data)


def test_no_sheet_comes_in_after_a_project_failed() -> None:
    case = opened()
    case.enter("project", "2026-03-31 12:00", **PROJECT, action="failed", reason="r")
    case.refuse(project.OVER, "/occurred_at", "score_sheet", "2026-03-31 12:01", **sheet("E1"))
    case.enter("score_sheet", "2026-03-31 11:59", **sheet("E1"))  # told late, happened before


@pytest.mark.parametrize("channel", [{"granted_by": "交易一科"}, {"ground": "急需"}, {}])
def test_a_green_channel_names_who_granted_it_and_why(channel: dict[str, str]) -> None:
    case = Case()
    data = {**PROJECT, "green_channel": channel}
    case.refuse(project.CHANNEL, "/data/green_channel", "project", "2026-03-02 09:00", **data)
    whole = {"granted_by": "交易一科", "ground": "急需"}
    case.enter("project", "2026-03-02 09:00", **PROJECT, green_channel=whole)


def test_a_filing_that_differs_is_named() -> None:
    filings = [{"number": f"F-{each}", "outcome": each} for each in ("matched", "differs")]
    [found] = registered(filings=filings).lacks(project.FILING)
    assert found.field == "/data/filings/1/outcome"
    assert "F-differs" in found.en


@pytest.mark.parametrize(
    ("amount", "is_large"), [("9999999.99", False), ("10000000", True), (None, False)]
)
def test_ten_million_make_a_large_project(amount: str | None, is_large: bool) -> None:
    budget = None if amount is None else {"amount": amount, "currency": "CNY"}
    assert project.is_large(registered(budget=budget).facts) is is_large


def test_history_may_tell_of_a_second_beginning() -> None:
    case, history = Case(), {"imported": {"source": "旧系统"}}
    case.enter("project", "2026-03-02 09:00", **PROJECT, **history)
    case.enter("project", "2026-03-09 09:00", **PROJECT, **history, action="failed", reason="r")
    case.enter("project", "2026-04-01 09:00", **PROJECT, **history)
    assert project.state_of(case.facts) == "active"
    case.enter("tender_document", "2026-03-10 09:00", **document())
