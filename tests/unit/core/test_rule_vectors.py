"""tests/vectors/rules, made by a second implementation: the package says the same of every vector.

And the files are what that implementation says today; `scripts/vectors --write` renews them.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from liuhen.core import rlp
from liuhen.core.canonical import canonical
from liuhen.core.case_map import CaseMap, case_key, case_value
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.commitment import commit
from liuhen.core.cosignature import WitnessKey
from liuhen.core.disclosure import parse_rows, rows_commitment
from liuhen.core.errors import Malformed, MalformedRecord, SignatureMismatch
from liuhen.core.head_signature import HeadSignerKey, LogKey, chain_log_id, checkpoint_digest
from liuhen.core.keccak import keccak256
from liuhen.core.log_entry import map_head_entry, slot_entry
from liuhen.core.merkle import leaf_hash, node_hash
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.receipt import parse_receipt
from liuhen.core.record import check_record
from liuhen.core.row_rules import check_rows
from liuhen.core.slot import Slot
from liuhen.core.strict_json import parse_json
from liuhen.core.tlog_proof import TlogProof
from tests.judged_report import ReportedLog
from tests.made_vectors.every import FOLDER, contents, load

Vector = dict[str, Any]
WORDS = {"name", "why", "origin", "report", "answer", "signers", "anchored"}


def each(name: str) -> pytest.MarkDecorator:
    """Parametrise over a file of vectors."""
    return pytest.mark.parametrize("vector", load(name), ids=lambda vector: vector["name"])


def accepts(read: Callable[[], object]) -> bool:
    try:
        read()
    except Malformed:
        return False
    return True


def test_the_files_are_what_the_second_implementation_says() -> None:
    made = contents()
    there = {path.name: path.read_bytes() for path in FOLDER.glob("*.json")}
    assert sorted(made) == sorted(there)
    assert [name for name in made if made[name] != there[name]] == []


@each("reading.json")
def test_json_is_read_or_refused(vector: Vector) -> None:
    body = bytes.fromhex(vector["body_hex"])
    assert accepts(lambda: parse_json(body)) is vector["accept"]
    if vector["accept"]:
        assert canonical(parse_json(body)).hex() == vector["canonical_hex"]


@each("record.json")
def test_a_record_is_accepted_or_refused(vector: Vector) -> None:
    assert accepts(lambda: check_record(vector["record"])) is vector["accept"]


@each("commitment.json")
def test_a_record_has_this_commitment(vector: Vector) -> None:
    secret = bytes.fromhex(vector["secret"])
    made = commit(vector["record"], secret, padded=vector["padded"])
    assert made.commitment.hex() == vector["commitment"]
    if "rows" in vector:
        assert made.rows == vector["rows"]
        rows = parse_rows(made.rows)
        assert [row.leaf.hex() for row in rows] == vector["leaves"]
        hashes = [row.value_hash.hex() for row in rows]  # type: ignore[union-attr]
        assert hashes == vector["value_hashes"]


@each("disclosure.json")
def test_a_disclosure_is_judged_so(vector: Vector) -> None:
    assert _judged(vector) == vector["expected"]


def _judged(vector: Vector) -> str:
    try:
        rows = parse_rows(vector["rows"])
    except Malformed:
        return "malformed"
    try:
        check_rows(rows)
    except MalformedRecord:
        return "different"
    return "ok" if rows_commitment(rows).hex() == vector["commitment"] else "different"


@each("case-map.json")
def test_a_case_map_has_this_root(vector: Vector) -> None:
    tree = CaseMap()
    for case in vector["cases"]:
        key = case_key(vector["origin"], case["case"])
        value = case_value(bytes.fromhex(case["salt"]), case["count"], bytes.fromhex(case["head"]))
        assert (key.hex(), value.hex()) == (case["key"], case["value"])
        tree.set(key, value)
    assert tree.root().hex() == vector["map_root"]
    for case in vector["cases"]:
        assert [h.hex() for h in tree.path(bytes.fromhex(case["key"]))] == case["path"]
    assert map_head_entry(vector["size"] - 1, tree.root()).hex() == vector["map_head_entry"]


@each("slot.json")
def test_a_slot_leads_to_this_entry(vector: Vector) -> None:
    for record in vector["records"]:
        path = tuple(map(bytes.fromhex, record["path"]))
        slot = Slot(vector["tick"], record["position"], path)
        root = slot.root(bytes.fromhex(record["commitment"]))
        assert root.hex() == vector["slot_root"]
        assert slot_entry(vector["tick"], root).hex() == vector["entry"]


@pytest.mark.parametrize(
    ("file", "parse"),
    [
        ("checkpoint.json", Checkpoint.parse),
        ("note.json", SignedNote.parse),
        ("tlog-proof.json", TlogProof.parse),
        ("vkey-log.json", LogKey.parse),
        ("vkey-signer.json", HeadSignerKey.parse),
        ("vkey-witness.json", WitnessKey.parse),
    ],
)
def test_a_text_form_is_accepted_or_refused(file: str, parse: Callable[[str], Any]) -> None:
    wrong = []
    for vector in load(file):
        text = vector["text"]
        if accepts(lambda text=text: parse(text)) is not vector["accept"]:  # type: ignore[misc]
            wrong.append(vector["name"])
        elif vector["accept"]:
            assert parse(text).to_text() == text
    assert not wrong


@each("signed-head.json")
def test_a_signed_head_is_accepted_or_refused(vector: Vector) -> None:
    contract, log_id, signer = (
        bytes.fromhex(vector[name][2:]) for name in ("contract", "log_id", "signer")
    )
    head = Checkpoint(vector["origin"], vector["size"], bytes.fromhex(vector["root"]))
    digest = checkpoint_digest(head, log_id, vector["chain_id"], contract)
    assert digest.hex() == vector["digest"]
    key = HeadSignerKey(vector["origin"], vector["chain_id"], contract, signer)
    line = NoteSignature(key.name, key.key_id, bytes.fromhex(vector["signature"]))
    try:
        key.verify(head, log_id, line)
    except SignatureMismatch:
        assert not vector["accept"]
    else:
        assert vector["accept"]


@each("report.json")
def test_a_report_shows_a_contradiction_or_none(vector: Vector) -> None:
    data = {name: _bytes(value) for name, value in vector.items() if name not in WORDS}
    known = vector["log_id"] == "0x" + chain_log_id(data["owner"], vector["origin"]).hex()
    log = ReportedLog(
        vector["origin"],
        data["log_id"],
        vector["chain_id"],
        data["contract"],
        [(_bytes(signer), since) for signer, since in vector["signers"]] if known else [],
        {each["size"]: _bytes(each["root"]) for each in vector["anchored"]} if known else {},
    )
    head = Checkpoint(vector["origin"], vector["size"], data["root"])
    digest = checkpoint_digest(head, log.log_id, log.chain_id, log.contract)
    assert digest == data["digest"]
    if vector["report"] == "fork":
        proof, anchored_size = data["proof"], vector["anchored_size"]
        found = log.is_fork(head.head, data["signature"], data["true_root"], proof, anchored_size)
    else:
        other = data["other_root"], data["other_signature"]
        found = log.is_double(head.head, data["signature"], *other)
    assert found is vector["accept"]


@each("rlp.json")
def test_rlp_is_read_or_refused(vector: Vector) -> None:
    data = bytes.fromhex(vector["rlp"])
    assert accepts(lambda: rlp.decode(data)) is vector["accept"]
    if vector["accept"]:
        assert _hex(rlp.decode(data)) == vector["item"]
        assert rlp.encode(rlp.decode(data)) == data
        assert keccak256(data).hex() == vector["keccak256"]


@each("tree-hash.json")
def test_a_layer_hashes_so(vector: Vector) -> None:
    preimage = bytes.fromhex(vector["preimage"])
    hashed = (
        leaf_hash(preimage[1:]) if preimage[0] == 0 else node_hash(preimage[1:33], preimage[33:])
    )
    assert hashed.hex() == vector["hash"]


@each("receipt.json")
def test_a_receipt_file_is_read_or_refused(vector: Vector) -> None:
    body = vector["file"].encode()
    assert accepts(lambda: parse_receipt(body)) is vector["accept"]
    if vector["accept"]:
        assert parse_receipt(body).to_text() == vector["file"].removesuffix("\n")


def test_every_file_has_vectors_of_both_kinds_and_says_why() -> None:
    for path in sorted(FOLDER.glob("*.json")):
        vectors = json.loads(path.read_bytes())
        assert all({"name", "why"} <= vector.keys() for vector in vectors), path.name
        answers = {vector["accept"] for vector in vectors if "accept" in vector}
        assert answers in (set(), {True, False}), path.name


def _bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_bytes(each) for each in value]
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else value


def _hex(item: rlp.Item) -> Any:
    return item.hex() if isinstance(item, bytes) else [_hex(part) for part in item]
