"""A proxy between the service and a node that misbehaves as networks, balancers and nodes do.

    with fault_proxy(chain.url) as proxy:
        proxy.misbehave(Fault.DROP_REPLY, "eth_sendRawTransaction")          # the next one
        proxy.misbehave(Fault.HANG, times=None)                              # all, until `behave`
        proxy.misbehave_at_random(random.Random(7), 0.05)                    # each with p = 0.05

`asked` counts what came in, `forwarded` what a node was given, `faults` what was done wrong; the
first two by method.
"""

import http.client
import json
import random
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

LATEST = frozenset(
    {"eth_getBlockByNumber", "eth_call", "eth_getCode", "eth_getTransactionCount", "eth_getBalance"}
)


class Fault(Enum):
    """What may go wrong with one request."""

    DROP_REPLY = auto()
    """The node does what it is asked; the connection is cut before the answer."""

    DROP = auto()
    """The connection is cut, and the node never hears of it."""

    DELAY = auto()
    """The answer comes after `delay_seconds`."""

    HANG = auto()
    """Nothing comes at all, until the proxy is closed or behaves again."""

    DRIP = auto()
    """The answer comes byte by byte, one each `drip_seconds`, from its first line on."""

    TOO_MANY = auto()
    """Status 429."""

    BAD_GATEWAY = auto()
    """Status 502, with a page."""

    HTML = auto()
    """A page, with status 200."""

    CUT = auto()
    """Half of the JSON, with status 200."""

    WRONG_ID = auto()
    """The right answer to another request."""

    REFUSE = auto()
    """An error of JSON-RPC."""

    NO_RECEIPT = auto()
    """Null for a tx receipt."""

    STALE = auto()
    """The answer of a node that is `behind` blocks behind."""

    OTHER_NODE = auto()
    """The answer of the node at `other`."""


PAGES = {Fault.TOO_MANY: 429, Fault.BAD_GATEWAY: 502, Fault.HTML: 200}
PASSING = tuple(fault for fault in Fault if fault not in (Fault.HANG, Fault.DRIP, Fault.OTHER_NODE))
"""Faults that cost no more than `delay_seconds` and need nothing else set up."""


