"""Where the files of a log come from: a folder or a URL, both in the layout of c2sp.org/tlog-tiles.

    checkpoint   tile/<L>/<N>[.p/<W>]   tile/entries/<N>[.p/<W>]   keys/<serial>

Nothing that comes from here is believed. `read_tile` asks for a full tile where a partial one is
gone: logs may drop partial tiles once the full one exists.
"""

from pathlib import Path
from typing import Final, Protocol

import httpx2

from liuhen.client.retry import Retry
from liuhen.core.authentic_rows import BUNDLED_BYTES
from liuhen.core.errors import Malformed, Unavailable, Unknown
from liuhen.core.merkle import HASH_BYTES
from liuhen.core.tiles import WIDTH, TileRef

MOST_BYTES: Final = 2**20
"""Longest file that a log may have; a full tile has 8 kB, a bundle of ours little more."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_CONNECTIONS: Final = 8


class LogSource(Protocol):
    """The files of one log. Thread-safe; NOT trusted."""

    readers: int
    """How many threads it is worth reading with; 1 where reading does not wait for anybody."""

    def read(self, path: str) -> bytes:
        """Return a file.

        Raises:
            Unknown: There is none.
            Unavailable: It cannot be read.
            Malformed: It is longer than any file of a log.
        """
        ...


class FolderSource:
    """A log in a folder."""

    readers = 1

    def __init__(self, folder: Path) -> None:
        """Read below a folder."""
        self._folder = folder

    def read(self, path: str) -> bytes:
        """Return a file."""
        try:
            with (self._folder / path).open("rb", buffering=0) as file:
                content = file.read(MOST_BYTES + 1) or b""
        except FileNotFoundError as error:
            raise Unknown(f"{self._folder} has no {path}") from error
        except OSError as error:
            raise Unavailable(f"{self._folder / path} cannot be read: {error.strerror}") from error
        return _bounded(content, path)


class UrlSource:
    """A log under a URL, over connections that stay open."""

    readers = _CONNECTIONS

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        retry: Retry | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: Prefix of the log, such as `https://log.example/logs/name`.
            timeout: Seconds allowed to each step of a request.
            retry: How to try again.
            transport: For tests; by default the network.

        Raises:
            Unavailable: Not http:// or https:// with a host.
        """
        base = _parse_url(url)
        # A proxy of the environment must not come between us and a service on this machine.
        self._http = httpx2.Client(
            base_url=base,
            timeout=timeout,
            transport=transport,
            trust_env=base.host not in _LOOPBACK,
            limits=httpx2.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
            ),
        )
        self._retry = retry or Retry()
        self._host = base.netloc.decode("ascii")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def read(self, path: str) -> bytes:
        """Return a file."""
        response = self._retry.send(lambda: self._get(path), repeatable=True)
        if response.status_code == httpx2.codes.NOT_FOUND:
            raise Unknown(f"{self._host} has no {path}")
        if response.status_code != httpx2.codes.OK:
            raise Unavailable(f"{self._host} answers {response.status_code} for {path}")
        return _bounded(response.content, path)

    def _get(self, path: str) -> httpx2.Response:
        """Send once; read no more of the answer than a file of a log can have."""
        body = bytearray()
        with self._http.stream("GET", path) as response:
            for part in response.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    break
            headers = {
                name: value
                for name, value in response.headers.items()
                if name.lower() == "retry-after"
            }
            return httpx2.Response(response.status_code, headers=headers, content=bytes(body))


def read_tile(source: LogSource, tile: TileRef) -> bytes:
    """Return a tile or bundle, cut from the full one where the partial one is gone.

    Raises:
        Unavailable: Neither can be had, though the checkpoint implies it.
    """
    try:
        return source.read(tile.to_path())
    except Unknown as error:
        missing = _incomplete(error)
        if tile.width == WIDTH:
            raise missing from error
    try:
        full = source.read(TileRef(tile.level, tile.index, WIDTH).to_path())
    except Unknown as error:
        raise missing from error
    unit = BUNDLED_BYTES if tile.level is None else HASH_BYTES
    return full[: unit * tile.width]


def _incomplete(error: Unknown) -> Unavailable:
    return Unavailable(f"{error}, though its checkpoint says that there is")


def _bounded(content: bytes, path: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise Malformed(f"{path}: longer than any file of a log")
    return content


def _parse_url(text: str) -> httpx2.URL:
    """Accept http and https URLs with a host; the text may hold credentials and is not repeated."""
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, TypeError) as error:
        raise Unavailable("the URL of the log cannot be read") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise Unavailable("the URL of the log is not http:// or https:// with a host")
    return url
