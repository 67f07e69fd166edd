"""The life of an anchor."""

import itertools

import pytest

from liuhen.core.errors import AnchorMismatch
from liuhen.domain.anchor_life import ON_CHAIN, UNFINISHED, AnchorState, check_move

STRAIGHT = ["planned", "signed", "sent", "mined", "final"]


def test_the_straight_way_is_open() -> None:
    for old, new in itertools.pairwise(STRAIGHT):
        check_move(AnchorState(old), AnchorState(new))


@pytest.mark.parametrize("state", [s for s in AnchorState if s is not AnchorState.REORGED])
def test_only_a_chain_that_takes_back_leads_out_of_final(state: AnchorState) -> None:
    with pytest.raises(AnchorMismatch):
        check_move(AnchorState.FINAL, state)


@pytest.mark.parametrize("state", [s for s in AnchorState if s is not AnchorState.MINED])
def test_only_mined_becomes_final(state: AnchorState) -> None:
    with pytest.raises(AnchorMismatch):
        check_move(state, AnchorState.FINAL)


@pytest.mark.parametrize("state", ["sent", "replaced", "reorged", "signed", "mined", "reverted"])
def test_whatever_was_sent_may_still_be_mined(state: str) -> None:
    check_move(AnchorState(state), AnchorState.MINED)


def test_what_was_refused_may_be_refused_again_in_another_block() -> None:
    check_move(AnchorState.REVERTED, AnchorState.REVERTED)


def test_final_and_replaced_need_nobody() -> None:
    assert set(AnchorState) - UNFINISHED == {AnchorState.FINAL, AnchorState.REPLACED}
    assert {AnchorState.MINED, AnchorState.FINAL} == ON_CHAIN
