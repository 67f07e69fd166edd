"""`POST /v1/records`: one record in, its receipt out; and the lane past the router.

The one path that has to be fast, so it is plain ASGI: the body goes to `prepare` as the bytes that
arrived, and the receipt's own text is the answer.
"""

import re
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from liuhen.api.body import ClientGone, read_body
from liuhen.api.problems import ProblemRaised, Problems, http_problem, problem_of
from liuhen.api.served_log import ServedLogs
from liuhen.core.errors import AuditError

_IDEMPOTENCY_KEY: Final = re.compile(rb"[\x21-\x7e]{1,255}")
_JSON: Final = (b"content-type", b"application/json")


class AppendEndpoint:
    """An ASGI application for one route."""

    def __init__(self, logs: ServedLogs, body_bytes: int, *, keep_network_address: bool) -> None:
        """Serve some logs.

        Args:
            logs: Where records go.
            body_bytes: Largest body.
            keep_network_address: Whether records name the network address they came from.
        """
        self._logs, self._body_bytes = logs, body_bytes
        self._keep_network_address = keep_network_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 201 with the receipt, once the record is in the log for good."""
        log = self._logs.get(_log_name(scope["query_string"]))
        key = _idempotency_key(scope["headers"])
        client = scope.get("client")
        address = client[0] if client and self._keep_network_address else None
        try:
            body = await read_body(receive, self._body_bytes)
        except ClientGone:
            return
        answer = await log.append.append(body, network_address=address, idempotency_key=key)
        content = answer.receipt.encode()
        number = answer.record_id.encode()
        headers = [
            _JSON,
            (b"content-length", str(len(content)).encode()),
            (b"location", b"/v1/records/" + number),
            (b"liuhen-record-id", number),
            (b"cache-control", b"no-store"),
        ]
        if answer.replayed:
            headers.append((b"idempotent-replayed", b"true"))
        else:
            headers.append((b"etag", b'"%s.sealed"' % number))
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": content})


class AppendLane:
    """ASGI middleware that takes appends past the router, which costs more than a signature.

    Everything else, other methods on the same path included, goes the usual way.
    """

    def __init__(self, app: ASGIApp, appends: Mapping[str, ASGIApp], problems: Problems) -> None:
        """Divert some paths.

        Args:
            app: What everything else goes to.
            appends: What answers POST requests, by path.
            problems: Prints refusals, as the application does.
        """
        self._app, self._appends, self._problems = app, appends, problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Append, or pass the request on."""
        append = self._appends.get(scope["path"]) if scope["type"] == "http" else None
        if append is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            await append(scope, receive, send)
        except AuditError as error:
            problem = problem_of(error)
        except ProblemRaised as error:
            problem = error.problem
        else:
            return
        response = self._problems.of_request(problem, Request(scope))
        await response(scope, receive, send)


def _log_name(query: bytes) -> str | None:
    if not query:
        return None
    parameters = QueryParams(query)
    unknown = sorted(set(parameters) - {"log"})
    if unknown or len(parameters.getlist("log")) > 1:
        raise ProblemRaised(http_problem(422, "the one query parameter is log, once"))
    return parameters.get("log")


def _idempotency_key(headers: list[tuple[bytes, bytes]]) -> str | None:
    keys = [value for name, value in headers if name == b"idempotency-key"]
    if not keys:
        return None
    if len(keys) > 1 or _IDEMPOTENCY_KEY.fullmatch(keys[0]) is None:
        detail = "Idempotency-Key: one field of 1 to 255 visible ASCII characters"
        raise ProblemRaised(http_problem(422, detail))
    return keys[0].decode("ascii")
