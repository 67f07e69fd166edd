"""Foreign tiles are checked before they are used: all of them, and in O(log n) reads a proof."""

import functools
from collections.abc import Callable

import pytest

from liuhen.core import authentic_rows
from liuhen.core.authentic_rows import (
    AuthenticRows,
    TileMismatch,
    bundle_row,
    edge_root,
    row_root,
)
from liuhen.core.errors import Malformed, ProofMismatch
from liuhen.core.merkle import (
    EMPTY_ROOT,
    TreeHead,
    leaf_hash,
    root_hash,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)
from liuhen.core.tiles import TileRef, Tree, edge_widths
from tests.log_folder import log_files, sample_entries

GO_SIZES = [259, 300, 767, 1000, 65543]
"""Sizes at which Go's reader used tiles that it had not checked (CVE-2026-56865)."""

SIZES = [1, 2, 255, 256, 257, *GO_SIZES, 70_000]


@functools.cache
def files_of(size: int) -> dict[str, bytes]:
    return log_files(sample_entries(size))


@functools.cache
def head_of(size: int) -> TreeHead:
    return TreeHead(size, root_hash(sample_entries(size)))


class Tiles:
    """Serves tiles, keeps count, and may bend one."""

    def __init__(self, size: int, bend: Callable[[str, bytes], bytes] | None = None) -> None:
        self.files, self.read_paths = files_of(size), list[str]()
        self._bend = bend or (lambda _, content: content)

    def __call__(self, level: int, index: int, width: int) -> bytes:
        path = TileRef(level, index, width).to_path()
        self.read_paths.append(path)
        return self._bend(path, self.files[path])


