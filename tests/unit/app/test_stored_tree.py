"""Proofs from stored rows, over tiles of three levels."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app import stored_tree
from liuhen.app.case_rules import CaseRules
from liuhen.app.grouping import Grouping
from liuhen.app.log_state import load_state
from liuhen.app.stored_tree import LargeSubtrees, StoredTree, row_reader
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.merkle import (
    TreeHead,
    leaf_hash,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)
from liuhen.domain.facts import RuleContext
from tests.fakes.log_store import MemoryLogStore

RULES = CaseRules(RuleContext(ChinaCalendar(), str))

SIZES = (1, 255, 256, 257, 700, 65_535, 65_536, 65_537, 70_000)
LEAVES = [hashlib.sha256(b"%d" % number).digest() for number in range(SIZES[-1])]


class CountingStore(MemoryLogStore):
    """Counts what a proof reads."""

    rows_read = 0
    entries_read = 0

    def row(self, level: int, index: int) -> bytes | None:
        self.rows_read += 1
        return super().row(level, index)

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        found = super().entries(start, end)
        self.entries_read += len(found)
        return found


@pytest.fixture(scope="module")
def store() -> CountingStore:
    """A store that grew to 70,000 entries in groups that end at every size."""
    made = CountingStore()
    for before, after in zip((0, *SIZES), SIZES, strict=False):
        state = load_state(made)  # as after a restart
        with made.appending() as session:
            group: Any = Grouping("log.example/logs/jyg", state, session, "", None, RULES)
            group._entries = LEAVES[before:after]
            session.store(group.finish())
    return made


def root(size: int) -> bytes:
    return subtree_root([leaf_hash(entry) for entry in LEAVES[:size]])


def test_a_log_grown_in_groups_has_the_root_of_its_entries(store: CountingStore) -> None:
    assert store.head().tree == TreeHead(SIZES[-1], root(SIZES[-1]))
    assert load_state(store).tree.root() == root(SIZES[-1])


@pytest.mark.parametrize("size", SIZES)
def test_every_older_size_has_its_root_and_proofs(store: CountingStore, size: int) -> None:
    large = LargeSubtrees()
    wanted = root(size)
    for index in {0, size // 3, max(0, size - 300), max(0, size - 2), size - 1}:
        tree = StoredTree(row_reader(store), size, large)
        assert tree.root() == wanted
        verify_inclusion(leaf_hash(LEAVES[index]), index, size, tree.inclusion(index), wanted)


@pytest.mark.parametrize(("old", "new"), [(1, 700), (257, 65_537), (65_536, 70_000), (700, 70_000)])
def test_sizes_are_joined_by_consistency(store: CountingStore, old: int, new: int) -> None:
    tree = StoredTree(row_reader(store), 70_000, LargeSubtrees())
    path = tree.consistency(old, new)
    verify_consistency(TreeHead(old, root(old)), TreeHead(new, root(new)), path)


def test_a_proof_reads_a_handful_of_rows(store: CountingStore) -> None:
    large = LargeSubtrees()
    for size, most in [(700, 6), (70_000, 6)]:
        StoredTree(row_reader(store), size, large).inclusion(5)
        store.rows_read = store.entries_read = 0
        StoredTree(row_reader(store), size, large).inclusion(400)
        assert store.rows_read <= most
        assert store.entries_read <= 255


def test_forgetting_subtrees_changes_no_proof(
    store: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = StoredTree(row_reader(store), 70_000, LargeSubtrees()).inclusion(12_345)
    monkeypatch.setattr(stored_tree, "MOST_REMEMBERED", 3)
    large = LargeSubtrees()
    for _ in range(2):
        assert StoredTree(row_reader(store), 70_000, large).inclusion(12_345) == wanted
    assert len(large._nodes) <= 3


def test_a_missing_row_is_unavailable(store: CountingStore) -> None:
    lacking = CountingStore()
    lacking.content = store.content.copy()
    del lacking.content.rows[1, 0]
    with pytest.raises(Unavailable):
        StoredTree(row_reader(lacking), 70_000, LargeSubtrees()).inclusion(5)
    lacking.content.entries = lacking.content.entries[:-1]
    with pytest.raises(HistoryMismatch):
        load_state(lacking)


def test_a_changed_row_is_noticed_when_the_log_is_loaded(store: CountingStore) -> None:
    bent = CountingStore()
    bent.content = store.content.copy()
    bent.content.rows[2, 0] = b"\0" * 32
    with pytest.raises(HistoryMismatch):
        load_state(bent)
