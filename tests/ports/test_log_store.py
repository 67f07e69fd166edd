"""What every log store promises, in memory and in SQL."""

from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.domain.admission import CaseState
from liuhen.ports import (
    AnsweredKey,
    Group,
    MapHead,
    MappedCase,
    StoredHead,
    StoredRecord,
    StoredRow,
)
from tests.fakes.log_store import MemoryLogs, MemoryLogStore

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ORIGIN = "log.example/logs/jyg"


@pytest.fixture(params=["memory", "sql"])
def logs(request: pytest.FixtureRequest, database: Database) -> Any:
    return MemoryLogs() if request.param == "memory" else SqlLogs(database)


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, database: Database) -> Any:
    if request.param == "memory":
        return MemoryLogStore()
    other = SqlLogs(database).create("other", "log.example/logs/other", NOW)
    append(SqlLogStore(database, other.log_id), group(0, 3))  # nobody may see a neighbour's
    return SqlLogStore(database, SqlLogs(database).create("jyg", ORIGIN, NOW).log_id)


def record(index: int, **changed: Any) -> StoredRecord:
    values: dict[str, Any] = {
        "entry_index": index,
        "record_id": f"01957b1e-0000-7000-8000-{index:012x}",
        "body": b'{"n":%d}' % index,
        "secret": bytes([index % 256]) * 32,
        "type": "generic",
        "case": None,
        "case_seq": None,
        "recorded_at": "2026-03-02T06:05:07.123Z",
    }
    return StoredRecord(**values | changed)


def head(size: int, map_head: int = -1) -> StoredHead:
    return StoredHead(TreeHead(size, bytes([size]) * 32), "2026-03-02T06:05:07.123Z", map_head)


def group(start: int, count: int, **changed: Any) -> Group:
    values: dict[str, Any] = {
        "start": start,
        "entries": [bytes([index]) * 32 for index in range(start, start + count)],
        "head": head(start + count),
        "rows": [],
        "records": [],
        "keyed_digests": [],
        "answered": [],
        "cases": [],
        "map_head": None,
    }
    return Group(**values | changed)


def append(store: Any, added: Group) -> None:
    with store.appending() as session:
        session.store(added)


def test_a_log_is_found_by_its_origin_after_it_was_created(logs: Any) -> None:
    assert logs.find(ORIGIN) is None
    made = logs.create("jyg", ORIGIN, NOW)
    assert logs.find(ORIGIN) == made
    assert (made.name, made.origin) == ("jyg", ORIGIN)


def test_name_and_origin_belong_to_one_log(logs: Any) -> None:
    logs.create("jyg", ORIGIN, NOW)
    with pytest.raises(HistoryMismatch):
        logs.create("jyg", "other.example/logs/jyg", NOW)
    with pytest.raises(HistoryMismatch):
        logs.create("other", ORIGIN, NOW)


def test_a_new_log_is_empty(store: Any) -> None:
    assert store.head() == StoredHead(TreeHead(0, EMPTY_ROOT), "", -1)
    assert list(store.entries(0, 10)) == []
    assert list(store.records(0, 10)) == []
    assert store.record(record(0).record_id) is None
    assert store.row(0, 0) is None
    assert store.checkpoint(0) is None
    assert store.map_root(0) is None
    assert list(store.mapped_cases(9)) == []
    assert list(store.changed_cases(0)) == []


def test_what_a_session_stored_is_there_when_it_has_ended(store: Any) -> None:
    state = CaseState("A-1", 1, b"\1" * 32, 0)
    first = record(0, case="A-1", case_seq=0)
    answer = AnsweredKey(b"k" * 32, b"s" * 32, first.record_id)
    append(
        store,
        group(
            0,
            2,
            head=head(2),
            records=[first, record(1)],
            keyed_digests=[(b"d" * 32, 0), (b"d" * 32, 1), (b"e" * 32, 1)],
            answered=[answer],
            cases=[state],
        ),
    )
    assert store.head() == head(2)
    assert list(store.entries(0, 2)) == [b"\0" * 32, b"\1" * 32]
    assert list(store.entries(1, 9)) == [b"\1" * 32]
    assert store.record(first.record_id) == first
    assert list(store.records(0, 9)) == [first, record(1)]
    assert list(store.lookup(b"d" * 32, 10)) == [first, record(1)]
    assert list(store.lookup(b"d" * 32, 1)) == [first]
    assert list(store.lookup(b"x" * 32, 10)) == []
    assert list(store.changed_cases(0)) == [state]
    with store.appending() as session:
        assert session.head == store.head()
        assert dict(session.case_states(["A-1", "A-2"])) == {"A-1": state}
        assert dict(session.answered([b"k" * 32, b"l" * 32])) == {b"k" * 32: answer}


def test_a_session_that_fails_stores_nothing(store: Any) -> None:
    def fail_half_way() -> None:
        with store.appending() as session:
            session.store(group(0, 2, records=[record(0)], cases=[CaseState("A-1", 1)]))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    assert store.head().tree.size == 0
    assert list(store.entries(0, 2)) == []
    assert list(store.records(0, 2)) == []
    assert list(store.changed_cases(0)) == []


