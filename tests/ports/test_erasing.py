"""What every log store promises about erasing, in memory and in SQL."""

from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.leftover import holds_any
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.core.errors import Unavailable, Unknown
from liuhen.ports import AnsweredKey, ErasedRecord
from tests.fakes.log_store import MemoryLogStore
from tests.ports.test_log_store import NOW, ORIGIN, append, group, record

KEY, DERIVED, SUBMISSION = b"\x21" * 32, b"\x22" * 32, b"\x23" * 32
SECRET = b"\x5e" * 32
DATA, FILE, OTHER = b"\x0a" * 32, b"\x0b" * 32, b"\x0c" * 32


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, database: Database) -> Any:
    if request.param == "memory":
        made: Any = MemoryLogStore()
    else:
        other = SqlLogs(database).create("other", "log.example/logs/other", NOW)
        neighbour = SqlLogStore(database, other.log_id)
        append(neighbour, group(0, 3, records=[record(1, record_id=number(9))]))
        made = SqlLogStore(database, SqlLogs(database).create("jyg", ORIGIN, NOW).log_id)
    records = [record(0), record(1, padded_to=64), record(2)]
    answered = [
        AnsweredKey(KEY, SUBMISSION, number(1)),
        AnsweredKey(DERIVED, DERIVED, number(1)),
        AnsweredKey(b"\x04" * 32, SUBMISSION, number(2)),
    ]
    digests = [(DATA, 1), (FILE, 1), (DATA, 2), (OTHER, 0)]
    append(made, group(0, 3, records=records, keyed_digests=digests, answered=answered))
    return made


def number(index: int) -> str:
    return f"01957b1e-0000-7000-8000-{index:012x}"


def erased(index: int = 1, rows: str = "[left]", *digests: bytes) -> ErasedRecord:
    return ErasedRecord(index, number(index), rows, digests)


def erase(store: Any, what: ErasedRecord) -> None:
    with store.appending() as session:
        session.erase(what)


def test_a_record_is_whole_until_it_is_erased(store: Any) -> None:
    assert [each.rows for each in store.records(0, 3)] == [None] * 3
    assert [each.padded_to for each in store.records(0, 3)] == [None, 64, None]
    erase(store, erased(1, '["张三"]'))
    left = store.record(number(1))
    assert (left.body, left.secret, left.rows, left.padded_to) == (None, None, '["张三"]', 64)
    for other in (store.record(number(0)), store.record(number(2))):
        assert (other.rows, other.secret is None) == (None, False)
    assert store.records(1, 2) == [left]


def test_the_newest_erasure_is_what_is_left(store: Any) -> None:
    for rows in ("[long long left]", "[short]", "[a much longer text than before]"):
        erase(store, erased(1, rows))
        assert store.record(number(1)).rows == rows
    assert len(store.records(0, 3)) == 3
    erase(store, erased(2, "[of another]"))
    assert store.record(number(1)).rows == "[a much longer text than before]"


def test_a_session_sees_what_it_erased_and_others_see_it_when_it_has_ended(store: Any) -> None:
    with store.appending() as session:
        assert session.record(number(1)).rows is None
        assert session.record(number(7)) is None
        session.erase(erased())
        assert session.record(number(1)).rows == "[left]"
        assert store.record(number(1)).rows is None
    assert store.record(number(1)).rows == "[left]"


def test_a_session_that_fails_erases_nothing(store: Any) -> None:
    def fail(what: ErasedRecord) -> None:
        with store.appending() as session:
            session.erase(what)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail(erased())
    assert store.record(number(1)).rows is None
    assert [each.record_id for each in store.lookup(DATA, 9)] == [number(1), number(2)]


def test_a_record_is_found_by_what_is_left_of_it(store: Any) -> None:
    erase(store, erased(1, "[left]", FILE))
    assert [each.record_id for each in store.lookup(DATA, 9)] == [number(2)]
    assert [each.record_id for each in store.lookup(FILE, 9)] == [number(1)]
    assert [each.record_id for each in store.lookup(OTHER, 9)] == [number(0)]


def test_digests_of_the_submission_are_forgotten(store: Any) -> None:
    erase(store, erased())
    with store.appending() as session:
        known = session.answered([KEY, DERIVED, b"\x04" * 32])
    assert known == {
        KEY: AnsweredKey(KEY, b"", number(1)),
        b"\x04" * 32: AnsweredKey(b"\x04" * 32, SUBMISSION, number(2)),
    }


