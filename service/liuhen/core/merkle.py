"""The Merkle tree of RFC 6962 §2.1 = RFC 9162 §2.1, over SHA-256.

    leaf_hash(entry)  = SHA-256(0x00 ‖ entry)
    node_hash(l, r)   = SHA-256(0x01 ‖ l ‖ r)
    root of n entries = node_hash(root of the first k, root of the rest),
                        k the largest power of two below n

No padding, no doubled last leaf, no sorted pairs. Hashing and *checking* live here; making
proofs from a stored log is in `tiles.py`. Checks return None or raise: nobody can forget to
look at a boolean.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from liuhen.core.errors import ProofMismatch

HASH_BYTES = 32
MAX_PROOF = 63
"""Longest proof that a tree of fewer than 2^63 leaves can need."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


class TreeHead(NamedTuple):
    """Size and root hash of a tree: what a checkpoint signs.

    Attributes:
        size: Number of leaves.
        root: Root hash, 32 bytes.
    """

    size: int
    root: bytes


def leaf_hash(entry: bytes) -> bytes:
    """Hash one log entry. Source: RFC 9162 §2.1.1."""
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees of 32 bytes each. Source: RFC 9162 §2.1.1."""
    return _sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Return the largest power of two below `size` (size >= 2): where the tree parts."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf (or equal-height subtree) hashes.

    Source: RFC 9162 §2.1.1; pairwise from below, which gives the same tree as the recursion.
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        above = [
            _sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def root_hash(entries: Sequence[bytes]) -> bytes:
    """Compute the root hash over whole entries."""
    return subtree_root([leaf_hash(entry) for entry in entries])


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Compute the root that an inclusion proof leads to.

    Args:
        leaf: Leaf hash, 32 bytes.
        index: Position of the leaf, counted from 0; 0 <= index < size.
        size: Leaves in the tree, below 2^63.
        path: Sibling hashes from the leaf up, 32 bytes each.

    Raises:
        ProofMismatch: index is not below size, a hash is not 32 bytes, or the path has not
            exactly the length that (index, size) needs.

    Source: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size or size >> MAX_PROOF:
        raise ProofMismatch(f"leaf index {index} is not in a tree of size {size}")
    _check_hashes([leaf, *path])
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(path) != inner + border:
        raise ProofMismatch(f"an inclusion proof of {inner + border} hashes has {len(path)}")
    node = leaf
    for height, sibling in enumerate(path):
        right_child = height >= inner or index >> height & 1
        node = node_hash(sibling, node) if right_child else node_hash(node, sibling)
    return node


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that `leaf` is leaf number `index` of the tree (`size`, `root`).

    Args:
        leaf: Leaf hash, 32 bytes.
        index: Position of the leaf, counted from 0; 0 <= index < size.
        size: Leaves in the tree, below 2^63.
        path: Sibling hashes from the leaf up, 32 bytes each.
        root: Root hash the tree must have, 32 bytes.

    Raises:
        ProofMismatch: The path does not lead to `root`, or is of a wrong length.

    Source: RFC 9162 §2.1.3.2.
    """
    if root_from_inclusion(leaf, index, size, path) != root:
        raise ProofMismatch("the inclusion proof leads to another root hash")


def verify_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> None:
    """Check that the tree `old` is a prefix of the tree `new`.

    Args:
        old: The smaller tree head; 0 < old.size (an empty tree proves nothing).
        new: The larger tree head; old.size <= new.size < 2^63.
        path: The consistency proof, 32 bytes a hash; empty when the sizes are equal.

    Raises:
        ProofMismatch: The sizes are out of order, the path has a wrong length, or it does not
            lead to both roots.

    Source: RFC 9162 §2.1.4.2.
    """
    if not 0 < old.size <= new.size or new.size >> MAX_PROOF:
        raise ProofMismatch(f"no consistency proof leads from size {old.size} to {new.size}")
    _check_hashes([old.root, new.root, *path])
    if old.size == new.size:
        if path or old.root != new.root:
            raise ProofMismatch(f"two different trees of size {old.size}")
        return
    if not path:
        raise ProofMismatch("the consistency proof is empty")
    if _walk_consistency(old, new, path) != (old.root, new.root):
        raise ProofMismatch("the consistency proof leads to other root hashes")


def _walk_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Fold the proof into the old and the new root, as RFC 9162 §2.1.4.2 words it."""
    power_of_two = old.size & (old.size - 1) == 0
    hashes = [old.root, *path] if power_of_two else list(path)
    first, last = old.size - 1, new.size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_root = new_root = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofMismatch("the consistency proof is too long")
        if first & 1 or first == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        first, last = first >> 1, last >> 1
    if last:
        raise ProofMismatch("the consistency proof is too short")
    return old_root, new_root


def _check_hashes(hashes: Sequence[bytes]) -> None:
    """Refuse anything but 32 bytes: a one-leaf tree of empty strings would verify."""
    if any(len(item) != HASH_BYTES for item in hashes):
        raise ProofMismatch("a hash is not 32 bytes long")
