"""Bid receipts and what is logged of late bids."""

import pytest

from liuhen.domain.catalogue import bid_receipt, check_data
from liuhen.domain.catalogue.bid_receipt import valid_bids
from liuhen.domain.life_cycle import OUT_OF_ORDER
from tests.case_kit import DIGEST, bid, in_bidding, opened, registered, with_bids

TYPE = "bid_receipt"
LATE = "2026-03-31 09:30:01"


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_a_late_bid_is_refused_and_its_rejection_is_logged(regime: str) -> None:
    case = in_bidding(regime)
    case.enter(TYPE, "2026-03-31 09:30:00", **bid("B1"))
    found = case.refuse(bid_receipt.LATE, "/occurred_at", TYPE, LATE, **bid("B2"))
    assert "2026-03-31T09:30:00+08:00" in found.rule_zh
    logged = case.replacement(TYPE, LATE, **bid("B2"))
    assert logged is not None
    assert logged.type == "bid_rejection"
    check_data(logged.type, logged.data)
    assert logged.data == {
        "reason": "投标截止时间后送达",
        "bid_id": "B2",
        "supplier_id": "9100-B2",
        "ciphertext_sha256": DIGEST,
        "received_at": "2026-03-31T09:30:01+08:00",
        "deadline": "2026-03-31T09:30:00+08:00",
    }


def test_a_bid_in_time_leaves_no_rejection() -> None:
    assert in_bidding().replacement(TYPE, "2026-03-31 09:30:00", **bid("B1")) is None
    assert registered().replacement(TYPE, LATE, **bid("B1")) is None


def test_a_bid_before_any_document_is_known_is_taken() -> None:
    registered().enter(TYPE, LATE, **bid("B1"))


@pytest.mark.parametrize(("action", "is_logged"), [("replaced", True), ("withdrawn", False)])
def test_no_bid_changes_after_the_deadline(action: str, is_logged: bool) -> None:
    case, data = with_bids(), bid("B1", receipt_no="HZ-9", action=action)
    case.refuse(bid_receipt.TOO_LATE_TO_CHANGE, "/occurred_at", TYPE, LATE, **data)
    assert (case.replacement(TYPE, LATE, **data) is not None) is is_logged


def test_a_bid_is_replaced_and_withdrawn_by_its_supplier() -> None:
    case = with_bids()
    other = "cd" * 32
    data = bid("B1", action="replaced", replaces="HZ-B1", receipt_no="HZ-7")
    case.enter(TYPE, "2026-03-30 11:00", **{**data, "ciphertext_sha256": other})
    assert valid_bids(case.facts)["B1"]["receipt"] == "HZ-7"
    case.enter(TYPE, "2026-03-30 12:00", **bid("B2", action="withdrawn", receipt_no="HZ-8"))
    assert set(valid_bids(case.facts)) == {"B1", "B3"}
    case.enter(TYPE, "2026-03-30 13:00", **bid("B2", receipt_no="HZ-9"))
    assert set(valid_bids(case.facts)) == {"B1", "B2", "B3"}


@pytest.mark.parametrize("action", ["replaced", "withdrawn"])
def test_what_never_came_in_is_refused_in_the_words_of_what_is_another_s(action: str) -> None:
    """Whoever tries one code after the other would else count the bids."""
    said = []
    for bids in (("B1", "B2"), ("B1", "B2", "B3")):
        data = bid("B3", action=action, receipt_no="HZ-9", supplier_id="9100-B1")
        refused = with_bids(bids=bids).refuse(
            bid_receipt.OF_ANOTHER, "/data/bid_id", TYPE, "2026-03-30 11:00", **data
        )
        said.append((refused.rule, refused.rule_zh))
    assert said[0] == said[1]


def test_whether_another_s_bid_was_withdrawn_is_not_told() -> None:
    case = with_bids()
    mine = bid("B1", receipt_no="HZ-9", supplier_id="9100-ME")
    before = case.refuse(bid_receipt.CODE_TAKEN, "/data/bid_id", TYPE, "2026-03-30 11:00", **mine)
    case.enter(TYPE, "2026-03-30 12:00", **bid("B1", action="withdrawn", receipt_no="HZ-8"))
    after = case.refuse(bid_receipt.CODE_TAKEN, "/data/bid_id", TYPE, "2026-03-30 13:00", **mine)
    assert (after.rule, after.rule_zh) == (before.rule, before.rule_zh)


@pytest.mark.parametrize("action", ["received", "replaced"])
def test_after_the_opening_no_bid_is_entered_as_if_it_had_come_before(action: str) -> None:
    case, data = opened(), bid("B1", receipt_no="HZ-9", action=action)
    case.refuse(bid_receipt.AFTER_OPENING, "/type", TYPE, "2026-03-30 11:00", **data)
    logged = case.replacement(TYPE, "2026-03-30 11:00", **data)
    assert logged is not None
    assert logged.data["reason"] == "开标后补录"


def test_a_bid_comes_in_once() -> None:
    data = bid("B1", receipt_no="HZ-9")
    with_bids().refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-30 11:00", **data)


@pytest.mark.parametrize("action", ["replaced", "withdrawn"])
def test_a_supplier_changes_no_bid_of_another(action: str) -> None:
    data = bid("B1", action=action, receipt_no="HZ-9", supplier_id="9100-B2")
    with_bids().refuse(bid_receipt.OF_ANOTHER, "/data/bid_id", TYPE, "2026-03-30 11:00", **data)


def test_a_receipt_number_is_given_out_once() -> None:
    data = bid("B9", receipt_no="HZ-B1")
    with_bids().refuse(
        bid_receipt.RECEIPT_TAKEN, "/data/receipt_no", TYPE, "2026-03-30 11:00", **data
    )


def test_the_receipt_that_is_replaced_is_the_present_one() -> None:
    case = with_bids()
    case.enter(TYPE, "2026-03-30 11:00", **bid("B1", action="replaced", receipt_no="HZ-7"))
    data = bid("B1", action="replaced", receipt_no="HZ-8", replaces="HZ-B1")
    case.refuse(bid_receipt.UNKNOWN_RECEIPT, "/data/replaces", TYPE, "2026-03-30 12:00", **data)
    case.enter(TYPE, "2026-03-30 12:00", **{**data, "replaces": "HZ-7"})
