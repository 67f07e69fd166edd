"""A second process for the long part of appending, for times when many callers wait.

Hashing a record's fields takes longer than all the rest of appending it, and one interpreter does
one thing at a time. So while callers queue, bodies go in batches over a socket pair to a process
of our own, which answers with prepared records; what waits meanwhile makes the next batch.

It is a help and nothing depends on it: not started yet, fallen over, or unwilling (it answers
nothing for a body that is refused), the caller prepares the record himself and sees the reason.
The process ends with the socket, however its parent ends.
"""

import asyncio
import gc
import pickle
import signal
import socket
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from itertools import chain
from typing import Any, BinaryIO, Final, NamedTuple

import structlog

from liuhen.app.append import Body, prepare_request
from liuhen.app.digest_key import DigestKey
from liuhen.app.grouping import AppendRequest
from liuhen.core.errors import AuditError
from liuhen.core.strict_json import Limits
from liuhen.ports import Clock

BATCH: Final = 16
"""Bodies sent at once: few enough that the first are appended while the last are prepared."""

MOST_BATCHES: Final = 2
"""Batches on their way: one that is worked on, and the next, so that there is no pause."""

RESTART_SECONDS: Final = 5.0
"""At the soonest so long after a start, a process that has fallen over is started again."""

_LENGTH: Final = struct.Struct(">I")
_PROGRAM: Final = "from liuhen.adapters.prepare_process import main; main()"


_Caller = tuple[Body, "asyncio.Future[AppendRequest | None]"]


class Task(NamedTuple):
    """What the process needs to know once.

    Attributes:
        origin: The log's name.
        digest_key: The key of keyed digests; it goes over the socket, never over a command line.
        limits: What one record may cost.
        clock: Gives record numbers their time.
    """

    origin: str
    digest_key: DigestKey
    limits: Limits
    clock: Clock


class PrepareProcess:
    """Prepares records in another process. For the first event loop that asks, and ends with it.

    Attributes:
        pid: Of the process, once it is ready.
    """

    def __init__(self, task: Task) -> None:
        """Prepare to start; the process starts with the first request."""
        self._task = task
        self._waiting: list[_Caller] = []
        self._sent: deque[list[_Caller]] = deque()
        self._more = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self.pid: int | None = None

    async def prepare(self, bodies: Sequence[Body]) -> list[AppendRequest | None]:
        """Return prepared records, and None for each that the caller must prepare himself."""
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        if self._loop is not loop:
            return [None] * len(bodies)
        if (self._runner is None or self._runner.done()) and loop.time() >= self._not_before:
            self._not_before = loop.time() + RESTART_SECONDS
            self._runner = loop.create_task(self._run())
        if self.pid is None:
            return [None] * len(bodies)
        callers: list[_Caller] = [(body, loop.create_future()) for body in bodies]
        self._waiting += callers
        self._more.set()
        return [await answer for _, answer in callers]

    async def stop(self) -> None:
        """End the process; whoever waits prepares his record himself."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.wait([self._runner])

    async def _run(self) -> None:
        """Start the process and feed it until it ends or the loop does."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        command = [sys.executable, "-c", _PROGRAM]
        process = subprocess.Popen(  # noqa: ASYNC220, S603 -- once, for milliseconds; our program
            command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL
        )
        theirs.close()
        try:
            _send(writer, self._task)
            async with asyncio.TaskGroup() as both:  # where one fails, the other must not go on
                both.create_task(self._feed(writer))
                both.create_task(self._hand_out(reader, process.pid))
        except* (OSError, asyncio.IncompleteReadError) as errors:
            structlog.get_logger("liuhen.prepare").warning(
                "prepare_process_ended", why=[type(error).__name__ for error in errors.exceptions]
            )
        finally:
            self.pid = None
            writer.close()
            self._give_back()
            process.terminate()
            process.wait()

    async def _feed(self, writer: asyncio.StreamWriter) -> None:
        """Send what waits, in batches small enough that the writer works beside the process."""
        while True:
            await self._more.wait()
            while self._waiting and len(self._sent) < MOST_BATCHES:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                self._sent.append(batch)
                _send(writer, [body for body, _ in batch])
            self._more.clear()

    async def _hand_out(self, reader: asyncio.StreamReader, pid: int) -> None:
        """Give every caller his answer, once the process has said that it is ready."""
        await _receive(reader)
        self.pid = pid
        while True:
            answers = await _receive(reader)
            for (_, future), answer in zip(self._sent.popleft(), answers, strict=True):
                if not future.done():
                    future.set_result(answer)
            self._more.set()

    def _give_back(self) -> None:
        waiting = [*chain.from_iterable(self._sent), *self._waiting]
        self._sent.clear()
        self._waiting.clear()
        for _, future in waiting:
            if not future.done():
                future.set_result(None)


def _send(writer: asyncio.StreamWriter, message: object) -> None:
    writer.write(_frame(message))


async def _receive(reader: asyncio.StreamReader) -> "list[AppendRequest | None]":
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    answers: list[AppendRequest | None] = pickle.loads(  # noqa: S301 -- our own process
        await reader.readexactly(length)
    )
    return answers


def _frame(message: object) -> bytes:
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(content)) + content


# The process


def main() -> None:
    """Prepare what comes over standard input's socket until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who closes the socket
    with socket.socket(fileno=0) as connection, connection.makefile("rb") as stream:
        task: Task = _read(stream)
        _calm_collector()
        connection.sendall(_frame([]))
        while True:
            try:
                bodies: list[Body] = _read(stream)
            except EOFError:
                return
            connection.sendall(_frame([_prepare(body, task) for body in bodies]))


def _prepare(body: Body, task: Task) -> AppendRequest | None:
    try:
        return prepare_request(
            body,
            origin=task.origin,
            digest_key=task.digest_key,
            clock=task.clock,
            limits=task.limits,
        )
    except AuditError:
        return None  # the parent finds the reason again, and has somebody to tell it to


def _calm_collector() -> None:
    """As the server does it: a record's many short-lived objects are a fifth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)


def _read(stream: BinaryIO) -> Any:  # noqa: ANN401 -- whatever the parent sent
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    return pickle.loads(stream.read(length))  # noqa: S301 -- our own parent
