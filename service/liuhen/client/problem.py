"""What the service said when it did not do what was asked (RFC 9457), and which error that is."""

from collections.abc import Mapping
from typing import Final

import httpx2

from liuhen.core import errors
from liuhen.core.canonical import JsonValue
from liuhen.core.strict_json import parse_json

_ABOUT_THE_INPUT: Final = frozenset({400, 413, 422})
"""Statuses that blame what was sent; other answers with an unknown code tell us nothing."""


class Problem(Exception):
    """The cause of an error that the service told us.

    Attributes:
        status: HTTP status.
        code: Last part of the problem's type, such as `record-refused`.
        detail: What was the case.
        instance: Number to quote to the operator.
        members: All members of the answer.
    """

    def __init__(self, status: int, members: Mapping[str, JsonValue]) -> None:
        self.status, self.members = status, dict(members)
        self.code = _text(members, "type").rpartition("/")[2] or f"http-{status}"
        self.detail = _text(members, "detail") or f"HTTP status {status}"
        self.instance = _text(members, "instance")
        super().__init__(f"{self.detail} [{self.code}]")


def problem_of(error: BaseException) -> Problem | None:
    """Return what the service said that led to this error; None where it said nothing."""
    return error.__cause__ if isinstance(error.__cause__, Problem) else None


def read_problem(response: httpx2.Response) -> Problem:
    """Read an answer that is not a success; whatever it is, there is a status."""
    try:
        members = parse_json(response.content)
    except errors.MalformedJson:
        members = None
    return Problem(response.status_code, members if isinstance(members, dict) else {})


def error_of(problem: Problem) -> errors.AuditError:
    """Return the error that a problem is on this side."""
    known = _CLASSES.get(problem.code) or _by_status(problem)
    if known is errors.RecordRefused:
        named = {name: _text(problem.members, name) for name in ("rule_code", "rule_zh")}
        rule = _text(problem.members, "rule") or problem.detail
        return known(_text(problem.members, "field"), rule, **named)
    if issubclass(known, errors.MalformedRecord | errors.ErasureRefused):
        return known(_text(problem.members, "field"), _text(problem.members, "rule"))
    if known is errors.MalformedJson:
        return _malformed_json(problem)
    return known(problem.detail)


def _by_status(problem: Problem) -> type[errors.AuditError]:
    """Judge a code that this version does not know; a page of some other server has none."""
    ours = "type" in problem.members and problem.status in _ABOUT_THE_INPUT
    return errors.Malformed if ours else errors.Unavailable


def _malformed_json(problem: Problem) -> errors.MalformedJson:
    place = {name: problem.members.get(name) for name in ("line", "column", "offset")}
    numbers = {name: value for name, value in place.items() if isinstance(value, int)}
    rule = _text(problem.members, "rule") or problem.detail
    return errors.MalformedJson(rule, path=_text(problem.members, "path"), **numbers)


def _text(members: Mapping[str, JsonValue], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


_CLASSES: Final = {
    error.code: error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, errors.AuditError)
}
