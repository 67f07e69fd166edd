"""Numbers: the one text RFC 8785 gives them, and reading them without changing them.

    number_text(value)   the shortest decimal that reads back as the same double, in the form of
                         ECMAScript's Number::toString (RFC 8785 §3.2.2.3)
    parse_number(text)   the value, refused unless number_text says the same decimal again

JSON leaves the range of numbers open and RFC 8785 keeps only doubles. A reader that rounds
(0.1000000000000000055), overflows (1e400) or drops digits beyond 2^53 lets two parties hold
different records under one commitment, so what would change is refused, not repaired.
"""

import math
import re

from liuhen.core.errors import MalformedJson

MAX_SAFE_INTEGER = 2**53 - 1
"""Largest integer that every reader of JSON keeps exactly (RFC 7493 §2.2)."""

_SAFE_CHARACTERS = 15
"""An integer literal of so few characters is below 2^53 whatever its digits."""

_MAX_DIGITS = 17
"""No double needs more significant digits; longer text cannot be what would be printed."""

_MAX_EXPONENT_DIGITS = 8
"""Bounds the arithmetic on exponents: doubles end at 1e308, and a body at some million digits."""

_ONES_PLACE, _LAST_PLAIN_PLACE, _FIRST_PLAIN_PLACE = 0, 21, -6
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?)([0-9]+))?")


def number_text(value: float) -> str:
    """Print a number as RFC 8785 does.

    Raises:
        MalformedJson: NaN, an infinity, or an integer beyond ±(2^53−1).

    Source: RFC 8785 §3.2.2.3; ECMA-262 Number::toString.
    """
    if isinstance(value, int):
        if not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
            raise MalformedJson("an integer beyond 2^53 - 1")
        return int.__repr__(value)
    if not math.isfinite(value):
        raise MalformedJson("NaN and infinities are not JSON")
    text = repr(value)
    if "e" not in text:
        return "0" if value == 0 else text.removesuffix(".0")
    return _move_point(text)


def parse_number(text: str) -> int | float:
    """Read a number literal of JSON; what prints without point and exponent becomes an int.

    Args:
        text: The literal, as the grammar of RFC 8259 §6 has it.

    Raises:
        MalformedJson: Its canonical print is another decimal value, or is an integer literal
            beyond ±(2^53−1).
    """
    sign, digits, power = _decimal(text)
    if not digits:
        return 0
    value = math.inf
    if len(digits) <= _MAX_DIGITS and abs(power) < 10**_MAX_EXPONENT_DIGITS:
        value = float(f"{sign}{digits}e{power}")
    if math.isinf(value) or _decimal(printed := number_text(value)) != (sign, digits, power):
        raise MalformedJson("a number that no double carries unchanged; write it as a string")
    if not printed.lstrip("-").isdigit():
        return value
    if abs(whole := int(printed)) > MAX_SAFE_INTEGER:
        raise MalformedJson("an integer beyond 2^53 - 1")
    return whole


def parse_integer(text: str) -> int | float:
    """Read a literal without point and exponent: `parse_number` with a short way."""
    return int(text) if len(text) <= _SAFE_CHARACTERS else parse_number(text)


def parse_fraction(text: str) -> int | float:
    """Read a literal that has a point or an exponent: `parse_number` with a short way.

    What Python prints again, but for zeros at the end, is the shortest decimal and has a
    fraction. What has an exponent may be an integer after all and takes the long way.
    """
    value = float(text)
    if "e" not in text and repr(value) == text.rstrip("0"):
        return value
    return parse_number(text)


def _move_point(text: str) -> str:
    """Turn Python's exponent form (1.5e-07) into ECMAScript's, which starts later."""
    sign, digits, power = _decimal(text)
    place = len(digits) + power  # position of the point, counted from the first digit
    if _ONES_PLACE < place <= _LAST_PLAIN_PLACE:
        return f"{sign}{digits}{'0' * power}"
    if _FIRST_PLAIN_PLACE < place <= _ONES_PLACE:
        return f"{sign}0.{'0' * -place}{digits}"
    point = "." if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}{digits[1:]}e{place - 1:+d}"


def _decimal(text: str) -> tuple[str, str, int]:
    """Split a literal into sign, significant digits and power of ten, each in one spelling.

    Zero is ("", "", 0), so that -0 and 0e9 are the decimal value they are. No step is slower
    than linear in the length of the text.
    """
    match = _NUMBER.fullmatch(text)
    assert match, text  # callers pass what the grammar has matched
    sign, whole, fraction, exponent_sign, exponent = match.groups(default="")
    digits = (whole + fraction).lstrip("0")
    stripped = digits.rstrip("0")
    if not stripped:
        return "", "", 0
    exponent = exponent.lstrip("0") or "0"
    if len(exponent) > _MAX_EXPONENT_DIGITS:
        exponent = "9" * (_MAX_EXPONENT_DIGITS + 1)
    power = int(exponent_sign + exponent) - len(fraction) + len(digits) - len(stripped)
    return sign, stripped, power
