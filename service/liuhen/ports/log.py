"""Storing and reading one log."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from liuhen.core.merkle import TreeHead
from liuhen.domain.admission import CaseState


@dataclass(frozen=True, slots=True)
class StoredLog:
    """One log of this service.

    Attributes:
        log_id: The database's own number of it; in every table.
        name: Last part of the origin; in URLs.
        origin: The log's unique name.
    """

    log_id: int
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class StoredHead:
    """The head row of a log.

    Attributes:
        tree: Size and root hash of everything that is durable.
        recorded_at: `recorded_at` of the newest record; empty in an empty log.
        map_head: Leaf index of the newest map head, -1 before the first.
    """

    tree: TreeHead
    recorded_at: str
    map_head: int


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as it is kept.

    Attributes:
        entry_index: Leaf index of its entry.
        record_id: UUIDv7 in its text form.
        body: The canonical record, exactly what was committed to; None after an erasure.
        secret: 32 bytes, source of the salts. Never leaves the service; None after an erasure.
        type: Record type.
        case: Case code, if it belongs to a case.
        case_seq: Its number in the case, from 0.
        recorded_at: As in the record.
        rows: After an erasure, and only then: canonical text of a receipt's `rows`, the erased
            fields withheld; with it the salts of all others.
        padded_to: Number of leaves of its commitment where that is padded; else None.

    `app/rows.py` reads both forms; nobody else should look at `body`, `secret` or `rows`.
    """

    entry_index: int
    record_id: str
    body: bytes | None = field(repr=False)
    secret: bytes | None = field(repr=False)
    type: str
    case: str | None
    case_seq: int | None
    recorded_at: str
    rows: str | None = field(default=None, repr=False)
    padded_to: int | None = None


@dataclass(frozen=True, slots=True)
class AnsweredKey:
    """An idempotency key and the record that answered it.

    Attributes:
        key: Keyed digest of the key, 32 bytes.
        submission: Keyed digest of the submission, 32 bytes; equal to `key` where the key is
            itself a digest of the submission; empty once the record was erased in part.
        record_id: The record that it led to.
    """

    key: bytes
    submission: bytes
    record_id: str


@dataclass(frozen=True, slots=True)
class ErasedRecord:
    """What is left of a record after an erasure.

    Attributes:
        entry_index: Its leaf index.
        record_id: Its number.
        rows: Canonical text of the `rows` of its receipts, the erased fields withheld.
        keyed_digests: What it is still to be found by.
    """

    entry_index: int
    record_id: str
    rows: str = field(repr=False)
    keyed_digests: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class MappedCase:
    """What one map head says of one case.

    Attributes:
        key: Key of the case in the map, 32 bytes.
        salt: 16 bytes, drawn for this map head.
        count: Records of the case.
        head: Commitment of its newest record, 32 bytes.
    """

    key: bytes
    salt: bytes
    count: int
    head: bytes


