"""Receipt files: one spelling, every member named when it is wrong."""

import dataclasses
import json
from typing import Any

import pytest

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import MalformedJson, MalformedReceipt
from liuhen.core.receipt import (
    RECEIPT_LIMITS,
    Receipt,
    evidence_from_json,
    parse_receipt,
    receipt_from_json,
    receipt_text,
)
from liuhen.core.slot import DEPTH, Slot
from liuhen.core.strict_json import Limits
from tests.receipt_kit import Kit

KIT = Kit()
EVIDENCE = ChainEvidence(b"header", (b"node 1", b"node 2"), 3, 1)


def receipts() -> dict[str, Receipt]:
    evidenced = dataclasses.replace(KIT.anchor(9, 5), evidence=EVIDENCE)
    slot = Slot(7, 2**20 - 1, (bytes(32),) * DEPTH)
    return {
        "sealed": KIT.receipt(),
        "anchored": KIT.receipt(5, 9),
        "with evidence": KIT.receipt(5, anchors=(evidenced,)),
        "through a slot": KIT.receipt(5, slot=slot),
    }


@pytest.mark.parametrize("name", receipts())
def test_a_receipt_prints_as_it_was_read(name: str) -> None:
    receipt = receipts()[name]
    text = receipt.to_text()
    assert parse_receipt(text.encode()) == receipt
    assert parse_receipt(text.encode() + b"\n") == receipt
    assert canonical(json.loads(text)).decode() == text
    assert receipt_from_json(json.loads(text)) == receipt


def test_rows_printed_by_the_writer_make_the_same_file() -> None:
    receipt = KIT.receipt(5, 9)
    text = receipt_text(
        KIT.sealed.rows_text, 2, receipt.inclusion, receipt.checkpoint, receipt.anchors
    )
    assert text == receipt.to_text()


def test_a_re_formatted_receipt_says_how_to_mend_it() -> None:
    text = KIT.receipt().to_text()
    for other in (json.dumps(json.loads(text), indent=1), text + "\n\n", " " + text, text + " "):
        with pytest.raises(MalformedReceipt, match="record canonical"):
            parse_receipt(other.encode())


def changed(change: dict[str, Any]) -> dict[str, Any]:
    """Take the JSON of a full receipt and put each value at its JSON pointer; None deletes."""
    document: dict[str, Any] = json.loads(receipts()["with evidence"].to_text())
    document["slot"] = json.loads(receipts()["through a slot"].to_text())["slot"]
    for pointer, value in change.items():
        *steps, last = pointer.split("/")
        target: Any = document
        for step in steps:
            target = target[int(step) if isinstance(target, list) else step]
        if value is None:
            del target[last]
        else:
            target[int(last) if isinstance(target, list) else last] = value
    return document


H = "11" * 32
BAD: list[tuple[str, Any]] = [
    ("schema", "audit-receipt/v2"),
    ("schema", None),
    ("rows", None),
    ("anchors", None),
    ("checkpoint", 5),
    ("checkpoint", None),
    ("entry_index", None),
    ("entry_index", "2"),
    ("entry_index", -1),
    ("entry_index", True),
    ("entry_index", 2.5),
    ("entry_index", 2**63),
    ("inclusion", "none"),
    ("inclusion", [H] * 64),
    ("inclusion/0", H[2:]),
    ("inclusion/0", H.replace("1", "A")),
    ("inclusion/0", "0x" + H),
    ("inclusion/0", 5),
    ("inclusion/0", H[:-1] + "g"),
    ("inclusion/0", H[:-1] + "١"),
    ("anchors", {}),
    ("anchors", [{}]),
    ("anchors/0", 5),
    ("anchors/0/chain_id", "20231"),
    ("anchors/0/contract", "11" * 20),
    ("anchors/0/contract", "0x" + "11" * 19),
    ("anchors/0/contract", "0X" + "11" * 20),
    ("anchors/0/contract", "0x" + "Ab" * 20),
    ("anchors/0/log_id", H),
    ("anchors/0/log_id", "0x" + H[2:]),
    ("anchors/0/log_id", "0x" + H + "11"),
    ("anchors/0/root", "0x" + H),
    ("anchors/0/size", -1),
    ("anchors/0/consistency", [H] * 64),
    ("anchors/0/state", "final"),
    ("anchors/0/evidence", 5),
    ("anchors/0/evidence/header", "0x1"),
    ("anchors/0/evidence/header", None),
    ("anchors/0/evidence/receipt_proof", ["0x"] * 65),
    ("anchors/0/evidence/receipt_proof/0", "zz"),
    ("anchors/0/evidence/tx_index", -1),
    ("anchors/0/evidence/log_position", "0"),
    ("anchors/0/evidence/more", 1),
    ("slot", {}),
    ("slot/tick", -1),
    ("slot/position", 2**20),
    ("slot/path", [H] * 19),
    ("slot/path", [H] * 21),
    ("state", "sealed"),
]


def test_the_last_place_of_the_largest_log_can_be_named() -> None:
    last = 2**63 - 1
    receipt = receipt_from_json(changed({"entry_index": last, "anchors/0/size": last}))
    assert (receipt.entry_index, receipt.anchors[0].size) == (last, last)


