"""Records of the opening."""

from typing import Any

import pytest

from liuhen.domain.catalogue import opening_record as opening
from liuhen.domain.catalogue.opening_record import opened_bids
from liuhen.domain.facts import stage_of
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.stage import Stage
from tests.case_kit import BIDS, DIGEST, Case, bid, in_bidding, opened, registered, sheet, with_bids

TYPE = "opening_record"
ON_TIME = "2026-03-31 09:30"


def bids(*numbers: str, **more: Any) -> dict[str, Any]:
    return {"bids": [{"bid_id": number, **more} for number in numbers]}


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_nothing_is_opened_before_the_deadline(regime: str) -> None:
    case = with_bids(regime)
    case.refuse(opening.TOO_EARLY, "/occurred_at", TYPE, "2026-03-31 09:29:59", **bids(*BIDS))
    case.enter(TYPE, ON_TIME, **bids(*BIDS))
    assert stage_of(case.facts) is Stage.OPENED
    assert opened_bids(case.facts) == ["B1", "B2", "B3"]


def test_an_opening_is_held_once_and_closed_once() -> None:
    case = opened()
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, ON_TIME, **bids(*BIDS))
    case.enter(TYPE, "2026-03-31 10:00", action="closed")
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-31 10:01", action="closed")
    assert opened_bids(case.facts) == ["B1", "B2", "B3"]


def test_only_bids_with_a_valid_receipt_are_opened() -> None:
    case = with_bids()
    case.refuse(opening.NO_SUCH_BID, "/data/bids/1/bid_id", TYPE, ON_TIME, **bids("B1", "B9"))
    withdrawn = bid("B2", action="withdrawn", receipt_no="HZ-9")
    case.enter("bid_receipt", "2026-03-30 12:00", **withdrawn)
    case.refuse(opening.NO_SUCH_BID, "/data/bids/1/bid_id", TYPE, ON_TIME, **bids("B1", "B2"))


def test_where_no_receipt_is_known_any_bid_is_opened() -> None:
    in_bidding().enter(TYPE, ON_TIME, **bids("B9"))


def test_the_sealed_file_is_the_one_of_the_receipt() -> None:
    case, other = with_bids(), "cd" * 32
    place = "/data/bids/0/ciphertext_sha256"
    case.refuse(opening.OTHER_FILE, place, TYPE, ON_TIME, **bids("B1", ciphertext_sha256=other))
    case.enter(TYPE, ON_TIME, **bids("B1", ciphertext_sha256=DIGEST))


def test_the_sealed_file_is_the_one_that_replaced_the_first() -> None:
    case, other = with_bids(), "cd" * 32
    replaced = bid("B1", action="replaced", receipt_no="HZ-9", ciphertext_sha256=other)
    case.enter("bid_receipt", "2026-03-30 12:00", **replaced)
    place = "/data/bids/0/ciphertext_sha256"
    case.refuse(opening.OTHER_FILE, place, TYPE, ON_TIME, **bids("B1", ciphertext_sha256=DIGEST))
    case.enter(TYPE, ON_TIME, **bids("B1", ciphertext_sha256=other))


@pytest.mark.parametrize(("at", "is_late"), [("09:35", False), ("09:36", True)])
def test_an_opening_that_begins_late_is_named(at: str, is_late: bool) -> None:
    case = with_bids()
    case.enter(TYPE, f"2026-03-31 {at}", **bids(*BIDS))
    found = case.lacks(opening.TOO_LATE)
    assert [each.field for each in found] == ["/occurred_at"] * is_late


def test_a_bid_that_was_left_unopened_is_named() -> None:
    case = with_bids()
    case.enter(TYPE, ON_TIME, **bids("B1", "B3"))
    [found] = case.lacks(opening.NOT_OPENED)
    assert "B2" in found.zh


@pytest.mark.parametrize(("number", "is_too_few"), [(2, True), (3, False)])
def test_an_opening_with_too_few_bids_is_named(number: int, is_too_few: bool) -> None:
    assert len(opened(bids=BIDS[:number]).lacks(opening.TOO_FEW)) == is_too_few


def test_where_neither_law_holds_two_bids_are_enough() -> None:
    case = registered("other")
    case.enter(TYPE, ON_TIME, **bids("B1", "B2"))
    assert case.lacks(opening.TOO_FEW) == []


def test_an_evaluation_without_an_opening_is_named() -> None:
    case = registered("other")
    case.enter("evaluation_report", "2026-03-31 16:00")
    assert len(case.lacks(opening.NO_OPENING)) == 1
    other = Case()
    other.enter("score_sheet", "2026-03-31 15:00", **sheet("E1"))
    assert len(other.lacks(opening.NO_OPENING)) == 1
    assert opened().lacks(opening.NO_OPENING) == []
