r"""The case map: how many records each case has, committed under every anchored head (evidence §4).

A binary trie over 256-bit keys, path bits most significant first. A subtree with one key is its
leaf; an empty subtree is 32 zero bytes.

    key  = H("audit-log/case/v1\0" ‖ origin ‖ \0 ‖ case)
    val  = H("audit-log/case-value/v1\0" ‖ salt16 ‖ u64 count ‖ head commitment)
    leaf = H("audit-log/map-leaf/v1\0" ‖ key ‖ val)
    node = H("audit-log/map-node/v1\0" ‖ left ‖ right)

The key hides the case from whoever sees a neighbour's path, the salt hides count and change.
"""

import hashlib
from collections.abc import Mapping

EMPTY = bytes(32)
SALT_BYTES = 16


def case_key(origin: str, case: str) -> bytes:
    """Return the key of a case in the map of a log, 32 bytes."""
    return hashlib.sha256(b"audit-log/case/v1\0" + origin.encode() + b"\0" + case.encode()).digest()


def case_value(salt: bytes, count: int, head: bytes) -> bytes:
    """Return the value of a case.

    Args:
        salt: 16 fresh random bytes.
        count: Records of the case.
        head: Commitment of its newest record, 32 bytes.
    """
    return hashlib.sha256(
        b"audit-log/case-value/v1\0" + salt + count.to_bytes(8, "big") + head
    ).digest()


def map_leaf(key: bytes, value: bytes) -> bytes:
    """Hash one key and value."""
    return hashlib.sha256(b"audit-log/map-leaf/v1\0" + key + value).digest()


def map_node(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees."""
    return hashlib.sha256(b"audit-log/map-node/v1\0" + left + right).digest()


class CaseMap:
    """The trie, kept in memory by the writer and rebuilt from stored case values at start.

    Changing one case of n costs about log2 n hashes at the next `root()`.
    """

    def __init__(self, values: Mapping[bytes, bytes] | None = None) -> None:
        """Build the map from key → value, 32 bytes each."""
        self._root: _Node | None = None
        for key, value in (values or {}).items():
            self.set(key, value)

    def set(self, key: bytes, value: bytes) -> None:
        """Add a case or give it another value."""
        self._root = _insert(self._root, _Leaf(key, map_leaf(key, value)), 0)

    def root(self) -> bytes:
        """Return the root of the map, 32 bytes; zeros when it is empty."""
        return EMPTY if self._root is None else _digest(self._root)

    def path(self, key: bytes) -> list[bytes]:
        """Return the sibling hashes from the root downwards to the leaf of `key`.

        Raises:
            KeyError: The map has no such key.
        """
        siblings: list[bytes] = []
        node = self._root
        while isinstance(node, _Branch):
            bit = _bit(key, len(siblings))
            siblings.append(_digest(node.children[1 - bit]))
            node = node.children[bit]
        if node is None or node.key != key:
            raise KeyError(key.hex())
        return siblings


class _Leaf:
    __slots__ = ("digest", "key")

    def __init__(self, key: bytes, digest: bytes) -> None:
        self.key, self.digest = key, digest


class _Branch:
    __slots__ = ("children", "digest")

    def __init__(self) -> None:
        self.children: list[_Node | None] = [None, None]
        self.digest: bytes | None = None


_Node = _Leaf | _Branch


def _bit(key: bytes, depth: int) -> int:
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


def _digest(node: _Node | None) -> bytes:
    if node is None:
        return EMPTY
    if isinstance(node, _Branch) and node.digest is None:
        node.digest = map_node(_digest(node.children[0]), _digest(node.children[1]))
    assert node.digest is not None
    return node.digest


def _insert(node: _Node | None, leaf: _Leaf, depth: int) -> _Node:
    if node is None or (isinstance(node, _Leaf) and node.key == leaf.key):
        return leaf
    if isinstance(node, _Leaf):
        branch = _Branch()
        branch.children[_bit(node.key, depth)] = node
        return _insert(branch, leaf, depth)
    bit = _bit(leaf.key, depth)
    node.children[bit] = _insert(node.children[bit], leaf, depth + 1)
    node.digest = None
    return node
