"""A load of HTTP requests from a process of its own: so many connections, each waiting its turn.

    python load.py PORT PATH CONNECTIONS REQUESTS [PER_SECOND]

Prints {"seconds", "latency_ms": [p50, p99], "failed"} as JSON. With PER_SECOND requests begin at
fixed instants whether or not earlier ones are answered, and latency counts from that instant, so a
server that stalls cannot hide it.
"""

import asyncio
import json
import secrets
import sys
import time
from collections import deque
from statistics import quantiles

FIELDS = 17
"""Beside the three that the type asks for."""


def request(path: str, number: int) -> bytes:
    """Make a request whose record of 20 fields is different each time."""
    data = {f"field_{i:02d}": f"{secrets.token_hex(6)} 评分" for i in range(FIELDS)}
    case = f"BENCH-{number % 50}"
    data |= {"step": "开标", "supervisor": "派驻纪检组", "result": "未发现异常"}
    record = {"type": "site_supervision", "case": case, "data": data}
    body = json.dumps(record, ensure_ascii=False).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection that sends a request, waits for its answer, and takes the next."""

    def __init__(self, load: "Load") -> None:
        self.load, self.buffer, self.missing, self.started = load, b"", 0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join those that wait for work."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.load.idle.append(self)

    def send(self, started: float, content: bytes) -> None:
        """Send one request."""
        self.started, self.buffer, self.missing = started, b"", 0
        self.transport.write(content)

    def data_received(self, data: bytes) -> None:
        """Collect an answer by its Content-Length."""
        self.buffer += data
        if not self.missing:
            head, found, _ = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            )
            self.missing = len(head) + 4 + length
        if len(self.buffer) >= self.missing:
            ok = self.buffer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201"))
            self.load.answered(self, ok=ok)


class Load:
    """All connections of one run."""

    def __init__(self, requests: list[bytes], per_second: float | None) -> None:
        self.waiting = deque(requests)
        self.total, self.per_second = len(requests), per_second
        self.idle: deque[Connection] = deque()
        self.due: deque[float] = deque()
        self.latencies: list[float] = []
        self.failed = 0
        self.done = asyncio.Event()

    def answered(self, connection: Connection, *, ok: bool) -> None:
        """Count an answer and give the connection more work."""
        self.latencies.append(time.perf_counter() - connection.started)
        self.failed += not ok
        self.idle.append(connection)
        if len(self.latencies) == self.total:
            self.done.set()
        elif self.per_second is None:
            self.send_next(time.perf_counter())
        elif self.due:
            self.send_next(self.due.popleft())

    def send_next(self, started: float) -> None:
        """Send the next request on an idle connection; without one it waits."""
        if not self.waiting:
            return
        if not self.idle:
            self.due.append(started)
            return
        self.idle.popleft().send(started, self.waiting.popleft())

    async def run(self) -> float:
        """Send everything; return the seconds it took."""
        begin = time.perf_counter()
        if self.per_second is None:
            for _ in range(len(self.idle)):
                self.send_next(time.perf_counter())
        else:
            for number in range(self.total):
                instant = begin + number / self.per_second
                if (pause := instant - time.perf_counter()) > 0:
                    await asyncio.sleep(pause)
                self.send_next(instant)
        await self.done.wait()
        return time.perf_counter() - begin


async def main(port: int, path: str, connections: int, count: int, rate: float | None) -> None:
    """Run one load and print what was measured."""
    load = Load([request(path, number) for number in range(count)], rate)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port)
    seconds = await load.run()
    cuts = quantiles(load.latencies, n=100)
    milliseconds = [round(1000 * cuts[49], 3), round(1000 * cuts[98], 3)]
    print(json.dumps({"seconds": seconds, "latency_ms": milliseconds, "failed": load.failed}))


if __name__ == "__main__":
    port, path, connections, count, *rest = sys.argv[1:]
    rate = float(rest[0]) if rest else None
    asyncio.run(main(int(port), path, int(connections), int(count), rate))
