"""Members of a receipt file: each one missing, unknown, or of another form (evidence §3)."""

from typing import Any

from tests.made_vectors.texts import ENTRIES, LEAVES, NOTE
from tests.reference import commitment, jcs
from tests.reference.commitment import H, mth

ANCHOR = {
    "chain_id": 20231,
    "consistency": [],
    "contract": "0x" + "c3" * 20,
    "log_id": "0x" + "d4" * 32,
    "root": mth(LEAVES).hex(),
    "size": 8,
}
EVIDENCE = {"header": "0xc0", "log_position": 0, "receipt_proof": ["0xc0"], "tx_index": 0}
SLOT: dict[str, Any] = {"path": [H(b"%d" % n).hex() for n in range(20)], "position": 5, "tick": 7}
ROWS = commitment.rows_of({"record_id": "01936b2e-7c00-7000-8000-000000000001", "a": 1}, bytes(32))
RECEIPT: dict[str, Any] = {
    "anchors": [ANCHOR],
    "checkpoint": NOTE,
    "entry_index": 2,
    "inclusion": [H(entry).hex() for entry in ENTRIES[:3]],
    "rows": ROWS,
    "schema": "audit-receipt/v1",
}
_GOOD: list[tuple[str, str, Any]] = [
    ("as it is", "a sealed and anchored record", RECEIPT),
    ("no anchors", "sealed", {**RECEIPT, "anchors": []}),
    ("with a slot", "a record that entered through a slot", {**RECEIPT, "slot": SLOT}),
    ("with evidence", "of the chain", {**RECEIPT, "anchors": [{**ANCHOR, "evidence": EVIDENCE}]}),
    ("63 hashes", "the longest proof", {**RECEIPT, "inclusion": ["00" * 32] * 63}),
    ("with content", "of a detached record", {**RECEIPT, "content": ROWS}),
]
_BAD: list[tuple[str, str, Any]] = [
    ("an unknown member", "no other members", {**RECEIPT, "state": "final"}),
    ("another schema", "v2", {**RECEIPT, "schema": "audit-receipt/v2"}),
    ("a checkpoint as bytes", "one string", {**RECEIPT, "checkpoint": [1]}),
    ("a negative index", "from 0", {**RECEIPT, "entry_index": -1}),
    ("an index as text", "an integer", {**RECEIPT, "entry_index": "2"}),
    ("an index true", "true is no integer", {**RECEIPT, "entry_index": True}),
    ("a fraction", "an integer", {**RECEIPT, "entry_index": 2.5}),
    ("64 hashes", "more than any tree needs", {**RECEIPT, "inclusion": ["00" * 32] * 64}),
    ("a hash of 31 bytes", "32 bytes", {**RECEIPT, "inclusion": ["00" * 31]}),
    ("a hash in capitals", "lower case", {**RECEIPT, "inclusion": ["AB" * 32]}),
    ("a hash with 0x", "no prefix", {**RECEIPT, "inclusion": ["0x" + "ab" * 32]}),
    ("9 anchors", "at most 8", {**RECEIPT, "anchors": [ANCHOR] * 9}),
    ("19 hashes in a slot", "20 levels", {**RECEIPT, "slot": {**SLOT, "path": SLOT["path"][:19]}}),
    ("a position beyond", "below 2^20", {**RECEIPT, "slot": {**SLOT, "position": 2**20}}),
    ("slot null", "absent, not null", {**RECEIPT, "slot": None}),
    ("a list", "an object", [RECEIPT]),
]


def _anchors() -> list[tuple[str, str, Any]]:
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("a contract without 0x", "0x before Ethereum values", {"contract": "c3" * 20}),
        ("a contract of 21 bytes", "20 bytes", {"contract": "0x" + "c3" * 21}),
        ("a contract in capitals", "no checksum spelling", {"contract": "0x" + "C3" * 20}),
        ("a root with 0x", "no prefix", {"root": "0x" + "00" * 32}),
        ("a size of -1", "from 0", {"size": -1}),
        ("an unknown member of an anchor", "no other members", {"final": True}),
        ("evidence null", "absent, not null", {"evidence": None}),
        ("evidence without a header", "all of it", {"evidence": {"tx_index": 0}}),
        ("odd hex", "whole bytes", {"evidence": {**EVIDENCE, "header": "0xc"}}),
        ("65 nodes", "at most 64", {"evidence": {**EVIDENCE, "receipt_proof": ["0xc0"] * 65}}),
    ]
    made = [(n, w, {**RECEIPT, "anchors": [{**ANCHOR, **change}]}) for n, w, change in changes]
    for member in ANCHOR:
        less = {name: value for name, value in ANCHOR.items() if name != member}
        made.append((f"an anchor without {member}", "all of it", {**RECEIPT, "anchors": [less]}))
    return made


def members() -> list[dict[str, Any]]:
    bad = [each for each in _BAD if each[2] is not None] + _anchors()
    for member in RECEIPT:
        less = {name: value for name, value in RECEIPT.items() if name != member}
        bad.append((f"without {member}", "every member", less))
    made = [_vector(*each, accept=True) for each in _GOOD]
    made += [_vector(*each, accept=False) for each in bad]
    body = jcs.text(RECEIPT)
    spellings = {
        "a newline at the end": (body + "\n", True),
        "two newlines": (body + "\n\n", False),
        "indented": (body.replace(",", ", "), False),
        "members in another order": (
            '{"schema":"audit-receipt/v1",' + body[1:].replace(',"schema":"audit-receipt/v1"', ""),
            False,
        ),
        "an escaped letter": (body.replace("audit-receipt", "\\u0061udit-receipt"), False),
        "a number spelled 2.0": (body.replace('"entry_index":2,', '"entry_index":2.0,'), False),
        "byte-order mark": ("\ufeff" + body, False),
        "cut off": (body[:-1], False),
    }
    for name, (text, accept) in spellings.items():
        why = "a receipt file is its canonical bytes, and one newline"
        made.append({"name": name, "why": why, "file": text, "accept": accept})
    return made


def _vector(name: str, why: str, receipt: Any, *, accept: bool) -> dict[str, Any]:
    return {"name": name, "why": why, "file": jcs.text(receipt), "accept": accept}


def files() -> dict[str, Any]:
    return {"receipt.json": members()}