@dataclass(slots=True)
class Order:
    """Do something wrong with the next requests of a method, or of any."""

    fault: Fault
    method: str | None
    left: int | None
    every: int
    seen: int = 0

    def applies(self, method: str) -> bool:
        """Count a request, and tell whether it is one to treat badly."""
        if self.method not in (None, method) or self.left == 0:
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class FaultProxy:
    """Stands between a service and a node; see the module. Its methods are for any thread.

    Attributes:
        url: Where the service finds it.
        upstream: URL of the node; may be changed.
        other: URL of the node behind `Fault.OTHER_NODE`.
        behind: Blocks by which `Fault.STALE` lags.
        delay_seconds: How late answers are with `Fault.DELAY`.
        drip_seconds: Between two bytes with `Fault.DRIP`.
        asked: Requests that came in, by method.
        forwarded: Requests that a node was given, by method.
        faults: What was done wrong.
        hung: Set when a request hangs.
    """

    def __init__(self, upstream: str, other: str = "") -> None:
        self.upstream, self.other = upstream, other
        self.behind, self.delay_seconds, self.drip_seconds = 3, 0.05, 0.05
        self.asked: Counter[str] = Counter()
        self.forwarded: Counter[str] = Counter()
        self.faults: Counter[Fault] = Counter()
        self.hung = threading.Event()
        self._lock, self._released = threading.Lock(), threading.Event()
        self._orders: list[Order] = []
        self._random: tuple[random.Random, float, Sequence[Fault], Collection[str]] | None = None
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def misbehave(
        self, fault: Fault, method: str | None = None, *, times: int | None = 1, every: int = 1
    ) -> None:
        """Do something wrong with the next requests.

        Args:
            fault: What.
            method: With those of this method; None for any.
            times: So often; None for always.
            every: With each so-manieth only.
        """
        with self._lock:
            self._orders.append(Order(fault, method, times, every))

    def misbehave_at_random(
        self,
        source: random.Random,
        probability: float,
        faults: Sequence[Fault] = PASSING,
        methods: Collection[str] = (),
    ) -> None:
        """Do something wrong with each request, with a probability, besides what is ordered.

        Args:
            source: Decides.
            probability: For each request; a step of an anchorer takes some ten of them.
            faults: One of these.
            methods: With those of these methods; none for any.
        """
        with self._lock:
            self._random = (source, probability, faults, methods)

    def behave(self) -> None:
        """Do nothing wrong any more, and let go what hangs."""
        with self._lock:
            self._orders, self._random = [], None
            self._released.set()
            self._released = threading.Event()
            self.hung.clear()

    def close(self) -> None:
        """End it; requests that hang are cut."""
        self.behave()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def choose(self, method: str) -> tuple[Fault | None, threading.Event]:
        """Say what to do with a request, and what lets it go should it hang."""
        with self._lock:
            self.asked[method] += 1
            fault = next((o.fault for o in self._orders if o.applies(method)), None)
            if fault is None and self._random is not None:
                source, probability, faults, methods = self._random
                chosen = (not methods or method in methods) and source.random() < probability
                fault = source.choice(faults) if chosen else None
            if fault is not None:
                self.faults[fault] += 1
            return fault, self._released

    def answer(self, asked: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        """Ask a node; with some faults another one, or something else."""
        if fault is Fault.REFUSE:
            error = {"code": -32000, "message": "the proxy refuses"}
            return {"jsonrpc": "2.0", "id": asked["id"], "error": error}
        if fault is Fault.STALE:
            return self._stale(asked)
        told = self._forward(asked, self.other if fault is Fault.OTHER_NODE else self.upstream)
        if fault is Fault.WRONG_ID:
            told["id"] = asked["id"] + 1
        if fault is Fault.NO_RECEIPT and asked["method"] == "eth_getTransactionReceipt":
            told["result"] = None
        return told

    def _stale(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer as a node would that has not seen the newest blocks."""
        question = {"jsonrpc": "2.0", "id": 0, "method": "eth_blockNumber", "params": []}
        seen = max(0, int(self._forward(question, self.upstream)["result"], 16) - self.behind)
        method, params = asked["method"], list(asked["params"])
        if method in LATEST:
            params = [hex(seen) if each == "latest" else each for each in params]
        told = self._forward({**asked, "params": params}, self.upstream)
        result = told.get("result")
        if method == "eth_blockNumber":
            told["result"] = hex(seen)
        elif isinstance(result, dict):
            number = result.get("number", result.get("blockNumber"))
            if number is not None and int(number, 16) > seen:
                told["result"] = None
        return told

    def _forward(self, asked: dict[str, Any], url: str) -> dict[str, Any]:
        with self._lock:
            self.forwarded[asked["method"]] += 1
        node = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        try:
            headers = {"Content-Type": "application/json"}
            node.request("POST", "/", json.dumps(asked), headers)
            told: dict[str, Any] = json.loads(node.getresponse().read())
        finally:
            node.close()
        return told


class _Server(ThreadingHTTPServer):
    """Does not wait for requests that hang, nor speak of clients that have gone."""

    daemon_threads = True

    def __init__(self, proxy: FaultProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing on stderr."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        fault, released = self.server.proxy.choose(asked["method"])
        if fault is Fault.HANG:
            self.server.proxy.hung.set()
            released.wait()
        if fault in (Fault.HANG, Fault.DROP):
            self.close_connection = True
        elif fault in PAGES:
            self._say(PAGES[fault], b"<html><title>Sorry</title></html>")
        else:
            self._answer(asked, fault, released)

    def _answer(
        self, asked: dict[str, Any], fault: Fault | None, released: threading.Event
    ) -> None:
        try:
            body = json.dumps(self.server.proxy.answer(asked, fault)).encode()
        except OSError:
            self._say(502, b"the node is not there")
            return
        if fault is Fault.DELAY:
            released.wait(self.server.proxy.delay_seconds)
        if fault is Fault.DROP_REPLY:
            self.close_connection = True
        elif fault is Fault.DRIP:
            self._drip(body, released)
        else:
            self._say(200, body[: len(body) // 2] if fault is Fault.CUT else body)

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, body: bytes, released: threading.Event) -> None:
        self.close_connection = True
        head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body)
        with suppress(OSError):
            for byte in head + body:
                self.wfile.write(bytes([byte]))
                if released.wait(self.server.proxy.drip_seconds):
                    return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its base's name
        """Say nothing on stderr."""


@contextmanager
def fault_proxy(upstream: str, other: str = "") -> Iterator[FaultProxy]:
    """Run a proxy to a node until the block is left."""
    proxy = FaultProxy(upstream, other)
    try:
        yield proxy
    finally:
        proxy.close()
