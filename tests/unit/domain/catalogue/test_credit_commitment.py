"""Credit commitments."""

import pytest

from liuhen.domain.catalogue import credit_commitment as commitment
from tests.case_kit import Case, opened, registered

TYPE = "credit_commitment"
GIVEN, LATER = "2026-03-09 10:00", "2026-04-09 10:00"


def test_a_commitment_is_given_broken_and_made_up_for() -> None:
    case = opened()
    for action in ("given", "kept", "broken"):
        case.enter(TYPE, LATER, supplier_id="S1", action=action)
    assert case.lacks(commitment.BROKEN)
    case.enter(TYPE, LATER, supplier_id="S1", action="repaired")
    assert not case.lacks(commitment.BROKEN)


@pytest.mark.parametrize("action", ["kept", "broken", "repaired"])
def test_one_suppliers_commitment_is_not_anothers(action: str) -> None:
    case = opened()
    case.enter(TYPE, LATER, supplier_id="S1", action="given")
    case.refuse(
        commitment.OUT_OF_STEP, "/data/action", TYPE, LATER, supplier_id="S2", action=action
    )


def test_credit_and_qualification_are_two_commitments_of_one_supplier() -> None:
    case, who = opened(), {"supplier_id": "S1"}
    for scope in ("credit", "qualification"):
        case.enter(TYPE, "2026-04-09 10:00", **who, scope=scope, action="given")
    case.enter(TYPE, "2026-04-10 10:00", **who, scope="credit", action="broken")
    for action in ("kept", "broken", "repaired"):
        case.enter(TYPE, "2026-04-11 10:00", **who, scope="qualification", action=action)
    [found] = case.lacks(commitment.BROKEN)
    assert found.record == case.records[-4].record_id


def test_a_later_step_need_not_repeat_the_scope_of_an_only_commitment() -> None:
    case, who = opened(), {"supplier_id": "S1"}
    case.enter(TYPE, "2026-04-09 10:00", **who, scope="qualification", action="given")
    case.enter(TYPE, "2026-04-10 10:00", **who, action="kept")
    case.enter(TYPE, "2026-04-10 11:00", **who, scope="credit", action="given")
    unclear = {**who, "action": "broken"}
    place, when = "/data/action", "2026-04-11 10:00"
    refused = case.refuse(commitment.OUT_OF_STEP, place, TYPE, when, **unclear)
    assert "违反承诺" in refused.rule_zh


def test_what_was_not_broken_is_not_repaired() -> None:
    case = opened()
    case.enter(TYPE, LATER, supplier_id="S1", action="given")
    case.refuse(
        commitment.OUT_OF_STEP, "/data/action", TYPE, LATER, supplier_id="S1", action="repaired"
    )


@pytest.mark.parametrize("action", ["kept", "broken", "repaired"])
def test_before_the_opening_no_refusal_tells_whether_a_supplier_gave_one(action: str) -> None:
    """Who sends a step in the name of a rival would else learn that it is about to bid."""
    said = []
    for given in (False, True):
        case = registered()
        if given:
            case.enter(TYPE, GIVEN, supplier_id="S1", action="given")
        refused = case.refuse(
            commitment.BEFORE_OPENING, "/data/action", TYPE, GIVEN, supplier_id="S1", action=action
        )
        said.append((refused.rule, refused.rule_zh))
    assert said[0] == said[1]


def test_where_no_project_is_known_a_refusal_does_not_name_the_state() -> None:
    said = []
    for given in (False, True):
        case = Case()
        if given:
            case.enter(TYPE, GIVEN, supplier_id="S1", action="given")
        refused = case.refuse(
            commitment.OUT_OF_STEP, "/data/action", TYPE, GIVEN, supplier_id="S1", action="repaired"
        )
        said.append((refused.rule, refused.rule_zh))
    assert said[0] == said[1]
