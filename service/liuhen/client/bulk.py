"""Many records in one request: how they are parted, and what the answer says of each."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from liuhen.client.problem import Problem, error_of
from liuhen.core.canonical import JsonObject
from liuhen.core.errors import AuditError, Malformed, MalformedRecord
from liuhen.core.record import RULES
from liuhen.core.strict_json import Limits, parse_json

MOST_LINES: Final = 2_000
"""Records in one request; the service takes more, and a request that is lost is sent again."""

MOST_BYTES: Final = 4 * 2**20
"""The same in bytes; a larger record goes alone."""

MEDIA_TYPE: Final = "application/x-ndjson"

_ANSWER: Final = Limits(body_bytes=128 * 2**20)


class Entered(NamedTuple):
    """A record that was entered.

    Attributes:
        record_id: Its number.
        replayed: Whether it was there already: the same was entered before.
    """

    record_id: str
    replayed: bool


def check_lines(bodies: Sequence[bytes]) -> None:
    """Check that each submission is one line.

    Raises:
        Malformed: One is not.
    """
    for position, body in enumerate(bodies):
        if b"\n" in body or not body.strip():
            raise Malformed(f"submission {position} is not one line that holds something")


def first_part(bodies: Sequence[bytes], start: int) -> Sequence[bytes]:
    """Return as many of the submissions from `start` on as go into one request."""
    end, size = start, 0
    for body in bodies[start : start + MOST_LINES]:
        size += len(body) + 1
        if size > MOST_BYTES and end > start:
            break
        end += 1
    return bodies[start:end]


def read_answer(content: bytes, count: int) -> list[Entered | AuditError]:
    """Read what became of so many records.

    Raises:
        Malformed: The answer does not say it of each of them, in their order.
    """
    lines = content.splitlines()
    if len(lines) != count:
        raise Malformed(f"the service answered {len(lines)} lines to {count} records")
    return list(_read(lines))


def _read(lines: Sequence[bytes]) -> Iterator[Entered | AuditError]:
    for number, line in enumerate(lines, 1):
        value = parse_json(line, _ANSWER)
        if not isinstance(value, dict) or value.get("line") != number:
            raise Malformed(f"the service answered something else than line {number}")
        yield _outcome(value, number)


def _outcome(value: JsonObject, number: int) -> Entered | AuditError:
    status, problem, record_id = value.get("status"), value.get("problem"), value.get("record_id")
    if type(status) is int and isinstance(problem, dict):
        cause = Problem(status, problem)
        error = error_of(cause)
        error.__cause__ = cause
        return error
    try:
        RULES["record_id"]("/record_id", record_id)
    except MalformedRecord as error:
        raise Malformed(
            f"the service answered neither record nor problem, line {number}"
        ) from error
    return Entered(str(record_id), value.get("replayed") is True)
