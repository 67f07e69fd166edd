"""Tiles: how a log is stored and served, and how proofs are made from it (c2sp.org/tlog-tiles).

A tile is a row of up to 256 hashes. Row position i of tile (level, index) holds the root of the
complete subtree of 256^level leaves with number index·256 + i. Level 0 holds leaf hashes. Only
full tiles are hashed into the level above.

`Tree` makes proofs of any size from stored rows in O(log n) reads; the same class serves the
writer, whose newest rows are still in memory, through the `read` function it is given. Rows are
trusted here: whoever reads foreign tiles must compare `Tree.root` with a signed head first.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from liuhen.core.errors import MalformedTilePath
from liuhen.core.merkle import EMPTY_ROOT, HASH_BYTES, node_hash, split, subtree_root

WIDTH = 256
HEIGHT = 8
MAX_REMEMBERED = 4096
"""Complete subtrees that a growing `Tree` keeps before it starts afresh."""

MAX_LEVEL = 63
"""Highest level the path format can spell; a log of 2^63 entries ends at level 7."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)

RowReader = Callable[[int, int, int], bytes]
"""read(level, index, width): the first `width` hashes of a tile, 32·width bytes."""


@dataclass(frozen=True, slots=True)
class TileRef:
    """Which tile, and how much of it.

    Attributes:
        level: 0 to 63; None for an entry bundle.
        index: Number of the tile in its level, from 0.
        width: Hashes (or entries) in it, 1 to 256.
    """

    level: int | None
    index: int
    width: int

    def to_path(self) -> str:
        """Spell the path, e.g. `tile/0/x001/234.p/5`."""
        groups = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    @staticmethod
    def parse(path: str) -> "TileRef":
        """Read a path; the exact inverse of `to_path`.

        Raises:
            MalformedTilePath: Any other spelling of a tile, so that no resource has two URLs.
        """
        match = _PATH.fullmatch(path)
        if match is None:
            raise MalformedTilePath(f"not the path of a tile: {path!r}")
        level = None if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("x", "").replace("/", ""))
        tile = TileRef(level, index, int(match["width"] or WIDTH))
        if tile.to_path() != path or (level or 0) > MAX_LEVEL:
            raise MalformedTilePath(f"not the one spelling of a tile: {path!r}")
        return tile


