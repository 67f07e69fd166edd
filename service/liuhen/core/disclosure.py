"""Disclosure: the rows of a record, some shown, some withheld, some closed (evidence §2).

    shown     [path, salt, value]     the field and its value
    withheld  [path, value_hash]      that the field is there, not its value (also: erased)
    closed    "leaf"                  that something is there

Exactly one row for each leaf, in leaf order. Reading them, `parse_rows`, refuses rows that no
honest record can have; without that, one commitment could open to two records (a field twice,
an array with a hole, an object that is also an array). What the rows amount to is then one
hash, `rows_commitment`, and the caller compares it with the entry of the log.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.commitment import SALT_BYTES, Path, bind, field_leaf, value_hash
from liuhen.core.errors import MalformedDisclosure
from liuhen.core.merkle import HASH_BYTES, subtree_root
from liuhen.core.padding import PADDING
from liuhen.core.path_rules import check_containers, check_order
from liuhen.core.strict_json import DEFAULT_LIMITS, Limits

_SHOWN_PARTS, _WITHHELD_PARTS = 3, 2
_HEX = re.compile("[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Closed:
    """A row of which only the leaf hash is known.

    Attributes:
        leaf: 32 bytes.
    """

    leaf: bytes

    def to_json(self) -> JsonValue:
        """Return the row as it stands in a receipt."""
        return self.leaf.hex()


@dataclass(frozen=True, slots=True)
class Withheld:
    """A row that names the field and keeps its value.

    Attributes:
        path: Member names and array positions.
        value_hash: 32 bytes.
        path_text: Canonical form of the path.
    """

    path: Path
    value_hash: bytes
    path_text: bytes = field(repr=False)

    @property
    def leaf(self) -> bytes:
        """The leaf hash."""
        return field_leaf(self.value_hash, self.path_text)

    def closed(self) -> Closed:
        """Hide the name as well."""
        return Closed(self.leaf)

    def to_json(self) -> JsonValue:
        """Return the row as it stands in a receipt."""
        return [list(self.path), self.value_hash.hex()]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row that shows the field and its value.

    Attributes:
        path: Member names and array positions.
        salt: 16 bytes.
        value: A scalar, `{}` or `[]`.
        path_text: Canonical form of the path.
    """

    path: Path
    salt: bytes
    value: JsonValue
    path_text: bytes = field(repr=False)

    @property
    def value_hash(self) -> bytes:
        """The value hashed under its salt."""
        return value_hash(self.salt, canonical(self.value))

    @property
    def leaf(self) -> bytes:
        """The leaf hash."""
        return field_leaf(self.value_hash, self.path_text)

    def withheld(self) -> Withheld:
        """Keep the name and hide the value."""
        return Withheld(self.path, self.value_hash, self.path_text)

    def closed(self) -> Closed:
        """Hide name and value."""
        return Closed(self.leaf)

    def to_json(self) -> JsonValue:
        """Return the row as it stands in a receipt."""
        return [list(self.path), self.salt.hex(), self.value]


Row = Shown | Withheld | Closed


def parse_rows(value: JsonValue, limits: Limits = DEFAULT_LIMITS) -> tuple[Row, ...]:
    """Read the `rows` of a receipt.

    Args:
        value: The member's value, from `parse_json`.
        limits: Number of leaves, length and depth of paths that a record can have.

    Raises:
        MalformedDisclosure: No honest record has such rows: rules (a) to (e) of evidence §2.
    """
    if not isinstance(value, list) or not 0 < len(value) <= limits.leaves:
        raise MalformedDisclosure(f"rows must be an array of 1 to {limits.leaves} rows")
    rows = tuple(_row(number, item, limits) for number, item in enumerate(value))
    named = [(n, row) for n, row in enumerate(rows) if not isinstance(row, Closed)]
    check_order([(number, row.path_text) for number, row in named])
    paths = [(number, row.path) for number, row in named]
    check_containers(paths, may_have_gaps=len(named) < len(rows))
    return rows


def rows_commitment(rows: Sequence[Row]) -> bytes:
    """Compute the commitment that the rows lead to: 32 bytes."""
    return bind(len(rows), subtree_root([row.leaf for row in rows]))


def rebuild(rows: Sequence[Row]) -> JsonObject | None:
    """Put the record together again from rows that are all shown, less padding.

    Returns:
        The record, not yet checked by `check_record`; None when a row is withheld or closed.
    """
    root: dict[str | int, object] = {}
    for row in rows:
        if not isinstance(row, Shown):
            return None
        if not _is_padding(row):
            _plant(root, row)
    record = _grow(root)
    assert isinstance(record, dict)  # every path begins with a member name
    return record


def is_padding_path(path: Path) -> bool:
    """Return whether a leaf at this path can be padding."""
    return len(path) == 2 and path[0] == PADDING and isinstance(path[1], int)


def _row(number: int, item: JsonValue, limits: Limits) -> Row:
    """Read one row: rules (a) and (e), and the form of a path."""
    if isinstance(item, str):
        return Closed(_bytes(number, item, HASH_BYTES, "a leaf hash"))
    if not isinstance(item, list) or len(item) not in (_SHOWN_PARTS, _WITHHELD_PARTS):
        raise MalformedDisclosure(f"row {number}: neither shown, withheld nor closed")
    path = _path(number, item[0], limits)
    path_text = canonical(item[0])
    if len(path_text) > limits.path_bytes:
        raise MalformedDisclosure(f"row {number}: a path of more than {limits.path_bytes} bytes")
    if len(item) == _WITHHELD_PARTS:
        return Withheld(path, _bytes(number, item[1], HASH_BYTES, "a value hash"), path_text)
    if isinstance(item[2], dict | list) and item[2]:
        raise MalformedDisclosure(f"row {number}: a value that is not a leaf")
    return Shown(path, _bytes(number, item[1], SALT_BYTES, "a salt"), item[2], path_text)


def _bytes(number: int, value: JsonValue, length: int, what: str) -> bytes:
    if not isinstance(value, str) or len(value) != 2 * length or not _HEX.fullmatch(value):
        rule = f"must be {2 * length} lower-case hex digits"
        raise MalformedDisclosure(f"row {number}: {what} {rule}")
    return bytes.fromhex(value)


def _path(number: int, value: JsonValue, limits: Limits) -> Path:
    """Read a path: it begins with a member name, because a record is an object."""
    steps = value if isinstance(value, list) else []
    path = tuple(step for step in steps if isinstance(step, str) or _is_position(step))
    if not 0 < len(path) == len(steps) <= limits.depth or not isinstance(path[0], str):
        raise MalformedDisclosure(f"row {number}: not a path of names and positions")
    return path


def _is_position(step: JsonValue) -> TypeGuard[int]:
    return type(step) is int and step >= 0


def _is_padding(row: Shown) -> bool:
    return is_padding_path(row.path) and row.value is None


def _plant(root: dict[str | int, object], row: Shown) -> None:
    branch = root
    for step in row.path[:-1]:
        inner = branch.setdefault(step, {})
        assert isinstance(inner, dict)
        branch = inner
    branch[row.path[-1]] = row


def _grow(branch: object) -> JsonValue:
    """Turn nested steps into objects and arrays; the rows at their ends into values."""
    if isinstance(branch, Shown):
        return branch.value
    assert isinstance(branch, dict)
    if 0 in branch:
        return list(map(_grow, map(branch.__getitem__, range(len(branch)))))
    return dict(zip(branch, map(_grow, branch.values()), strict=True))
