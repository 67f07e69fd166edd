"""What a store of cosigned heads promises, on the fake and on the real one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.adapters.sql.cosigned_store import SqlCosignedStore
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.core.note import SignedNote
from liuhen.ports import CosignedHead, CosignedStore, LogStore
from tests.fakes.cosigned_store import MemoryCosignedStore
from tests.fakes.log_store import MemoryLogStore
from tests.receipt_kit import Kit
from tests.witness_kit import ML, W1, W2, KnownWitness, cosigned, head_of

KIT = Kit()
Parts = tuple[CosignedStore, LogStore]


@pytest.fixture(params=["memory", "real"])
def parts(request: pytest.FixtureRequest) -> Parts:
    if request.param == "memory":
        log = MemoryLogStore()
        return MemoryCosignedStore(log), log
    database: Database = request.getfixturevalue("database")
    log_id = SqlLogs(database).create("kit", KIT.origin, datetime(2026, 1, 1, tzinfo=UTC)).log_id
    return SqlCosignedStore(database, log_id), SqlLogStore(database, log_id)


@pytest.fixture
def store(parts: Parts) -> CosignedStore:
    return parts[0]


def head(size: int, *signed: KnownWitness, time: int = 100, **changes: Any) -> CosignedHead:
    note = KIT.checkpoint(size)
    lines = [known.line(head_of(note), time) for known in signed]
    values: dict[str, Any] = {"enough": True, "sizes": {w.key: size for w in signed}, **changes}
    return CosignedHead(size, cosigned(note, *lines), **values)


def names(note: str | None) -> list[str]:
    assert note is not None
    return [line.name for line in SignedNote.parse(note).signatures[2:]]


def test_nothing_is_known_in_the_beginning(store: CosignedStore) -> None:
    assert (store.newest(), store.first_over(0), store.witness_size(W1.key)) == (None, None, 0)


def test_sizes_of_witnesses_are_kept_by_key(store: CosignedStore) -> None:
    store.keep(head(5, W1, ML))
    store.keep(head(7, W1, sizes={W1.key: 7, W2.key: 3}))
    sizes = [store.witness_size(known.key) for known in (W1, W2, ML)]
    assert sizes == [7, 3, 5]
    store.keep(head(8, sizes={W1.key: 2}))
    assert store.witness_size(W1.key) == 2


def test_only_heads_that_enough_cosigned_are_kept(store: CosignedStore) -> None:
    store.keep(head(5, W1))
    store.keep(head(7, W1, enough=False))
    assert store.newest() == head(5, W1).note
    assert store.witness_size(W1.key) == 7


def test_the_newest_alone_is_kept_of_heads_that_pass(store: CosignedStore) -> None:
    for size in (3, 5, 7):
        store.keep(head(size, W1))
    assert store.newest() == store.first_over(0) == head(7, W1).note
    assert store.first_over(7) is None


def test_heads_whose_checkpoint_is_kept_for_good_stay(parts: Parts) -> None:
    store, log = parts
    log.put_checkpoint(3, KIT.checkpoint(3))
    for size in (3, 5, 7):
        store.keep(head(size, W1))
    firsts = [store.first_over(size) for size in (0, 2, 3, 6, 7)]
    assert firsts == [
        *(head(3, W1).note, head(3, W1).note),
        *(head(7, W1).note, head(7, W1).note, None),
    ]


def test_a_lasting_checkpoint_gets_the_lines_once(parts: Parts) -> None:
    store, log = parts
    log.put_checkpoint(5, KIT.checkpoint(5))
    store.keep(head(5, W1, enough=False))
    assert log.checkpoint(5) == head(5, W1).note
    store.keep(head(5, W2, W1, time=200))
    note = SignedNote.parse(log.checkpoint(5) or "")
    assert [line.name for line in note.signatures[2:]] == [W1.name, W2.name]
    assert W1.key.verify(head_of(note.to_text()), note.signatures[2]).timestamp == 100
    log.put_checkpoint(5, KIT.checkpoint(5))
    assert log.checkpoint(5) == note.to_text()


def test_of_one_head_the_first_line_of_each_witness_stays(store: CosignedStore) -> None:
    store.keep(head(5, W1))
    store.keep(head(5, W2, W1, time=200))
    newest = store.newest()
    assert names(newest) == [W1.name, W2.name]
    first = SignedNote.parse(newest or "").signatures[2]
    assert W1.key.verify(head_of(newest or ""), first).timestamp == 100


def test_another_checkpoint_does_not_get_the_lines(parts: Parts) -> None:
    store, log = parts
    log.put_checkpoint(4, KIT.checkpoint(4))
    store.keep(head(5, W1))
    assert log.checkpoint(4) == KIT.checkpoint(4)
    assert log.checkpoint(5) is None


def test_lines_of_ml_dsa_are_kept_whole(parts: Parts) -> None:
    store, log = parts
    log.put_checkpoint(5, KIT.checkpoint(5))
    kept = head(5, ML)
    store.keep(kept)
    assert (store.newest(), log.checkpoint(5)) == (kept.note, kept.note)


def test_logs_of_one_database_do_not_see_each_other(database: Database) -> None:
    def make(name: str) -> int:
        origin = f"log.example/logs/{name}"
        return SqlLogs(database).create(name, origin, datetime(2026, 1, 1, tzinfo=UTC)).log_id

    one, two = (SqlCosignedStore(database, make(name)) for name in ("one", "two"))
    one.keep(head(5, W1))
    assert (two.newest(), two.first_over(0), two.witness_size(W1.key)) == (None, None, 0)
    two.keep(head(9, W1))
    assert (one.newest(), one.witness_size(W1.key)) == (head(5, W1).note, 5)
