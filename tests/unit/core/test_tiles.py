"""Tiles: paths in one spelling, an edge that grows, and proofs equal to the reference."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.errors import MalformedTilePath
from liuhen.core.merkle import TreeHead, leaf_hash, root_hash, verify_consistency, verify_inclusion
from liuhen.core.tiles import Edge, TileRef, Tree, edge_widths, row_width

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "tiles.json").read_text())


class MemoryLog:
    """An edge and the tiles it gave away: what the writer and its store are together."""

    def __init__(self, size: int = 0) -> None:
        self.edge = Edge()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads: list[tuple[int, int, int]] = []
        self.grow([leaf_hash(f"entry-{i}".encode()) for i in range(size)])

    def grow(self, leaves: list[bytes]) -> None:
        for level, index, tile in self.edge.append(leaves):
            assert (level, index) not in self.tiles
            self.tiles[level, index] = tile

    def read(self, level: int, index: int, width: int) -> bytes:
        self.reads.append((level, index, width))
        row = self.edge.read(level, index, width)
        row = self.tiles[level, index][: 32 * width] if row is None else row
        assert len(row) == 32 * width
        return row


@pytest.fixture(scope="module")
def small() -> MemoryLog:
    return MemoryLog(300)


@pytest.fixture(scope="module")
def large() -> MemoryLog:
    return MemoryLog(70_000)


def test_every_proof_of_the_small_log_verifies(small: MemoryLog) -> None:
    leaves = [leaf_hash(f"entry-{i}".encode()) for i in range(300)]
    for size in range(1, 301):
        tree = Tree(small.read, 300)
        root = tree.root(size)
        assert root == root_hash([f"entry-{i}".encode() for i in range(size)])
        for index in {0, size // 3, size // 2, size - 1}:
            verify_inclusion(leaves[index], index, size, tree.inclusion(index, size), root)
        for old in {1, size // 2, size - 1, size} - {0}:
            path = tree.consistency(old, size)
            verify_consistency(TreeHead(old, tree.root(old)), TreeHead(size, root), path)


def test_all_proofs_to_size_130_have_the_accumulated_hash(small: MemoryLog) -> None:
    tree = Tree(small.read, 300)
    rolling = hashlib.sha256()
    for size in range(131):
        root = tree.root(size)
        rolling.update(root)
        for index in range(size):
            rolling.update(b"".join(tree.inclusion(index, size)) + root)
        for old in range(1, size + 1):
            rolling.update(b"".join(tree.consistency(old, size)))
    assert rolling.hexdigest() == VECTORS["accumulated"]


def test_the_large_log_has_the_published_root_and_proofs(large: MemoryLog) -> None:
    tree = Tree(large.read, 70_000)
    want = "a62a54be33294ffd5a5c4c637fd754630b71a892e8356e3a666a5c8a7ffd1518"
    assert tree.root().hex() == want
    inclusion = tree.inclusion(12345)
    assert len(inclusion) == 17
    want = "4122958f72d7aa09dfee580704be8fd216bb327da7bcfbb4e6e30cd39822e8c2"
    assert hashlib.sha256(b"".join(inclusion)).hexdigest() == want
    consistency = tree.consistency(66_000)
    assert len(consistency) == 11
    want = "e9a68d7fa784eb9b4bdd5ca696e0383aeb6bd3279a3d6294f3b9c141bb33f80e"
    assert hashlib.sha256(b"".join(consistency)).hexdigest() == want


def test_no_proof_is_needed_from_nothing_or_to_the_same_size(small: MemoryLog) -> None:
    tree = Tree(small.read, 300)
    assert tree.consistency(0) == tree.consistency(300) == []
    assert Tree(small.read, 0).root() == hashlib.sha256().digest()


def test_a_proof_reads_a_few_rows_a_level(large: MemoryLog) -> None:
    for index in (0, 255, 12345, 69_999):
        large.reads.clear()
        Tree(large.read, 70_000).inclusion(index)
        assert len(large.reads) <= 5
        assert len(set(large.reads)) == len(large.reads)


@pytest.mark.parametrize("vector", VECTORS["files"], ids=lambda v: v["path"])
def test_tiles_have_the_published_digests(
    vector: dict[str, Any], small: MemoryLog, large: MemoryLog
) -> None:
    log = small if vector["log"] == 300 else large
    tile = TileRef.parse(vector["path"])
    assert tile.level is not None
    row = log.read(tile.level, tile.index, tile.width)
    assert hashlib.sha256(row).hexdigest() == vector["sha256"]


def test_a_row_is_as_wide_as_the_size_says() -> None:
    assert [row_width(300, 0, n) for n in range(3)] == [256, 44, 0]
    assert [row_width(300, 1, n) for n in range(2)] == [1, 0]
    assert edge_widths(70_000) == [112, 17, 1]
    assert edge_widths(65_536) == [0, 0, 1]
    assert edge_widths(0) == []


def test_an_edge_resumes_from_its_rows() -> None:
    log = MemoryLog(255)
    for more in range(600):
        resumed = Edge(log.edge.size, log.edge.rows)
        assert resumed.rows == log.edge.rows
        log.edge = resumed
        log.grow([leaf_hash(b"more-%d" % more)])
    entries = [f"entry-{i}".encode() for i in range(255)] + [b"more-%d" % i for i in range(600)]
    assert Tree(log.read, 855).root() == root_hash(entries)


def test_an_edge_made_of_another_ones_rows_grows_alone() -> None:
    edge = Edge()
    edge.append([leaf_hash(b"a")])
    other = Edge(edge.size, edge.rows)
    other.append([leaf_hash(b"b")])
    assert (edge.size, other.size) == (1, 2)
    assert edge.rows == [leaf_hash(b"a")]


@pytest.mark.parametrize("rows", [[], [b"\0" * 31], [b"\0" * 64], [b"\0" * 32, b"\0" * 32]])
def test_an_edge_with_other_rows_than_its_size_needs_is_refused(rows: list[bytes]) -> None:
    with pytest.raises(ValueError, match="other rows"):
        Edge(1, rows)


def test_a_tree_grows_with_its_log() -> None:
    log = MemoryLog(200)
    tree = Tree(log.read, 200)
    for size in range(201, 600, 7):
        log.grow([leaf_hash(f"entry-{i}".encode()) for i in range(log.edge.size, size)])
        tree.grow(size)
        root = root_hash([f"entry-{i}".encode() for i in range(size)])
        assert tree.root() == root
        leaf = leaf_hash(f"entry-{size - 1}".encode())
        verify_inclusion(leaf, size - 1, size, tree.inclusion(size - 1), root)


def test_a_tree_forgets_when_it_remembers_too_much(
    monkeypatch: pytest.MonkeyPatch, small: MemoryLog
) -> None:
    monkeypatch.setattr("liuhen.core.tiles.MAX_REMEMBERED", 10)
    tree = Tree(small.read, 299)
    tree.inclusion(7)
    tree.grow(300)
    assert tree.root() == root_hash([f"entry-{i}".encode() for i in range(300)])


def test_a_full_tile_hashes_to_its_subtree() -> None:
    leaves = [leaf_hash(f"entry-{i}".encode()) for i in range(256)]
    edge = Edge()
    assert edge.append(leaves) == [(0, 0, b"".join(leaves))]
    assert edge.rows == [b"", root_hash([f"entry-{i}".encode() for i in range(256)])]


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**18 - 1), st.integers(1, 256))
def test_a_path_reads_back(level: int | None, index: int, width: int) -> None:
    tile = TileRef(level, index, width)
    assert TileRef.parse(tile.to_path()) == tile


@pytest.mark.parametrize("vector", VECTORS["paths"], ids=lambda v: v["path"])
def test_paths_equal_the_published_ones(vector: dict[str, int | str]) -> None:
    tile = TileRef(0, int(vector["index"]), 256)
    assert tile.to_path() == f"tile/0/{vector['path']}"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/1000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000.p/1000",
        "tile/0/000.p/",
        "tile/0/x000/000",
        "tile/0/x000/001",
        "tile/0/001/x000",
        "tile/0/x001/x000",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/٣/000",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/entries/0",
        "tile/0/" + "x001/" * 6 + "000",
    ],
)
def test_every_other_spelling_of_a_tile_is_refused(path: str) -> None:
    with pytest.raises(MalformedTilePath):
        TileRef.parse(path)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/63/000", "tile/63/x001/000.p/255"])
def test_levels_from_0_to_63_are_read(path: str) -> None:
    assert TileRef.parse(path).to_path() == path
    assert TileRef.parse(path).level == int(path.split("/")[1])


def test_level_64_is_refused() -> None:
    with pytest.raises(MalformedTilePath):
        TileRef.parse("tile/64/000")


def test_an_edge_holds_nothing_above_its_levels() -> None:
    edge = Edge()
    assert edge.read(0, 0, 1) is None
    edge.append([bytes(32)] * 5)
    assert edge.read(0, 0, 2) == bytes(64)
    assert [edge.read(level, 0, 1) for level in (1, 2, 3)] == [None] * 3
