"""Evaluation reports."""

from typing import Any

import pytest

from liuhen.domain.catalogue import evaluation_report as reports
from liuhen.domain.catalogue.evaluation_report import candidates_of, sent_on, signed_on
from liuhen.domain.life_cycle import OUT_OF_ORDER
from tests.case_kit import SEATS, Case, moment, report, reported, scored, seated, sheet

TYPE = "evaluation_report"
NOW = "2026-03-31 16:00"


def test_a_report_tells_candidates_and_days() -> None:
    case = reported()
    assert candidates_of(case.facts) == ["B1", "B2", "B3"]
    day = moment(NOW).date()
    assert (signed_on(case.facts), sent_on(case.facts)) == (day, day)


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_a_report_waits_for_the_last_sheet(regime: str) -> None:
    case = seated(regime)
    for seat in ("E1", "E2", "E5"):
        case.enter("score_sheet", "2026-03-31 15:00", **sheet(seat))
    found = case.refuse(reports.BEFORE_LAST_LOCK, "/data/action", TYPE, NOW, **report())
    assert ("E3、E4" in found.rule_zh, "E3, E4" in found.rule) == (True, True)
    case.enter("score_sheet", "2026-03-31 15:00", **sheet("E4"))
    found = case.refuse(reports.BEFORE_LAST_LOCK, "/data/action", TYPE, NOW, **report())
    assert "E3" in found.rule_zh
    case.enter(TYPE, NOW, **report(action="draft"))
    case.enter("score_sheet", "2026-03-31 15:50", **sheet("E3"))
    case.enter(TYPE, NOW, **report())


def test_a_report_is_not_older_than_the_last_sheet() -> None:
    case = scored()
    found = case.refuse(
        reports.EARLIER_THAN_LOCK, "/occurred_at", TYPE, "2026-03-31 14:59", **report()
    )
    assert "2026-03-31T15:00:00+08:00" in found.rule
    case.enter(TYPE, "2026-03-31 15:00", **report())


def test_a_report_is_named_whose_sheets_were_locked_again_behind_it() -> None:
    case = scored()
    locked = {record.data["seat"]: record.record_id for record in case.records[-len(SEATS) :]}
    case.enter(TYPE, NOW, **report())
    assert case.lacks(reports.EARLIER_THAN_LOCK) == []
    again = sheet("E3", change_reason="sum_error")
    case.enter("score_sheet", "2026-03-31 16:20", locked["E3"], **again)
    [found] = case.lacks(reports.EARLIER_THAN_LOCK)
    assert "2026-03-31T16:20:00+08:00" in found.zh
    revised = report(action="revised", reason="分值汇总计算错误")
    case.enter(TYPE, "2026-03-31 16:40", **revised)
    assert case.lacks(reports.EARLIER_THAN_LOCK) == []


def test_a_sheet_that_only_came_in_behind_the_report_is_no_breach() -> None:
    case = reported(seats=())
    case.enter("score_sheet", "2026-03-31 15:30", **sheet("E9"))
    assert case.lacks(reports.EARLIER_THAN_LOCK) == []


def test_a_report_names_three_candidates_at_most() -> None:
    data = report(candidates=["B1", "B2", "B3", "B4"])
    scored().refuse(reports.TOO_MANY, "/data/candidates", TYPE, NOW, **data)


SUMMARY = [{"bid_id": f"B{rank}", "rank": rank} for rank in (1, 2, 3)]


def test_candidates_stand_in_the_order_of_the_evaluation() -> None:
    case = scored()
    data = report(summary=SUMMARY, candidates=["B2", "B1"])
    case.refuse(reports.ORDER, "/data/candidates/1", TYPE, NOW, **data)
    case.enter(TYPE, NOW, **report(summary=SUMMARY, candidates=["B1", "B2"]))


def test_bids_of_one_rank_stand_in_any_order() -> None:
    same: list[dict[str, Any]] = [{"bid_id": each, "rank": 1} for each in ("B1", "B2")]
    scored().enter(TYPE, NOW, **report(summary=same, candidates=["B2", "B1"]))


