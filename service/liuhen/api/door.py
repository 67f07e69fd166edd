"""The door: what every request passes before anything else looks at it.

- The host must be one of ours. Otherwise a foreign page could have its own name resolve to this
  machine and read from us as if we were its own site (DNS rebinding).
- A request that a browser makes on behalf of another site must not change anything.
- Every answer carries the security headers.
"""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liuhen.api.problems import Problems, http_problem

_HOST: Final = re.compile(rb"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE)
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = [
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    # Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


class Door:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], problems: Problems) -> None:
        """Guard an application.

        Args:
            app: What is behind the door.
            hosts: Host names that requests may be for, lower case, without port.
            problems: Prints refusals.
        """
        self._app, self._problems = app, problems
        self._hosts = frozenset(host.lower().encode() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *SECURITY_HEADERS]
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send_safely)
            return
        status, detail = refusal
        language = Headers(scope=scope).get("accept-language", "")
        response = self._problems.response(http_problem(status, detail), language)
        await response(scope, receive, send_safely)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        hosts, origins = [], []
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                origins.append(value)
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return 421, "the request is for a host that this service is not known by"
        if scope["method"] in _SAFE_METHODS:
            return None
        if not all(self._is_ours(_host_of(origin)) for origin in origins):
            return 403, "another site made the browser send this request"
        return None

    def _is_ours(self, host: bytes) -> bool:
        match = _HOST.fullmatch(host)
        return match is not None and match["name"].lower() in self._hosts


def _host_of(origin: bytes) -> bytes:
    """Return host and port of an `Origin` field; empty for `null`, which is nobody."""
    return urlsplit(origin.decode("latin-1")).netloc.encode("latin-1")
