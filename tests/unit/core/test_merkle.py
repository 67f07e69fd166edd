"""The tree of RFC 9162: a slow reference, published vectors, and every bent proof."""

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.errors import ProofMismatch
from liuhen.core.merkle import (
    EMPTY_ROOT,
    TreeHead,
    leaf_hash,
    node_hash,
    root_from_inclusion,
    root_hash,
    split,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "merkle.json").read_text())
TILES = json.loads((Path(__file__).parents[2] / "vectors" / "tiles.json").read_text())
SMALL = 130
ENTRIES = [f"entry-{i}".encode() for i in range(300)]


# --- reference: RFC 9162 §2.1.1, §2.1.3.1, §2.1.4.1 word for word ------------------------------


def ref_split(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def ref_root(entries: list[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = ref_split(len(entries))
    return hashlib.sha256(b"\x01" + ref_root(entries[:k]) + ref_root(entries[k:])).digest()


def ref_path(m: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = ref_split(len(entries))
    if m < k:
        return [*ref_path(m, entries[:k]), ref_root(entries[k:])]
    return [*ref_path(m - k, entries[k:]), ref_root(entries[:k])]


def ref_proof(m: int, entries: list[bytes]) -> list[bytes]:
    return ref_subproof(m, entries, known=True)


def ref_subproof(m: int, entries: list[bytes], *, known: bool) -> list[bytes]:
    if m == len(entries):
        return [] if known else [ref_root(entries)]
    k = ref_split(len(entries))
    if m <= k:
        return [*ref_subproof(m, entries[:k], known=known), ref_root(entries[k:])]
    return [*ref_subproof(m - k, entries[k:], known=False), ref_root(entries[:k])]


def bent(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_tree_parts_at_the_largest_power_of_two_below_its_size() -> None:
    for size in range(2, 300):
        assert split(size) == ref_split(size)


# --- roots --------------------------------------------------------------------------------------


def test_roots_equal_the_reference_at_every_small_size() -> None:
    for size in range(SMALL + 1):
        assert root_hash(ENTRIES[:size]) == ref_root(ENTRIES[:size])


@pytest.mark.parametrize("vector", VECTORS["roots"], ids=lambda v: str(v["size"]))
def test_roots_equal_the_published_vectors(vector: dict[str, str]) -> None:
    entries = [f"entry-{i}".encode() for i in range(int(vector["size"]))]
    assert root_hash(entries).hex() == vector["root"]


def test_the_certificate_transparency_leaves_have_their_published_roots() -> None:
    leaves = "- 00 10 2021 3031 40414243 5051525354555657 606162636465666768696a6b6c6d6e6f"
    entries = [bytes.fromhex(leaf.strip("-")) for leaf in leaves.split(" ")]
    want = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert root_hash(entries).hex() == want
    want = "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert root_hash(entries[:7]).hex() == want


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert subtree_root([]) == EMPTY_ROOT == hashlib.sha256().digest()


# --- inclusion ----------------------------------------------------------------------------------


def test_every_inclusion_proof_of_every_small_tree_verifies() -> None:
    for size in range(1, SMALL + 1):
        entries = ENTRIES[:size]
        root = ref_root(entries)
        for index in range(size):
            path = ref_path(index, entries)
            verify_inclusion(leaf_hash(entries[index]), index, size, path, root)


def test_every_bent_bit_of_an_inclusion_proof_is_refused() -> None:
    for size in (1, 2, 3, 5, 8, 13):
        entries = ENTRIES[:size]
        root = ref_root(entries)
        for index in range(size):
            leaf, path = leaf_hash(entries[index]), ref_path(index, entries)
            for position in range(len(path)):
                for bit in range(256):
                    changed = [*path]
                    changed[position] = bent(path[position], bit)
                    with pytest.raises(ProofMismatch):
                        verify_inclusion(leaf, index, size, changed, root)
            for bit in range(256):
                with pytest.raises(ProofMismatch):
                    verify_inclusion(bent(leaf, bit), index, size, path, root)
                with pytest.raises(ProofMismatch):
                    verify_inclusion(leaf, index, size, path, bent(root, bit))


def test_an_inclusion_proof_holds_for_its_own_index_and_size_only() -> None:
    size, index = 13, 6
    entries = ENTRIES[:size]
    path, root, leaf = ref_path(index, entries), ref_root(entries), leaf_hash(entries[index])
    for other in range(-1, 16):
        if other != index:
            with pytest.raises(ProofMismatch):
                verify_inclusion(leaf, other, size, path, root)
    for other in [*range(9), 17, 100, 2**63, 2**64]:  # 9 to 16 need a path of the same shape
        with pytest.raises(ProofMismatch):
            verify_inclusion(leaf, index, other, path, root)


@pytest.mark.parametrize("change", ["short", "long", "empty", "half a hash", "swapped"])
def test_an_inclusion_proof_of_another_shape_is_refused(change: str) -> None:
    entries = ENTRIES[:7]
    path, root = ref_path(2, entries), ref_root(entries)
    changed = {
        "short": path[:-1],
        "long": [*path, path[-1]],
        "empty": [],
        "half a hash": [path[0][:16], *path[1:]],
        "swapped": path[::-1],
    }[change]
    with pytest.raises(ProofMismatch):
        verify_inclusion(leaf_hash(entries[2]), 2, 7, changed, root)


@pytest.mark.parametrize(
    ("index", "size"), [(1, 1), (2, 2), (5, 4), (8, 8), (-1, 1), (0, 0), (0, 2**63), (1, 2**64)]
)
def test_no_path_of_any_length_leads_from_a_leaf_that_no_tree_has(index: int, size: int) -> None:
    for length in range(66):
        with pytest.raises(ProofMismatch):
            root_from_inclusion(bytes(32), index, size, [bytes(32)] * length)


def test_the_last_leaf_of_the_largest_tree_has_a_path() -> None:
    size = 2**63 - 1
    assert len(root_from_inclusion(bytes(32), 0, size, [bytes(32)] * 63)) == 32


def test_a_tree_of_empty_strings_does_not_verify() -> None:
    with pytest.raises(ProofMismatch, match="32 bytes"):
        verify_inclusion(b"", 0, 1, [], b"")


def test_an_inner_node_is_not_a_leaf() -> None:
    root = ref_root(ENTRIES[:4])
    left, right = ref_root(ENTRIES[:2]), ref_root(ENTRIES[2:4])
    assert node_hash(left, right) == root
    with pytest.raises(ProofMismatch):
        verify_inclusion(leaf_hash(left + right), 0, 1, [], root)


# --- consistency --------------------------------------------------------------------------------


def test_every_consistency_proof_of_every_small_pair_verifies() -> None:
    roots = [ref_root(ENTRIES[:n]) for n in range(SMALL + 1)]
    for new in range(1, SMALL + 1):
        for old in range(1, new + 1):
            path = ref_proof(old, ENTRIES[:new])
            verify_consistency(TreeHead(old, roots[old]), TreeHead(new, roots[new]), path)


def test_every_bent_bit_of_a_consistency_proof_is_refused() -> None:
    for old, new in [(1, 2), (3, 7), (4, 7), (6, 8), (8, 13), (5, 16)]:
        path = ref_proof(old, ENTRIES[:new])
        heads = TreeHead(old, ref_root(ENTRIES[:old])), TreeHead(new, ref_root(ENTRIES[:new]))
        for position in range(len(path)):
            for bit in range(256):
                changed = [*path]
                changed[position] = bent(path[position], bit)
                with pytest.raises(ProofMismatch):
                    verify_consistency(*heads, changed)
        for bit in range(256):
            with pytest.raises(ProofMismatch):
                verify_consistency(TreeHead(old, bent(heads[0].root, bit)), heads[1], path)
            with pytest.raises(ProofMismatch):
                verify_consistency(heads[0], TreeHead(new, bent(heads[1].root, bit)), path)


def test_a_consistency_proof_holds_for_its_own_sizes_only() -> None:
    path = ref_proof(6, ENTRIES[:13])
    old_root, new_root = ref_root(ENTRIES[:6]), ref_root(ENTRIES[:13])
    for old in [0, *range(1, 6), *range(7, 15)]:
        with pytest.raises(ProofMismatch):
            verify_consistency(TreeHead(old, old_root), TreeHead(13, new_root), path)
    for new in [*range(9), 17, 2**63, 2**64]:
        with pytest.raises(ProofMismatch):
            verify_consistency(TreeHead(6, old_root), TreeHead(new, new_root), path)


def test_proofs_that_are_short_long_or_empty_are_refused() -> None:
    heads = TreeHead(6, ref_root(ENTRIES[:6])), TreeHead(13, ref_root(ENTRIES[:13]))
    path = ref_proof(6, ENTRIES[:13])
    for changed in ([], path[:-1], path[1:], [*path, path[0]], [path[0], *path], path[:1]):
        with pytest.raises(ProofMismatch):
            verify_consistency(*heads, changed)


def test_equal_sizes_need_equal_roots_and_no_proof() -> None:
    head = TreeHead(5, ref_root(ENTRIES[:5]))
    verify_consistency(head, head, [])
    with pytest.raises(ProofMismatch):
        verify_consistency(head, TreeHead(5, EMPTY_ROOT), [])
    with pytest.raises(ProofMismatch):
        verify_consistency(head, head, [EMPTY_ROOT])


def test_an_empty_tree_proves_nothing() -> None:
    with pytest.raises(ProofMismatch):
        verify_consistency(TreeHead(0, EMPTY_ROOT), TreeHead(5, ref_root(ENTRIES[:5])), [])


# --- all of it in one number --------------------------------------------------------------------


def test_all_proofs_to_size_130_have_the_accumulated_hash() -> None:
    """One constant pins roots, inclusion and consistency proofs of all sizes to 130."""
    rolling = hashlib.sha256()
    for size in range(SMALL + 1):
        entries = ENTRIES[:size]
        rolling.update(root_hash(entries))
        for index in range(size):
            path = ref_path(index, entries)
            rolling.update(b"".join(path))
            rolling.update(root_from_inclusion(leaf_hash(entries[index]), index, size, path))
        for old in range(1, size + 1):
            rolling.update(b"".join(ref_proof(old, entries)))
    assert rolling.hexdigest() == TILES["accumulated"]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=40), st.data())
def test_any_entries_have_roots_and_proofs_like_the_reference(
    entries: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    old = data.draw(st.integers(1, len(entries)))
    root = root_hash(entries)
    assert root == ref_root(entries)
    path = ref_path(index, entries)
    verify_inclusion(leaf_hash(entries[index]), index, len(entries), path, root)
    proof = ref_proof(old, entries)
    verify_consistency(TreeHead(old, root_hash(entries[:old])), TreeHead(len(entries), root), proof)


def test_the_path_length_of_any_place_is_within_the_bound() -> None:
    for size, longer in pairwise([1, 2, 3, 1000, 2**20, 2**63 - 1]):
        assert size < longer
        with pytest.raises(ProofMismatch):
            root_from_inclusion(EMPTY_ROOT, longer - 1, longer, [EMPTY_ROOT] * 64)
