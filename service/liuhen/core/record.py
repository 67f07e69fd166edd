"""The record: a JSON object with exactly these members, all always present (evidence §1).

    format type record_id origin occurred_at recorded_at submitter{organisation system person
    network_address} case case_seq case_prev after_block{chain_id number hash} version supersedes
    nonce links[{rel record}] attachments[{name media_type bytes sha256 sm3}] data

What is not known is null, and `submitter` and `after_block` are objects even then, so that the
number and order of leaves never depend on what the service fills in. Every rule is stated once,
here; a submission (`submission.py`) is held to the same ones.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.core.checkpoint import MAX_ORIGIN_BYTES, is_origin
from liuhen.core.errors import MalformedRecord
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.strict_json import DEFAULT_LIMITS, Limits, parse_json

FORMAT = "audit-record/v1"
ENVELOPE_BYTES = 2 * 2**20
"""A record is longer than its submission by the envelope, and by numbers that canonical form
writes out (1e15 becomes sixteen digits, at most 65,536 times)."""

MAX_TYPE_CHARACTERS = 64

Check = Callable[[str, JsonValue], None]
"""A rule: takes the field's JSON pointer and its value; raises MalformedRecord or returns."""

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_DATE_TIME = r"([0-9]{4})-([0-9]{2})-([0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_OCCURRED_AT = re.compile(_DATE_TIME + r"(?:\.[0-9]{1,9})?" + _OFFSET)
_RECORDED_AT = re.compile(_DATE_TIME + r"\.[0-9]{3}Z")


@dataclass(frozen=True, slots=True)
class AfterBlock:
    """The newest block that the service held to be final: the record is not older.

    Attributes:
        chain_id: The chain's id.
        number: The block's number.
        hash: The block's hash, 0x and 64 hex digits.
    """

    chain_id: int
    number: int
    hash: str

    def __post_init__(self) -> None:
        """Hold the values to the rules of the record's members."""
        for name, check in _BLOCK_RULES.items():
            check(f"/after_block/{name}", getattr(self, name))


def parse_record(body: bytes, limits: Limits = DEFAULT_LIMITS) -> JsonObject:
    """Read a complete record.

    Raises:
        MalformedJson: It is not strict JSON.
        MalformedRecord: A member is missing, unknown, or breaks its rule.
    """
    limits = replace(limits, body_bytes=limits.body_bytes + ENVELOPE_BYTES)
    record = parse_json(body, limits)
    check_record(record)
    assert isinstance(record, dict)
    return record


def check_record(record: JsonValue) -> None:
    """Check every member of a record against its rule.

    Raises:
        MalformedRecord: Names the field and the rule.
    """
    members = check_members("", record, RULES)
    check_case_position(members["case"], members["case_seq"], members["case_prev"])


def check_members(
    field: str, value: JsonValue, rules: Mapping[str, Check], optional: Iterable[str] = ()
) -> JsonObject:
    """Check an object: no unknown member, none missing but the optional, each by its rule."""
    if not isinstance(value, dict):
        raise MalformedRecord(field, "must be an object")
    if unknown := value.keys() - rules.keys():
        raise MalformedRecord(f"{field}/{min(unknown)[:100]}", "is not a known member")
    if missing := rules.keys() - value.keys() - set(optional):
        raise MalformedRecord(f"{field}/{min(missing)}", "is missing")
    for name, member in value.items():
        rules[name](f"{field}/{name}", member)
    return value


def check_case_position(case: JsonValue, case_seq: JsonValue, case_prev: JsonValue) -> None:
    """Check that number and predecessor stand where a case is, and only there."""
    if (case is None) != (case_seq is None):
        raise MalformedRecord("/case_seq", "must be null exactly when there is no case")
    if (case_seq in (None, 0)) != (case_prev is None):
        raise MalformedRecord("/case_prev", "must be null exactly at the start or without a case")


def _matching(pattern: str | re.Pattern[str], rule: str) -> Check:
    match = re.compile(pattern).fullmatch

    def check(field: str, value: JsonValue) -> None:
        if not isinstance(value, str) or not match(value):
            raise MalformedRecord(field, f"must be {rule}")

    return check


def _integer_from(least: int) -> Check:
    """Make the rule: an integer that canonical form has; a larger one could be never read back."""

    def check(field: str, value: JsonValue) -> None:
        if type(value) is not int or not least <= value <= MAX_SAFE_INTEGER:
            raise MalformedRecord(field, f"must be an integer from {least} to 2^53 - 1")

    return check


