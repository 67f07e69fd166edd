"""What of a case is somebody's own."""

from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.domain.incoming import Incoming
from liuhen.domain.ownership import ownership
from liuhen.domain.reader import Reader
from liuhen.domain.role import Role

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def record(name: str, organisation: str | None = None, **data: Any) -> Incoming:
    return Incoming(name, "", "A-1", NOON, NOON, None, organisation, None, data)


BIDS = [
    record("bid_receipt", bid_id="B1", supplier_id="S1", supplier_name="甲"),
    record("bid_receipt", bid_id="B2", supplier_id="S2", supplier_name="乙"),
    record("challenge", challenge_no="Z1", party="乙"),
]
ANSWER = record("challenge", challenge_no="Z1", action="answered")


def test_a_later_record_that_names_a_bid_by_its_number_is_its_bidder_s_own() -> None:
    asked = record("clarification", bid_id="B2")
    assert ownership(Reader(Role.BIDDER, "x", "S2"), BIDS).owns(asked)
    assert not ownership(Reader(Role.BIDDER, "x", "S1"), BIDS).owns(asked)


def test_the_answer_is_the_challenger_s_own() -> None:
    assert ownership(Reader(Role.COMPLAINANT, "x", "乙"), BIDS).owns(ANSWER)
    assert not ownership(Reader(Role.COMPLAINANT, "x", "甲"), BIDS).owns(ANSWER)


def test_rows_are_somebody_s_own_one_by_one() -> None:
    owned = ownership(Reader(Role.BIDDER, "x", "S1"), BIDS)
    assert [owned.owns_row({"bid_id": each}) for each in ("B1", "B2", None)] == [True, False, False]


def test_a_record_of_somebody_else_that_names_a_firm_makes_nothing_its_own() -> None:
    """Else whoever writes a firm's name beside a bid would hand it that bid."""
    told = [*BIDS, record("award_letter", supplier_name="S1", bid_id="B2")]
    assert not ownership(Reader(Role.BIDDER, "x", "S1"), told).owns_row({"bid_id": "B2"})


def test_a_seat_owns_its_sheet_and_a_system_what_its_organisation_sent() -> None:
    sheet = record("score_sheet", "专家系统", seat="E1", expert_token="T-9", scores=[])
    for party, owns in (("E1", True), ("T-9", True), ("E2", False), (None, False)):
        assert ownership(Reader(Role.EVALUATOR, "x", party), []).owns(sheet) is owns
    assert ownership(Reader(Role.INTEGRATOR, "x", "专家系统"), []).owns(sheet)
    assert not ownership(Reader(Role.INTEGRATOR, "x", "E1"), []).owns(sheet)


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.AUDITOR, Role.SUPERVISOR, Role.OPERATOR])
def test_roles_that_are_no_party_own_nothing(role: Role) -> None:
    owned = ownership(Reader(role, "x", "S1"), BIDS)
    assert not any(owned.owns(each) for each in BIDS)


@pytest.mark.parametrize("role", list(Role))
def test_whoever_stands_for_nobody_owns_nothing(role: Role) -> None:
    nameless = [record("bid_receipt"), record("challenge", party=None), *BIDS]
    assert not any(ownership(Reader(role, "x"), nameless).owns(each) for each in nameless)
