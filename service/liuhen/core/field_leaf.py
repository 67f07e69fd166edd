"""Field leaves: the scalars and empty containers of a record, each with its path (evidence §1).

A path is a JSON array of member names and array positions, `["data","scores",0,"price"]`;
leaves stand in strictly ascending bytes of its canonical form, which is *not* the order of
members in canonical form. Paths and values are kept as canonical bytes from the start: they
are hashed, compared and printed as such, and never needed as objects again.

The same walk makes the canonical form of what it walks, so that a record is gone over once.
"""

from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring

from liuhen.core.canonical import JsonObject, JsonValue, scalar_text, sorted_names
from liuhen.core.errors import MalformedRecord
from liuhen.core.strict_json import Limits

FieldLeaf = tuple[bytes, bytes]
"""Canonical path and canonical value of one leaf."""

_EMPTY: dict[type, bytes] = {dict: b"{}", list: b"[]"}


class LeafWalk:
    """One walk over the parts of one record, within its limits.

    The limits are checked before a container is opened, from its length and the length of its
    path: a long name over a long array is refused before a single path is made.
    """

    __slots__ = ("_count", "_limits", "_parts", "_path_bytes", "_path_steps", "_path_sum")

    def __init__(self, body_bytes: int, limits: Limits, counted: Sequence[bytes] = ()) -> None:
        """Begin a walk.

        Args:
            body_bytes: Length of the body that the record came in.
            limits: What the record may cost.
            counted: Paths of leaves that are there already.
        """
        self._limits, self._path_sum = limits, limits.path_sum(body_bytes)
        self._count, self._path_bytes = len(counted), sum(map(len, counted))
        self._path_steps = 0
        self._parts: list[list[FieldLeaf]] = []  # whose steps are not counted yet

    def leaves(self, value: JsonValue, name: bytes) -> tuple[list[FieldLeaf], bytes]:
        """Return the leaves of one member of the record in leaf order, and its canonical form.

        Args:
            value: The member's value.
            name: The canonical form of the member's name, with its quotes.

        Raises:
            MalformedRecord: A limit is exceeded.
        """
        found: list[FieldLeaf] = []
        if isinstance(value, (dict, list)) and value:
            text = self._walk(value, b"[" + name + b",", found)
            found.sort()
        else:
            text, path = leaf_text(value), b"[" + name + b"]"
            self._path_bytes += len(path)
            found.append((path, text))
        self._check(found)
        return found, text

    def _walk(
        self, value: list[JsonValue] | JsonObject, prefix: bytes, found: list[FieldLeaf]
    ) -> bytes:
        """Collect the leaves below a container that is not empty; return its canonical form."""
        self._admit(len(value), len(found), len(prefix))
        is_object = isinstance(value, dict)
        texts = []
        for step, child in _members(value) if isinstance(value, dict) else _elements(value):
            if isinstance(child, str):
                text = encode_basestring(child).encode()
            elif isinstance(child, (dict, list)) and child:
                text = self._walk(child, prefix + step + b",", found)
                texts.append(step + b":" + text if is_object else text)
                continue
            else:
                text = leaf_text(child)
            path = prefix + step + b"]"
            self._path_bytes += len(path)
            found.append((path, text))
            texts.append(step + b":" + text if is_object else text)
        inside = b",".join(texts)
        return b"{" + inside + b"}" if is_object else b"[" + inside + b"]"

    def _admit(self, children: int, found: int, prefix: int) -> None:
        """Refuse a container whose children alone break a limit: each holds a leaf or more."""
        limits = self._limits
        if self._count + found + children > limits.leaves:
            raise MalformedRecord("", f"more than {limits.leaves} field leaves")
        if prefix > limits.path_bytes:
            raise MalformedRecord("", f"a path of more than {limits.path_bytes} bytes")
        if self._path_bytes + children * prefix > self._path_sum:
            raise MalformedRecord("", f"paths of more than {self._path_sum} bytes together")

    def _check(self, found: list[FieldLeaf]) -> None:
        self._count += len(found)
        self._admit(0, 0, max(len(path) for path, _ in found))
        self._parts.append(found)
        if self._count * self._limits.depth <= self._limits.path_steps:
            return  # not even with the deepest paths
        parts, self._parts = self._parts, []
        self._path_steps += sum(path.count(b",") + 1 for part in parts for path, _ in part)
        if self._path_steps > self._limits.path_steps:
            raise MalformedRecord(
                "", f"paths of more than {self._limits.path_steps} steps together"
            )


def record_leaves(record: JsonObject, body_bytes: int, limits: Limits) -> list[FieldLeaf]:
    """Return all leaves of a record in leaf order.

    Raises:
        MalformedRecord: A limit is exceeded.
    """
    walk = LeafWalk(body_bytes, limits)
    found: list[FieldLeaf] = []
    for name, value in record.items():
        found += walk.leaves(value, encode_basestring(name).encode())[0]
    found.sort()
    return found


def leaf_text(value: JsonValue) -> bytes:
    """Return the canonical form of a scalar or an empty container."""
    return _EMPTY.get(type(value)) or scalar_text(value).encode()


def _members(value: JsonObject) -> Iterable[tuple[bytes, JsonValue]]:
    return [(encode_basestring(name).encode(), value[name]) for name in sorted_names(value)]


def _elements(value: list[JsonValue]) -> Iterable[tuple[bytes, JsonValue]]:
    return [(b"%d" % position, child) for position, child in enumerate(value)]
