"""Sending what is imported: many records in a request, those of one case in their order.

The idempotency key of a record is the SHA-256 of what is sent, so a second run adds nothing and a
run that was cut off is taken up by running it again. For that a link must come out the same in
every run: it is left out where the record it leads to was refused for good, and where no answer
came everything ends.

A record waits for the numbers of those it links to, and for those of its case that are on their
way; what waits for nobody goes together, in the order of the file.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from liuhen.cli.import_reading import Row
from liuhen.core.canonical import canonical
from liuhen.core.errors import AuditError, Malformed

if TYPE_CHECKING:
    from liuhen.client import Liuhen
    from liuhen.client.bulk import Entered

IN_FLIGHT: Final = 2
"""Requests at once: one that is written, and the next, so that there is no pause."""

TOGETHER: Final = 512
"""Records in one request."""

_AHEAD: Final = 4 * TOGETHER
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


_Flight = Future["list[Entered | AuditError]"]


class Sender:
    """Sends rows to one log."""

    def __init__(self, service: "Liuhen", log_name: str | None) -> None:
        """Join the parts.

        Args:
            service: Where to.
            log_name: Which of its logs; None is the default one.
        """
        self._service, self._log_name = service, log_name
        self._numbers: dict[str, _Number] = {}
        self._untold: deque[_Item] = deque()
        self._unsent: list[_Item] = []
        self._flying: dict[_Flight, list[_Item]] = {}

    def send(self, rows: Iterable[Row]) -> Iterator[Sent]:
        """Send all rows; tell in their order what became of each.

        Raises:
            Unavailable: The service does not answer; what was sent before is in the log.
            Malformed: The file cannot be read further; the same.
            AuditError: The service takes none of it; the error says why.
        """
        faults: list[AuditError] = []
        source = _until_fault(rows, faults)
        is_more = True
        with ThreadPoolExecutor(IN_FLIGHT) as lanes:
            while is_more or self._untold:
                room = min(TOGETHER, _AHEAD - len(self._untold))
                read = [self._take(row) for row in islice(source, room)]
                is_more = is_more and len(read) == room
                is_waiting = not is_more or len(self._untold) >= _AHEAD
                self._launch(lanes, at_once=is_waiting)
                trouble = self._land(patiently=is_waiting)
                yield from self._tell()
                if trouble is not None:
                    wait(self._flying)
                    self._land(patiently=False)
                    yield from self._tell()
                    raise trouble
        if faults:
            raise faults[0]

    def _take(self, row: Row) -> "_Item":
        """Note a row, and what it waits for."""
        item = _Item(row)
        self._untold.append(item)
        if row.content is None:
            item.sent = Sent(row, error=row.error)
            return item
        links = row.content.links
        item.links = {name: self._numbers[name] for _, name in links if name in self._numbers}
        for name in row.content.names:
            self._numbers[name] = item.number
        self._unsent.append(item)
        return item

    def _launch(self, lanes: ThreadPoolExecutor, *, at_once: bool) -> None:
        """Send what waits for nobody; unless it has to be at once, only together with enough."""
        while self._unsent and len(self._flying) < IN_FLIGHT:
            ready = self._ready()
            if not ready or (len(ready) < TOGETHER and not at_once):
                return
            chosen = set(map(id, ready))
            self._unsent = [item for item in self._unsent if id(item) not in chosen]
            bodies = [item.body() for item in ready]
            flight = lanes.submit(self._service.enter_many, bodies, log_name=self._log_name)
            self._flying[flight] = ready

    def _ready(self) -> "list[_Item]":
        """Return the next items, each after those of its case and after those it links to."""
        busy = {item.case for items in self._flying.values() for item in items} - {None}
        ready: list[_Item] = []
        for item in self._unsent:
            if item.case in busy:
                continue
            if all(number.is_settled for number in item.links.values()):
                ready.append(item)
                if len(ready) == TOGETHER:
                    break
            elif item.case is not None:
                busy.add(item.case)
        return ready

    def _land(self, *, patiently: bool) -> AuditError | None:
        """Take the answers that are there, or wait for one; return why there is none."""
        if patiently:
            wait(self._flying, return_when=FIRST_COMPLETED)
        trouble = None
        for flight in [flight for flight in self._flying if flight.done()]:
            items = self._flying.pop(flight)
            try:
                outcomes = flight.result()
            except AuditError as error:
                trouble = error
                continue
            for item, outcome in zip(items, outcomes, strict=True):
                item.settle(outcome)
        return trouble

    def _tell(self) -> Iterator[Sent]:
        while self._untold and (sent := self._untold[0].sent) is not None:
            self._untold.popleft()
            yield sent


def _until_fault(rows: Iterable[Row], faults: list[AuditError]) -> Iterator[Row]:
    """Yield rows until one cannot be read; those before it are still to be sent."""
    try:
        yield from rows
    except Malformed as error:
        faults.append(error)


class _Number:
    """The number of a record, once it is known; None for good where the record was refused."""

    __slots__ = ("is_settled", "record_id")

    def __init__(self) -> None:
        self.is_settled = False
        self.record_id: str | None = None


@dataclass(eq=False, slots=True)
class _Item:
    """A row on its way.

    Attributes:
        row: The row.
        number: Its number.
        links: Numbers that it waits for, by what the row calls them.
        sent: What became of it.
    """

    row: Row
    number: _Number = field(default_factory=_Number)
    links: dict[str, _Number] = field(default_factory=dict)
    sent: Sent | None = None

    @property
    def case(self) -> str | None:
        """Its case, which keeps it in order."""
        return None if self.row.content is None else self.row.content.case

    def body(self) -> bytes:
        """Return what is sent, with the links that lead somewhere."""
        content, links = self.row.content, self.links
        assert content is not None
        known = {name: each.record_id for name, each in links.items()}
        return canonical(
            content.submission({name: each for name, each in known.items() if each is not None})
        )

    def settle(self, outcome: "Entered | AuditError") -> None:
        """Note what became of it."""
        self.number.is_settled = True
        if isinstance(outcome, AuditError):
            self.sent = Sent(self.row, error=outcome)
            return
        self.number.record_id = outcome.record_id
        self.sent = Sent(self.row, outcome.record_id, outcome.replayed)
