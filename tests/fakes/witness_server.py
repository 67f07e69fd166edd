"""A witness on 127.0.0.1 that speaks add-checkpoint (c2sp.org/tlog-witness), honestly or not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from liuhen.core.errors import HistoryMismatch, Malformed, Unavailable
from liuhen.core.witness_request import AddCheckpoint
from liuhen.ports import OtherSize
from tests.fakes.witness import MemoryWitness


@dataclass
class Answer:
    """What goes over the wire."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ServedWitness:
    """A running witness.

    Attributes:
        url: Its submission prefix.
        witness: What it knows.
        bend: Makes another answer out of the honest one; may wait.
        paths: The paths that were asked for.
    """

    url: str
    witness: MemoryWitness
    bend: Callable[[Answer], Answer] = lambda answer: answer
    paths: list[str] = field(default_factory=list)


@contextmanager
def witness_server(witness: MemoryWitness) -> Iterator[ServedWitness]:
    """Serve until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            served.paths.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = served.bend(reply(witness, body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # whoever asked has gone
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = ServedWitness(f"http://127.0.0.1:{server.server_port}/w", witness)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def reply(witness: MemoryWitness, body: bytes) -> Answer:
    """Answer one request as the specification says."""
    try:
        request = AddCheckpoint.parse(body.decode())
        answer = witness.add_checkpoint(request)
    except HistoryMismatch:
        return Answer(422)
    except (Malformed, Unavailable):
        return Answer(400)
    if isinstance(answer, OtherSize):
        return Answer(409, f"{answer.size}\n".encode(), {"content-type": "text/x.tlog.size"})
    return Answer(200, "".join(line.to_text() for line in answer).encode())
