"""Requests and answers: one service, tried again where that is harmless, problems as errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

import httpx2

from liuhen.client.problem import error_of, read_problem
from liuhen.client.retry import Retry, no_answer
from liuhen.core.canonical import JsonObject
from liuhen.core.errors import MalformedJson, Unavailable
from liuhen.core.receipt import MAX_RECEIPT_BYTES
from liuhen.core.strict_json import Limits, parse_json

_ANSWER: Final = Limits(body_bytes=MAX_RECEIPT_BYTES)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PIECE_BYTES: Final = 2**18

Progress = Callable[[int], object]
"""Told how many more bytes have gone by."""


def no_progress(_: int) -> None:
    """Tell nobody."""


class Exchange:
    """Requests to one service. Every method raises `Unavailable` where no answer comes."""

    def __init__(
        self,
        base_url: str,
        timeout: float,
        retry: Retry | None,
        transport: httpx2.BaseTransport | None,
    ) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            Unavailable: `base_url` is not http:// or https:// with a host.
        """
        url = _parse_url(base_url)
        # A proxy of the environment must not come between us and a service on this machine.
        self._http = httpx2.Client(
            base_url=url,
            timeout=timeout,
            transport=transport,
            trust_env=url.host not in _LOOPBACK,
            headers={"accept": "application/json, application/problem+json"},
        )
        self._retry = retry or Retry()
        self.keeps_secrets = url.scheme == "https" or url.host in _LOOPBACK
        """Whether nobody on the way reads what is sent."""

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        """Fetch what is there."""
        return self.get_answer(path, headers).content

    def get_answer(self, path: str, headers: dict[str, str] | None = None) -> httpx2.Response:
        """Fetch what is there, with the fields of the answer, which is a success."""
        # A name in a field is UTF-8, which the HTTP client would refuse to guess.
        fields = {name.encode(): value.encode() for name, value in (headers or {}).items()}
        response = self._retry.send(lambda: self._http.get(path, headers=fields), repeatable=True)
        return succeeded(response)

    def get_object(self, path: str, headers: dict[str, str] | None = None) -> JsonObject:
        """Fetch a JSON object."""
        value = parse_json(self.get(path, headers), _ANSWER)
        if not isinstance(value, dict):
            raise MalformedJson("the service answered what is not an object")
        return value

    def post(
        self, path: str, body: bytes, headers: dict[str, str], *, repeatable: bool
    ) -> httpx2.Response:
        """Send a body, and return the answer, which is a success."""
        response = self._retry.send(
            lambda: self._http.post(path, content=body, headers=headers), repeatable=repeatable
        )
        return succeeded(response)

    def put_file(
        self, path: str, file: BinaryIO, size: int, progress: Progress = no_progress
    ) -> httpx2.Response:
        """Send a file, a piece at a time, from its beginning; repeatable.

        Args:
            path: Where to.
            file: The file, open for reading; read again from its beginning at each attempt.
            size: Its length in bytes.
            progress: Told how many more bytes were sent; less than nothing where it begins anew.
        """
        sent = 0

        def pieces() -> Iterator[bytes]:
            nonlocal sent
            progress(-sent)
            sent = 0
            file.seek(0)
            while piece := file.read(_PIECE_BYTES):
                yield piece
                sent += len(piece)
                progress(len(piece))

        headers = {"content-length": str(size), "content-type": "application/octet-stream"}
        response = self._retry.send(
            lambda: self._http.put(path, content=pieces(), headers=headers), repeatable=True
        )
        return succeeded(response)

    @contextmanager
    def get_pieces(self, path: str) -> Iterator[Iterator[bytes]]:
        """Fetch what is there a piece at a time; asked for once."""
        try:
            with self._http.stream("GET", path, headers={"accept": "*/*"}) as response:
                if not response.is_success:
                    response.read()
                yield succeeded(response).iter_bytes(_PIECE_BYTES)
        except (httpx2.HTTPError, OSError) as error:
            raise no_answer(error) from error


def succeeded(response: httpx2.Response) -> httpx2.Response:
    """Return an answer that is a success.

    Raises:
        AuditError: It is a problem; which one, the problem says.
    """
    if not response.is_success:
        problem = read_problem(response)
        raise error_of(problem) from problem
    return response


def _parse_url(text: str) -> httpx2.URL:
    """Accept http and https URLs with a host; the text may hold credentials and is not repeated."""
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, TypeError) as error:
        raise Unavailable("the URL of the service cannot be read") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise Unavailable("the URL of the service is not http:// or https:// with a host")
    return url
