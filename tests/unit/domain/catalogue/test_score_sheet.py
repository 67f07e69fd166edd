"""Score sheets: locked when they come in, changed for four reasons and no other."""

from typing import Any

import pytest

from liuhen.core.errors import RecordRefused
from liuhen.domain.catalogue import score_sheet as sheets
from liuhen.domain.catalogue.score_sheet import last_lock, locked_seats
from liuhen.domain.facts import stage_of
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.stage import Stage
from tests.case_kit import (
    POINTS,
    SEATS,
    Case,
    in_bidding,
    moment,
    opened,
    reported,
    scored,
    seated,
    sheet,
)

TYPE = "score_sheet"
NOW, LATER = "2026-03-31 15:00", "2026-03-31 15:30"


def scoring(*scores: tuple[str, dict[str, str]], **data: Any) -> dict[str, Any]:
    return sheet("E1", scores=[{"bid_id": b, "points": points} for b, points in scores], **data)


def locked() -> tuple[Case, str]:
    """Return a case with the sheet of E1, and its number."""
    case = seated()
    return case, case.enter(TYPE, NOW, **sheet("E1"))


def test_sheets_are_locked_as_they_come_in() -> None:
    case = seated()
    case.enter(TYPE, NOW, **sheet("E3"))
    assert stage_of(case.facts) is Stage.EVALUATION
    case.enter(TYPE, LATER, **sheet("E1"))
    case.enter(TYPE, "2026-03-31 15:45", **sheet("E2", action="draft"))
    assert locked_seats(case.facts) == ["E1", "E3"]
    assert last_lock(case.facts) == moment(LATER)


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_there_is_no_scoring_before_the_opening(regime: str) -> None:
    in_bidding(regime).refuse(sheets.BEFORE_OPENING, "/type", TYPE, NOW, **sheet("E1"))


def test_only_assigned_seats_score() -> None:
    seated().refuse(sheets.NO_SUCH_SEAT, "/data/seat", TYPE, NOW, **sheet("E9"))
    opened().enter(TYPE, NOW, **sheet("E9"))  # no seats are known


def test_only_bids_that_were_opened_are_scored() -> None:
    place = "/data/scores/1/bid_id"
    data = scoring(("B1", POINTS), ("B9", POINTS))
    seated().refuse(sheets.NO_SUCH_BID, place, TYPE, NOW, **data)


def test_a_bid_stands_on_a_sheet_once() -> None:
    data = scoring(("B1", POINTS), ("B1", POINTS))
    seated().refuse(sheets.BID_TWICE, "/data/scores/1/bid_id", TYPE, NOW, **data)


def test_only_factors_of_the_method_are_scored() -> None:
    data = scoring(("B1", {**POINTS, "关系/人情": "1"}))
    place = "/data/scores/0/points/关系~1人情"
    seated().refuse(sheets.NO_SUCH_FACTOR, place, TYPE, NOW, **data)


@pytest.mark.parametrize("points", ["50.01", "-0.01", "999"])
def test_points_stay_within_their_factor(points: str) -> None:
    data = scoring(("B1", {**POINTS, "技术部分": points}))
    place = "/data/scores/0/points/技术部分"
    found = seated().refuse(sheets.OUT_OF_RANGE, place, TYPE, NOW, **data)
    assert points in found.rule_zh


@pytest.mark.parametrize("points", ["0", "50", "50.00"])
def test_all_and_no_points_may_be_given(points: str) -> None:
    seated().enter(TYPE, NOW, **scoring(("B1", {**POINTS, "技术部分": points})))


@pytest.mark.parametrize("points", ["NaN", "sNaN", "Infinity", "1e2", "1_0", "４０", "", 40, None])
def test_points_that_are_no_decimal_number_are_refused(points: Any) -> None:
    for case in (seated(), Case()):
        with pytest.raises(RecordRefused) as caught:
            case.enter(TYPE, NOW, **scoring(("B1", {**POINTS, "技术部分": points})))
        assert caught.value.rule_code == "field-form"
        assert caught.value.field == "/data/scores/0/points/技术部分"


def test_a_locked_sheet_changes_only_with_a_reason() -> None:
    case, number = locked()
    found = case.refuse(sheets.REASON, "/data/change_reason", TYPE, LATER, number, **sheet("E1"))
    assert found.rule_zh == "评分表锁定后修改须说明理由（87号令第64条）"


@pytest.mark.parametrize("reason", list(sheets.REASONS))
def test_four_reasons_change_a_locked_sheet(reason: str) -> None:
    case, number = locked()
    newer = case.enter(TYPE, LATER, number, **sheet("E1", change_reason=reason))
    assert last_lock(case.facts) == moment(LATER)
    again = sheet("E1", change_reason=reason)
    case.refuse(sheets.SUPERSEDES, "/supersedes", TYPE, LATER, number, **again)
    case.enter(TYPE, LATER, newer, **again)


def test_there_is_no_fifth_reason() -> None:
    case, number = locked()
    with pytest.raises(RecordRefused, match="sum_error, out_of_range, objective_differs, abnormal"):
        case.enter(TYPE, LATER, number, **sheet("E1", change_reason="other"))


def test_a_changed_sheet_names_the_one_it_replaces() -> None:
    case, _ = locked()
    other = case.enter(TYPE, NOW, **sheet("E2"))
    data = sheet("E1", change_reason="sum_error")
    for supersedes in (None, other):
        case.refuse(sheets.SUPERSEDES, "/supersedes", TYPE, LATER, supersedes, **data)


def test_a_draft_changes_freely_until_it_is_locked() -> None:
    case = seated()
    for _ in range(2):
        case.enter(TYPE, NOW, **sheet("E1", action="draft"))
    case.enter(TYPE, NOW, **sheet("E1"))
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, LATER, **sheet("E1", action="draft"))


@pytest.mark.parametrize(
    ("regime", "name"), [("ZB", "candidate_publicity"), ("ZC", "award_notice")]
)
def test_no_sheet_changes_after_the_result(regime: str, name: str) -> None:
    case = reported(regime)
    publish: dict[str, dict[str, Any]] = {
        "candidate_publicity": {
            "from": "2026-04-01",
            "to": "2026-04-07",
            "candidates": [{"bid_id": each} for each in ("B1", "B2", "B3")],
        },
        "award_notice": {"winner": {"bid_id": "B1"}, "experts": ["专家甲"]},
    }
    case.enter(name, "2026-04-01 09:00", **publish[name])
    number = next(r.record_id for r in case.records if r.type == TYPE)
    data = sheet("E1", change_reason="sum_error")
    case.refuse(sheets.AFTER_RESULT, "/type", TYPE, "2026-04-02 09:00", number, **data)


def test_a_seat_without_a_sheet_is_named() -> None:
    case = seated()
    for seat in SEATS:
        if seat != "E3":
            case.enter(TYPE, NOW, **sheet(seat))
    case.enter("evaluation_report", "2026-03-31 16:00", action="draft")
    [found] = case.lacks(sheets.NO_SHEET)
    assert "E3" in found.zh
    assert scored().lacks(sheets.NO_SHEET) == []
