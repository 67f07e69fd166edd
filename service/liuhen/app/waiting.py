"""The queue in front of the writer, and the ways back from it.

Bounded in records and in bytes: a caller who would have to wait too long is told so at once,
while there is still time to try again.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from liuhen.app.grouping import AppendRequest, Replayed
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.merkle import TreeHead


class Appended(NamedTuple):
    """A record that is in the log for good.

    Attributes:
        record_id: Its number.
        entry_index: Its place.
        receipt: Its receipt file; empty where nobody asked for one.
    """

    record_id: str
    entry_index: int
    receipt: str


Outcome = Appended | Replayed | AuditError
"""What became of one request."""


class Sink(Protocol):
    """A way back to callers: gets the outcomes of a whole group at once."""

    def deliver(self, outcomes: Sequence[tuple[Any, Outcome]]) -> None:
        """Hand each ticket its outcome; called by the writer's thread, must not block or fail."""
        ...


class ThreadSink:
    """For callers who wait in a thread; tickets are futures."""

    def deliver(self, outcomes: Sequence[tuple[Any, Outcome]]) -> None:
        """Resolve the futures."""
        for ticket, outcome in outcomes:
            resolve(ticket, outcome)


class LoopSink:
    """For callers in an event loop: one wake-up for a whole group; tickets are its futures."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop

    def deliver(self, outcomes: Sequence[tuple[Any, Outcome]]) -> None:
        """Resolve the futures in the loop's own thread."""
        try:
            self.loop.call_soon_threadsafe(_resolve_in_loop, outcomes)
        except RuntimeError:
            # The loop is closed: nobody waits any more, and the records are durable.
            return


def resolve(ticket: "Future[Any]", outcome: object) -> None:
    """Resolve the future of a thread, unless its holder has gone away."""
    if not ticket.set_running_or_notify_cancel():
        return
    if isinstance(outcome, AuditError):
        ticket.set_exception(outcome)
    else:
        ticket.set_result(outcome)


def _resolve_in_loop(outcomes: Sequence[tuple[Any, Outcome]]) -> None:
    for ticket, outcome in outcomes:
        if ticket.done():  # the caller went away
            continue
        if isinstance(outcome, AuditError):
            ticket.set_exception(outcome)
        else:
            ticket.set_result(outcome)


class Series:
    """Records that keep their order also where writing fails: after one, none is stored.

    Attributes:
        is_broken: Whether one could not be written, or nobody knows whether it was.
    """

    __slots__ = ("is_broken",)

    def __init__(self) -> None:
        """Begin whole."""
        self.is_broken = False


class Waiting(NamedTuple):
    """One request in the queue."""

    request: AppendRequest
    sink: Sink
    ticket: Any
    series: Series | None = None


@dataclass(slots=True)
class Batch:
    """What the writer takes at once.

    Attributes:
        waiting: Requests, in the order in which they came.
        map_heads: Futures of those who want the log to end in a map head.
    """

    waiting: list[Waiting] = field(default_factory=list)
    map_heads: list["Future[TreeHead]"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How much may wait, and how much one group takes.

    Attributes:
        waiting_records: Records in the queue.
        waiting_bytes: Bytes of submissions in the queue.
        group_records: Records in one group. A group costs one signature whatever is in it, so a
            slow signer is met by larger groups; the time for a record in it stays the same.
        group_bytes: Bytes of submissions in one group; one larger record goes alone.
        busy_records: A group of so many shows that the service is busy, and the next one waits
            a little to become large: a group costs a millisecond whatever is in it.
        busy_seconds: How long that is.
    """

    waiting_records: int = 4096
    waiting_bytes: int = 256 * 2**20
    group_records: int = 1024
    group_bytes: int = 16 * 2**20
    busy_records: int = 8
    busy_seconds: float = 0.0005


class WaitingRoom:
    """The queue."""

    def __init__(self, limits: QueueLimits) -> None:
        self._limits = limits
        self._changed = threading.Condition(threading.Lock())
        self._waiting: deque[Waiting] = deque()
        self._map_heads: list[Future[TreeHead]] = []
        self._bytes = 0
        self._busy = False
        self._closed = False

    def put(self, *waiting: Waiting) -> None:
        """Join the queue, all or none.

        Raises:
            Unavailable: The queue is full, or the service is stopping.
        """
        size = sum(each.request.body_bytes for each in waiting)
        with self._changed:
            self._check_open()
            full = len(self._waiting) + len(waiting) > self._limits.waiting_records
            if self._waiting and (full or self._bytes + size > self._limits.waiting_bytes):
                raise Unavailable(
                    f"too much is waiting to be written ({len(self._waiting)} records,"
                    f" {self._bytes} bytes); nothing was stored, try again shortly"
                )
            self._waiting += waiting
            self._bytes += size
            self._changed.notify()

    def ask_for_map_head(self, ticket: "Future[TreeHead]") -> None:
        """Ask that the log end in a map head.

        Raises:
            Unavailable: The service is stopping.
        """
        with self._changed:
            self._check_open()
            self._map_heads.append(ticket)
            self._changed.notify()

    def take(self, patience_seconds: float | None = None) -> Batch | None:
        """Wait for the next batch.

        Args:
            patience_seconds: How long to wait before giving an empty batch; None for ever.

        Returns:
            The batch; None when the queue is closed and empty.
        """
        if self._busy and not self._closed:
            # Not by the condition: every newcomer would wake the writer for nothing.
            time.sleep(self._limits.busy_seconds)
        with self._changed:
            self._changed.wait_for(self._has_work, patience_seconds)
            if self._closed and not (self._waiting or self._map_heads):
                return None
            batch = Batch(self._take_group())
            self._busy = len(batch.waiting) >= self._limits.busy_records
            if not self._waiting:  # a map head is worth more after what came before it
                batch.map_heads, self._map_heads = self._map_heads, []
            return batch

    def close(self) -> None:
        """Let nobody in any more; what waits is still taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _has_work(self) -> bool:
        return bool(self._waiting or self._map_heads or self._closed)

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("the service is stopping; nothing was stored")

    def _take_group(self) -> list[Waiting]:
        group: list[Waiting] = []
        room = self._limits.group_bytes
        while self._waiting and len(group) < self._limits.group_records:
            size = self._waiting[0].request.body_bytes
            if group and size > room:
                break
            group.append(self._waiting.popleft())
            room -= size
            self._bytes -= size
        return group
