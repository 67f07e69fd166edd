"""Credit commitments."""

import pytest

from liuhen.domain.catalogue import credit_commitment as commitment
from liuhen.domain.life_cycle import OUT_OF_ORDER
from tests.case_kit import registered

TYPE = "credit_commitment"


def test_a_commitment_is_given_broken_and_made_up_for() -> None:
    case = registered()
    for action in ("given", "kept", "broken"):
        case.enter(TYPE, "2026-03-09 10:00", supplier_id="S1", action=action)
    [found] = case.review()
    assert found.rule is commitment.BROKEN
    case.enter(TYPE, "2026-03-10 10:00", supplier_id="S1", action="repaired")
    assert case.review() == []


@pytest.mark.parametrize("action", ["kept", "broken", "repaired"])
def test_one_suppliers_commitment_is_not_anothers(action: str) -> None:
    case = registered()
    case.enter(TYPE, "2026-03-09 10:00", supplier_id="S1", action="given")
    case.refuse(
        OUT_OF_ORDER, "/data/action", TYPE, "2026-03-09 11:00", supplier_id="S2", action=action
    )


def test_what_was_not_broken_is_not_repaired() -> None:
    case = registered()
    case.enter(TYPE, "2026-03-09 10:00", supplier_id="S1", action="given")
    case.refuse(
        OUT_OF_ORDER, "/data/action", TYPE, "2026-03-09 11:00", supplier_id="S1", action="repaired"
    )
