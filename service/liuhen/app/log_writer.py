"""The single writer of a log: group commit in the order of evidence §7.

    database durable → register durable → signature → answers

One thread takes what has queued up and appends it in one database session, so that one fsync
serves many callers. Nobody is answered before the head that holds his record is signed. When any
step fails, the callers of that group are told that the outcome is unknown, and what is in memory
is thrown away: the next group begins by reading the database and comparing it with the register,
as a new process would.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from liuhen.app.case_rules import CaseRules
from liuhen.app.grouping import Admitted, AppendRequest, Grouping, Replayed
from liuhen.app.log_state import LogState, load_state
from liuhen.app.resume import continue_from
from liuhen.app.seal import HeadSealer, Published
from liuhen.app.waiting import (
    Appended,
    Batch,
    Outcome,
    QueueLimits,
    Series,
    Sink,
    Waiting,
    WaitingRoom,
    resolve,
)
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.log_entry import MAP_HEAD_INTERVAL
from liuhen.core.merkle import TreeHead
from liuhen.core.receipt import receipt_text
from liuhen.core.record import AfterBlock
from liuhen.ports import Appending, Clock, LogStore

CLOCK_TOLERANCE = timedelta(seconds=1)
RETRY_SECONDS = 1.0
_UNKNOWN = (
    "the log cannot be written now; whether the record was stored is unknown:"
    " send it again with the same idempotency key"
)
_AFTER_UNKNOWN = (
    "nothing was stored: the log could not be written at a record before this one;"
    " send both again with the same idempotency keys"
)


class LogWriter:
    """Appends to one log. Thread-safe; `start` it after `recover` has succeeded once."""

    def __init__(
        self,
        origin: str,
        store: LogStore,
        sealer: HeadSealer,
        clock: Clock,
        rules: CaseRules,
        *,
        after_block: Callable[[], AfterBlock | None] = lambda: None,
        limits: QueueLimits | None = None,
        map_head_interval: int = MAP_HEAD_INTERVAL,
    ) -> None:
        """Join the parts; nothing is read yet.

        Args:
            origin: The log's name.
            store: The log in the database.
            sealer: Register and keys.
            clock: The time, believed only as far as it does not go back.
            rules: What the domain has to say.
            after_block: Returns the newest final block known.
            limits: How much may wait.
            map_head_interval: At the latest after so many entries a map head is appended.
        """
        self.origin, self._store, self._sealer = origin, store, sealer
        self._clock, self._after_block, self._rules = clock, after_block, rules
        self._limits = limits or QueueLimits()
        self._interval = map_head_interval
        self._room = WaitingRoom(self._limits)
        self._state: LogState | None = None
        self._published: Published | None = None
        self._clock_before: datetime | None = None
        self._refusal: AuditError | None = None
        self._thread = threading.Thread(target=self._run, name=f"writer of {origin}", daemon=True)
        self._logger = structlog.get_logger().bind(origin=origin)

    # For callers

    @property
    def published(self) -> Published:
        """The newest signed head.

        Raises:
            Unavailable: Nothing has been signed yet.
        """
        if self._published is None:
            raise Unavailable("the log has not signed anything yet")
        return self._published

    def check_ready(self) -> None:
        """Check that appending works, as far as is known.

        Raises:
            Unavailable: The writer is not running, or its last group failed.
        """
        if not self._thread.is_alive():
            raise Unavailable("the writer of the log is not running")
        if self._refusal is not None:
            raise Unavailable(str(self._refusal)) from self._refusal

    def submit(self, request: AppendRequest, sink: Sink, ticket: Any) -> None:  # noqa: ANN401 -- the sink knows what its tickets are
        """Queue a record; its outcome goes to the sink.

        Raises:
            Unavailable: Too much is waiting, or the service is stopping; nothing was stored.
        """
        self._room.put(Waiting(request, sink, ticket))

    def submit_many(
        self, requests: Sequence[tuple[AppendRequest, Any]], sink: Sink, series: Series
    ) -> None:
        """Queue records of a series in their order, each with its ticket.

        Raises:
            Unavailable: Too much is waiting, or the service is stopping; none was stored.
        """
        self._room.put(*[Waiting(request, sink, ticket, series) for request, ticket in requests])

    def request_map_head(self) -> "Future[TreeHead]":
        """Ask that the log end in a map head; gives that head once it is signed.

        If nothing but map heads was appended since the last one, gives the present head.

        Raises:
            Unavailable: The service is stopping.
        """
        ticket: Future[TreeHead] = Future()
        self._room.ask_for_map_head(ticket)
        return ticket

    # Life

    def start(self) -> None:
        """Begin to serve the queue."""
        self._thread.start()

    def stop(self) -> None:
        """Append what waits, then end."""
        self._room.close()
        if self._thread.is_alive():
            self._thread.join()

    def recover(self) -> None:
        """Read the log, compare it with the register, and sign the head it has.

        Raises:
            HistoryMismatch: Database and register tell different histories; nothing was signed.
            Unavailable: Database, register or key does not answer.
        """
        self._state = None
        state = load_state(self._store)
        consistency = continue_from(self._sealer.register.newest(), state.tree)
        self._publish(state, consistency)
        self._state = state

    def append_alone(self, request: AppendRequest) -> Outcome:
        """Append one record from the calling thread, before `start`."""
        return self._append([request], wants_map_head=False)[0]

    # The writer's thread

    def _run(self) -> None:
        while (batch := self._room.take(self._patience())) is not None:
            try:
                self._serve(batch)
            except AuditError as error:
                self._fail(batch, error)
            except Exception as error:  # a bug of ours must not stop the log without a word
                self._logger.exception("writer_crashed")
                self._fail(batch, Unavailable(f"an error in the program ({type(error).__name__})"))

    def _patience(self) -> float | None:
        """After a failure look again soon, so that a service without traffic recovers too."""
        return RETRY_SECONDS if self._state is None else None

    def _serve(self, batch: Batch) -> None:
        if self._state is None:
            self.recover()
        _leave_out_broken(batch)
        requests = [waiting.request for waiting in batch.waiting]
        outcomes = self._append(requests, wants_map_head=bool(batch.map_heads))
        self._note_success()
        _deliver(batch.waiting, outcomes)
        for ticket in batch.map_heads:
            resolve(ticket, self.published.tree)

    def _note_success(self) -> None:
        if self._refusal is not None:
            self._logger.info("writes_again", size=self.published.tree.size)
            self._refusal = None

    def _fail(self, batch: Batch, error: AuditError) -> None:
        """Tell everybody that the outcome is unknown; believe nothing in memory any more."""
        self._state = None
        if str(error) != str(self._refusal):
            self._logger.error("cannot_write", code=error.code, reason=str(error))
        self._refusal = error
        reason = Unavailable(_UNKNOWN)  # the cause names paths, which are the operator's business
        reason.__cause__ = error
        for waiting in batch.waiting:
            if waiting.series is not None:
                waiting.series.is_broken = True
        _deliver(batch.waiting, [reason] * len(batch.waiting))
        for ticket in batch.map_heads:
            resolve(ticket, reason)

    def _append(self, requests: Sequence[AppendRequest], *, wants_map_head: bool) -> list[Outcome]:
        """Append one group and sign its head. Any error leaves the outcome unknown."""
        state = self._state
        assert state is not None
        with self._store.appending() as session:
            group = self._begin(state, session, requests)
            results = [_try_to_add(group, request) for request in requests]
            if self._map_head_is_due(state, group.size, wants_map_head=wants_map_head):
                group.end_with_map_head()
            stored = group.finish()
            if stored is not None:
                session.store(stored)
        if stored is None:
            return [_outcome(result, state, self.published) for result in results]
        old_size, state.head = state.head.tree.size, stored.head
        state.cases.put(group.changed.values())
        state.unmapped.update(group.changed)
        if stored.map_head is not None:
            state.unmapped = {c: s for c, s in state.unmapped.items() if s.sealed}
        published = self._publish(state, state.tree.consistency(old_size))
        self._logger.info("appended", records=len(stored.records), size=published.tree.size)
        return [_outcome(result, state, published) for result in results]

    def _begin(
        self, state: LogState, session: Appending, requests: Sequence[AppendRequest]
    ) -> Grouping:
        if session.head.tree != state.head.tree:
            raise Unavailable("another writer has appended to the log")
        recorded_at = self._time(state.head.recorded_at)
        group = Grouping(self.origin, state, session, recorded_at, self._after_block(), self._rules)
        group.read_ahead(requests)
        return group

    def _publish(self, state: LogState, consistency: Sequence[bytes]) -> Published:
        """Have the head signed; keep its checkpoint for good where receipts will need it."""
        tree = state.head.tree
        published = self._sealer.seal(tree, consistency)
        if tree.size == state.head.map_head + 1:  # ends in a map head, or is empty
            self._store.put_checkpoint(tree.size, published.note)
        self._published = published
        return published

    def _map_head_is_due(self, state: LogState, size: int, *, wants_map_head: bool) -> bool:
        since = size - 1 - state.head.map_head
        return since > 0 and (
            wants_map_head or since + self._limits.group_records >= self._interval
        )

    def _time(self, newest: str) -> str:
        """Return the time for the next records: the clock's, but never before the newest."""
        now = self._clock.now().astimezone(UTC)
        before = self._clock_before or (datetime.fromisoformat(newest) if newest else now)
        if now < before - CLOCK_TOLERANCE:
            self._logger.warning("clock_went_back", now=str(now), before=str(before))
        self._clock_before = now
        text = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return max(text, newest)


