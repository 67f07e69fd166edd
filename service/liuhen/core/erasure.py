"""Erasing fields of a record: which rows are left, and the erasure as it is noted down.

An erased row is withheld for good: salt and value are gone, its hash stays. So which field was
erased remains provable, and every proof of the record still leads to the same commitment. The salts
of the other fields come from the record's secret, which is destroyed; their rows keep them.

An `Erasure` says what was decided, never a value. It is written to a journal outside of the
database before anything is destroyed, one canonical line each.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.commitment import Path
from liuhen.core.disclosure import Closed, Row, Shown, rebuild
from liuhen.core.errors import ErasureRefused, Malformed
from liuhen.core.padding import PADDING
from liuhen.core.pointer import resolve, to_pointer
from liuhen.core.record import RULES
from liuhen.core.selection import ALWAYS_SHOWN, CASE, is_inside
from liuhen.core.strict_json import parse_json

MAX_FIELDS = 100
MAX_BASIS_CHARACTERS = 2000
_LEAST_TELLING = 4
"""A shorter text may stand in a basis by chance, if it is ASCII."""

_MEMBERS = {"basis", "erasure_id", "fields", "record_id"}
_NEVER = ALWAYS_SHOWN | CASE


@dataclass(frozen=True, slots=True)
class Erasure:
    """A decision to erase fields of one record.

    Attributes:
        erasure_id: Number of the `log.erasure` record that tells of it, a UUIDv7.
        record_id: The record.
        fields: Paths of the fields and containers, as they were asked for.
        basis: The legal basis, as text.
    """

    erasure_id: str
    record_id: str
    fields: tuple[Path, ...]
    basis: str

    @staticmethod
    def parse(line: bytes) -> "Erasure":
        """Read a line of the journal, without its newline.

        Raises:
            Malformed: It is not exactly what `to_text` prints.
        """
        erasure = _from_json(parse_json(line))
        if erasure.to_text().encode() != line:
            raise Malformed("not an erasure in canonical form")
        return erasure

    def to_text(self) -> str:
        """Print the line of the journal, without a newline."""
        return canonical(
            {
                "basis": self.basis,
                "erasure_id": self.erasure_id,
                "fields": [list(path) for path in self.fields],
                "record_id": self.record_id,
            }
        ).decode()

    def data(self) -> JsonObject:
        """Return the `data` of the record that tells of it."""
        fields: list[JsonValue] = [list(path) for path in self.fields]
        return {"record": self.record_id, "fields": fields, "basis": self.basis}


def find_fields(pointers: Sequence[str], rows: Sequence[Row]) -> tuple[Path, ...]:
    """Return the paths that pointers name in a stored record, each once, in their order.

    Raises:
        MalformedPointer: One is not a pointer.
        Unknown: One names nothing.
        ErasureRefused: There are none, or too many.
    """
    if not 0 < len(pointers) <= MAX_FIELDS:
        raise ErasureRefused("/fields", f"must be 1 to {MAX_FIELDS} JSON pointers")
    paths = [row.path for row in rows if not isinstance(row, Closed)]
    return tuple(dict.fromkeys(resolve(pointer, paths) for pointer in pointers))


def erase_rows(
    rows: Sequence[Row], fields: Sequence[Path], *, again: bool = False
) -> tuple[Row, ...]:
    """Return the rows that are left: all fields at these paths, and inside them, withheld.

    Args:
        rows: The rows of a stored record; none of them closed.
        fields: Fields and containers.
        again: Whether what is erased already may be among them.

    Raises:
        ErasureRefused: A path is always shown, or padding, or nothing of it is left to erase.
    """
    for path in fields:
        _check_field(rows, path, again=again)
    asked = set(fields)
    return tuple(
        row.withheld() if isinstance(row, Shown) and is_inside(row.path, asked) else row
        for row in rows
    )


def check_basis(basis: str, rows: Sequence[Row], left: Sequence[Row]) -> None:
    """Check the text that says why.

    Raises:
        ErasureRefused: It is empty, too long, or repeats what is being erased: it stays for good.
    """
    if not basis.strip() or len(basis) > MAX_BASIS_CHARACTERS or not basis.isprintable():
        rule = f"must be one line of 1 to {MAX_BASIS_CHARACTERS} characters"
        raise ErasureRefused("/basis", rule)
    for before, after in zip(rows, left, strict=True):
        if isinstance(before, Shown) and before != after and _tells(basis, before.value):
            rule = f"repeats the value of {to_pointer(before.path)}, and would keep it for good"
            raise ErasureRefused("/basis", rule)


def lookup_digests(rows: Sequence[Row]) -> list[bytes]:
    """Return the digests that a record is found by, as far as its rows still give them away.

    SHA-256 of the canonical form of `data`, if all of that is shown, and the digests of
    attachments. For a record with nothing erased, these are the draft's.
    """
    data = [row for row in rows if not isinstance(row, Closed) and row.path[0] == "data"]
    record = rebuild(data)
    found = [] if record is None else [hashlib.sha256(canonical(record["data"])).digest()]
    return [*found, *attachment_digests(rows)]


def attachment_digests(rows: Sequence[Row]) -> list[bytes]:
    """Return the SHA-256 and SM3 digests of the attachments whose digest is shown."""
    return [
        bytes.fromhex(row.value)
        for row in rows
        if isinstance(row, Shown)
        and row.path[0] == "attachments"
        and row.path[-1] in ("sha256", "sm3")
        and isinstance(row.value, str)
    ]


def _check_field(rows: Sequence[Row], path: Path, *, again: bool) -> None:
    pointer = to_pointer(path)
    if any(is_inside(each, {path}) or is_inside(path, {each}) for each in _NEVER):
        raise ErasureRefused(pointer, "holds what every proof must show, and cannot be erased")
    if path[0] == PADDING:
        raise ErasureRefused(pointer, "is padding: there is no value to erase")
    there = [row for row in rows if not isinstance(row, Closed) and is_inside(row.path, {path})]
    if not again and not any(isinstance(row, Shown) for row in there):
        raise ErasureRefused(pointer, "is erased already" if there else "is not in the record")


def _tells(basis: str, value: JsonValue) -> bool:
    text = value if isinstance(value, str) else canonical(value).decode()
    least = _LEAST_TELLING if text.isascii() else 2
    return len(text) >= least and value not in (None, True, False) and text in basis


def _from_json(value: JsonValue) -> Erasure:
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise Malformed("not an erasure: other members")
    basis, fields = value["basis"], value["fields"]
    for name in ("erasure_id", "record_id"):
        RULES["record_id"](f"/{name}", value[name])
    if not isinstance(basis, str) or not isinstance(fields, list):
        raise Malformed("not an erasure: basis or fields of another type")
    return Erasure(
        erasure_id=str(value["erasure_id"]),
        record_id=str(value["record_id"]),
        fields=tuple(_path(field) for field in fields),
        basis=basis,
    )


def _path(value: JsonValue) -> Path:
    steps = value if isinstance(value, list) else []
    path = tuple(step for step in steps if isinstance(step, str) or type(step) is int)
    if not path or len(path) != len(steps):
        raise Malformed("not an erasure: a field that is no path")
    return path
