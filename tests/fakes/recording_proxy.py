"""A TCP proxy that keeps every byte that goes to the service, and can swallow the answers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class RecordingProxy:
    """Stands between a client and a service.

    Attributes:
        url: Where clients find it.
        sent: All bytes that clients have sent, in order of arrival.
        answered: Set when the service has answered while answers were being swallowed.
    """

    def __init__(self, upstream: str) -> None:
        self.sent, self._mark, self._swallows = bytearray(), b"", False
        self.answered = threading.Event()
        self._upstream = int(upstream.rpartition(":")[2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow_after(self, mark: bytes | None) -> None:
        """Keep answers from clients once one sends this; None lets all through again."""
        self._mark, self._swallows = mark or b"", False

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            service = socket.create_connection(("127.0.0.1", self._upstream))
            for source, sink in ((client, service), (service, client)):
                arguments = (source, sink, source is client)
                threading.Thread(target=self._carry, args=arguments, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, from_client: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if from_client:
                    self.sent += piece
                    self._swallows |= bool(self._mark) and self._mark in piece
                elif self._swallows:
                    self.answered.set()
                    continue
                sink.sendall(piece)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def recording_proxy(upstream: str) -> Iterator[RecordingProxy]:
    proxy = RecordingProxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()
