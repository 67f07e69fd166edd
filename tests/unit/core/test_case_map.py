"""The case map, map heads and slots against vectors of an independent implementation."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.case_map import EMPTY, CaseMap, case_key, case_value, map_leaf, map_node
from liuhen.core.log_entry import map_head_entry, slot_entry
from liuhen.core.slot import DEPTH, Slot

FOLDER = Path(__file__).parents[2] / "vectors" / "evidence"
MAPS = json.loads((FOLDER / "case-map.json").read_text())["maps"]
SLOTS = json.loads((FOLDER / "slot.json").read_text())["slots"]


@pytest.mark.parametrize("vector", MAPS, ids=lambda v: f"{len(v['cases'])} cases")
def test_maps_equal_the_vectors(vector: dict[str, Any]) -> None:
    cases = CaseMap()
    for case in vector["cases"]:
        key = case_key(vector["origin"], case["case"])
        value = case_value(bytes.fromhex(case["salt"]), case["count"], bytes.fromhex(case["head"]))
        assert (key.hex(), value.hex()) == (case["key"], case["value"])
        cases.set(key, value)
    assert cases.root().hex() == vector["map_root"]
    for case in vector["cases"]:
        assert [h.hex() for h in cases.path(bytes.fromhex(case["key"]))] == case["path"]
    entry = map_head_entry(vector["size"] - 1, cases.root())
    assert entry.hex() == vector["map_head_entry"]


def reference_root(values: dict[bytes, bytes], depth: int = 0) -> bytes:
    """Compute the root by the definition of evidence §4, with no memory of changes."""
    if not values:
        return EMPTY
    if len(values) == 1:
        return map_leaf(*next(iter(values.items())))
    sides: tuple[dict[bytes, bytes], dict[bytes, bytes]] = ({}, {})
    for key, value in values.items():
        sides[int.from_bytes(key, "big") >> (255 - depth) & 1][key] = value
    return map_node(reference_root(sides[0], depth + 1), reference_root(sides[1], depth + 1))


KEYS = st.one_of(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 3).map(lambda n: n.to_bytes(32, "big")),  # keys that part at the last bits
)


@given(st.lists(st.tuples(KEYS, st.binary(min_size=32, max_size=32)), max_size=12))
def test_any_order_of_changes_has_the_root_of_its_end(
    changes: list[tuple[bytes, bytes]],
) -> None:
    cases = CaseMap()
    for key, value in changes:
        cases.set(key, value)
        cases.root()
    assert cases.root() == reference_root(dict(changes)) == CaseMap(dict(changes)).root()


@given(st.dictionaries(KEYS, st.binary(min_size=32, max_size=32), min_size=1, max_size=12))
def test_every_path_leads_from_its_key_to_the_root(values: dict[bytes, bytes]) -> None:
    cases = CaseMap(values)
    for key, value in values.items():
        node, path = map_leaf(key, value), cases.path(key)
        for depth in reversed(range(len(path))):
            bit = int.from_bytes(key, "big") >> (255 - depth) & 1
            node = map_node(path[depth], node) if bit else map_node(node, path[depth])
        assert node == cases.root()


def test_a_case_that_is_not_there_has_no_path() -> None:
    cases = CaseMap({bytes(32): bytes(32)})
    for key in (b"\1" * 32, b"\xff" * 32):
        with pytest.raises(KeyError):
            cases.path(key)
    with pytest.raises(KeyError):
        CaseMap().path(bytes(32))


@pytest.mark.parametrize("vector", SLOTS, ids=lambda v: str(v["tick"]))
def test_slots_equal_the_vectors(vector: dict[str, Any]) -> None:
    root = bytes.fromhex(vector["slot_root"])
    assert slot_entry(vector["tick"], root).hex() == vector["entry"]
    for record in vector["records"]:
        path = tuple(bytes.fromhex(h) for h in record["path"])
        slot = Slot(vector["tick"], record["position"], path)
        commitment = bytes.fromhex(record["commitment"])
        assert slot.root(commitment) == root
        assert Slot(vector["tick"] + 1, record["position"], path).root(commitment) != root
        assert Slot(vector["tick"], record["position"] ^ 1, path).root(commitment) != root
        assert slot.root(hashlib.sha256(commitment).digest()) != root
        assert len(path) == DEPTH
