"""Erase: take the value of a field away for good, and keep everything provable (evidence §2).

    journal durable → attached file gone → one database session → files of the database purged

The journal lies outside of the database and holds no value. The session destroys body, secret,
value, salt and the digests of the whole, keeps the other salts, and appends the `log.erasure`
record that tells of it. A crash between any two steps is completed at the next start, before the
service serves anything (`replay`, `complete`), and so is the erasure of a value that came back with
a copy of the database.

Erasures of one log take turns; each goes through the single writer.
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple

import structlog

from liuhen.app.append import Body, prepare_request
from liuhen.app.digest_key import DigestKey
from liuhen.app.erased_files import ErasedFiles
from liuhen.app.erasing import Erasing
from liuhen.app.grouping import AppendRequest, Replayed
from liuhen.app.log_writer import LogWriter
from liuhen.app.rows import erased_paths, rows_of
from liuhen.app.waiting import Appended, ThreadSink
from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.commitment import Path
from liuhen.core.disclosure import Closed, Row
from liuhen.core.erasure import (
    Erasure,
    check_basis,
    erase_rows,
    find_fields,
)
from liuhen.core.errors import AuditError, ErasureRefused, Unavailable, Unknown
from liuhen.core.pointer import to_pointer
from liuhen.core.record_id import RECORD_ID_NOISE, new_record_id
from liuhen.core.selection import is_inside
from liuhen.domain.catalogue import LOG_ERASURE, RESERVED_PREFIX, is_kept
from liuhen.ports import Clock, ErasureJournal, LogStore, StoredRecord

RETRY_SECONDS = 1.0
"""After an attempt at what could not be done at once; doubled at each further one."""

LONGEST_RETRY_SECONDS = 15.0
"""Where the doubling ends. An attempt to purge keeps writers waiting for a moment."""

PURGE_SECONDS = 2.0
"""How long an answer waits for readers of the database to let go of what was erased."""


class ErasureDone(NamedTuple):
    """What an erasure did.

    Attributes:
        erasure: What was decided and noted down.
        entry_index: Leaf index of the record that tells of it.
        fields: JSON pointers of all single fields of the record that are erased by now.
        purged: Whether the files of the database have forgotten the value. If not yet, that is
            tried again until they have.
    """

    erasure: Erasure
    entry_index: int
    fields: Sequence[str]
    purged: bool


class Eraser:
    """Erases in one log. Thread-safe; `start` it once `replay` and `complete` have succeeded."""

    def __init__(
        self,
        writer: LogWriter,
        store: LogStore,
        journal: ErasureJournal,
        digest_key: DigestKey,
        clock: Clock,
        erase_blob: Callable[[bytes, str], None] = lambda *_: None,
    ) -> None:
        """Join the parts.

        Args:
            writer: The log's writer.
            store: The log in the database.
            journal: Where erasures are noted down.
            digest_key: Keys the digests of what is left.
            clock: Gives record numbers their time.
            erase_blob: Destroys the stored file with this SHA-256, if there is one that only the
                record of this number names; again is harmless.
        """
        self._writer, self._store, self._journal = writer, store, journal
        self._digest_key, self._clock = digest_key, clock
        self._files = ErasedFiles(store, digest_key, erase_blob)
        self._turn = threading.Lock()
        self._unfinished: list[Erasure] = []
        self._wants_purge = False
        self._stopping = threading.Event()
        self._work = threading.Event()
        name = f"eraser of {writer.origin}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._logger = structlog.get_logger().bind(origin=writer.origin)

    # For callers

    def erase(self, record_id: str, pointers: Sequence[str], basis: str) -> ErasureDone:
        """Erase fields of a record for good.

        Args:
            record_id: The record.
            pointers: The fields, or containers of fields, as JSON pointers.
            basis: The legal basis; it stays in the log for good.

        Raises:
            Unknown: There is no such record, or no such field.
            MalformedPointer: A pointer is not one.
            ErasureRefused: A field cannot be erased, is erased already, or the basis lacks.
            Unavailable: It could not be done now. If it had begun, it will be completed.
        """
        with self._turn:
            record = self._get(record_id)
            rows = rows_of(record)
            fields = find_fields(pointers, rows)
            left = erase_rows(rows, fields)
            check_basis(basis, rows, left)
            _check_not_kept(record, rows, fields)
            erasure = self._begun(record_id, fields)
            if erasure is None:
                erasure = Erasure(self._new_id(), record_id, fields, basis)
                self._request(erasure)  # what the log would refuse is not noted down
                self._journal.add(erasure)
            entry_index = self._carry_out(erasure)
        purged = self._purge(PURGE_SECONDS)
        erased = erased_paths(self._get(record_id))
        self._logger.info("erased", record_id=record_id, purged=purged)
        return ErasureDone(erasure, entry_index, [to_pointer(path) for path in erased], purged)

    # Life

    def replay(self) -> None:
        """Destroy again what a copy of the database, or a crash, has left; before the log opens.

        Raises:
            HistoryMismatch: The journal is damaged.
            Malformed: A record that was erased cannot be read.
            Unavailable: Journal or database does not answer.
        """
        erasures = self._journal.erasures()
        for erasure in erasures:
            record = self._store.record(erasure.record_id)
            erased = None if record is None else self._erasing(erasure).of(record)
            if record is None or erased is None:
                continue
            self._files.erase(record, erasure)
            with self._store.appending() as session:
                session.erase(erased)
            self._logger.warning("erased_again", record_id=erasure.record_id)
        self._wants_purge = bool(erasures) and not self._store.purge()

    def complete(self) -> None:
        """Append what a crash has left unsaid; once the log is open, before it is served.

        Raises:
            Unavailable: The log cannot be written.
        """
        for erasure in self._journal.erasures():
            if self._store.record(erasure.erasure_id) is not None:
                continue
            if self._store.record(erasure.record_id) is None:
                self._logger.warning("erased_record_missing", record_id=erasure.record_id)
                continue
            self._carry_out(erasure)

    def start(self) -> None:
        """Begin to retry what could not be done at once."""
        if self._wants_purge:
            self._work.set()
        self._thread.start()

    def stop(self) -> None:
        """Stop retrying; what is left is done at the next start."""
        self._stopping.set()
        self._work.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause = RETRY_SECONDS
        while True:
            self._work.wait()
            if self._stopping.wait(pause):
                return
            self._work.clear()
            try:
                self._try_again()
            except AuditError as error:
                self._logger.warning("cannot_erase_yet", code=error.code, reason=str(error))
                self._work.set()
            except Exception:  # a bug of ours must not end it without a word
                self._logger.exception("eraser_crashed")
                self._work.set()
            doubled = min(2 * pause, LONGEST_RETRY_SECONDS)
            pause = doubled if self._work.is_set() else RETRY_SECONDS

    def _try_again(self) -> None:
        with self._turn:
            for erasure in list(self._unfinished):
                if self._store.record(erasure.erasure_id) is None:
                    self._carry_out(erasure)
                else:
                    self._unfinished.remove(erasure)
                self._wants_purge = True
            self._files.erase_again()
        if self._wants_purge and self._purge(0):
            self._logger.info("purged")

    # The steps

    def _carry_out(self, erasure: Erasure) -> int:
        """Destroy and append; the caller has noted the erasure down.

        Returns:
            The leaf index of the record that tells of it.
        """
        if erasure not in self._unfinished:
            self._unfinished.append(erasure)
        try:
            self._files.erase(self._get(erasure.record_id), erasure)
            ticket: Future[Appended | Replayed] = Future()
            self._writer.submit(self._request(erasure), ThreadSink(), ticket)
            outcome = ticket.result()
        except Unavailable:
            self._work.set()
            raise
        self._unfinished.remove(erasure)
        try:
            self._files.erase_again()
        except Unavailable:
            self._work.set()
        assert isinstance(outcome, Appended)  # it has no idempotency key
        return outcome.entry_index

    def _request(self, erasure: Erasure) -> AppendRequest:
        body: JsonObject = {
            "type": LOG_ERASURE,
            "data": erasure.data(),
            "links": [{"rel": "erases", "record": erasure.record_id}],
        }
        request = prepare_request(
            Body(canonical(body)),
            origin=self._writer.origin,
            digest_key=self._digest_key,
            clock=self._clock,
            by_service=True,
            record_id=erasure.erasure_id,
        )
        return replace(request, erasing=self._erasing(erasure))

    def _erasing(self, erasure: Erasure) -> Erasing:
        return Erasing(erasure, self._digest_key)

    def _purge(self, patience_seconds: float) -> bool:
        end = time.monotonic() + patience_seconds
        while not (purged := self._store.purge()) and time.monotonic() < end:
            time.sleep(0.05)
        self._wants_purge = not purged
        if not purged:
            self._work.set()
        return purged

    def _begun(self, record_id: str, fields: tuple[Path, ...]) -> Erasure | None:
        """Return the same erasure, if it was begun and could not be carried out yet."""
        for erasure in self._unfinished:
            if (erasure.record_id, erasure.fields) == (record_id, fields):
                return erasure
        return None

    def _get(self, record_id: str) -> StoredRecord:
        record = self._store.record(record_id)
        if record is None:
            raise Unknown(f"this log has no record {record_id[:64]!r}")
        if record.type.startswith(RESERVED_PREFIX):
            raise ErasureRefused("/type", "of the service's own record: those are never erased")
        return record

    def _new_id(self) -> str:
        return new_record_id(self._clock.now(), secrets.token_bytes(RECORD_ID_NOISE))


def _check_not_kept(record: StoredRecord, rows: Sequence[Row], fields: Sequence[Path]) -> None:
    """Refuse what the rules of the case rest on: codes, days and steps, never a name.

    Raises:
        ErasureRefused: A field is one of these.
    """
    for row in rows:
        if isinstance(row, Closed) or row.path[0] != "data":
            continue
        if is_inside(row.path, set(fields)) and is_kept(record.type, row.path[1:]):
            rule = "is kept: the rules of its case rest on it, and it names nobody"
            raise ErasureRefused(to_pointer(row.path), rule)