def test_a_group_that_does_not_follow_the_head_is_refused(store: Any) -> None:
    append(store, group(0, 2))
    with pytest.raises(Unavailable):
        append(store, group(0, 2))
    assert store.head() == head(2)


def test_a_case_state_is_replaced_by_the_next(store: Any) -> None:
    append(store, group(0, 1, cases=[CaseState("A-1", 1, b"\1" * 32, 0)]))
    changed = CaseState("A-1", 2, b"\2" * 32, 1, sealed=True)
    append(store, group(1, 1, cases=[changed, CaseState("B-1", 1, b"\3" * 32, 1)]))
    with store.appending() as session:
        assert session.case_states(["A-1"])["A-1"] == changed


def test_changed_cases_are_those_since_an_index_and_all_sealed_ones(store: Any) -> None:
    old, new = CaseState("A-1", 1, b"\1" * 32, 0), CaseState("B-1", 1, b"\2" * 32, 1)
    sealed = CaseState("C-1", 1, b"\3" * 32, 0, sealed=True)
    append(store, group(0, 2, cases=[old, new, sealed]))
    assert {state.case for state in store.changed_cases(1)} == {"B-1", "C-1"}
    assert {state.case for state in store.changed_cases(2)} == {"C-1"}


def test_cases_differ_in_case(store: Any) -> None:
    append(store, group(0, 1, cases=[CaseState("A-1", 1, b"\1" * 32, 0)]))
    with store.appending() as session:
        assert dict(session.case_states(["a-1"])) == {}


def test_rows_above_level_0_grow_and_full_rows_stay(store: Any) -> None:
    append(store, group(0, 1, rows=[StoredRow(0, 0, b"\1" * 8192), StoredRow(1, 0, b"\2" * 32)]))
    append(store, group(1, 1, rows=[StoredRow(0, 1, b"\3" * 8192), StoredRow(1, 0, b"\4" * 64)]))
    assert store.row(0, 0) == b"\1" * 8192
    assert store.row(0, 1) == b"\3" * 8192
    assert store.row(1, 0) == b"\4" * 64
    assert store.row(0, 2) is None


def test_many_keys_are_looked_up_at_once(store: Any) -> None:
    answers = [AnsweredKey(n.to_bytes(32), bytes(32), "x") for n in range(1200)]
    append(store, group(0, 1, answered=answers))
    with store.appending() as session:
        assert len(session.answered([answer.key for answer in answers])) == 1200


def test_any_old_case_map_can_be_read(store: Any) -> None:
    def mapped(key: int, count: int) -> MappedCase:
        return MappedCase(bytes([key]) * 32, bytes([count]) * 16, count, bytes([count]) * 32)

    first = MapHead(1, b"\1" * 32, [mapped(1, 1), mapped(2, 1)])
    second = MapHead(3, b"\2" * 32, [mapped(1, 2), mapped(3, 1)])
    append(store, group(0, 2, head=head(2, 1), map_head=first))
    append(store, group(2, 2, head=head(4, 3), map_head=second))
    assert store.map_root(1) == b"\1" * 32
    assert store.map_root(2) is None
    assert {(case.key[0], case.count) for case in store.mapped_cases(0)} == set()
    assert {(case.key[0], case.count) for case in store.mapped_cases(1)} == {(1, 1), (2, 1)}
    assert {(case.key[0], case.count) for case in store.mapped_cases(2)} == {(1, 1), (2, 1)}
    assert {(c.key[0], c.count) for c in store.mapped_cases(9)} == {(1, 2), (2, 1), (3, 1)}


def test_a_checkpoint_is_kept_and_may_be_stored_again(store: Any) -> None:
    store.put_checkpoint(0, "a note")
    store.put_checkpoint(0, "a note")
    store.put_checkpoint(2, "another")
    assert store.checkpoint(0) == "a note"
    assert store.checkpoint(2) == "another"
    assert store.checkpoint(1) is None
    found = [store.last_checkpoint(most) for most in (-1, 0, 1, 2, 2**40)]
    assert found == [None, "a note", "a note", "another", "another"]


def test_the_first_record_from_an_index_on_is_told_by_its_time(store: Any) -> None:
    assert store.first_recorded(0) is None
    later = record(2, recorded_at="2026-03-02T06:05:09.000Z")
    append(store, group(0, 4, records=[record(0), later]))
    assert store.first_recorded(0) == (0, record(0).recorded_at)
    assert store.first_recorded(1) == (2, later.recorded_at)
    assert store.first_recorded(3) is None


def test_the_records_of_a_case_and_their_entries_come_in_its_order(store: Any) -> None:
    records = [
        record(1, case="A-1", case_seq=0),
        record(2, case="a-1", case_seq=0),
        record(4, case="A-1", case_seq=1),
        record(5, case="A-1", case_seq=2),
    ]
    append(store, group(0, 7, records=records))
    own = [records[0], *records[2:]]
    assert list(store.case_records("A-1", 0, 9)) == own
    assert list(store.case_records("A-1", 1, 1)) == [records[2]]
    entries = [(each.entry_index, bytes([each.entry_index]) * 32) for each in own]
    assert list(store.case_entries("A-1", 0, 9)) == entries
    assert list(store.case_entries("A-1", 1, 1)) == entries[1:2]
    assert list(store.case_entries("B-1", 0, 9)) == []
