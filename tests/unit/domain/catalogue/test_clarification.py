"""Clarifications of bids."""

from typing import Any

import pytest

from liuhen.domain.catalogue import clarification
from liuhen.domain.life_cycle import OUT_OF_ORDER
from tests.case_kit import DIGEST, Case, in_bidding, opened, report, scored

TYPE = "clarification"
NOW, LATER = "2026-03-31 14:00", "2026-03-31 14:30"
ASKED = {"bid_id": "B1", "clarification_no": "Q1"}


def asked() -> Case:
    case = opened()
    case.enter(TYPE, NOW, **ASKED, question="单价与合价不符")
    return case


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_no_bidder_is_asked_before_the_opening(regime: str) -> None:
    in_bidding(regime).refuse(clarification.BEFORE_OPENING, "/type", TYPE, NOW, **ASKED)


def test_only_bids_that_were_opened_are_asked_about() -> None:
    data = {**ASKED, "bid_id": "B9"}
    opened().refuse(clarification.NO_SUCH_BID, "/data/bid_id", TYPE, NOW, **data)


@pytest.mark.parametrize("action", ["answered", "refused"])
def test_what_was_not_asked_is_not_answered(action: str) -> None:
    data = {"bid_id": "B1", "clarification_no": "Q2", "action": action, "answer": "以单价为准"}
    asked().refuse(OUT_OF_ORDER, "/data/action", TYPE, LATER, **data)


@pytest.mark.parametrize("written", [{"answer": "以单价为准"}, {"sha256": DIGEST}])
def test_an_answer_is_in_writing(written: dict[str, Any]) -> None:
    case = asked()
    data = {**ASKED, "action": "answered"}
    case.refuse(clarification.NOT_WRITTEN, "/data/answer", TYPE, LATER, **data)
    case.enter(TYPE, LATER, **data, **written)


def test_an_answer_keeps_the_substance_of_the_bid() -> None:
    data = {**ASKED, "action": "answered", "answer": "降价一成", "changes_substance": True}
    case = asked()
    case.refuse(clarification.SUBSTANCE, "/data/changes_substance", TYPE, LATER, **data)
    case.enter(TYPE, LATER, **ASKED, action="refused")


def test_a_question_without_an_answer_is_named_once_the_report_is_signed() -> None:
    case = scored()
    number = case.enter(TYPE, "2026-03-31 15:10", **ASKED)
    assert case.lacks(clarification.UNANSWERED) == []
    case.enter("evaluation_report", "2026-03-31 16:00", **report())
    [found] = case.lacks(clarification.UNANSWERED)
    assert found.record == number
    case.enter(TYPE, "2026-03-31 16:10", **ASKED, action="answered", answer="以单价为准")
    assert case.lacks(clarification.UNANSWERED) == []
