"""Reading JSON without forgiving: whatever is accepted has exactly one canonical form.

Two readers that repair differently see two records under one commitment. So everything that
RFC 8785 cannot carry unchanged is refused, on the raw bytes and with its place: bytes that are
not UTF-8, a byte-order mark, a member named twice (however escaped), half a surrogate pair,
NaN, numbers that a double would change, too deep nesting, text after the end.

The C scanner of the standard library does the reading, with hooks for what it would let pass;
when it or a hook refuses, `json_scanner.py` reads again, slowly, to name the place.
"""

import json
import re
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import NoReturn

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.errors import MalformedJson
from liuhen.core.json_number import parse_fraction, parse_integer
from liuhen.core.json_scanner import lone_surrogate, place, scan

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NO_BRACKET = re.compile(r"[^\[\]{}]+")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one body may cost. Without them 130 kB of JSON cost a gigabyte of hashing.

    Attributes:
        body_bytes: Longest body, in bytes.
        depth: Most containers inside one another; the interpreter's stack ends at some 500.
        values: Most values, scalars and containers, in one text: a fault is looked for at less
            than a million a second.
        leaves: Most field leaves of a record.
        path_bytes: Longest path of a leaf, in bytes of its canonical form.
        path_sum_bytes: All paths of a record together may have so many bytes, or
        path_sum_factor: so many times the bytes of the body, whichever is more.
        path_steps: Most steps in all paths of a record together, so that its receipt, in which
            every row spells its path, stays within the limits of receipts.
    """

    body_bytes: int = 8 * 2**20
    depth: int = 256
    values: int = 2**20
    leaves: int = 65_536
    path_bytes: int = 64 * 2**10
    path_sum_bytes: int = 16 * 2**20
    path_sum_factor: int = 8
    path_steps: int = 1_800_000

    def path_sum(self, body_bytes: int) -> int:
        """Return how many bytes all paths of a body of this length may have together."""
        return max(self.path_sum_bytes, self.path_sum_factor * body_bytes)


DEFAULT_LIMITS = Limits()

AS_STORED = Limits(*[2**62] * len(fields(Limits)))
"""What was once accepted stays readable, whatever the limits are now."""


def parse_json(body: bytes, limits: Limits = DEFAULT_LIMITS) -> JsonValue:
    """Read one JSON text.

    Numbers that print without point and exponent come back as int (1e2 as 100), others as
    float, so equal canonical forms are equal values.

    Args:
        body: The text as it arrived.
        limits: `body_bytes`, `values` and `depth` apply here.

    Raises:
        MalformedJson: With line, column, byte offset and JSON pointer where a place applies.
    """
    text = _decode(body, limits)
    if (
        _values_at_most(text) > limits.values
        and _values_at_most(_less_strings(text)) > limits.values
    ):
        raise MalformedJson(f"more than {limits.values} values")
    try:
        if _opened(text) > limits.depth and _nesting(text) > limits.depth:
            raise _Refused  # the C scanner recurses, and a deep enough text ends the process
        return _read(text)
    except (ValueError, RecursionError, MalformedJson, _Refused):
        return scan(text, limits.depth)


class _Refused(Exception):
    """The fast reader met something to refuse; where, the slow one finds out."""


def _read(text: str) -> JsonValue:
    value: JsonValue = _DECODER.decode(text)
    if "\\u" in text and _SURROGATE_ESCAPE.search(text) and lone_surrogate(text) is not None:
        raise _Refused
    return value


def _decode(body: bytes, limits: Limits) -> str:
    if len(body) > limits.body_bytes:
        raise MalformedJson(f"a body of more than {limits.body_bytes} bytes")
    if body.startswith(_BYTE_ORDER_MARK):
        raise MalformedJson("a byte-order mark", line=1, column=1, offset=0)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        before = body[: error.start].decode()
        where = place(before, len(before))
        raise MalformedJson("bytes that are not UTF-8", **where) from error  # type: ignore[arg-type]


def _values_at_most(text: str) -> int:
    """Bound the number of values: each but the first follows a comma or opens a container."""
    return text.count(",") + _opened(text) + 1


def _opened(text: str) -> int:
    return text.count("[") + text.count("{")


def _less_strings(text: str) -> str:
    """Leave out what stands in double quotes (in a text with a fault: about that)."""
    return "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])


def _nesting(text: str) -> int:
    """Count the most containers inside one another; exact up to the first fault of the text."""
    brackets = _NO_BRACKET.sub("", _less_strings(text))
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def _object(members: list[tuple[str, JsonValue]]) -> JsonObject:
    value = dict(members)
    if len(value) != len(members):
        raise _Refused
    return value


def _constant(_name: str) -> NoReturn:
    raise _Refused


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=parse_integer,
    parse_float=parse_fraction,
    parse_constant=_constant,
)