def flip(wanted: str, at: int) -> Callable[[str, bytes], bytes]:
    def bend(path: str, content: bytes) -> bytes:
        if path != wanted:
            return content
        where = at % len(content)
        return content[:where] + bytes([content[where] ^ 1]) + content[where + 1 :]

    return bend


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_reads_a_few_tiles_whatever_the_size(size: int) -> None:
    entries, head = sample_entries(size), head_of(size)
    levels = len(edge_widths(size))
    for index in sorted({0, 1, 127, 255, 256, 258, size // 2, size - 2, size - 1}):
        if not 0 <= index < size:
            continue
        tiles = Tiles(size)
        proof = Tree(AuthenticRows(tiles, head).read, size).inclusion(index)
        verify_inclusion(leaf_hash(entries[index]), index, size, proof, head.root)
        # The edge, and of each level at most one more tile; none is read twice.
        assert len(tiles.read_paths) <= 2 * levels
        assert len(set(tiles.read_paths)) == len(tiles.read_paths)


@pytest.mark.parametrize("size", [size for size in SIZES if size > 1])
def test_a_consistency_proof_reads_a_few_tiles(size: int) -> None:
    head = head_of(size)
    for old in sorted({1, 2, size // 3 or 1, size // 2, size - 1}):
        tiles = Tiles(size)
        proof = Tree(AuthenticRows(tiles, head).read, size).consistency(old)
        before = TreeHead(old, root_hash(sample_entries(old)))
        verify_consistency(before, head, proof)
        assert len(tiles.read_paths) <= 3 * len(edge_widths(size)) + 2


@pytest.mark.parametrize("size", SIZES)
def test_whatever_tile_a_proof_reads_one_bent_bit_of_it_is_refused(size: int) -> None:
    head = head_of(size)
    for index in sorted({0, size // 2, size - 1}):
        honest = Tiles(size)
        Tree(AuthenticRows(honest, head).read, size).inclusion(index)
        for path in honest.read_paths:
            for at in (0, len(honest.files[path]) // 2, -1):
                rows = AuthenticRows(Tiles(size, flip(path, at)), head)
                with pytest.raises(ProofMismatch):
                    Tree(rows.read, size).inclusion(index)


@pytest.mark.parametrize("size", [300, 65543])
def test_a_full_tile_that_is_not_the_signed_one_is_named(size: int) -> None:
    tiles = Tiles(size, flip("tile/0/000", 5))
    with pytest.raises(
        TileMismatch, match=r"tile/0/000: .*tile/1/000\b.*signed root hash"
    ) as refused:
        AuthenticRows(tiles, head_of(size)).read(0, 0, 256)
    assert (refused.value.path, refused.value.means) == ("tile/0/000", "tile-altered")


def test_a_tile_that_agrees_with_a_bent_parent_is_refused_too() -> None:
    """The bug of the reader in Go: leaf and parent bent together, the root never asked."""
    size = 70_000
    leaf_row = files_of(size)["tile/0/007"]
    forged_row = b"\xaa" * 32 + leaf_row[32:]
    parent = files_of(size)["tile/1/000"]
    forged_parent = parent[: 7 * 32] + row_root(forged_row) + parent[8 * 32 :]
    forged = {"tile/0/007": forged_row, "tile/1/000": forged_parent}
    tiles = Tiles(size, forged.get)
    with pytest.raises(TileMismatch) as refused:
        AuthenticRows(tiles, head_of(size)).read(0, 7, 256)
    assert refused.value.path == "tile/1/000"


def test_a_root_hash_that_was_never_signed_is_refused_whatever_the_tiles() -> None:
    rows = AuthenticRows(Tiles(300), TreeHead(300, bytes(32)))
    with pytest.raises(TileMismatch) as refused:
        rows.read(0, 0, 256)
    assert refused.value.means == "log-leads-elsewhere"


@pytest.mark.parametrize("length", [0, 31, 32 * 44 - 1, 32 * 44 + 1, 32 * 45, 8192])
def test_a_row_of_another_length_is_malformed(length: int) -> None:
    rows = AuthenticRows(lambda level, index, width: bytes(length), head_of(300))
    with pytest.raises(Malformed, match=r"tile/0/001\.p/44: .* bytes in place of"):
        rows.read(0, 1, 44)


def test_an_empty_log_has_no_rows_and_the_empty_root() -> None:
    def nothing(level: int, index: int, width: int) -> bytes:
        raise AssertionError

    assert AuthenticRows(nothing, TreeHead(0, EMPTY_ROOT)).edge() == {}
    with pytest.raises(TileMismatch):
        AuthenticRows(nothing, TreeHead(0, bytes(32))).edge()


def test_rows_that_were_forgotten_are_read_and_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(authentic_rows, "MOST_REMEMBERED", 1)
    size = 70_000
    tiles = Tiles(size)
    rows = AuthenticRows(tiles, head_of(size))
    for index in (0, 1, 255, 256, 0):
        assert rows.read(0, index, 256) == files_of(size)[TileRef(0, index, 256).to_path()]
    assert len(tiles.read_paths) > len(set(tiles.read_paths))


def test_a_row_that_was_read_elsewhere_is_checked_the_same_way() -> None:
    files, rows = files_of(300), AuthenticRows(Tiles(300), head_of(300))
    rows.check(0, 0, files["tile/0/000"])
    rows.check(0, 1, files["tile/0/001.p/44"])
    rows.check(1, 0, files["tile/1/000.p/1"])
    for level, index, path in [(0, 0, "tile/0/000"), (0, 1, "tile/0/001.p/44")]:
        bent = flip(path, 40)(path, files[path])
        with pytest.raises(TileMismatch, match=path):
            rows.check(level, index, bent)
    with pytest.raises(Malformed, match=r"tile/0/001\.p/44: 43 "):
        rows.check(0, 1, bytes(43))
    with pytest.raises(Malformed):
        rows.check(0, 2, b"")


def test_behind_the_last_row_of_a_log_there_is_nothing() -> None:
    rows = AuthenticRows(Tiles(512), head_of(512))
    assert [rows.read(0, 2, 1), rows.read(1, 1, 256), rows.read(2, 0, 1)] == [b""] * 3


@pytest.mark.parametrize("width", [1, 2, 64, 256])
def test_a_row_of_a_power_of_two_hashes_as_any_other_does(width: int) -> None:
    row = b"".join(leaf_hash(bytes([i % 256])) for i in range(width))
    assert row_root(row) == subtree_root([row[i : i + 32] for i in range(0, len(row), 32)])


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 300, 511, 65536, 65543])
def test_the_edge_alone_leads_to_the_root(size: int) -> None:
    files, rows = files_of(size), []
    for level, width in enumerate(edge_widths(size)):
        if width:
            rows.append(files[TileRef(level, size >> 8 * (level + 1), width).to_path()])
    assert edge_root(rows) == head_of(size).root


def test_a_bundle_hashes_to_its_tile() -> None:
    files = files_of(300)
    assert bundle_row(files["tile/entries/000"], 0, 256) == files["tile/0/000"]
    assert bundle_row(files["tile/entries/001.p/44"], 1, 44) == files["tile/0/001.p/44"]


@pytest.mark.parametrize(
    "bundle",
    [
        b"",
        b"\x00\x20" + bytes(32),
        b"\x00\x20" + bytes(32) + b"\x00\x1f" + bytes(31),
        b"\x00\x20" + bytes(32) + b"\x00\x21" + bytes(33),
        b"\x00\x20" + bytes(32) + b"\x01\x20" + bytes(32),
        (b"\x00\x20" + bytes(32)) * 2 + b"\x00",
        (b"\x00\x20" + bytes(32)) * 3,
        b"\x00\x1f" + bytes(31) + b"\x00\x21" + bytes(33),
    ],
)
def test_what_is_not_a_bundle_of_two_entries_is_malformed(bundle: bytes) -> None:
    with pytest.raises(Malformed, match=r"tile/entries/000\.p/2"):
        bundle_row(bundle, 0, 2)
