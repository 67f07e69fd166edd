"""From the rows to the entry and to the root: what each check says, and of which values."""

import dataclasses
import hashlib

import pytest

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.disclosure import Shown, rows_commitment
from liuhen.core.entry_check import check_entry, check_inclusion
from liuhen.core.log_entry import slot_entry
from liuhen.core.selection import select
from liuhen.core.slot import Slot
from liuhen.core.verdict import State
from tests.receipt_kit import ORIGIN, Kit

KIT = Kit()
RECEIPT = KIT.receipt()
COMMITMENT = KIT.sealed.commitment
FACTS = {"commitment": COMMITMENT.hex(), "leaves": len(RECEIPT.rows)}
HEAD = Checkpoint(ORIGIN, 5, KIT.tree.root(5))


def test_rows_lead_to_the_commitment_which_is_the_entry() -> None:
    entry, check = check_entry(RECEIPT)
    assert entry == COMMITMENT
    assert (check.code, check.state, check.reason) == ("commitment", State.PASSED, "rows-commit")
    assert check.facts == FACTS


def test_rows_that_hide_something_lead_there_too_and_say_so() -> None:
    hidden = dataclasses.replace(RECEIPT, rows=select(RECEIPT.rows, ["/data/seat"]))
    entry, check = check_entry(hidden)
    assert entry == COMMITMENT
    assert (check.state, check.reason) == (State.PASSED, "rows-partly-hidden")
    assert check.facts == FACTS


def test_rows_that_no_record_can_have_fail_with_their_commitment() -> None:
    rows = tuple(
        dataclasses.replace(row, value="yesterday")
        if isinstance(row, Shown) and row.path == ("recorded_at",)
        else row
        for row in RECEIPT.rows
    )
    assert rows != RECEIPT.rows
    entry, check = check_entry(dataclasses.replace(RECEIPT, rows=rows))
    assert entry == rows_commitment(rows)
    assert (check.code, check.state, check.reason) == ("commitment", State.FAILED, "not-a-record")
    assert "recorded_at" in str(check.facts["detail"])
    assert check.facts == {**FACTS, "commitment": entry.hex(), "detail": check.facts["detail"]}


def test_the_entry_of_a_slot_is_that_of_its_tick_and_root() -> None:
    slot = Slot(7, 0b101, tuple(bytes([height]) * 32 for height in range(20)))
    entry, check = check_entry(dataclasses.replace(RECEIPT, slot=slot))
    node = hashlib.sha256(b"audit-log/slot-leaf/v1\0" + bytes(7) + b"\7" + COMMITMENT).digest()
    for height, sibling in enumerate(slot.path):
        pair = sibling + node if height in (0, 2) else node + sibling
        node = hashlib.sha256(b"\1" + pair).digest()
    assert entry == slot_entry(7, node)
    assert (check.state, check.facts) == (State.PASSED, FACTS)


@pytest.mark.parametrize("index", [2, 3])
def test_an_inclusion_names_entry_leaf_place_and_head(index: int) -> None:
    check = check_inclusion(COMMITMENT, index, HEAD, KIT.tree.inclusion(2, 5))
    told = {
        "entry": COMMITMENT.hex(),
        "leaf_hash": hashlib.sha256(b"\0" + COMMITMENT).hexdigest(),
        "index": index,
        "size": 5,
        "root": HEAD.root.hex(),
    }
    if index == 2:
        assert (check.code, check.state) == ("inclusion", State.PASSED)
        assert (check.reason, check.facts) == ("entry-in-tree", told)
    else:
        assert (check.code, check.state) == ("inclusion", State.FAILED)
        assert check.reason == "proof-mismatch"
        assert "root hash" in str(check.facts["detail"])
        assert check.facts == {**told, "detail": check.facts["detail"]}