def _or_null(check: Check) -> Check:
    def check_or_null(field: str, value: JsonValue) -> None:
        if value is not None:
            check(field, value)

    return check_or_null


def list_of(rules: Mapping[str, Check], optional: Iterable[str] = ()) -> Check:
    """Make the rule: an array of objects with these members."""

    def check(field: str, value: JsonValue) -> None:
        if not isinstance(value, list):
            raise MalformedRecord(field, "must be an array")
        for position, element in enumerate(value):
            check_members(f"{field}/{position}", element, rules, optional)

    return check


def object_of(rules: Mapping[str, Check], optional: Iterable[str] = ()) -> Check:
    """Make the rule: an object with these members."""

    def check(field: str, value: JsonValue) -> None:
        check_members(field, value, rules, optional)

    return check


def _time(pattern: re.Pattern[str], rule: str) -> Check:
    def check(field: str, value: JsonValue) -> None:
        match = pattern.fullmatch(value) if isinstance(value, str) else None
        try:
            date(*map(int, match.groups() if match else ()))
        except (TypeError, ValueError) as error:
            raise MalformedRecord(field, f"must be {rule}") from error

    return check


def _type(field: str, value: JsonValue) -> None:
    _TYPE_PATTERN(field, value)
    if isinstance(value, str) and len(value) > MAX_TYPE_CHARACTERS:
        raise MalformedRecord(field, f"must have at most {MAX_TYPE_CHARACTERS} characters")


def _origin(field: str, value: JsonValue) -> None:
    if not isinstance(value, str) or not is_origin(value):
        rule = "<host>/logs/<name> in lower-case ASCII"
        raise MalformedRecord(field, f"must be {rule} of at most {MAX_ORIGIN_BYTES} bytes")


def _after_block(field: str, value: JsonValue) -> None:
    members = check_members(field, value, AFTER_BLOCK_RULES)
    if len({member is None for member in members.values()}) > 1:
        raise MalformedRecord(field, "must be known in all its members or in none")


def _anything(_field: str, _value: JsonValue) -> None:
    """Whatever was submitted: strict JSON is the only rule."""


_TYPE_PATTERN = _matching(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", "lower-case words joined by dots")
_text = _matching(re.compile(".+", re.DOTALL), "a string that is not empty")
_record_id = _matching(_ID, "a UUID of version 7 in lower case")
_digest = _matching("[0-9a-f]{64}", "64 lower-case hex digits")

_BLOCK_RULES: Mapping[str, Check] = {
    "chain_id": _integer_from(1),
    "number": _integer_from(0),
    "hash": _matching("0x[0-9a-f]{64}", "0x and 64 lower-case hex digits"),
}
AFTER_BLOCK_RULES: Mapping[str, Check] = {
    name: _or_null(check) for name, check in _BLOCK_RULES.items()
}
LINK_RULES: Mapping[str, Check] = {"rel": _text, "record": _record_id}
ATTACHMENT_RULES: Mapping[str, Check] = {
    "name": _text,
    "media_type": _text,
    "bytes": _integer_from(0),
    "sha256": _digest,
    "sm3": _or_null(_digest),
}
SUBMITTER_RULES: Mapping[str, Check] = {
    "organisation": _or_null(_text),
    "system": _or_null(_text),
    "person": _or_null(_text),
    "network_address": _or_null(_text),
}
RULES: Mapping[str, Check] = {
    "format": _matching(re.escape(FORMAT), f'"{FORMAT}"'),
    "type": _type,
    "record_id": _record_id,
    "origin": _origin,
    "occurred_at": _or_null(_time(_OCCURRED_AT, "a time of RFC 3339 with seconds and offset")),
    "recorded_at": _time(_RECORDED_AT, "a time in UTC with three decimals and Z"),
    "submitter": object_of(SUBMITTER_RULES),
    "case": _or_null(_matching("[A-Za-z0-9._-]{1,64}", "1 to 64 of A-Z a-z 0-9 . _ -")),
    "case_seq": _or_null(_integer_from(0)),
    "case_prev": _or_null(_digest),
    "after_block": _after_block,
    "version": _integer_from(1),
    "supersedes": _or_null(_record_id),
    "nonce": _or_null(_matching("[0-9a-f]{32}", "32 lower-case hex digits")),
    "links": list_of(LINK_RULES),
    "attachments": list_of(ATTACHMENT_RULES),
    "data": _anything,
}
