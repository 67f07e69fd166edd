"""A signing service on 127.0.0.1, honest until it is told to lie. The signing is eth_account's."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data

SECRET = bytes.fromhex("4c" * 32)


class SigningService:
    """Knobs, all off at first:

    bend_tx       changes the tx before it is signed
    bend_typed    changes the typed data before it is signed
    bend_result   changes the result
    bend_answer   changes the whole body of the answer
    secret        another key signs
    wrapped       a signed tx comes as {"raw": …}, as geth and Clef give it
    status        of HTTP
    released      calls wait until it is set
    drip_seconds  the answer is a header without end, a byte after each time
    """

    def __init__(self) -> None:
        self.secret, self.wrapped, self.status = SECRET, False, 200
        self.bend_tx: Callable[[dict[str, Any]], Any] = lambda tx: tx
        self.bend_typed: Callable[[dict[str, Any]], Any] = lambda typed: typed
        self.bend_result: Callable[[Any], Any] = lambda result: result
        self.bend_answer: Callable[[bytes], bytes] = lambda body: body
        self.released = threading.Event()
        self.released.set()
        self.drip_seconds = 0.0
        self.asked: list[dict[str, Any]] = []
        self.credentials: list[str] = []
        self.url = ""

    @property
    def address(self) -> bytes:
        return bytes.fromhex(Account.from_key(SECRET).address[2:])

    def answer(self, body: bytes) -> bytes:
        """Answer one request."""
        request = json.loads(body)
        self.asked.append(request)
        self.released.wait(20)
        result = self.bend_result(self.result(request["method"], request["params"]))
        answer = {"jsonrpc": "2.0", "id": request["id"], "result": result}
        return self.bend_answer(json.dumps(answer).encode())

    def result(self, method: str, params: list[Any]) -> Any:
        if method in ("eth_signTransaction", "account_signTransaction"):
            raw = "0x" + self.signed(params[0]).hex()
            return {"raw": raw, "tx": {}} if self.wrapped else raw
        assert method.startswith("eth_signTypedData")
        assert params[0] == "0x" + self.address.hex()
        typed = json.loads(params[1]) if isinstance(params[1], str) else params[1]
        message = encode_typed_data(full_message=self.bend_typed(typed))
        return "0x" + Account.sign_message(message, self.secret).signature.hex()

    def signed(self, asked: dict[str, Any]) -> bytes:
        assert asked["from"] == "0x" + self.address.hex()
        tx = {name: value for name, value in asked.items() if name != "from"}
        numbers = ("gas", "nonce", "maxFeePerGas", "maxPriorityFeePerGas", "chainId", "value")
        for name in numbers:
            tx[name] = int(tx[name], 16)
        for name in ("to", "data"):
            tx[name] = bytes.fromhex(tx[name][2:])
        bent = self.bend_tx({"type": 2, "accessList": [], **tx})
        return bytes(Account.sign_transaction(bent, self.secret).raw_transaction)


@contextmanager
def signing_service(context: ssl.SSLContext | None = None) -> Iterator[SigningService]:
    """Serve until the block is left."""
    service = SigningService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            service.credentials.append(self.headers.get("authorization", ""))
            body = service.answer(self.rfile.read(int(self.headers["content-length"])))
            if service.drip_seconds:
                self.drip()
                return
            self.send_response(service.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def drip(self) -> None:
            """Send a byte of a header now and then, so that no single step takes long."""
            try:
                self.wfile.write(b"HTTP/1.0 200 OK\r\nx: ")
                for _ in range(200):
                    self.wfile.write(b"a")
                    time.sleep(service.drip_seconds)
            except OSError:
                return

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: a caller that is no longer waiting has closed the connection."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        scheme = "http" if context is None else "https"
        service.url = f"{scheme}://127.0.0.1:{server.server_port}/"
        try:
            yield service
        finally:
            service.released.set()
            server.shutdown()
            thread.join()
