"""Tender documents and their clarifications."""

from typing import Any

import pytest

from liuhen.domain.catalogue import tender_document as tender
from liuhen.domain.facts import stage_of
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.stage import Stage
from tests.case_kit import METHOD, Case, document, in_bidding, moment, opened, registered

TYPE = "tender_document"


def test_a_document_opens_the_bidding() -> None:
    case = in_bidding()
    assert stage_of(case.facts) is Stage.BIDDING
    assert tender.deadline_of(case.facts) == moment("2026-03-31 09:30")
    assert tender.most_points(case.facts) == {"技术部分": "50", "服务方案": "20"}


def test_a_document_states_the_deadline() -> None:
    data = document(bid_deadline=None)
    registered().refuse(
        tender.DEADLINE_MISSING, "/data/bid_deadline", TYPE, "2026-03-06 09:00", **data
    )


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_bidders_have_twenty_days(regime: str) -> None:
    case = registered(regime)
    late, in_time = "2026-03-12 09:00", "2026-03-11 23:59"
    found = case.refuse(tender.BID_PERIOD, "/data/bid_deadline", TYPE, late, **document())
    assert "20" in found.rule_zh
    assert "19" in found.rule
    case.enter(TYPE, in_time, **document())


def test_other_regimes_have_no_period_by_law() -> None:
    registered("other").enter(TYPE, "2026-03-30 09:00", **document())


def test_a_document_is_published_once() -> None:
    in_bidding().refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-07 09:00", **document())


def test_a_withdrawn_document_may_be_published_again() -> None:
    case = in_bidding()
    case.enter(TYPE, "2026-03-07 09:00", **document(action="withdrawn"))
    case.enter(TYPE, "2026-03-08 09:00", **document())


@pytest.mark.parametrize("action", ["clarified", "withdrawn"])
def test_nothing_follows_a_document_that_was_never_published(action: str) -> None:
    data = document(action=action)
    registered().refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-07 09:00", **data)


def clarified(**data: Any) -> dict[str, Any]:
    return document(action="clarified", bid_deadline=None, method=None, **data)


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_what_affects_bids_is_clarified_fifteen_days_before_the_deadline(regime: str) -> None:
    case, late = in_bidding(regime), "2026-03-17 00:01"
    case.enter(TYPE, "2026-03-16 23:59", **clarified())
    case.refuse(tender.CLARIFIED_LATE, "/data/bid_deadline", TYPE, late, **clarified())
    case.enter(TYPE, late, **clarified(affects_bids=False))
    case.enter(TYPE, late, **{**clarified(), "bid_deadline": "2026-04-02T09:30:00+08:00"})
    assert tender.deadline_of(case.facts) == moment("2026-04-02 09:30")


def test_a_clarification_does_not_shorten_the_twenty_days() -> None:
    data = {**clarified(), "bid_deadline": "2026-03-25T09:30:00+08:00"}
    in_bidding().refuse(tender.BID_PERIOD, "/data/bid_deadline", TYPE, "2026-03-07 09:00", **data)


def test_a_deadline_that_is_over_does_not_move() -> None:
    case = in_bidding()
    data = {**clarified(), "bid_deadline": "2026-04-30T09:30:00+08:00"}
    case.refuse(tender.DEADLINE_OVER, "/occurred_at", TYPE, "2026-03-31 09:31", **data)
    case.enter(TYPE, "2026-03-31 09:29", **data)


@pytest.mark.parametrize("action", ["clarified", "withdrawn"])
def test_nothing_changes_after_the_opening(action: str) -> None:
    data = document(action=action)
    opened().refuse(tender.AFTER_OPENING, "/data/action", TYPE, "2026-03-20 09:00", **data)


@pytest.mark.parametrize(
    ("regime", "first", "too_early", "last"),
    [
        ("ZB", "2026-03-06", "2026-03-09", "2026-03-10"),  # Friday to Tuesday
        ("ZC", "2026-03-06", "2026-03-11", "2026-03-12"),  # and to Thursday: working days
    ],
)
def test_a_document_is_offered_for_five_days(
    regime: str, first: str, too_early: str, last: str
) -> None:
    case = registered(regime)
    short = document(offered_from=first, offered_to=too_early)
    found = case.refuse(tender.OFFERED, "/data/offered_to", TYPE, "2026-03-06 09:00", **short)
    assert ("工作日" in found.rule_zh) == (regime == "ZC")
    case.enter(TYPE, "2026-03-06 09:00", **document(offered_from=first, offered_to=last))


def weighing(price: str, *factors: str) -> dict[str, Any]:
    named = [{"factor": f"F{number}", "max": most} for number, most in enumerate(factors)]
    return document(method={**METHOD, "price": {"weight": price}, "factors": named})


def test_the_tendering_law_leaves_the_marks_to_the_document() -> None:
    registered("ZB").enter(TYPE, "2026-03-06 09:00", **weighing("30", "80"))


def test_no_law_sets_a_last_day_for_clarifications_of_other_projects() -> None:
    in_bidding("other").enter(TYPE, "2026-03-30 09:00", **document(action="clarified"))


def test_the_marks_of_a_method_add_up_to_a_hundred() -> None:
    case = registered()
    data = weighing("30", "50", "19.99")
    found = case.refuse(tender.MARKS, "/data/method", TYPE, "2026-03-06 09:00", **data)
    assert "99.99" in found.rule_zh
    case.enter(TYPE, "2026-03-06 09:00", **weighing("30", "50", "20.00"))


def test_a_clarification_keeps_the_marks_too() -> None:
    data = {**weighing("30", "60"), "action": "clarified"}
    in_bidding().refuse(tender.MARKS, "/data/method", TYPE, "2026-03-07 09:00", **data)


@pytest.mark.parametrize(("category", "least"), [("goods", 30), ("services", 10)])
def test_the_price_has_its_least_weight(category: str, least: int) -> None:
    case = registered(category=category)
    low, enough = weighing(str(least - 1), str(101 - least)), weighing(str(least), str(100 - least))
    place = "/data/method/price/weight"
    found = case.refuse(tender.PRICE_WEIGHT, place, TYPE, "2026-03-06 09:00", **low)
    assert str(least) in found.rule_zh
    case.enter(TYPE, "2026-03-06 09:00", **enough)


def test_tendering_law_names_no_least_weight_of_the_price() -> None:
    registered("ZB").enter(TYPE, "2026-03-06 09:00", **weighing("1", "99"))


def test_the_lowest_price_wins_without_marks() -> None:
    registered().enter(TYPE, "2026-03-06 09:00", **document(method={"kind": "lowest_price"}))


def test_an_opening_without_a_document_is_named() -> None:
    case = Case()
    case.enter("opening_record", "2026-03-31 09:30")
    assert len(case.lacks(tender.NO_DOCUMENT)) == 1
    assert opened().lacks(tender.NO_DOCUMENT) == []
