"""The register's file: torn lines, damage, locks, and disks that fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from liuhen.adapters import register_file
from liuhen.adapters.register_file import RegisterFile
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.merkle import EMPTY_ROOT, TreeHead, leaf_hash, node_hash

ORIGIN = "log.example/logs/jyg"
EMPTY = TreeHead(0, EMPTY_ROOT)
LEAVES = [leaf_hash(bytes([number]) * 32) for number in range(3)]
ONE = TreeHead(1, LEAVES[0])
TWO = TreeHead(2, node_hash(LEAVES[0], LEAVES[1]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register" / "jyg.register"


def written(path: Path) -> str:
    """Write a register of three lines, as a process that was killed leaves it."""
    register = RegisterFile(path, ORIGIN)
    register.advance(EMPTY, [])
    register.advance(ONE, [])
    register.advance(TWO, [LEAVES[1]])
    register.close()
    return path.read_text()


def reopened(path: Path) -> TreeHead | None:
    register = RegisterFile(path, ORIGIN)
    try:
        return register.newest()
    finally:
        register.close()


def test_the_last_head_is_there_after_opening_again(path: Path) -> None:
    assert reopened(path) is None
    assert len(written(path).splitlines()) == 4
    assert reopened(path) == TWO
    assert len(path.read_text().splitlines()) == 2  # rewritten with its last head alone
    assert reopened(path) == TWO


def test_a_torn_last_line_is_as_if_it_were_not_there(path: Path) -> None:
    text = written(path)
    start = text.rindex("\n", 0, -1) + 1
    for end in range(start, len(text)):
        path.write_text(text[:end])
        assert reopened(path) == ONE, f"torn after {end - start} bytes"


@pytest.mark.parametrize("kept", [(0, 0), (0, 20), (20, 0)])
def test_a_last_line_filled_with_zeros_is_as_if_it_were_not_there(
    path: Path, kept: tuple[int, int]
) -> None:
    text = written(path)
    start = text.rindex("\n", 0, -1) + 1
    line = text[start:-1]
    front, back = line[: kept[0]], line[len(line) - kept[1] :]
    zeros = "\0" * (len(line) - len(front) - len(back))
    path.write_text(f"{text[:start]}{front}{zeros}{back}\n")
    assert reopened(path) == ONE
    path.write_text(f"{text[:start]}{front}{zeros}")
    assert reopened(path) == ONE


def test_a_whole_last_line_that_is_wrong_never_rolls_the_register_back(path: Path) -> None:
    text = written(path)
    start = text.rindex("\n", 0, -1) + 1
    for position in range(start, len(text) - 1):
        for bit in range(8):
            bent = bytearray(text.encode())
            bent[position] ^= 1 << bit
            path.write_bytes(bent)
            with pytest.raises(HistoryMismatch):
                RegisterFile(path, ORIGIN)


def test_two_roots_of_one_size_are_refused(path: Path) -> None:
    text = written(path)
    other = path.with_name("other")
    register = RegisterFile(other, ORIGIN)
    register.advance(EMPTY, [])
    register.advance(TreeHead(1, LEAVES[1]), [])
    register.close()
    lines, foreign = text.splitlines(keepends=True), other.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:3], foreign[2]]))
    with pytest.raises(HistoryMismatch, match="damaged"):
        RegisterFile(path, ORIGIN)
    path.write_text("".join([*lines[:3], lines[2]]))
    assert reopened(path) == ONE


def test_any_other_damage_is_refused(path: Path) -> None:
    text = written(path)
    lines = text.splitlines(keepends=True)
    damaged = [
        "",
        lines[0],
        text.replace("log.example", "other.example", 1),
        text.replace("audit-register/v1", "audit-register/v2", 1),
        "".join([lines[0], lines[1].replace("e3b0", "e3b1"), *lines[2:]]),
        "".join([lines[0], lines[1][:-2] + "\n", *lines[2:]]),
        "".join([lines[0], lines[3], lines[2]]),
        lines[0] + lines[1][:40],
    ]
    for bad in damaged:
        path.write_text(bad)
        with pytest.raises(HistoryMismatch):
            RegisterFile(path, ORIGIN)
        assert path.read_text() == bad


def test_every_changed_bit_of_an_inner_line_is_refused(path: Path) -> None:
    text = written(path).encode()
    first, second = text.index(b"\n") + 1, text.index(b"\n", text.index(b"\n") + 1)
    for position in range(first, second):
        for bit in range(8):
            bent = bytearray(text)
            bent[position] ^= 1 << bit
            path.write_bytes(bent)
            with pytest.raises(HistoryMismatch):
                RegisterFile(path, ORIGIN)


def test_two_holders_are_refused(path: Path) -> None:
    register = RegisterFile(path, ORIGIN)
    with pytest.raises(Unavailable, match="another process"):
        RegisterFile(path, ORIGIN)
    register.close()
    assert reopened(path) is None


def test_another_process_is_refused_while_one_holds_it(path: Path) -> None:
    register = RegisterFile(path, ORIGIN)
    program = (
        "import sys; from pathlib import Path\n"
        "from liuhen.adapters.register_file import RegisterFile\n"
        "from liuhen.core.errors import Unavailable\n"
        "try: RegisterFile(Path(sys.argv[1]), sys.argv[2])\n"
        "except Unavailable: sys.exit(5)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), ORIGIN],
        env={**os.environ, "PYTHONPATH": str(Path(register_file.__file__).parents[2])},
        check=False,
    )
    assert done.returncode == 5
    register.close()


def test_a_failed_fsync_leaves_the_register_unknown_until_it_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = RegisterFile(path, ORIGIN)
    register.advance(EMPTY, [])

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", fail)
        with pytest.raises(Unavailable, match="Input/output error"):
            register.advance(ONE, [])
        with pytest.raises(Unavailable):
            register.advance(ONE, [])
    with pytest.raises(Unavailable):
        register.advance(ONE, [])
    newest = register.newest()
    assert newest in (EMPTY, ONE)  # unknown, and from now on known
    register.advance(ONE, [])
    register.close()
    assert reopened(path) == ONE


def test_a_line_written_by_half_is_not_believed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = RegisterFile(path, ORIGIN)
    register.advance(EMPTY, [])
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda file, text: write(file, text[:30]))
        with pytest.raises(Unavailable):
            register.advance(ONE, [])
    assert register.newest() == EMPTY
    register.advance(ONE, [])
    register.close()
    assert reopened(path) == ONE


def test_a_long_file_is_rewritten(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_file, "LONG_FILE_BYTES", 100)
    written(path)
    assert len(path.read_text().splitlines()) == 2
    assert reopened(path) == TWO


def test_file_and_folder_are_the_owners_alone(path: Path) -> None:
    written(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        RegisterFile(tmp_path / "file" / "jyg.register", ORIGIN)
