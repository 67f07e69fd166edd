"""The commitment: the vectors, a slow reference from the page, and a tree with holes."""

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.canonical import canonical
from liuhen.core.commitment import (
    MISSING,
    PartialTree,
    commit,
    commitment_of,
    hash_leaves,
    make_salts,
    rows_text_of,
)
from liuhen.core.merkle import subtree_root

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "evidence" / "commitment.json").read_bytes()
)


def reference(record: dict[str, Any], secret: bytes) -> tuple[list[bytes], bytes]:
    """Evidence §1 read aloud: leaf hashes and commitment."""

    def leaves(value: Any, path: list[str | int]) -> list[tuple[bytes, bytes]]:
        if not isinstance(value, dict | list) or not value:
            return [(canonical(path), canonical(value))]  # type: ignore[arg-type]
        children = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for step, child in children for leaf in leaves(child, [*path, step])]

    def tree(hashes: list[bytes]) -> bytes:
        if len(hashes) == 1:
            return hashes[0]
        k = 1
        while k * 2 < len(hashes):
            k *= 2
        return hashlib.sha256(b"\x01" + tree(hashes[:k]) + tree(hashes[k:])).digest()

    pairs = sorted(leaves(record, []))
    stream = hashlib.shake_256(b"audit-log/salts/v1\0" + secret + UUID(record["record_id"]).bytes)
    salts = stream.digest(16 * len(pairs))
    hashes = []
    for number, (path, value) in enumerate(pairs):
        salt = salts[16 * number :][:16]
        hashed = hashlib.sha256(b"\x02" + salt + value).digest()
        hashes.append(hashlib.sha256(b"\x00" + hashed + path).digest())
    count = len(pairs).to_bytes(8, "big")
    return hashes, hashlib.sha256(b"audit-log/record/v1\0" + count + tree(hashes)).digest()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_is_met(vector: dict[str, Any]) -> None:
    secret = bytes.fromhex(vector["secret"])
    hashes, commitment = reference(vector["record"], secret)
    assert [leaf.hex() for leaf in hashes] == vector["leaf_hashes"]
    assert commitment.hex() == vector["commitment"]
    made = commit(vector["record"], secret)
    assert made.commitment == commitment
    assert made.rows == vector["rows"]
    assert len(made.rows) == vector["leaf_count"]


def test_another_secret_or_record_id_gives_other_salts() -> None:
    record_id = VECTORS[0]["record"]["record_id"]
    salts = make_salts(bytes(32), record_id, 3)
    assert len(salts) == 48
    assert salts != make_salts(b"\1" + bytes(31), record_id, 3)
    assert salts != make_salts(bytes(32), record_id[:-1] + "2", 3)
    assert make_salts(bytes(32), record_id, 4).startswith(salts)


def test_one_changed_value_changes_the_commitment() -> None:
    record = json.loads(json.dumps(VECTORS[1]["record"]))
    before = commit(record, bytes(32)).commitment
    record["data"]["scores"][0]["技术部分"] = "43.01"
    assert commit(record, bytes(32)).commitment != before


@given(st.integers(1, 130), st.data())
def test_a_tree_filled_in_later_is_the_tree(size: int, data: st.DataObject) -> None:
    leaves = [hashlib.sha256(b"%d" % number).digest() for number in range(size)]
    holes = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    partial = PartialTree([None if n in holes else leaf for n, leaf in enumerate(leaves)])
    assert partial.root([leaves[n] for n in holes]) == subtree_root(leaves)
    others = [bytes(32) for _ in holes]
    changed = [bytes(32) if n in holes else leaf for n, leaf in enumerate(leaves)]
    assert partial.root(others) == subtree_root(changed)


def test_a_missing_value_leaves_its_leaf_unhashed() -> None:
    hashes = hash_leaves([(b'["a"]', b"1"), (b'["b"]', MISSING)], bytes(32))
    assert hashes[1] is None
    assert isinstance(hashes[0], bytes)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_stored_record_has_the_commitment_and_rows_that_it_had(vector: dict[str, Any]) -> None:
    secret, stored = bytes.fromhex(vector["secret"]), canonical(vector["record"])
    assert commitment_of(stored, secret).hex() == vector["commitment"]
    assert json.loads(rows_text_of(stored, secret)) == vector["rows"]


def test_a_stored_record_is_padded_to_what_it_was_padded_to() -> None:
    record, secret = VECTORS[0]["record"], bytes(range(32))
    plain, padded = commit(record, secret), commit(record, secret, padded=True)
    stored, count = canonical(record), len(padded.rows)
    assert len(plain.rows) < count
    assert commitment_of(stored, secret, count) == padded.commitment
    assert json.loads(rows_text_of(stored, secret, count)) == padded.rows
    assert commitment_of(stored, secret) == plain.commitment
    assert commitment_of(stored, bytes(32)) != plain.commitment
