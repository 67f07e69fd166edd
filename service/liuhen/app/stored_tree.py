"""The tree of a log as it is stored: proofs in O(log n) reads.

Reading a proof costs one or two rows of level 0 from the database, in a log of a thousand entries
as in one of a million: complete subtrees of 256 entries and more never change and are remembered
across proofs.
"""

import threading

from liuhen.core.errors import Unavailable
from liuhen.core.merkle import HASH_BYTES, leaf_hash, subtree_root
from liuhen.core.tiles import HEIGHT, WIDTH, RowReader, Tree, row_width
from liuhen.ports import LogReading

MOST_REMEMBERED = 2**17
"""Subtrees kept in memory, some 25 MB: all of a log of 16 million entries."""


def row_reader(store: LogReading) -> RowReader:
    """Return a reader of stored rows; the unfinished row of level 0 is made from entries.

    The longest unfinished row read so far is kept: it only grows, and every proof needs it.
    """
    unfinished = (-1, b"")

    def read_unfinished(index: int, width: int) -> bytes:
        nonlocal unfinished
        known, row = unfinished
        if known != index or len(row) < HASH_BYTES * width:
            start = WIDTH * index
            row = b"".join([leaf_hash(entry) for entry in store.entries(start, start + width)])
            unfinished = (index, row)
        return row

    def read(level: int, index: int, width: int) -> bytes:
        row: bytes | None = None
        if level or width == WIDTH or unfinished[0] != index:
            row = store.row(level, index)
        if row is None and level == 0:
            row = read_unfinished(index, width)
        if row is None or len(row) < HASH_BYTES * width:
            raise Unavailable(f"the database lacks hashes of tile {index} at level {level}")
        return row[: HASH_BYTES * width]

    return read


class LargeSubtrees:
    """Hashes of complete subtrees of 2^8 leaves and more, by (height, number)."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._lock = threading.Lock()

    def get(self, height: int, number: int) -> bytes | None:
        """Return a hash if it is remembered."""
        return self._nodes.get((height, number))

    def put(self, height: int, number: int, digest: bytes) -> None:
        """Remember a hash; when there are too many, all are forgotten and made again."""
        with self._lock:
            if len(self._nodes) >= MOST_REMEMBERED:
                self._nodes.clear()
            self._nodes[height, number] = digest


class StoredTree(Tree):
    """A `Tree` for one proof, which shares large subtrees with all others of its log."""

    def __init__(self, read: RowReader, size: int, large: LargeSubtrees) -> None:
        super().__init__(read, size)
        self._large = large

    def _node(self, height: int, number: int) -> bytes:
        if height < HEIGHT:
            return self._small(height, number)
        found = self._large.get(height, number)
        if found is None:
            found = super()._node(height, number)
            self._large.put(height, number, found)
        return found

    def _small(self, height: int, number: int) -> bytes:
        """Hash a subtree within one row of level 0 in one go."""
        index, first = divmod(number << height, WIDTH)
        row = self._rows.get((0, index))
        if row is None:
            row = self._read(0, index, row_width(self.size, 0, index))
            self._rows[0, index] = row
        hashes = row[HASH_BYTES * first : HASH_BYTES * (first + (1 << height))]
        return subtree_root(
            [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
        )
