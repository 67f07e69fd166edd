r"""The commitment: 32 bytes that bind every field of a record under a salt of its own.

    salts      = SHAKE256("audit-log/salts/v1\0" ‖ secret ‖ record_id), 16 bytes a leaf
    value_hash = H(0x02 ‖ salt ‖ JCS(value))
    leaf       = H(0x00 ‖ value_hash ‖ JCS(path))
    commitment = H("audit-log/record/v1\0" ‖ u64 n ‖ tree hash over the n leaves)

The salts let one field be shown, withheld or erased without touching the rest; n under the
hash keeps a disclosure from dropping rows. Preimages differ in length from layer to layer
(log leaf 33 bytes, field leaf 35 or more, node 65, record more), so none is another's.

`commit` says it plainly; `PartialTree` and `hash_leaves` are the same in the order the service
works: everything first, the fields that only the writer knows last. Source: evidence §1.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.errors import MalformedRecord
from liuhen.core.field_leaf import FieldLeaf, record_leaves
from liuhen.core.merkle import subtree_root
from liuhen.core.padding import PADDING, pad, padded_count
from liuhen.core.strict_json import AS_STORED, parse_json

SALT_BYTES = 16
SECRET_BYTES = 32
_SALTS_TAG = b"audit-log/salts/v1\0"
_RECORD_TAG = b"audit-log/record/v1\0"
_sha256 = hashlib.sha256

MISSING = b"\x00"
"""Stands for a value that only the writer knows. No canonical form holds this byte."""

Path = tuple[str | int, ...]
_Pair = tuple[bytes | None, bytes | None]


class Commitment(NamedTuple):
    """A record's commitment, and the rows that open it.

    Attributes:
        commitment: 32 bytes, the entry of the log.
        rows: The `rows` member of a receipt with everything shown: [path, salt, value] each.
    """

    commitment: bytes
    rows: list[JsonValue]


def commit(record: JsonObject, secret: bytes, *, padded: bool = False) -> Commitment:
    """Compute a record's commitment, word for word as evidence §1 says it.

    Args:
        record: A complete record.
        secret: 32 bytes, this record's alone.
        padded: Whether the number of leaves is hidden by padding (evidence §2).
    """
    found = list(_leaves(record, ()))
    if padded:
        found += [((PADDING, i), None) for i in range(padded_count(len(found)) - len(found))]
    leaves = sorted((canonical(list(path)), path, value) for path, value in found)
    salts = make_salts(secret, str(record["record_id"]), len(leaves))
    hashes: list[bytes] = []
    rows: list[JsonValue] = []
    for number, (path_text, path, value) in enumerate(leaves):
        salt = salts[SALT_BYTES * number : SALT_BYTES * (number + 1)]
        hashes.append(field_leaf(value_hash(salt, canonical(value)), path_text))
        rows.append([list(path), salt.hex(), value])
    return Commitment(bind(len(leaves), subtree_root(hashes)), rows)


def make_salts(secret: bytes, record_id: str, count: int) -> bytes:
    """Draw the salts of a record: 16 bytes for each leaf, in leaf order."""
    seed = _SALTS_TAG + secret + bytes.fromhex(record_id.replace("-", ""))
    return hashlib.shake_256(seed).digest(SALT_BYTES * count)


def value_hash(salt: bytes, value_text: bytes) -> bytes:
    """Hash a value under its salt: what stays of a field that is withheld or erased."""
    return _sha256(b"\x02" + salt + value_text).digest()


def field_leaf(hashed_value: bytes, path_text: bytes) -> bytes:
    """Bind a hashed value to its path."""
    return _sha256(b"\x00" + hashed_value + path_text).digest()


def bind(count: int, root: bytes) -> bytes:
    """Bind the number of leaves to the tree over them: the commitment."""
    return _sha256(_RECORD_TAG + count.to_bytes(8, "big") + root).digest()


def hash_leaves(leaves: Sequence[FieldLeaf], salts: bytes) -> list[bytes | None]:
    """Hash leaves with their salts; a leaf whose value is still MISSING becomes None.

    leaf = H(0x00 ‖ H(0x02 ‖ salt ‖ value) ‖ path), written out: calls would double the time.
    """
    sha = _sha256
    return [
        sha(b"\x00" + sha(b"\x02" + salts[at : at + SALT_BYTES] + text).digest() + path).digest()
        if text is not MISSING
        else None
        for (path, text), at in zip(leaves, range(0, len(salts), SALT_BYTES), strict=True)
    ]


class PartialTree:
    """A tree hash of which some leaves are still missing.

    All nodes above known leaves are hashed at once. What is kept for each level, from below,
    are the pairs with something missing in them: a missing child is None and stands for the
    next node that the level below brings forth. So filling in a few leaves of a large record
    costs a path each, not the tree.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaves: Sequence[bytes | None]) -> None:
        self._levels: list[tuple[list[_Pair], bool]] = []
        level = leaves
        while len(level) > 1:
            pairs, level, last_goes_up = _climb(level)
            self._levels.append((pairs, last_goes_up))

    def root(self, missing: Sequence[bytes]) -> bytes:
        """Return the tree hash, given the missing leaves (at least one) in their order."""
        sha = _sha256
        for pairs, last_goes_up in self._levels:
            fill = iter(missing)
            missing = [
                sha(b"\x01" + (a or next(fill)) + (b or next(fill))).digest() for a, b in pairs
            ]
            if last_goes_up:
                missing.append(next(fill))
        return missing[0]


