"""Calls of a signing service by JSON-RPC over HTTP, strictly read.

No message quotes the URL, which may hold credentials, nor an answer, which may repeat what was
sent. TLS with a certificate of our own tells the service who asks.
"""

import itertools
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2

from liuhen.adapters.secret_file import read_secret
from liuhen.adapters.signing.time_limit import TimeLimit
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.errors import MalformedJson, Unavailable
from liuhen.core.strict_json import Limits, parse_json

_ANSWER: Final = Limits(body_bytes=256 * 2**10, depth=16, values=1_000)
_MOST_CALLS: Final = 8
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Files in PEM for TLS; each may be absent.

    Attributes:
        ca: Certificates that the service's must lead to, in place of the system's.
        certificate: Our own.
        key: Its key, not encrypted; mode 0600.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class RemotePlace:
    """Where a signing service is.

    Attributes:
        url: http or https URL; may hold credentials.
        seconds: Allowed to one call as a whole.
        tls: Files for TLS.
    """

    url: str = field(repr=False)
    seconds: float = 5.0
    tls: TlsFiles = field(default_factory=TlsFiles)


class RemoteCall:
    """Calls one signing service. Thread-safe."""

    def __init__(self, place: RemotePlace) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            Unavailable: The URL or a file for TLS cannot be used.
        """
        url = _parse_url(place.url)
        self._url = url.copy_with(username=None, password=None)
        self.who = f"the signer at {self._url.netloc.decode('ascii')}"
        # A proxy of the environment must not come between, nor credentials of its own.
        self._client = httpx2.Client(
            auth=(url.username, url.password) if url.userinfo else None,
            timeout=place.seconds,
            verify=_context(place.tls),
            trust_env=False,
        )
        self._limit = TimeLimit(self.who, place.seconds, most=_MOST_CALLS)
        self._ids = itertools.count(1)

    def __call__(self, method: str, params: list[JsonValue]) -> JsonValue:
        """Return the result of a call.

        Raises:
            Unavailable: No answer in time, an error, or what is not an answer.
        """
        number = next(self._ids)
        request: JsonObject = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        answer = self._read(self._limit.run(lambda: self._post(canonical(request))))
        if answer.get("jsonrpc") != "2.0" or answer.get("id") != number:
            raise self.refused("an answer to another request")
        if "result" not in answer or answer.get("error") is not None:
            raise self.refused(f"an error to {method}{_code_of(answer)}; its own log says why")
        return answer["result"]

    def data(self, value: JsonValue) -> bytes:
        """Read bytes from an answer.

        Raises:
            Unavailable: Not 0x and pairs of hex digits.
        """
        if not isinstance(value, str) or _DATA.fullmatch(value) is None:
            raise self.refused("bytes that are not 0x and pairs of hex digits")
        return bytes.fromhex(value[2:])

    def refused(self, what: str) -> Unavailable:
        """Return the error for an answer that cannot be used."""
        return Unavailable(f"{self.who} answered {what}")

    def _post(self, body: bytes) -> bytes:
        headers = {"content-type": "application/json"}
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as response:
                if response.status_code != httpx2.codes.OK:
                    raise self.refused(f"HTTP status {response.status_code}")
                return self._body(response)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            # Without the cause: its text may quote what was sent.
            raise Unavailable(f"{self.who} does not answer: {type(error).__name__}") from None

    def _body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > _ANSWER.body_bytes:
                raise self.refused("an endless answer")
        return bytes(body)

    def _read(self, body: bytes) -> JsonObject:
        try:
            answer = parse_json(body, _ANSWER)
        except MalformedJson:
            raise self.refused("what is not JSON") from None
        if not isinstance(answer, dict):
            raise self.refused("what is not an object")
        return answer


def _code_of(answer: JsonObject) -> str:
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return f" (code {code})" if isinstance(code, int) else ""


def _parse_url(url: str) -> httpx2.URL:
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError):
        parsed = None  # raised below: this error quotes the URL, and would be its context
    if parsed is None:
        raise Unavailable("the URL of the signer cannot be read")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise Unavailable("the URL of the signer is not http:// or https:// with a host")
    return parsed


def _context(files: TlsFiles) -> ssl.SSLContext:
    """Return what TLS is spoken with."""
    if (files.certificate is None) != (files.key is None):
        raise Unavailable("a certificate for the signer needs its key, and a key its certificate")
    try:
        context = ssl.create_default_context(cafile=files.ca)
        if files.certificate is not None and files.key is not None:
            read_secret(files.key, "the TLS key")
            context.load_cert_chain(files.certificate, files.key, password=lambda: b"")
    except OSError as error:  # ssl.SSLError is one
        raise Unavailable(
            f"the files for TLS cannot be used ({type(error).__name__}): they are PEM, and the key"
            " is not encrypted"
        ) from None
    return context
