"""A copy of a log is right or it is not there; and proofs can be made from it."""

import random
from pathlib import Path

import pytest

from liuhen.client.history import prove_consistency
from liuhen.client.log_check import check_log
from liuhen.client.log_copy import Copied, copy_log
from liuhen.client.log_source import FolderSource, read_tile
from liuhen.core.authentic_rows import AuthenticRows
from liuhen.core.errors import (
    HistoryMismatch,
    Malformed,
    ProofMismatch,
    SignatureMismatch,
    Unavailable,
    Unknown,
)
from liuhen.core.log_memory import LogMemory
from liuhen.core.merkle import TreeHead, leaf_hash, root_hash, verify_inclusion
from liuhen.core.tiles import TileRef, Tree, edge_widths
from liuhen.core.verdict import Outcome
from tests.log_folder import log_files, sample_entries
from tests.watched_log import ORIGIN, policy_of, signer, write_log

POLICY = policy_of()


class Counted:
    """A folder's files, counted; reading may break off."""

    readers = 1

    def __init__(self, folder: Path, most: int = 10**9) -> None:
        self._source, self.paths, self._most = FolderSource(folder), list[str](), most

    def read(self, path: str) -> bytes:
        if len(self.paths) >= self._most:
            raise KeyboardInterrupt
        self.paths.append(path)
        return self._source.read(path)