def test_what_is_not_there_cannot_be_erased(store: Any) -> None:
    with pytest.raises(Unknown):
        erase(store, ErasedRecord(7, number(7), "[]", []))


def test_purging_changes_nothing_that_is_left(store: Any) -> None:
    erase(store, erased(1, "[left]", FILE))
    before = store.records(0, 3), store.lookup(FILE, 9), store.lookup(DATA, 9)
    assert store.purge()
    assert store.purge()
    assert (store.records(0, 3), store.lookup(FILE, 9), store.lookup(DATA, 9)) == before


def test_the_wal_is_empty_after_a_purge(database: Database, tmp_path: Path) -> None:
    store = SqlLogStore(database, SqlLogs(database).create("jyg", ORIGIN, NOW).log_id)
    records = [record(0), record(1, secret=SECRET)]
    append(store, group(0, 2, records=records, keyed_digests=[(DATA, 1)]))
    wal = tmp_path / "liuhen.sqlite-wal"
    assert wal.stat().st_size
    erase(store, erased(1, "[left]", FILE))
    assert store.purge()
    assert wal.stat().st_size == 0
    content = (tmp_path / "liuhen.sqlite").read_bytes()
    assert DATA not in content
    assert FILE in content
    assert SECRET not in content


@pytest.mark.parametrize("copied", [True, False])
def test_tables_with_a_copy_of_a_destroyed_digest_are_written_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch, copied: bool
) -> None:
    store = SqlLogStore(database, SqlLogs(database).create("jyg", ORIGIN, NOW).log_id)
    digests = [(bytes([n]) * 32, n) for n in range(100, 140)]
    records = [record(n, record_id=number(n)) for n in range(140)]
    answered = [AnsweredKey(KEY, SUBMISSION, number(3))]
    append(store, group(0, 140, records=records, keyed_digests=digests, answered=answered))
    looked: list[Any] = []

    def holds_any(_: Path, secrets: Any) -> bool:
        looked.append(set(secrets))
        return copied

    monkeypatch.setattr("liuhen.adapters.sql.erasing.holds_any", holds_any)
    erase(store, ErasedRecord(103, number(103), "[left]", []))
    assert store.purge()
    assert looked == [{bytes([103]) * 32}]
    assert store.purge()
    assert len(looked) == 1
    for digest, index in digests:
        found = [each.entry_index for each in store.lookup(digest, 9)]
        assert found == ([] if index == 103 else [index])
    with store.appending() as session:
        assert session.answered([KEY])[KEY].submission == SUBMISSION


def test_another_process_that_purges_does_not_spare_us_the_looking(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_id = SqlLogs(database).create("jyg", ORIGIN, NOW).log_id
    other = Database(sqlite_url(tmp_path))
    here, there = SqlLogStore(database, log_id), SqlLogStore(other, log_id)
    digests = [(bytes([n]) * 32, n) for n in (1, 2)]
    append(
        here,
        group(
            0, 3, records=[record(n, record_id=number(n)) for n in range(3)], keyed_digests=digests
        ),
    )
    looked: list[Any] = []
    monkeypatch.setattr(
        "liuhen.adapters.sql.erasing.holds_any", lambda _, secrets: looked.append(set(secrets))
    )
    erase(here, ErasedRecord(1, number(1), "[left]", []))
    erase(there, ErasedRecord(2, number(2), "[left]", []))
    assert there.purge()
    assert here.purge()
    assert looked == [{digests[1][0]}, {digests[0][0]}]
    other.close()


def test_a_digest_that_another_record_has_too_is_not_looked_for(store: Any) -> None:
    erase(store, erased(1, "[left]"))
    assert store.purge()
    assert [each.record_id for each in store.lookup(DATA, 9)] == [number(2)]


def test_bytes_are_found_in_a_file_wherever_they_lie(tmp_path: Path) -> None:
    file, secret = tmp_path / "file", b"0123456789abcdef" * 2
    for before in (0, 1, 2**22 - 4, 2**22, 2**23 - 1):
        file.write_bytes(bytes(before) + secret[:8] + bytes(20))
        assert holds_any(file, [b"x" * 32, secret])
    file.write_bytes(bytes(100) + secret[:7] + bytes(100))
    assert not holds_any(file, [b"x" * 32, secret])
    with pytest.raises(Unavailable):
        holds_any(tmp_path / "missing", [secret])
