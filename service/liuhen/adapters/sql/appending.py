"""Appending one group: a writing session that holds the head row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from liuhen.adapters.sql.erasing import erase_record
from liuhen.adapters.sql.log_queries import CASE_RECORDS, RECORD
from liuhen.adapters.sql.log_rows import (
    CASE_COLUMNS,
    case_state,
    case_values,
    head_values,
    read_head,
    record_values,
    stored_record,
)
from liuhen.adapters.sql.many_rows import insert_rows, put_rows
from liuhen.adapters.sql.tables import (
    CaseRow,
    EntryRow,
    HeadRow,
    IdempotencyRow,
    KeyedDigestRow,
    MapHeadRow,
    MappedCaseRow,
    RecordRow,
    TileRow,
    table_of,
)
from liuhen.core.errors import Unavailable
from liuhen.domain.admission import CaseState
from liuhen.ports import AnsweredKey, ErasedRecord, Group, StoredRecord

_HEAD, _ENTRY, _RECORD = table_of(HeadRow), table_of(EntryRow), table_of(RecordRow)
_TILE, _CASE, _KEY = table_of(TileRow), table_of(CaseRow), table_of(IdempotencyRow)
_MAP_HEAD, _MAPPED = table_of(MapHeadRow), table_of(MappedCaseRow)
_DIGEST = table_of(KeyedDigestRow)

_MOVE_HEAD = (
    update(_HEAD)
    .where(_HEAD.c.log_id == bindparam("of_log"), _HEAD.c.size == bindparam("of_size"))
    .values({column.name: bindparam(column.name) for column in list(_HEAD.columns)[1:]})
)

_IN_CHUNK = 500
"""Values in one IN list; SQLite allows 32,766 parameters, older builds 999."""


class SqlAppending:
    """A writing session; the head row is locked where the database locks rows."""

    def __init__(
        self, connection: Connection, log_id: int, destroyed: set[bytes] | None = None
    ) -> None:
        self._connection = connection
        self._destroyed = set[bytes]() if destroyed is None else destroyed
        self._log_id = log_id
        self.head = read_head(connection, log_id, hold=True)

    def case_states(self, cases: Sequence[str]) -> Mapping[str, CaseState]:
        """Return the states of those of the cases that exist."""
        states: dict[str, CaseState] = {}
        for part in _chunks(cases):
            query = select(*CASE_COLUMNS).where(
                _CASE.c.log_id == self._log_id, _CASE.c.case.in_(part)
            )
            found = [case_state(row) for row in self._connection.execute(query)]
            states.update((state.case, state) for state in found)
        return states

    def answered(self, keys: Sequence[bytes]) -> Mapping[bytes, AnsweredKey]:
        """Return what is known of those of the keys that were used."""
        found: dict[bytes, AnsweredKey] = {}
        for part in _chunks(keys):
            query = select(_KEY.c.key, _KEY.c.submission, _KEY.c.record_id).where(
                _KEY.c.log_id == self._log_id, _KEY.c.key.in_(part)
            )
            found.update((row.key, AnsweredKey(*row)) for row in self._connection.execute(query))
        return found

    def record(self, record_id: str) -> StoredRecord | None:
        """Return the record with this number, with the erasures of this session."""
        query = {"log": self._log_id, "record_id": record_id}
        found = self._connection.execute(RECORD, query).first()
        return None if found is None else stored_record(found)

    def case_records(self, case: str, start: int, limit: int) -> Sequence[StoredRecord]:
        """Return records of a case from the number `start` on."""
        query = {"log": self._log_id, "case": case, "start": start, "most": limit}
        return [stored_record(row) for row in self._connection.execute(CASE_RECORDS, query)]

    def erase(self, erased: ErasedRecord) -> None:
        """Destroy what an erasure takes from a record."""
        self._destroyed |= erase_record(self._connection, self._log_id, erased)

    def store(self, group: Group) -> None:
        """Add a group."""
        self._move_head(group)
        self._insert(_ENTRY, enumerate(group.entries, group.start))
        self._insert(_RECORD, [record_values(record) for record in group.records])
        self._insert(_DIGEST, group.keyed_digests)
        self._insert(_KEY, [(a.key, a.submission, a.record_id) for a in group.answered])
        self._put(_TILE, [(row.level, row.index, row.hashes) for row in group.rows])
        self._put(_CASE, [case_values(case) for case in group.cases])
        if group.map_head is not None:
            index = group.map_head.entry_index
            self._insert(_MAP_HEAD, [(index, group.map_head.root)])
            self._insert(
                _MAPPED, [(c.key, index, c.salt, c.count, c.head) for c in group.map_head.cases]
            )

    def _move_head(self, group: Group) -> None:
        place = {"of_log": self._log_id, "of_size": group.start}
        moved = self._connection.execute(_MOVE_HEAD, {**place, **head_values(group.head)})
        if moved.rowcount != 1:
            raise Unavailable("another writer moved the head of the log")

    def _insert(self, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
        insert_rows(self._connection, table, [(self._log_id, *row) for row in rows])

    def _put(self, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
        put_rows(self._connection, table, [(self._log_id, *row) for row in rows])


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _IN_CHUNK):
        yield values[start : start + _IN_CHUNK]
