"""What a newer receipt must keep of the one whose place it takes."""

import dataclasses
from pathlib import Path

import pytest

from liuhen.cli.upgrade import check_upgrade
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import (
    CommitmentMismatch,
    HistoryMismatch,
    MalformedNote,
    Unavailable,
)
from liuhen.core.merkle import TreeHead, verify_consistency
from liuhen.core.receipt import Receipt
from tests.receipt_kit import Kit

KIT = Kit()
SEALED, ANCHORED = KIT.receipt(5), KIT.receipt(5, 9)
PLACE = Path("receipt.json")


class Service:
    """Proves from the true log; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def consistency(self, name: str, old: TreeHead, new: TreeHead) -> None:
        assert name == "kit"
        self.asked.append((old.size, new.size))
        path = KIT.tree.consistency(old.size, new.size) if old.size < new.size else []
        verify_consistency(old, new, path)


def upgrade(before: Receipt, after: Receipt) -> list[tuple[int, int]]:
    service = Service()
    check_upgrade(PLACE, before, after, service.consistency)
    return service.asked


def anchored(size: int, at: int, evidence: ChainEvidence | None = None) -> Receipt:
    anchor = dataclasses.replace(KIT.anchor(at, size), evidence=evidence)
    return dataclasses.replace(KIT.receipt(size), anchors=(anchor,))


def test_the_same_heads_need_no_tiles() -> None:
    assert upgrade(SEALED, SEALED) == []


def test_every_head_of_both_is_compared() -> None:
    assert upgrade(SEALED, anchored(7, 9)) == [(5, 7), (7, 9)]
    assert upgrade(SEALED, ANCHORED) == [(5, 9)]


def test_the_newer_receipt_may_have_the_smaller_checkpoint() -> None:
    assert upgrade(KIT.receipt(9), anchored(5, 5)) == [(5, 9)]


def test_another_root_of_the_same_size_is_another_history() -> None:
    fork = dataclasses.replace(SEALED, checkpoint=_forked(5))
    with pytest.raises(HistoryMismatch, match="two histories"):
        upgrade(fork, SEALED)


@pytest.mark.parametrize("size", [3, 8])
def test_a_head_that_is_no_prefix_is_another_history(size: int) -> None:
    fork = dataclasses.replace(SEALED, checkpoint=_forked(size))
    with pytest.raises(HistoryMismatch, match="two histories"):
        upgrade(fork, SEALED)


def test_an_anchored_head_is_compared_too() -> None:
    bent = dataclasses.replace(KIT.anchor(9, 5), root=bytes(32))
    with pytest.raises(HistoryMismatch, match="two histories"):
        upgrade(ANCHORED, dataclasses.replace(SEALED, anchors=(bent,)))


def test_another_log_is_refused() -> None:
    other = Kit(origin="log.example/logs/other")
    receipt = dataclasses.replace(SEALED, checkpoint=other.checkpoint(5))
    with pytest.raises(HistoryMismatch, match="the log"):
        upgrade(SEALED, receipt)


def test_another_entry_is_refused() -> None:
    with pytest.raises(CommitmentMismatch, match="keep both"):
        upgrade(SEALED, dataclasses.replace(SEALED, entry_index=3))


def test_an_anchor_is_never_lost() -> None:
    with pytest.raises(Unavailable, match="carries an anchor"):
        upgrade(ANCHORED, SEALED)
    other = dataclasses.replace(KIT.anchor(9, 5), chain_id=1)
    with pytest.raises(Unavailable, match="carries an anchor"):
        upgrade(ANCHORED, dataclasses.replace(SEALED, anchors=(other,)))


def test_evidence_is_never_lost() -> None:
    proven = anchored(5, 9, ChainEvidence(b"header", (b"node",), 0, 0))
    assert upgrade(ANCHORED, proven) == [(5, 9)]
    with pytest.raises(Unavailable, match="carries an anchor"):
        upgrade(proven, ANCHORED)


def test_a_service_without_tiles_replaces_nothing() -> None:
    def fail(*_: object) -> None:
        raise Unavailable("no answer")

    with pytest.raises(Unavailable, match="was not replaced: no answer"):
        check_upgrade(PLACE, SEALED, ANCHORED, fail)


def test_a_checkpoint_that_cannot_be_read_replaces_nothing() -> None:
    with pytest.raises(MalformedNote):
        upgrade(SEALED, dataclasses.replace(SEALED, checkpoint="note"))


def _forked(size: int) -> str:
    return Kit(seed=2).checkpoint(size)
