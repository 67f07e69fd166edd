r"""Canonical form: the exact bytes of a JSON value under RFC 8785 (JCS).

    no white space · members in ascending UTF-16 code units of their names · strings with the
    shortest escapes, everything from U+0020 up but `"` and `\` literal · numbers as ECMAScript
    prints doubles · UTF-8

The one place that makes JSON text for hashing. Reading is in `strict_json.py`, which refuses
what this form cannot carry; only that makes "same bytes" mean "same record".
"""

from collections.abc import Collection
from json.encoder import encode_basestring
from typing import TypeAlias

from liuhen.core.errors import MalformedJson
from liuhen.core.json_number import number_text

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

# `encode_basestring` escapes what RFC 8785 §3.2.2.2 escapes, in the same way, and nothing else.


def canonical(value: JsonValue) -> bytes:
    """Return the canonical form of a value.

    Raises:
        MalformedJson: NaN, an infinity, an integer beyond ±(2^53−1), a lone surrogate, or
            something that is not JSON.

    Source: RFC 8785.
    """
    try:
        return canonical_text(value).encode()
    except UnicodeEncodeError as error:
        raise MalformedJson("a lone surrogate has no UTF-8 form") from error


def canonical_text(value: JsonValue) -> str:
    """Return the canonical form as text; `canonical` says what is refused."""
    # One frame of Python a level (a comprehension is a second one): 256 levels must fit beside
    # whatever the caller already has on its stack.
    if isinstance(value, dict):
        names = sorted_names(value)
        texts = map(canonical_text, map(value.__getitem__, names))
        return "{" + ",".join(map(_member, names, texts)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_text, value)) + "]"
    return scalar_text(value)


def scalar_text(value: JsonValue) -> str:
    """Return the canonical text of null, a boolean, a number or a string.

    Raises:
        MalformedJson: A number without canonical form, or something that is not JSON.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    raise MalformedJson(f"a {type(value).__name__} is not a JSON value")


def sorted_names(names: Collection[str]) -> list[str]:
    """Put member names into the order of RFC 8785 §3.2.3: by UTF-16 code units.

    Python compares code points, which differs once a name goes beyond U+FFFF: U+20000 is
    written D840 DC00 and so stands before U+FF08.
    """
    try:
        return sorted(names) if "".join(names).isascii() else sorted(names, key=_utf16)
    except TypeError as error:
        raise MalformedJson("a member name is not a string") from error


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _member(name: str, text: str) -> str:
    return encode_basestring(name) + ":" + text