@pytest.mark.parametrize(("pointer", "value"), BAD, ids=[f"{p}={v!r:.20}" for p, v in BAD])
def test_a_wrong_member_is_refused_by_name(pointer: str, value: Any) -> None:
    with pytest.raises(MalformedReceipt) as caught:
        receipt_from_json(changed({pointer: value}))
    named = pointer.split("/")
    assert any(step in str(caught.value) for step in named if not step.isdigit())


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_anything_but_an_object_is_refused(value: Any) -> None:
    with pytest.raises(MalformedReceipt, match="object"):
        receipt_from_json(value)


def test_too_many_anchors_are_refused() -> None:
    document = changed({})
    document["anchors"] *= 8
    assert len(receipt_from_json(document).anchors) == 8
    document["anchors"] *= 2
    with pytest.raises(MalformedReceipt, match="at most 8"):
        receipt_from_json(document)


def many_rows(count: int, steps: int) -> bytes:
    """Print a receipt with this many rows, paths of this many steps."""
    inner = [0] * (steps - 2)
    paths: list[JsonValue] = [["data", *inner, n] for n in range(count)]
    rows: JsonValue = [[path, "00" * 16, None] for path in sorted(paths, key=canonical)]
    receipt = KIT.receipt()
    text = receipt_text(
        canonical(rows).decode(), 2, receipt.inclusion, receipt.checkpoint, receipt.anchors
    )
    return text.encode()


def test_the_largest_record_has_a_receipt_that_can_be_read() -> None:
    body = many_rows(65_536, 14)
    assert len(parse_receipt(body).rows) == 65_536
    with pytest.raises(MalformedJson, match="values"):
        parse_receipt(body, Limits(body_bytes=len(body)))


def test_a_receipt_of_too_many_values_is_refused_before_it_is_read() -> None:
    body = b"[" + b"[]," * RECEIPT_LIMITS.values + b"[]]"
    with pytest.raises(MalformedJson, match="values"):
        parse_receipt(body)


INTEGER, WHOLE = "must be an integer from 0 to 2^63 - 1", "must be whole bytes of lower-case hex"
HASH = "must be 32 bytes of lower-case hex"
SAID: list[tuple[str, Any, str]] = [
    ("schema", "audit-receipt/v2", "schema: must be audit-receipt/v1"),
    ("entry_index", None, "receipt: the member entry_index is missing"),
    ("state", "sealed", "receipt: the member state is unknown"),
    ("entry_index", 2**63, f"entry_index: {INTEGER}"),
    ("inclusion", [H] * 64, "inclusion: must be an array of at most 63"),
    ("inclusion/1", H[2:], f"inclusion/1: {HASH}"),
    ("checkpoint", 5, "checkpoint: must be a string"),
    ("anchors", {}, "anchors: must be an array of at most 8"),
    ("anchors/0", 5, "anchors/0: must be an object"),
    ("anchors/0/size", -1, f"anchors/0/size: {INTEGER}"),
    ("anchors/0/chain_id", "1", f"anchors/0/chain_id: {INTEGER}"),
    ("anchors/0/root", "0x" + H, f"anchors/0/root: {HASH}"),
    ("anchors/0/contract", "11" * 20, "anchors/0/contract: must be a hex string after 0x"),
    ("anchors/0/contract", "0x11", "anchors/0/contract: must be 20 bytes of lower-case hex"),
    ("anchors/0/log_id", H, "anchors/0/log_id: must be a hex string after 0x"),
    ("anchors/0/consistency/0", "", f"anchors/0/consistency/0: {HASH}"),
    ("anchors/0/evidence", 5, "anchors/0/evidence: must be an object"),
    ("anchors/0/evidence/header", "0x1", f"anchors/0/evidence/header: {WHOLE}"),
    ("anchors/0/evidence/receipt_proof/0", "0xz", f"anchors/0/evidence/receipt_proof/0: {WHOLE}"),
    ("anchors/0/evidence/tx_index", -1, f"anchors/0/evidence/tx_index: {INTEGER}"),
    ("anchors/0/evidence/log_position", "0", f"anchors/0/evidence/log_position: {INTEGER}"),
    ("slot", [], "slot: must be an object"),
    ("slot/tick", -1, f"slot/tick: {INTEGER}"),
    ("slot/position", "0", f"slot/position: {INTEGER}"),
    ("slot/position", 2**20, "slot: 20 hashes and a position below 2^20"),
    ("slot/path", [H] * 21, "slot/path: must be an array of at most 20"),
    ("slot/path/19", "", f"slot/path/19: {HASH}"),
]


@pytest.mark.parametrize(("pointer", "value", "said"), SAID, ids=[said for *_, said in SAID])
def test_a_refusal_says_where_and_which_rule(pointer: str, value: Any, said: str) -> None:
    with pytest.raises(MalformedReceipt) as caught:
        receipt_from_json(changed({pointer: value}))
    assert str(caught.value) == said


def test_evidence_read_alone_is_called_so() -> None:
    with pytest.raises(MalformedReceipt) as caught:
        evidence_from_json([])
    assert str(caught.value) == "evidence: must be an object"
