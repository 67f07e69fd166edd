"""Errors as HTTP: RFC 9457 problem details, one function for all of them.

`type` is `/problems/<code>`, a page of the portal in both languages; `title` is fixed for the type
in the language the client prefers; `detail` is the fact of this case; `instance` is a number to
quote; further members are the error's own facts (field, line, column …).
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response

from liuhen.app.language import preferred_language
from liuhen.core import errors
from liuhen.core.canonical import JsonObject, JsonValue, canonical

MEDIA_TYPE: Final = "application/problem+json"
_RETRY_SECONDS: Final = "5"
_LOGGER = structlog.get_logger("liuhen.api")

STATUS: Final[Mapping[type[errors.AuditError], int]] = {
    errors.AuditError: 500,
    errors.Malformed: 400,
    errors.MalformedCheckpoint: 400,
    errors.MalformedDisclosure: 400,
    errors.MalformedJson: 400,
    errors.MalformedKey: 400,
    errors.MalformedNote: 400,
    errors.MalformedPointer: 400,
    errors.MalformedPolicy: 400,
    errors.MalformedProof: 400,
    errors.MalformedReceipt: 400,
    errors.MalformedRecord: 400,
    errors.MalformedTilePath: 404,  # another spelling of a tile is no resource at all
    errors.Mismatch: 422,
    errors.AnchorMismatch: 503,  # our own trouble: the client's request contradicts nothing
    errors.CommitmentMismatch: 422,
    errors.FileMismatch: 422,
    errors.HistoryMismatch: 503,  # the same
    errors.IdempotencyMismatch: 422,
    errors.ProofMismatch: 422,
    errors.RecordRefused: 422,
    errors.ErasureRefused: 422,
    errors.SignatureMismatch: 422,
    errors.NotYet: 409,
    errors.Unknown: 404,
    errors.Unavailable: 503,
}
"""The status of every error class; a test holds the table against the tree of errors."""

HTTP_CODES: Final[Mapping[int, str]] = {
    401: "operator-only",
    403: "foreign-page",
    404: "no-such-page",
    405: "method-not-allowed",
    413: "too-large",
    421: "host-not-allowed",
    422: "malformed-request",
    500: "crash",
}
"""Codes of what is HTTP's trouble and not the evidence's."""

_FACTS: Final = (
    *("field", "rule", "rule_code", "rule_zh", "line", "column", "offset", "path"),
    *("record_id", "receipt"),  # of the record that tells of a refusal
)

Title = Callable[[str, str], str]
"""Gives the title of a problem code in a language."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer that says why not.

    Attributes:
        status: HTTP status.
        code: Stable code, last part of `type`.
        detail: What is the case here; never a secret.
        members: Further members.
        headers: Further header fields.
    """

    status: int
    code: str
    detail: str
    members: Mapping[str, JsonValue] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class ProblemRaised(Exception):
    """A problem on its way to the client."""

    def __init__(self, problem: Problem) -> None:
        """Carry a problem."""
        self.problem = problem
        super().__init__(problem.detail)


def http_problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Problem:
    """Return a problem that is HTTP's own."""
    code = HTTP_CODES.get(status, "crash" if status >= 500 else "malformed-request")
    return Problem(status, code, detail, headers=headers or {})


def problem_of(error: errors.AuditError) -> Problem:
    """Return the problem that an error of ours is."""
    # An error may be refined inside a module; its code, and so its status, are its parent's.
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    given = {name: getattr(error, name, None) for name in _FACTS}
    facts = {name: value for name, value in given.items() if value not in (None, "")}
    headers = {"Retry-After": _RETRY_SECONDS} if status in {409, 503} else {}
    return Problem(status, error.code, str(error), facts, headers)


def all_codes() -> list[str]:
    """Return every code that a problem may have."""
    return sorted({*(error.code for error in STATUS), *HTTP_CODES.values()})


class Problems:
    """Prints problems."""

    def __init__(self, title: Title) -> None:
        """Take the source of titles.

        Args:
            title: Gives the title of a code in a language.
        """
        self._title = title

    def response(self, problem: Problem, accept_language: str) -> Response:
        """Print a problem."""
        language = preferred_language(accept_language)
        body = canonical(self.members(problem, language))
        headers = {"Content-Language": language, "Cache-Control": "no-store", **problem.headers}
        return Response(body, problem.status, headers, media_type=MEDIA_TYPE)

    def members(self, problem: Problem, language: str) -> JsonObject:
        """Return what is printed of a problem; our own fault becomes a line of diagnostics."""
        instance = uuid.uuid4().urn
        in_chinese = problem.members.get("rule_zh") if language == "zh" else None
        if problem.status >= 500:
            _LOGGER.error(
                "request.failed", code=problem.code, why=problem.detail, instance=instance
            )
        return {
            "type": f"/problems/{problem.code}",
            "title": self._title(problem.code, language),
            "status": problem.status,
            "detail": in_chinese or problem.detail,
            "instance": instance,
            **{name: value for name, value in problem.members.items() if name not in _RESERVED},
        }

    def of_request(self, problem: Problem, request: Request) -> Response:
        """Print a problem in the language of a request."""
        return self.response(problem, request.headers.get("accept-language", ""))


_RESERVED: Final = frozenset({"type", "title", "status", "detail", "instance"})
