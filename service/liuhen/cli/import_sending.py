"""Sending what is imported: many records at once, those of one case in their order.

The idempotency key of a record is the SHA-256 of what is sent, so a second run adds nothing and a
run that was cut off is taken up by running it again. For that a link must come out the same in
every run: it is left out where the record it leads to was refused for good, and where no answer
came everything ends.
"""

import hashlib
import threading
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from liuhen.cli.import_reading import Row, Sendable
from liuhen.core.canonical import canonical
from liuhen.core.errors import AuditError, Malformed, Unavailable

if TYPE_CHECKING:
    from liuhen.client import Liuhen

IN_FLIGHT: Final = 32
"""Requests at once; the service puts what arrives together into one transaction."""

_AHEAD: Final = 16 * IN_FLIGHT
"""Rows that are read before the first of them is answered."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a row.

    Attributes:
        row: The row.
        record_id: Number of its record; None where it was refused.
        replayed: Whether the record was there already.
        error: Why it was refused.
    """

    row: Row
    record_id: str | None = None
    replayed: bool = False
    error: AuditError | None = None


class Sender:
    """Sends rows to one log."""

    def __init__(self, service: "Liuhen", log_name: str | None) -> None:
        """Join the parts.

        Args:
            service: Where to.
            log_name: Which of its logs; None is the default one.
        """
        self._service, self._log_name = service, log_name
        self._lanes = [ThreadPoolExecutor(1) for _ in range(IN_FLIGHT)]
        self._numbers: dict[str, _Number] = {}
        self._next_lane = 0
        self._away = threading.Event()

    def send(self, rows: Iterable[Row]) -> Iterator[Sent]:
        """Send all rows; tell in their order what became of each.

        Raises:
            Unavailable: The service does not answer; what was sent before is in the log.
            Malformed: The file cannot be read further; the same.
        """
        ahead: deque[Future[Sent]] = deque()
        faults: list[Malformed] = []
        try:
            for row in _until_fault(rows, faults):
                ahead.append(self._begin(row))
                while ahead and (ahead[0].done() or len(ahead) > _AHEAD):
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
            if faults:
                raise faults[0]
        finally:
            self._away.set()
            for lane in self._lanes:
                lane.shutdown(cancel_futures=True)

    def _begin(self, row: Row) -> "Future[Sent]":
        if row.content is None:
            done: Future[Sent] = Future()
            done.set_result(Sent(row, error=row.error))
            return done
        content, number = row.content, _Number()
        links = {name: self._numbers[name] for _, name in content.links if name in self._numbers}
        for name in content.names:
            self._numbers[name] = number
        return self._lane_of(content).submit(self._enter, row, content, links, number)

    def _lane_of(self, content: Sendable) -> ThreadPoolExecutor:
        """Choose by case: one lane sends one thing after another."""
        self._next_lane += 1
        chosen = self._next_lane if content.case is None else zlib.crc32(content.case.encode())
        return self._lanes[chosen % IN_FLIGHT]

    def _enter(
        self, row: Row, content: Sendable, links: "dict[str, _Number]", number: "_Number"
    ) -> Sent:
        try:
            if self._away.is_set():
                raise Unavailable("the import was ended before this row was sent")
            waited = {name: each.wait() for name, each in links.items()}
            known = {name: each for name, each in waited.items() if each is not None}
            body = canonical(content.submission(known))
            key = hashlib.sha256(body).hexdigest()
            entered = self._service.enter(body, idempotency_key=key, log_name=self._log_name)
        except Unavailable:
            self._away.set()
            raise
        except AuditError as error:
            return Sent(row, error=error)
        else:
            number.record_id = entered.record_id
            return Sent(row, entered.record_id, entered.replayed)
        finally:
            number.settle()


def _until_fault(rows: Iterable[Row], faults: list[Malformed]) -> Iterator[Row]:
    """Yield rows until one cannot be read; those before it are still to be sent."""
    try:
        yield from rows
    except Malformed as error:
        faults.append(error)


class _Number:
    """The number of a record that is on its way.

    Attributes:
        record_id: The number, as soon as there is one; None for good where it was refused.
    """

    __slots__ = ("_waiting", "record_id")

    def __init__(self) -> None:
        self.record_id: str | None = None
        self._waiting: threading.Event | None = threading.Event()

    def wait(self) -> str | None:
        """Return the number once it is settled; whoever is waited for was sent earlier."""
        waiting = self._waiting
        if waiting is not None:
            waiting.wait()
        return self.record_id

    def settle(self) -> None:
        """Wake those who wait, and keep no more than the number."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.set()
