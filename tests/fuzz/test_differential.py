"""Two implementations that must agree on whatever they are given."""

import json
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuhen.core.canonical import JsonValue, canonical
from liuhen.core.commitment import commit
from liuhen.core.errors import AuditError, MalformedJson
from liuhen.core.record import parse_record
from liuhen.core.strict_json import parse_json
from liuhen.core.submission import prepare
from tests.fuzz import seeds
from tests.fuzz.bend import bent

BOUNDED = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
LARGEST = 2**53 - 1

# --- JSON against the standard library, told to be strict -----------------------------------------


class Refused(Exception):
    """The standard library met what RFC 8785 cannot carry."""


def stdlib_strict(body: bytes) -> object:
    """Read as `parse_json` promises to, in the plainest way: no fast path, exact decimals."""
    if body.startswith(b"\xef\xbb\xbf"):
        raise Refused
    value = json.loads(
        body.decode(),
        object_pairs_hook=_unique,
        parse_constant=_refuse,
        parse_int=_number,
        parse_float=_number,
    )
    json.dumps(value, ensure_ascii=False).encode()  # no half of a surrogate pair
    return value


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(members)) != len(members):
        raise Refused
    return dict(members)


def _refuse(_name: str) -> object:
    raise Refused


def _number(literal: str) -> float:
    """Take a number only if a double, as ECMAScript prints it, is the same decimal."""
    value = float(literal)
    try:
        exact = Decimal(literal)
    except InvalidOperation:  # an exponent beyond even those: zero, or no double
        exact = Decimal(0 if re.fullmatch(r"-?[0.]+[eE].*", literal) else "Infinity")
    if math.isinf(value) or Decimal(repr(value)) != exact:
        raise Refused
    if not value.is_integer() or abs(value) >= 1e21:
        return value
    if abs(value) > LARGEST:
        raise Refused
    return int(value)


def outcome(read: Any, body: bytes, *refusals: type[Exception]) -> tuple[str, object]:
    try:
        return "read", read(body)
    except refusals:
        return "refused", None


@BOUNDED
@given(bent(seeds.JSON + seeds.ROWS[:1]))
def test_bent_json_is_read_as_by_the_standard_library(body: bytes) -> None:
    theirs = outcome(stdlib_strict, body, ValueError, Refused, RecursionError)
    ours = outcome(parse_json, body, MalformedJson)
    assert ours == theirs
    assert repr(ours) == repr(theirs)  # 1, 1.0 and true are not the same


NUMBERS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?\Z")


@given(NUMBERS)
def test_a_number_is_read_as_by_exact_decimals(literal: str) -> None:
    body = literal.encode()
    theirs = outcome(stdlib_strict, body, ValueError, Refused)
    ours = outcome(parse_json, body, MalformedJson)
    assert repr(ours) == repr(theirs)


# --- canonical form against the package rfc8785 -------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.text(max_size=12)
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=5)
    ),
    max_leaves=25,
)


@BOUNDED
@given(VALUES)
def test_the_canonical_form_is_that_of_another_implementation(value: JsonValue) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@BOUNDED
@given(bent(seeds.JSON + seeds.SUBMISSION))
def test_what_is_read_prints_as_by_another_implementation(body: bytes) -> None:
    kind, value = outcome(parse_json, body, MalformedJson)
    if kind == "read":
        assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # JSON by then


# --- the quick way to a commitment against the plain one -----------------------------------------

SECRET = bytes(range(32))


def check_both_ways(body: bytes) -> None:
    try:
        draft = prepare(
            body, origin=seeds.ORIGIN, record_id=seeds.RECORD_ID, secret=SECRET, nonce="00" * 16
        )
    except AuditError:
        return
    sealed = draft.complete("2026-03-31T07:40:01.250Z", None if draft.case is None else 0)
    plain = commit(parse_record(sealed.record_bytes), SECRET)
    assert sealed.commitment == plain.commitment
    assert json.loads(sealed.rows_text) == plain.rows


@BOUNDED
@given(bent(seeds.SUBMISSION))
def test_a_bent_submission_has_one_commitment_both_ways(body: bytes) -> None:
    check_both_ways(body)


@BOUNDED
@given(VALUES)
def test_any_data_has_one_commitment_both_ways(data: JsonValue) -> None:
    check_both_ways(json.dumps({"data": data}).encode("ascii"))
