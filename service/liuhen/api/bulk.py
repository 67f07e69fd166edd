"""`POST /v1/records/bulk`: many records in, one a line, and what became of each, one a line.

The whole request is read before the first record is taken: one that breaks off enters nothing. The
answer is sent while the rest is still being written.
"""

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from liuhen.api.body import ClientGone, read_body
from liuhen.api.problems import ProblemRaised, Problems, http_problem, problem_of
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.append import Answer
from liuhen.app.bulk import Answered
from liuhen.app.language import preferred_language
from liuhen.core.canonical import canonical, canonical_text
from liuhen.core.errors import AuditError, Unavailable

MOST_LINES: Final = 10_000
"""Lines of a request, empty ones included."""

MEDIA_TYPE: Final = "application/x-ndjson"
_YES_OR_NO: Final = {"true": True, "false": False}


class BulkEndpoint:
    """An ASGI application for one route."""

    def __init__(
        self, logs: ServedLogs, bulk_bytes: int, problems: Problems, *, keep_network_address: bool
    ) -> None:
        """Serve some logs.

        Args:
            logs: Where records go.
            bulk_bytes: Largest body.
            problems: Prints refusals.
            keep_network_address: Whether records name the network address they came from.
        """
        self._logs, self._bulk_bytes, self._problems = logs, bulk_bytes, problems
        self._keep_network_address = keep_network_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 200 with a line for each record; one that is refused hinders no other."""
        headers = Headers(scope=scope)
        log, with_receipts = self._asked(scope["query_string"], headers)
        client = scope.get("client")
        try:
            lines = _lines(await read_body(receive, self._bulk_bytes))
        except ClientGone:
            return
        answers = log.append_many.append(
            [content for _, content in lines],
            network_address=client[0] if client and self._keep_network_address else None,
            with_receipts=with_receipts,
        )
        language = preferred_language(headers.get("accept-language", ""))
        printer = _Printer([number for number, _ in lines], self._problems, language)
        some: list[Answered] = await anext(answers, [])
        _check_written(some)
        await send({"type": "http.response.start", "status": 200, "headers": _headers(language)})
        while some:
            printed = printer.lines(some)
            await send({"type": "http.response.body", "body": printed, "more_body": True})
            some = await anext(answers, [])
        await send({"type": "http.response.body", "body": b""})

    def _asked(self, query: bytes, headers: Headers) -> tuple[ServedLog, bool]:
        """Return the log, and whether receipts are wanted."""
        if "idempotency-key" in headers:
            detail = "Idempotency-Key: is for one record; here each line is its own key"
            raise ProblemRaised(http_problem(422, detail))
        asked = QueryParams(query)
        receipts = asked.get("receipts", "true")
        if (
            set(asked) - {"log", "receipts"}
            or len(asked.multi_items()) > len(asked)
            or receipts not in _YES_OR_NO
        ):
            detail = "the query parameters are log and receipts (true or false), once each"
            raise ProblemRaised(http_problem(422, detail))
        return self._logs.get(asked.get("log")), _YES_OR_NO[receipts]


class _Printer:
    """Prints answers, each with the number of its line."""

    def __init__(self, numbers: Sequence[int], problems: Problems, language: str) -> None:
        self._numbers = iter(numbers)
        self._problems, self._language = problems, language
        self._error: AuditError | None = None
        self._problem = ""

    def lines(self, answers: Sequence[Answered]) -> bytes:
        """Print the next answers."""
        return "".join(map(self._line, answers)).encode()

    def _line(self, answer: Answered) -> str:
        number = next(self._numbers)
        if isinstance(answer, Answer):
            receipt = f',"receipt":{canonical_text(answer.receipt)}' if answer.receipt else ""
            replayed = "true" if answer.replayed else "false"
            return (
                f'{{"line":{number}{receipt},"record_id":"{answer.record_id}"'
                f',"replayed":{replayed},"status":201}}\n'
            )
        if answer is not self._error:  # where all of a group failed they share one error
            problem = problem_of(answer)
            printed = canonical(self._problems.members(problem, self._language)).decode()
            self._error, self._problem = (
                answer,
                f'"problem":{printed},"status":{problem.status}}}\n',
            )
        return f'{{"line":{number},{self._problem}'


def _check_written(answers: Sequence[Answered]) -> None:
    """Refuse the whole request where the log takes nothing: there is nothing to tell of lines.

    Raises:
        Unavailable: It does not.
    """
    if any(isinstance(answer, Answer) for answer in answers):
        return
    for answer in answers:
        if isinstance(answer, Unavailable):
            raise answer


def _lines(body: bytes) -> list[tuple[int, bytes]]:
    """Part a body into lines that hold something, with their numbers from 1.

    Raises:
        ProblemRaised: There are too many.
    """
    if body.count(b"\n") + (not body.endswith(b"\n")) > MOST_LINES:
        detail = f"the body has more than {MOST_LINES} lines"
        raise ProblemRaised(http_problem(413, detail))
    return [(at, line) for at, line in enumerate(body.split(b"\n"), 1) if line.strip()]


def _headers(language: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-language", language.encode()),
        (b"cache-control", b"no-store"),
    ]
