"""Reading values of other systems into the forms of the catalogue, or not at all.

Such data is dirty: times that are none, amounts as text, identifiers with blanks. A value that
does not plainly say what a field asks for is left out; the original stands beside it.
"""

import hashlib
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.field import MOST_CHARACTERS

_CASE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CODE: Final = re.compile(r"[A-Za-z0-9._/-]{1,64}")
_MADE: Final = re.compile(r".*_x[0-9a-f]{24}", re.DOTALL)
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9._-]+")
_KEPT_CHARACTERS: Final = 64 - len("_x") - 24
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?")
_YEARS: Final = range(1900, 2200)
"""Times outside of them are somebody's way to say "not known"."""


def case_of(identifier: str) -> str:
    """Return the case code of another system's identifier; two identifiers never share one.

    One that is a case code stays as it is. Any other keeps its plain characters, as far as they
    fit, and ends in `_x` and 24 hex digits of its SHA-256; so does one that looks like that.
    """
    return _plain(identifier, _CASE)


def code_of(value: JsonValue) -> str | None:
    """Return an identifier as a code, changed as `case_of` changes one; None where it is none."""
    if type(value) is int:
        value = str(value)
    return _plain(value, _CODE) if isinstance(value, str) and value.strip() else None


def _plain(identifier: str, form: re.Pattern[str]) -> str:
    if form.fullmatch(identifier) and not _MADE.fullmatch(identifier):
        return identifier
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:24]
    return f"{_NOT_PLAIN.sub('-', identifier)[:_KEPT_CHARACTERS]}_x{digest}"


def text_of(value: JsonValue) -> str | None:
    """Return a text that says something and fits into a field."""
    fits = isinstance(value, str) and value.strip() and len(value) <= MOST_CHARACTERS
    return value if fits and isinstance(value, str) else None


def moment_of(value: JsonValue) -> str | None:
    """Return a time with its offset, as it was written."""
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        return None
    try:
        year = datetime.fromisoformat(value).year
    except ValueError:
        return None
    return value if year in _YEARS else None


def day_of(value: JsonValue) -> str | None:
    """Return the day that a day or a time names, as it was written where it happened.

    The time behind it may be no time at all: the day is told all the same.
    """
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        year = date.fromisoformat(match[1]).year
    except ValueError:
        return None
    return match[1] if year in _YEARS else None


def decimal_of(value: JsonValue) -> str | None:
    """Return a number as a decimal text; texts must be one already, without units or commas."""
    if isinstance(value, float):
        # What was read is the shortest decimal, so its digits are the publisher's own.
        value = format(Decimal(repr(value)), "f")
    elif type(value) is int:
        value = str(value)
    if not isinstance(value, str):
        return None
    return value if _DECIMAL.fullmatch(value) else None


def money_of(value: JsonValue) -> JsonObject | None:
    """Return {amount, currency} of an object that has both."""
    if not isinstance(value, dict):
        return None
    amount, currency = decimal_of(value.get("amount")), code_of(value.get("currency"))
    return None if amount is None or currency is None else {"amount": amount, "currency": currency}


def told(**members: JsonValue) -> JsonObject:
    """Return the members that are known."""
    return {name: member for name, member in members.items() if member is not None}
