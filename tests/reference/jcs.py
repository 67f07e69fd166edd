"""RFC 8785 and the reading rules of evidence §1, with the standard library's parser alone."""

import json
import re
from decimal import Decimal
from typing import Any

LARGEST = 2**53 - 1
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Refused(Exception):
    """A rule forbids it; the message is the rule's name."""


def canonical(value: Any) -> bytes:
    return text(value).encode("utf-8")


def text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return '"' + "".join(_letter(c) for c in value) + '"'
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, list):
        return "[" + ",".join(text(item) for item in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(text(name) + ":" + text(value[name]) for name in names) + "}"


def _letter(c: str) -> str:
    return _SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c)


def number(value: float) -> str:
    """ECMAScript's Number::toString, from the digits and the exponent of the shortest decimal."""
    value = float(value)
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = int(exponent or 0) + len(whole) - (len(whole + fraction) - len(digits))
    if not whole.strip("0"):
        point = int(exponent or 0) - (len(fraction) - len(fraction.lstrip("0")))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    tail = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + tail


def read(body: bytes, depth: int = 256) -> Any:
    """Read JSON, and refuse what RFC 8785 cannot carry unchanged."""
    if body.startswith(b"\xef\xbb\xbf"):
        raise Refused("byte-order mark")
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Refused("not JSON") from error
    _walk(value, depth)
    return value


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in members}) < len(members):
        raise Refused("a member twice")
    return dict(members)


def _constant(_: str) -> Any:
    raise Refused("not JSON")


def _number(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise Refused("a number that a double cannot hold")
    printed = number(value)
    if Decimal(printed) != Decimal(literal):
        raise Refused("a number that a double would change")
    if re.fullmatch("-?[0-9]+", printed):
        if abs(int(printed)) > LARGEST:
            raise Refused("an integer beyond 2^53 - 1")
        return int(printed)
    return value


def _walk(value: Any, depth: int) -> None:
    """Look for half surrogate pairs, and count the levels."""
    if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
        raise Refused("half of a surrogate pair")
    if isinstance(value, dict | list):
        if depth == 0:
            raise Refused("nested too deep")
        for child in [*value, *value.values()] if isinstance(value, dict) else value:
            _walk(child, depth - 1)