def test_a_rejected_bid_is_no_candidate() -> None:
    data = report(rejected=[{"bid_id": "B2", "reason": "报价超过最高限价"}])
    scored().refuse(reports.REJECTED, "/data/candidates/1", TYPE, NOW, **data)


def test_only_assigned_seats_sign() -> None:
    data = report(signatures=["E1", "E9"])
    scored().refuse(reports.NO_SUCH_SEAT, "/data/signatures/1", TYPE, NOW, **data)


def test_a_report_is_signed_once_and_revised_with_a_reason() -> None:
    case, revised = reported(), report(action="revised")
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, NOW, **report())
    case.refuse(reports.NO_REASON, "/data/reason", TYPE, "2026-03-31 16:30", **revised)
    case.enter(TYPE, "2026-03-31 16:30", **{**revised, "reason": "分值汇总计算错误"})


def test_what_was_not_signed_is_not_revised() -> None:
    data = report(action="revised", reason="r")
    scored().refuse(OUT_OF_ORDER, "/data/action", TYPE, NOW, **data)


def test_a_seat_that_neither_signed_nor_dissented_is_named() -> None:
    signed = ["E1", "E2", "E3"]
    case = reported(signatures=signed, dissent=[{"seat": "E4", "opinion": "不同意排序"}])
    [found] = case.lacks(reports.NOT_SIGNED)
    assert "E5" in found.zh
    assert "视为同意" in found.zh  # 条例53, 87号令61
    assert reported().lacks(reports.NOT_SIGNED) == []


@pytest.mark.parametrize(
    ("seats", "is_short"), [(SEATS[:4], True), (SEATS[:3], True), (SEATS, False)]
)
@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_a_committee_is_odd_and_has_five_members(
    regime: str, seats: tuple[str, ...], is_short: bool
) -> None:
    case = reported(regime, seats, signatures=list(seats))
    assert len(case.lacks(reports.COMMITTEE)) == is_short


def test_where_neither_law_holds_a_committee_has_any_size() -> None:
    seats = SEATS[:2]
    assert reported("other", seats, signatures=list(seats)).lacks(reports.COMMITTEE) == []


@pytest.mark.parametrize(("regime", "is_short"), [("ZC", True), ("ZB", False)])
def test_a_large_government_project_has_seven(regime: str, is_short: bool) -> None:
    case = Case()
    budget = {"amount": "10000000.00", "currency": "CNY"}
    told: dict[str, Any] = {"name": "示例项目", "regime": regime, "budget": budget}
    case.enter("project", "2026-03-02 09:00", **told)
    case.enter("seat_assignment", "2026-03-31 09:00", seats=[{"seat": each} for each in SEATS])
    case.enter("opening_record", "2026-03-31 09:30")
    for seat in SEATS:
        case.enter("score_sheet", "2026-03-31 15:00", **sheet(seat))
    case.enter(TYPE, NOW, **report())
    found = case.lacks(reports.COMMITTEE)
    assert len(found) == is_short
    assert all("7" in each.zh for each in found)


@pytest.mark.parametrize(("sent", "is_late"), [("2026-04-02", False), ("2026-04-03", True)])
def test_a_report_is_due_at_the_purchaser_in_two_working_days(sent: str, is_late: bool) -> None:
    at = f"{sent}T17:00:00+08:00"
    assert len(reported(sent_to_purchaser_at=at).lacks(reports.SENT_LATE)) == is_late
    assert reported("ZB", sent_to_purchaser_at=at).lacks(reports.SENT_LATE) == []


def test_a_report_that_was_never_sent_is_named_when_it_is_due() -> None:
    case = reported(sent_to_purchaser_at=None)
    assert case.lacks(reports.NOT_SENT, "2026-04-02 23:59") == []
    [found] = case.lacks(reports.NOT_SENT, "2026-04-03 00:00")
    assert "2026-04-02" in found.en
    assert reported("ZB", sent_to_purchaser_at=None).lacks(reports.NOT_SENT) == []
