"""Bent bytes in receipts of the corpus; the corpus itself is driven in tests/corpus."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from liuhen.core.disclosure import Shown
from liuhen.core.errors import Malformed
from liuhen.core.examine import Beside, examine, question
from liuhen.core.policy import parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome
from tests.receipt_corpus import FOLDER, parse_node
from tests.receipt_kit import NOW


def nodes(case: Path) -> list[Any]:
    return [parse_node(node) for node in json.loads((case / "nodes.json").read_bytes())]


@pytest.mark.parametrize("mask", [0x01, 0x20])
@pytest.mark.parametrize(
    ("name", "with_nodes"),
    [("sealed", False), ("evidence", True), ("evidence_known_block", False)],
)
def test_a_byte_bent_anywhere_is_never_a_match_and_never_waits(
    name: str, with_nodes: bool, mask: int
) -> None:
    case = FOLDER / name
    body, policy = (case / "receipt.json").read_bytes(), (case / "policy.json").read_bytes()
    beside = Beside(NOW, tuple(nodes(case)) if with_nodes else ())
    trusted = parse_policy(policy)
    honest = examine(parse_receipt(body), trusted, beside)
    assert honest.outcome in (Outcome.MATCH, Outcome.WAITING)
    for position in range(len(body)):
        bent = bytearray(body)
        bent[position] ^= mask
        try:
            receipt = parse_receipt(bytes(bent))
            question(receipt, trusted)
            verdict = examine(receipt, trusted, beside)
        except Malformed:
            continue
        assert verdict.outcome in (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK), position


def test_a_changed_value_of_any_shown_row_is_different() -> None:
    case = FOLDER / "sealed"
    receipt = parse_receipt((case / "receipt.json").read_bytes())
    policy = parse_policy((case / "policy.json").read_bytes())
    for position, row in enumerate(receipt.rows):
        assert isinstance(row, Shown)
        if row.path[0] != "data":
            continue
        other = dataclasses.replace(row, value="changed")
        rows = (*receipt.rows[:position], other, *receipt.rows[position + 1 :])
        verdict = examine(dataclasses.replace(receipt, rows=rows), policy, Beside(NOW))
        assert verdict.outcome is Outcome.DIFFERENT


def test_the_files_beside_a_receipt_have_the_digests_that_the_record_names() -> None:
    case = FOLDER / "sealed"
    digest = hashlib.sha256((case / "report.txt").read_bytes()).hexdigest()
    assert digest in (case / "receipt.json").read_text(encoding="utf-8")