def _try_to_add(group: Grouping, request: AppendRequest) -> Admitted | Replayed | AuditError:
    try:
        return group.add(request)
    except Unavailable:
        raise  # the store's, not this record's
    except AuditError as error:
        return error


def _outcome(
    result: Admitted | Replayed | AuditError, state: LogState, published: Published
) -> Outcome:
    if not isinstance(result, Admitted):
        return result
    if not result.rows_text:  # nobody asked for a receipt
        return Appended(result.record_id, result.entry_index, "")
    inclusion = state.tree.inclusion(result.entry_index)
    receipt = receipt_text(result.rows_text, result.entry_index, inclusion, published.note)
    return Appended(result.record_id, result.entry_index, receipt)


def _leave_out_broken(batch: Batch) -> None:
    """Refuse what comes after a record of its series that could not be written."""
    left_out = [each for each in batch.waiting if _is_broken(each)]
    if left_out:
        batch.waiting = [each for each in batch.waiting if not _is_broken(each)]
        _deliver(left_out, [Unavailable(_AFTER_UNKNOWN)] * len(left_out))


def _is_broken(waiting: Waiting) -> bool:
    return waiting.series is not None and waiting.series.is_broken


def _deliver(waiting: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
    """Give every sink its outcomes, all at once."""
    by_sink: dict[int, tuple[Sink, list[tuple[Any, Outcome]]]] = {}
    for caller, outcome in zip(waiting, outcomes, strict=True):
        entry = by_sink.setdefault(id(caller.sink), (caller.sink, []))
        entry[1].append((caller.ticket, outcome))
    for sink, answers in by_sink.values():
        sink.deliver(answers)