class Recorded:
    """Files in memory, with the paths that were asked for."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files, self.paths = files, list[str]()

    def read(self, path: str) -> bytes:
        self.paths.append(path)
        return self._files[path]


def log_of(folder: Path, size: int) -> Path:
    return write_log(folder / str(size), sample_entries(size))


def copy(source: Path, folder: Path) -> Copied:
    return copy_log(FolderSource(source), folder, POLICY)


def assert_agrees(folder: Path, size: int) -> None:
    report = check_log(FolderSource(folder), POLICY, LogMemory(ORIGIN), "2026-11-22T12:00:00Z")
    assert (report.outcome, report.facts["size"]) == (Outcome.MATCH, size)


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 300, 1000, 65_543])
def test_a_copy_has_exactly_the_files_of_the_log(tmp_path: Path, size: int) -> None:
    copied = copy(log_of(tmp_path, size), tmp_path / "copy")
    assert copied.head == TreeHead(size, root_hash(sample_entries(size)))
    files = log_files(sample_entries(size))
    assert files_in(tmp_path / "copy") == {*files, "checkpoint", "keys/0"}
    for path, content in files.items():
        assert (tmp_path / "copy" / path).read_bytes() == content
    assert_agrees(tmp_path / "copy", size)


def test_a_copy_grows_with_its_log_and_fetches_no_full_tile_twice(tmp_path: Path) -> None:
    fetched: set[str] = set()
    for size in (1, 200, 256, 257, 700, 65_600, 66_000):
        source = Counted(log_of(tmp_path, size))
        copied = copy_log(source, tmp_path / "copy", POLICY)
        full = {path for path in source.paths if path.startswith("tile/") and ".p" not in path}
        assert not full & fetched, size
        fetched |= {path for path in full if (tmp_path / "copy" / path).exists()}
        assert copied.head.size == size
        assert_agrees(tmp_path / "copy", size)
    assert not (tmp_path / "copy/tile/0/000.p").exists()  # the full tile has taken its place


@pytest.mark.parametrize("most", [1, 2, 5, 9, 14])
def test_an_interrupted_copy_is_the_older_one_still_and_goes_on(tmp_path: Path, most: int) -> None:
    folder = tmp_path / "copy"
    copy(log_of(tmp_path, 300), folder)
    newer = log_of(tmp_path, 2000)
    with pytest.raises(KeyboardInterrupt):
        copy_log(Counted(newer, most), folder, POLICY)
    assert_agrees(folder, 300)
    assert copy(newer, folder).head.size == 2000
    assert_agrees(folder, 2000)
    assert not [name for name in files_in(folder) if "/." in name]


def test_nothing_that_is_not_of_the_signed_log_is_written(tmp_path: Path) -> None:
    size, rng = 1000, random.Random(3)
    source = log_of(tmp_path, size)
    for path in sorted(log_files(sample_entries(size))):
        honest = (source / path).read_bytes()
        at = rng.randrange(len(honest))
        (source / path).write_bytes(honest[:at] + bytes([honest[at] ^ 1]) + honest[at + 1 :])
        folder = tmp_path / path.replace("/", "-")
        with pytest.raises((ProofMismatch, Malformed)):
            copy(source, folder)
        assert not (folder / "checkpoint").exists()
        for name in files_in(folder):
            assert (folder / name).read_bytes() == log_files(sample_entries(size))[name]
        (source / path).write_bytes(honest)


def test_a_file_that_rotted_in_the_copy_is_replaced(tmp_path: Path) -> None:
    source, folder = log_of(tmp_path, 70_000), tmp_path / "copy"
    copy(source, folder)
    for path in ("tile/0/007", "tile/1/000", "tile/entries/100", "tile/0/273.p/112"):
        (folder / path).write_bytes((folder / path).read_bytes()[:-1] + b"\0")
    copied = copy(source, folder)
    assert copied.fetched == 4 + 3  # the unfinished tiles and bundle are fetched anyway
    assert_agrees(folder, 70_000)


def test_a_copy_never_becomes_another_history_or_an_older_one(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    copy(log_of(tmp_path, 600), folder)
    before = (folder / "checkpoint").read_bytes()
    forged = sample_entries(700)
    forged[5] = bytes(32)
    with pytest.raises(HistoryMismatch, match="two histories"):
        copy(write_log(tmp_path / "forged", forged), folder)
    with pytest.raises(HistoryMismatch, match="never shrinks"):
        copy(log_of(tmp_path, 599), folder)
    assert (folder / "checkpoint").read_bytes() == before
    assert_agrees(folder, 600)


def test_a_folder_with_another_log_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    copy(log_of(tmp_path, 5), folder)
    note = (folder / "checkpoint").read_text().replace(ORIGIN, "log.example/logs/others")
    (folder / "checkpoint").write_text(note)
    with pytest.raises(HistoryMismatch, match="others"):
        copy(log_of(tmp_path, 6), folder)


def test_a_head_that_the_policy_does_not_vouch_for_is_not_copied(tmp_path: Path) -> None:
    source = write_log(tmp_path / "by-another", sample_entries(5), signer(9))
    with pytest.raises(Unavailable, match="no-line-by-a-policy-key"):
        copy(source, tmp_path / "copy")
    bent = log_of(tmp_path, 5)
    note = (bent / "checkpoint").read_text()
    (bent / "checkpoint").write_text(note.replace("\n5\n", "\n4\n"))
    with pytest.raises(SignatureMismatch):
        copy(bent, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("a file")
    with pytest.raises(Unavailable, match="cannot be written"):
        copy(log_of(tmp_path, 5), tmp_path / "copy")


def test_a_file_missing_at_the_source_is_unavailable(tmp_path: Path) -> None:
    source = log_of(tmp_path, 300)
    (source / "tile/entries/000").unlink()
    with pytest.raises(Unavailable, match="tile/entries/000"):
        copy(source, tmp_path / "copy")


# Proofs from a copy


@pytest.mark.parametrize("size", [1, 255, 256, 257, 259, 300, 767, 1000, 65_543, 70_000])
def test_a_proof_from_a_copy_reads_a_few_files_and_checks_each(tmp_path: Path, size: int) -> None:
    folder, entries = log_of(tmp_path, size), sample_entries(size)
    head = TreeHead(size, root_hash(entries))
    levels = len(edge_widths(size))
    for index in sorted({0, 255 % size, size // 2, size - 1}):
        source = Counted(folder)
        proof = from_copy(source, head).inclusion(index)
        verify_inclusion(leaf_hash(entries[index]), index, size, proof, head.root)
        assert len(source.paths) <= 2 * levels
        for path in source.paths:
            assert_is_checked(folder, path, head, index)


def from_copy(source: Counted, head: TreeHead) -> Tree:
    def read(level: int, index: int, width: int) -> bytes:
        return read_tile(source, TileRef(level, index, width))

    return Tree(AuthenticRows(read, head).read, head.size)


def assert_is_checked(folder: Path, path: str, head: TreeHead, index: int) -> None:
    """Bend a file, see that no proof is made from it, and put it back."""
    honest = (folder / path).read_bytes()
    (folder / path).write_bytes(bytes([honest[0] ^ 1]) + honest[1:])
    with pytest.raises(ProofMismatch):
        from_copy(Counted(folder), head).inclusion(index)
    (folder / path).write_bytes(honest)


@pytest.mark.parametrize("new", [259, 300, 767, 1000])
def test_a_consistency_proof_made_from_bent_tiles_is_never_accepted(new: int) -> None:
    """`prove_consistency` believes no tile: its proof leads to both roots, or it is refused."""
    entries = sample_entries(new)
    files = log_files(entries)
    for old in (1, 255, 256, 258):
        heads = [TreeHead(size, root_hash(entries[:size])) for size in (old, new)]
        source = Recorded(files)
        honest = prove_consistency(source.read, *heads)
        for path in source.paths:
            row = files[path]
            refused = 0
            for at in range(0, len(row), 32):
                bent = {**files, path: row[:at] + bytes([row[at] ^ 1]) + row[at + 1 :]}
                try:
                    assert prove_consistency(bent.__getitem__, *heads) == honest
                except ProofMismatch:
                    refused += 1
            assert refused, path  # hashes that the proof does not need do no harm


def test_a_source_that_has_no_keys_is_copied_without(tmp_path: Path) -> None:
    source = log_of(tmp_path, 3)
    (source / "keys/0").unlink()
    copy(source, tmp_path / "copy")
    with pytest.raises(Unknown):
        FolderSource(tmp_path / "copy").read("keys/0")
