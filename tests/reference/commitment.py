"""Leaves, salts and commitment of a record, and the rules of a disclosure (evidence §1, §2)."""

import hashlib
from itertools import pairwise
from typing import Any

from tests.reference.jcs import canonical


def H(data: bytes) -> bytes:  # noqa: N802 -- as the page writes it
    return hashlib.sha256(data).digest()


def mth(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1 over hashes of leaves."""
    if not leaves:
        return H(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return H(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def leaves_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every scalar, `{}` and `[]`, each with its path."""
    if isinstance(value, dict) and value:
        return [leaf for name in value for leaf in leaves_of(value[name], (*path, name))]
    if isinstance(value, list) and value:
        return [leaf for i, item in enumerate(value) for leaf in leaves_of(item, (*path, i))]
    return [(path, value)]


def rows_of(record: dict[str, Any], secret: bytes, *, padded: bool = False) -> list[Any]:
    """Return the rows of a record with everything shown: [path, salt, value], in leaf order."""
    leaves = leaves_of(record)
    if padded:
        count = 32
        while count < len(leaves):
            count *= 2
        leaves += [(("~", i), None) for i in range(count - len(leaves))]
    leaves.sort(key=lambda leaf: canonical(list(leaf[0])))
    number = bytes.fromhex(record["record_id"].replace("-", ""))
    salts = hashlib.shake_256(b"audit-log/salts/v1\0" + secret + number).digest(16 * len(leaves))
    return [
        [list(path), salts[16 * i : 16 * i + 16].hex(), value]
        for i, (path, value) in enumerate(leaves)
    ]


def value_hash(salt: bytes, value: Any) -> bytes:
    return H(b"\2" + salt + canonical(value))


def leaf_of(row: Any) -> bytes:
    """Return the leaf hash of a row: shown, withheld or closed."""
    if isinstance(row, str):
        return bytes.fromhex(row)
    if len(row) == 3:
        return H(b"\0" + value_hash(bytes.fromhex(row[1]), row[2]) + canonical(row[0]))
    return H(b"\0" + bytes.fromhex(row[1]) + canonical(row[0]))


def commitment_of(rows: list[Any]) -> bytes:
    return H(b"audit-log/record/v1\0" + len(rows).to_bytes(8, "big") + mth([*map(leaf_of, rows)]))


def withheld(row: Any) -> Any:
    return [row[0], value_hash(bytes.fromhex(row[1]), row[2]).hex()]


def closed(row: Any) -> str:
    return leaf_of(row).hex()


def find_fault(rows: Any) -> str:
    """Return the letter of the first rule of (a) to (e) that rows break; nothing if none."""
    if not isinstance(rows, list) or not rows:
        return "form"
    named = [row for row in rows if not isinstance(row, str)]
    if not all(_has_form(row) for row in rows):
        return "a"
    if any(len(row) == 3 and isinstance(row[2], dict | list) and row[2] for row in named):
        return "e"
    paths = [row[0] for row in named]
    texts = [canonical(path) for path in paths]
    if any(before >= after for before, after in pairwise(texts)):
        return "b"
    known = {canonical(path) for path in paths}
    for path in paths:
        if any(canonical(path[:n]) in known for n in range(len(path))):
            return "c"
    return "d" if _bad_container(paths, whole=len(named) == len(rows)) else ""


def _has_form(row: Any) -> bool:
    if isinstance(row, str):
        return _is_hex(row, 32)
    if not isinstance(row, list) or len(row) not in (2, 3):
        return False
    path_is_good = (
        isinstance(row[0], list)
        and bool(row[0])
        and isinstance(row[0][0], str)
        and all(isinstance(s, str) or (type(s) is int and s >= 0) for s in row[0])
    )
    return path_is_good and _is_hex(row[1], 16 if len(row) == 3 else 32)


def _is_hex(value: Any, size: int) -> bool:
    good = isinstance(value, str) and len(value) == 2 * size
    return good and all(c in "0123456789abcdef" for c in value)


def _bad_container(paths: list[list[Any]], *, whole: bool) -> bool:
    """Rule (d): only names, or only positions, which without closed rows have no gap."""
    children: dict[bytes, set[Any]] = {}
    for path in paths:
        for n in range(len(path)):
            children.setdefault(canonical(path[:n]), set()).add((type(path[n]).__name__, path[n]))
    for found in children.values():
        kinds = {kind for kind, _ in found}
        if len(kinds) > 1:
            return True
        if kinds == {"int"} and whole and {n for _, n in found} != set(range(len(found))):
            return True
    return False