def _climb(level: Sequence[bytes | None]) -> tuple[list[_Pair], list[bytes | None], bool]:
    """Hash one level as far as it is known.

    Returns:
        The pairs with something missing, the level above, and whether the last node goes up
        alone and is itself missing.
    """
    sha = _sha256
    pairs: list[_Pair] = []
    above: list[bytes | None] = []
    children = iter(level)
    for left, right in zip(children, children, strict=False):
        if left and right:
            above.append(sha(b"\x01" + left + right).digest())
        else:
            pairs.append((left, right))
            above.append(None)
    alone = len(level) % 2 == 1
    if alone:
        above.append(level[-1])
    return pairs, above, alone and level[-1] is None


def rows_text_of(record: bytes, secret: bytes, padded_to: int | None = None) -> str:
    """Return the text of a receipt's `rows` for a stored record, everything shown.

    Args:
        record: The record in canonical form, as it was stored.
        secret: Its secret.
        padded_to: Number of its leaves where it is padded.

    Raises:
        MalformedJson, MalformedRecord: What is stored is not a record.
    """
    return shown_rows(*_stored_leaves(record, secret, padded_to)).decode()


def commitment_of(record: bytes, secret: bytes, padded_to: int | None = None) -> bytes:
    """Compute the commitment of a stored record; arguments and errors as `rows_text_of`."""
    leaves, salts = _stored_leaves(record, secret, padded_to)
    hashes = [digest for digest in hash_leaves(leaves, salts) if digest is not None]
    return bind(len(hashes), subtree_root(hashes))


def _stored_leaves(
    record: bytes, secret: bytes, padded_to: int | None
) -> tuple[list[FieldLeaf], bytes]:
    value = parse_json(record, AS_STORED)
    if not isinstance(value, dict) or not isinstance(value.get("record_id"), str):
        raise MalformedRecord("", "is not stored as a record")
    leaves = pad(record_leaves(value, len(record), AS_STORED), padded_to)
    try:
        return leaves, make_salts(secret, str(value["record_id"]), len(leaves))
    except ValueError as error:
        raise MalformedRecord("/record_id", "is not a UUID") from error


def shown_rows(leaves: Sequence[FieldLeaf], salts: bytes) -> bytes:
    """Print rows with everything shown, [path, salt, value] each, in canonical form."""
    hexes = salts.hex().encode()
    pieces = [b"["]
    before = b"["
    for (path, text), at in zip(leaves, range(0, len(hexes), 2 * SALT_BYTES), strict=True):
        pieces += (before, path, b',"', hexes[at : at + 2 * SALT_BYTES], b'",', text)
        before = b"],["
    return b"".join(pieces) + b"]]"


def _leaves(value: JsonValue, path: Path) -> Iterator[tuple[Path, JsonValue]]:
    """Go over every scalar and every empty container."""
    if isinstance(value, dict) and value:
        for name, child in value.items():
            yield from _leaves(child, (*path, name))
    elif isinstance(value, list) and value:
        for position, child in enumerate(value):
            yield from _leaves(child, (*path, position))
    else:
        yield path, value
