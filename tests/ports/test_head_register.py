"""What every register of signed heads promises, in memory and as a file."""

from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.register_file import RegisterFile
from liuhen.core.errors import HistoryMismatch, ProofMismatch
from liuhen.core.merkle import EMPTY_ROOT, TreeHead, leaf_hash
from liuhen.core.tiles import Edge, Tree
from tests.fakes.head_register import MemoryRegister

EMPTY = TreeHead(0, EMPTY_ROOT)
ENTRIES = [bytes([number]) * 32 for number in range(20)]


@pytest.fixture(params=["memory", "file"])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        yield MemoryRegister()
        return
    made = RegisterFile(tmp_path / "jyg.register", "log.example/logs/jyg")
    yield made
    made.close()


def tree(size: int, entries: list[bytes] = ENTRIES) -> Tree:
    edge = Edge()
    edge.append([leaf_hash(entry) for entry in entries[:size]])
    return Tree(lambda level, index, width: edge.read(level, index, width) or b"", size)


def head(size: int, entries: list[bytes] = ENTRIES) -> TreeHead:
    return TreeHead(size, tree(size, entries).root())


def test_the_first_head_is_that_of_an_empty_log(register: Any) -> None:
    assert register.newest() is None
    with pytest.raises(HistoryMismatch):
        register.advance(head(3), [])
    register.advance(EMPTY, [])
    assert register.newest() == EMPTY


def test_a_head_follows_with_its_proof(register: Any) -> None:
    register.advance(EMPTY, [])
    register.advance(head(3), [])
    for old, new in [(3, 4), (4, 7), (7, 16), (16, 20)]:
        register.advance(head(new), tree(new).consistency(old))
        assert register.newest() == head(new)


def test_the_same_head_again_is_harmless(register: Any) -> None:
    register.advance(EMPTY, [])
    register.advance(head(3), [])
    register.advance(head(3), [])
    assert register.newest() == head(3)


def test_a_smaller_head_is_refused(register: Any) -> None:
    register.advance(EMPTY, [])
    register.advance(head(7), [])
    with pytest.raises(HistoryMismatch):
        register.advance(head(3), tree(7).consistency(3))
    assert register.newest() == head(7)


def test_another_tree_of_the_same_size_is_refused(register: Any) -> None:
    register.advance(EMPTY, [])
    register.advance(head(7), [])
    with pytest.raises(HistoryMismatch):
        register.advance(TreeHead(7, b"\xff" * 32), [])


def test_a_larger_tree_of_another_history_is_refused(register: Any) -> None:
    register.advance(EMPTY, [])
    register.advance(head(7), [])
    other = [b"\xff" * 32, *ENTRIES[1:]]
    with pytest.raises(ProofMismatch):
        register.advance(head(9, other), tree(9, other).consistency(7))
    with pytest.raises(ProofMismatch):
        register.advance(head(9), [])
    with pytest.raises(ProofMismatch):
        register.advance(head(9), [b"\0" * 32])
    assert register.newest() == head(7)
