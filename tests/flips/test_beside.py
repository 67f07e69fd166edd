"""Files beside the database, register and journal of erasures: a bent bit is never overlooked.

Only the last line may be taken for one that a crash has torn, and only where its end is missing.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from liuhen.adapters.erasures_file import ErasuresFile
from liuhen.adapters.register_file import RegisterFile, read_register
from liuhen.core.erasure import Erasure
from liuhen.core.errors import HistoryMismatch
from liuhen.core.merkle import EMPTY_ROOT, TreeHead, leaf_hash, node_hash

ORIGIN = "log.example/logs/jyg"
ENTRIES = [leaf_hash(b"%d" % n) for n in range(2)]
HEADS = [
    TreeHead(0, EMPTY_ROOT),
    TreeHead(1, ENTRIES[0]),
    TreeHead(2, node_hash(*ENTRIES)),
]
NUMBERS = [f"01936b2e-7c00-7000-8000-00000000000{n}" for n in range(4)]
ERASURES = [
    Erasure(NUMBERS[0], NUMBERS[1], (("data", "a"),), "Art. 47"),
    Erasure(NUMBERS[2], NUMBERS[3], (("data", "b", 0), ("data", "c")), "第四十七条"),
]


def bent_files(content: bytes) -> Iterator[tuple[int, bytes]]:
    for at in range(len(content)):
        for bit in (0, 5, 7):
            yield at, content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "jyg.register"
    file = RegisterFile(path, ORIGIN)
    for head, proof in zip(HEADS, ([], [], [ENTRIES[1]]), strict=True):
        file.advance(head, proof)
    file.close()
    return path


def test_a_bent_register_is_refused_or_ends_where_its_last_line_was_torn(register: Path) -> None:
    content = register.read_bytes()
    assert read_register(register, ORIGIN) == HEADS[-1]
    torn = []
    for at, bent in bent_files(content):
        register.write_bytes(bent)
        try:
            newest: TreeHead | None = read_register(register, ORIGIN)
        except HistoryMismatch:
            continue
        assert newest == HEADS[-2]
        torn.append(at)
    assert set(torn) == {len(content) - 1}


def test_a_service_does_not_take_hold_of_a_bent_register(register: Path) -> None:
    content = register.read_bytes()
    register.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    with pytest.raises(HistoryMismatch):
        RegisterFile(register, ORIGIN)


def test_a_bent_journal_of_erasures_is_refused_or_ends_where_its_last_line_was_torn(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jyg.erasures"
    journal = ErasuresFile(path, ORIGIN)
    for erasure in ERASURES:
        journal.add(erasure)
    content = path.read_bytes()
    assert journal.erasures() == ERASURES
    torn = set()
    for at, bent in bent_files(content):
        path.write_bytes(bent)
        try:
            left: Sequence[Erasure] = journal.erasures()
        except HistoryMismatch:
            continue
        assert left == ERASURES[:-1]
        torn.add(at)
    assert torn == {len(content) - 1}