def row_width(size: int, level: int, index: int) -> int:
    """Return how many hashes tile (level, index) has in a log of `size` entries; 0 to 256."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - WIDTH * index))


class Tree:
    """Root and proofs of a log at any size up to `size`, read from its rows.

    One object remembers the rows and nodes it has read, so proofs for many entries at one size
    share them. It is cheap to make: make a new one for a new size.
    """

    def __init__(self, read: RowReader, size: int) -> None:
        self.size = size
        self._read = read
        self._rows: dict[tuple[int, int], bytes] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._ranges: dict[tuple[int, int], bytes] = {}

    def grow(self, size: int) -> None:
        """Move on to a larger size, keeping the hashes of complete subtrees: they never change."""
        self.size = size
        self._rows.clear()
        self._ranges.clear()
        if len(self._nodes) > MAX_REMEMBERED:
            self._nodes.clear()

    def root(self, size: int | None = None) -> bytes:
        """Return the root hash at `size` (default: the whole tree)."""
        wanted = self.size if size is None else size
        return self._range(0, wanted) if wanted else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Prove that leaf `index` is in the tree of `size`; 0 <= index < size <= self.size.

        Returns:
            Sibling hashes from the leaf up. Source: RFC 9162 §2.1.3.1.
        """
        low, high = 0, self.size if size is None else size
        path: list[bytes] = []
        while high - low > 1:
            middle = low + split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Prove that the tree of size `old` is a prefix of that of size `new`.

        Returns:
            The proof; empty when old is 0 or equals new. Source: RFC 9162 §2.1.4.1.
        """
        low, high = 0, self.size if new is None else new
        if old in (0, high):
            return []
        path: list[bytes] = []
        known = True  # whether the old root itself is still the subtree in hand
        while old != high:
            middle = low + split(high - low)
            if old <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low, known = middle, False
        if not known:
            path.append(self._range(low, high))
        return path[::-1]

    def _range(self, low: int, high: int) -> bytes:
        """Hash the leaves [low, high), where low is a multiple of a power of two >= high - low."""
        width = high - low
        if width & (width - 1) == 0:
            height = width.bit_length() - 1
            return self._node(height, low >> height)
        found = self._ranges.get((low, high))
        if found is None:
            middle = low + split(width)
            found = node_hash(self._range(low, middle), self._range(middle, high))
            self._ranges[low, high] = found
        return found

    def _node(self, height: int, number: int) -> bytes:
        """Hash the complete subtree of 2^height leaves with this number in its row."""
        key = (height, number)
        found = self._nodes.get(key)
        if found is None:
            level, above = divmod(height, HEIGHT)
            if above:
                left = self._node(height - 1, 2 * number)
                found = node_hash(left, self._node(height - 1, 2 * number + 1))
            else:
                found = self._stored(level, number)
            self._nodes[key] = found
        return found

    def _stored(self, level: int, number: int) -> bytes:
        index, position = divmod(number, WIDTH)
        row = self._rows.get((level, index))
        if row is None:
            row = self._read(level, index, row_width(self.size, level, index))
            self._rows[level, index] = row
        return row[HASH_BYTES * position : HASH_BYTES * (position + 1)]


class Edge:
    """The right edge of a growing log: the unfinished row of each level, in memory.

    The single writer appends here and stores the rows that become full. Together with stored
    full tiles it answers every read a `Tree` of the new size makes.
    """

    def __init__(self, size: int = 0, rows: Sequence[bytes] = ()) -> None:
        """Resume at `size` with the unfinished rows, lowest level first.

        Raises:
            ValueError: The rows do not have the widths that `size` needs.
        """
        self.size = size
        self._rows = [bytearray(row) for row in rows]
        widths = [len(row) // HASH_BYTES for row in rows]
        if widths != edge_widths(size) or any(len(row) % HASH_BYTES for row in rows):
            raise ValueError(f"the edge of a log of size {size} has other rows")

    @property
    def rows(self) -> list[bytes]:
        """The unfinished rows, lowest level first, for storing with the head."""
        return [bytes(row) for row in self._rows]

    def append(self, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Append leaf hashes; return the tiles that became full, as (level, index, 8192 bytes)."""
        full: list[tuple[int, int, bytes]] = []
        for leaf in leaves:
            self.size += 1
            self._push(0, leaf, full)
        return full

    def read(self, level: int, index: int, width: int) -> bytes | None:
        """Return a row if it is the unfinished one of its level, else None (it is stored)."""
        if level < len(self._rows) and index == self.size >> HEIGHT * (level + 1):
            return bytes(self._rows[level][: HASH_BYTES * width])
        return None

    def _push(self, level: int, digest: bytes, full: list[tuple[int, int, bytes]]) -> None:
        if level == len(self._rows):
            self._rows.append(bytearray())
        row = self._rows[level]
        row += digest
        if len(row) == WIDTH * HASH_BYTES:
            index = (self.size >> HEIGHT * (level + 1)) - 1
            tile = bytes(row)
            row.clear()
            full.append((level, index, tile))
            self._push(level + 1, subtree_root(_hashes(tile)), full)


def edge_widths(size: int) -> list[int]:
    """Return the width of the unfinished row of each level of a log of `size` entries."""
    widths = []
    while size:
        widths.append(size % WIDTH)
        size //= WIDTH
    return widths


def _hashes(row: bytes) -> list[bytes]:
    return [row[at : at + HASH_BYTES] for at in range(0, len(row), HASH_BYTES)]