@dataclass(frozen=True, slots=True)
class MapHead:
    """A map head about to be stored.

    Attributes:
        entry_index: Its leaf index; it covers all entries before.
        root: Root of the case map, 32 bytes.
        cases: The cases that are new or changed since the map head before.
    """

    entry_index: int
    root: bytes
    cases: Sequence[MappedCase]


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of hashes of the tree.

    Attributes:
        level: Level of the tile, from 0.
        index: Number of the tile in its level.
        hashes: 32 bytes each; 256 of them at level 0, 1 to 256 above.
    """

    level: int
    index: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """Everything one group of records adds to the log, stored together or not at all.

    Attributes:
        start: Leaf index of the first entry.
        entries: 32 bytes each.
        head: The head row afterwards.
        rows: Rows that became full, and unfinished rows above level 0 that grew.
        records: The records, by ascending leaf index.
        keyed_digests: (keyed digest, leaf index), for lookup.
        answered: Idempotency keys used.
        cases: States of the cases that changed, as they are afterwards.
        map_head: The map head that ends the group, if any.
    """

    start: int
    entries: Sequence[bytes]
    head: StoredHead
    rows: Sequence[StoredRow]
    records: Sequence[StoredRecord]
    keyed_digests: Sequence[tuple[bytes, int]]
    answered: Sequence[AnsweredKey]
    cases: Sequence[CaseState]
    map_head: MapHead | None


class Appending(Protocol):
    """One open database session that holds the head of a log: nobody else can append."""

    head: StoredHead

    def case_states(self, cases: Sequence[str]) -> Mapping[str, CaseState]:
        """Return the states of those of the cases that exist."""
        ...

    def answered(self, keys: Sequence[bytes]) -> Mapping[bytes, AnsweredKey]:
        """Return what is known of those of the keyed idempotency keys that were used."""
        ...

    def record(self, record_id: str) -> StoredRecord | None:
        """Return the record with this number, with what this session erased of it."""
        ...

    def case_records(self, case: str, start: int, limit: int) -> Sequence[StoredRecord]:
        """Return records of a case from the number `start` on, in their order."""
        ...

    def erase(self, erased: ErasedRecord) -> None:
        """Destroy what an erasure takes from a record: no file of the store holds it any more.

        Body, secret, rows of an earlier erasure, keyed digests that are not given, and keyed
        digests of the submission. Like `store`, it counts once the session has ended without an
        error; what lies in the store's own journals goes with the next `LogWriting.purge`.

        Raises:
            Unknown: There is no such record.
        """
        ...

    def store(self, group: Group) -> None:
        """Add a group. Nothing of it is durable before the session ends without an error."""
        ...


class LogWriting(Protocol):
    """Writing one log. Trusted for availability and secrecy, NOT for history.

    A session that ends without an error is durable; one that ends with an error is stored wholly
    or not at all, and the caller does not know which. Sessions of one log are serialised across
    processes. The caller retries nothing before it has read the head again.
    """

    def appending(self) -> AbstractContextManager[Appending]:
        """Open a session that holds the head.

        Raises:
            Unavailable: The database does not answer, or refused at any point of the session.
        """
        ...

    def put_checkpoint(self, size: int, note: str) -> None:
        """Store a signed checkpoint for good; storing the same again is harmless."""
        ...

    def purge(self) -> bool:
        """Let the store's files forget what was erased; again is harmless.

        Returns:
            Whether they have; False while somebody still reads an older state, or where that is
            left to the operator. The caller tries again.

        Raises:
            Unavailable: The database refused.
        """
        ...


class LogReading(Protocol):
    """Reading one log, from any number of threads.

    What is read may be older than what another process wrote a moment ago; never half a group.
    """

    def head(self) -> StoredHead:
        """Return the head row."""
        ...

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Return the entries [start, end), fewer if the log ends before."""
        ...

    def row(self, level: int, index: int) -> bytes | None:
        """Return a stored row of hashes; None if there is none (unfinished rows of level 0)."""
        ...

    def record(self, record_id: str) -> StoredRecord | None:
        """Return the record with this number."""
        ...

    def records(self, start: int, end: int) -> Sequence[StoredRecord]:
        """Return the records with leaf index [start, end), ascending."""
        ...

    def first_recorded(self, start: int) -> tuple[int, str] | None:
        """Return leaf index and `recorded_at` of the first record at `start` or later.

        None if there is none: map heads are no records. Nothing else of the record is read.
        """
        ...

    def lookup(self, keyed_digest: bytes, limit: int) -> Sequence[StoredRecord]:
        """Return the first records that contain what has this keyed digest, ascending."""
        ...

    def checkpoint(self, size: int) -> str | None:
        """Return the signed checkpoint of this size, if it was stored for good."""
        ...

    def case_state(self, case: str) -> CaseState | None:
        """Return the state of a case, if it has records."""
        ...

    def case_records(self, case: str, start: int, limit: int) -> Sequence[StoredRecord]:
        """Return records of a case from the number `start` on, in their order."""
        ...

    def case_entries(self, case: str, start: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """Return leaf index and entry of the records that `case_records` returns."""
        ...

    def records_of_types(
        self, types: Sequence[str], start: int, limit: int
    ) -> Sequence[StoredRecord]:
        """Return records of some types with leaf index `start` or later, ascending."""
        ...

    def changed_cases(self, since: int) -> Sequence[CaseState]:
        """Return the cases with an entry at leaf index `since` or later, and all sealed ones."""
        ...

    def map_root(self, entry_index: int) -> bytes | None:
        """Return the root of the case map committed at this leaf index, if that is a map head."""
        ...

    def mapped_cases(self, entry_index: int) -> Sequence[MappedCase]:
        """Return the whole case map as it was at the map head with this leaf index."""
        ...


class LogStore(LogWriting, LogReading, Protocol):
    """Both sides of one log, for whoever appends."""


class Logs(Protocol):
    """The logs of one database."""

    def find(self, origin: str) -> StoredLog | None:
        """Return the log with this origin."""
        ...

    def create(self, name: str, origin: str, created_at: datetime) -> StoredLog:
        """Create an empty log (size 0); durable on return.

        Raises:
            HistoryMismatch: Name or origin is taken.
        """
        ...
