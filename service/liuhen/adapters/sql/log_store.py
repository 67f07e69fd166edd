"""The logs of a database, and one log of it: writing and reading."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, insert, select
from sqlalchemy.exc import IntegrityError

from liuhen.adapters.sql import log_queries
from liuhen.adapters.sql.appending import SqlAppending
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.erasing import purge
from liuhen.adapters.sql.log_rows import case_state, head_values, read_head, stored_record
from liuhen.adapters.sql.tables import CheckpointRow, HeadRow, LogRow, table_of
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.domain.admission import CaseState
from liuhen.ports import Appending, MappedCase, StoredHead, StoredLog, StoredRecord

_LOG, _HEAD, _CHECKPOINT = table_of(LogRow), table_of(HeadRow), table_of(CheckpointRow)
_Value = TypeVar("_Value")


class SqlLogs:
    """The logs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, origin: str) -> StoredLog | None:
        """Return the log with this origin."""
        with self._database.reading() as connection:
            row = connection.execute(select(_LOG).where(_LOG.c.origin == origin)).first()
        return None if row is None else StoredLog(row.log_id, row.name, row.origin)

    def create(self, name: str, origin: str, created_at: datetime) -> StoredLog:
        """Create an empty log (size 0); durable on return."""
        values = {"name": name, "origin": origin, "created_at": created_at}
        try:
            with self._database.writing() as connection:
                key = connection.execute(insert(_LOG).values(values)).inserted_primary_key
                assert key is not None
                empty = StoredHead(TreeHead(0, EMPTY_ROOT), "", -1)
                connection.execute(insert(_HEAD).values(log_id=key[0], **head_values(empty)))
        except Unavailable as error:
            if isinstance(error.__cause__, IntegrityError):
                raise HistoryMismatch(f"there is a log called {name} already") from error
            raise
        return StoredLog(key[0], name, origin)


class SqlLogStore:
    """One log: `LogWriting` and `LogReading`."""

    def __init__(self, database: Database, log_id: int) -> None:
        self._database = database
        self._log_id = log_id

    # Writing

    @contextmanager
    def appending(self) -> Iterator[Appending]:
        """Open a session that holds the head."""
        with self._database.writing() as connection:
            yield SqlAppending(connection, self._log_id, self._database.destroyed)

    def put_checkpoint(self, size: int, note: str) -> None:
        """Store a signed checkpoint for good."""
        key = (_CHECKPOINT.c.log_id == self._log_id) & (_CHECKPOINT.c.size == size)
        with self._database.writing() as connection:
            if connection.execute(select(_CHECKPOINT.c.size).where(key)).first() is None:
                values = {"log_id": self._log_id, "size": size, "note": note}
                connection.execute(insert(_CHECKPOINT).values(values))

    def purge(self) -> bool:
        """Let the database's files forget what was erased."""
        return purge(self._database)

    # Reading

    def head(self) -> StoredHead:
        """Return the head row."""
        with self._database.reading() as connection:
            return read_head(connection, self._log_id)

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Return the entries [start, end)."""
        return [row[0] for row in self._all(log_queries.ENTRIES, start=start, end=end)]

    def row(self, level: int, index: int) -> bytes | None:
        """Return a stored row of hashes."""
        return self._first(log_queries.ROW, level=level, index=index)

    def record(self, record_id: str) -> StoredRecord | None:
        """Return the record with this number."""
        found = self._all(log_queries.RECORD, record_id=record_id)
        return stored_record(found[0]) if found else None

    def records(self, start: int, end: int) -> Sequence[StoredRecord]:
        """Return the records with leaf index [start, end)."""
        return [stored_record(row) for row in self._all(log_queries.RECORDS, start=start, end=end)]

    def first_recorded(self, start: int) -> tuple[int, str] | None:
        """Return leaf index and `recorded_at` of the first record at `start` or later."""
        found = self._all(log_queries.FIRST_RECORDED, start=start)
        return (found[0][0], found[0][1]) if found else None

    def lookup(self, keyed_digest: bytes, limit: int) -> Sequence[StoredRecord]:
        """Return the first records that contain what has this keyed digest."""
        found = self._all(log_queries.LOOKUP, digest=keyed_digest, most=limit)
        return [stored_record(row) for row in found]

    def checkpoint(self, size: int) -> str | None:
        """Return the signed checkpoint of this size."""
        return self._first(log_queries.CHECKPOINT, size=size)

    def last_checkpoint(self, most: int) -> str | None:
        """Return the signed checkpoint of the largest size up to `most`."""
        return self._first(log_queries.LAST_CHECKPOINT, most=most)

    def map_root(self, entry_index: int) -> bytes | None:
        """Return the root of the case map committed at this leaf index."""
        return self._first(log_queries.MAP_ROOT, index=entry_index)

    def mapped_cases(self, entry_index: int) -> Sequence[MappedCase]:
        """Return the whole case map as it was at a map head."""
        return [MappedCase(*row) for row in self._all(log_queries.MAPPED_CASES, index=entry_index)]

    def changed_cases(self, since: int) -> Sequence[CaseState]:
        """Return the cases with an entry at leaf index `since` or later, and all sealed ones."""
        return [case_state(row) for row in self._all(log_queries.CHANGED_CASES, since=since)]

    def case_state(self, case: str) -> CaseState | None:
        """Return the state of a case."""
        found = self._all(log_queries.CASE_STATE, case=case)
        return case_state(found[0]) if found else None

    def case_records(self, case: str, start: int, limit: int) -> Sequence[StoredRecord]:
        """Return records of a case from the number `start` on."""
        found = self._all(log_queries.CASE_RECORDS, case=case, start=start, most=limit)
        return [stored_record(row) for row in found]

    def case_entries(self, case: str, start: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """Return leaf index and entry of records of a case."""
        found = self._all(log_queries.CASE_ENTRIES, case=case, start=start, most=limit)
        return [(row[0], row[1]) for row in found]

    def records_of_types(
        self, types: Sequence[str], start: int, limit: int
    ) -> Sequence[StoredRecord]:
        """Return records of some types with leaf index `start` or later."""
        found = self._all(log_queries.RECORDS_OF_TYPES, types=types, start=start, most=limit)
        return [stored_record(row) for row in found]

    def _all(
        self, query: Select[*tuple[Any, ...]], **parameters: object
    ) -> Sequence[Sequence[Any]]:
        with self._database.reading() as connection:
            return connection.execute(query, {"log": self._log_id, **parameters}).all()

    def _first(self, query: Select[_Value], **parameters: object) -> _Value | None:
        with self._database.reading() as connection:
            return connection.execute(query, {"log": self._log_id, **parameters}).scalar()
