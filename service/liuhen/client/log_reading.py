"""Read a whole log, and check every tile and every entry of it against one signed head.

Every full tile must be what the tile above holds for it, the unfinished tiles must lead to the
signed root hash, and every bundle must hash to its tile: so nothing of the log is left unread. One
row a level is in memory, whatever the log's size.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import NamedTuple, TypeVar

from liuhen.client.log_source import LogSource, read_tile
from liuhen.core.authentic_rows import AuthenticRows, TileMismatch, bundle_row, row_root
from liuhen.core.errors import Malformed
from liuhen.core.merkle import HASH_BYTES, TreeHead
from liuhen.core.tiles import HEIGHT, WIDTH, TileRef, Tree, edge_widths, row_width

_File = TypeVar("_File")

AHEAD_FOR_EACH = 8
"""Files read ahead for each reading thread."""

Progress = Callable[[int, int], None]
"""Is told how many entries are checked, of how many."""


def tell_nobody(done: int, size: int) -> None:
    """Be told how far it has come, and do nothing with it."""
    del done, size


class CheckedLog(NamedTuple):
    """A log of which everything was read and agrees.

    Attributes:
        tree: Gives its roots and proofs, from checked tiles.
        files: How many tiles and bundles it has; all were read.
    """

    tree: Tree
    files: int


class LogReader:
    """Reads the tiles of one log at one head."""

    def __init__(self, source: LogSource, head: TreeHead) -> None:
        """Prepare; nothing is read yet."""
        self._source, self._head = source, head
        self._rows = AuthenticRows(self._read_row, head)
        self.tree = Tree(self._rows.read, head.size)

    def check(self, progress: Progress = tell_nobody) -> CheckedLog:
        """Read and check everything.

        Raises:
            TileMismatch: A tile or a bundle is not the one that the head commits to.
            Malformed: A file is not a tile or a bundle.
            Unavailable: A file cannot be had.
        """
        size = self._head.size
        self.check_edge()
        for bundle, entries, row in self._pairs():
            self._rows.check(0, bundle.index, row)
            check_bundle(bundle, entries, row)
            progress(min(size, WIDTH * bundle.index + bundle.width), size)
        return CheckedLog(self.tree, count_files(size))

    def check_edge(self) -> None:
        """Check the unfinished tiles; where they are not those of the head, say which is not.

        Raises:
            TileMismatch: One, or the log as a whole, is not what was signed.
        """
        try:
            self._rows.edge()
        except TileMismatch as mismatch:
            self._blame(mismatch)
            raise

    def _blame(self, mismatch: TileMismatch) -> None:
        """Find the unfinished tile that is not what lies below it; none if the log is another."""
        for level, width in enumerate(edge_widths(self._head.size)):
            if not width:
                continue
            tile = TileRef(level, self._head.size >> HEIGHT * (level + 1), width)
            row = read_tile(self._source, tile)
            if level == 0:
                bundle = TileRef(None, tile.index, width)
                below = bundle_row(read_tile(self._source, bundle), bundle.index, width)
            else:
                below = b"".join(self._child_root(tile, at) for at in range(width))
            if row != below:
                raise TileMismatch(
                    "these hashes are not those of what is below them in the log, and do not lead"
                    " to the signed root hash",
                    tile.to_path(),
                    "tile-not-of-what-is-below",
                ) from mismatch

    def _child_root(self, tile: TileRef, position: int) -> bytes:
        assert tile.level is not None
        child = TileRef(tile.level - 1, WIDTH * tile.index + position, WIDTH)
        row = read_tile(self._source, child)
        if len(row) != HASH_BYTES * WIDTH:
            raise Malformed(f"{child.to_path()}: {len(row)} bytes in place of {HASH_BYTES * WIDTH}")
        return row_root(row)

    def _read_row(self, level: int, index: int, width: int) -> bytes:
        return read_tile(self._source, TileRef(level, index, width))

    def _pairs(self) -> Iterator[tuple[TileRef, bytes, bytes]]:
        """Give every bundle with the tile of its leaf hashes, in order, read ahead of time."""
        refs = bundles_and_tiles(self._head.size)
        files = read_ahead(refs, lambda ref: read_tile(self._source, ref), self._source.readers)
        for bundle, entries in files:
            _, row = next(files)
            yield bundle, entries, row


def bundles_and_tiles(size: int) -> Iterator[TileRef]:
    """Name every bundle of a log of `size` entries, each followed by the tile of its leaves."""
    for index in range(-(-size // WIDTH)):
        width = row_width(size, 0, index)
        yield TileRef(None, index, width)
        yield TileRef(0, index, width)


def count_files(size: int) -> int:
    """Return how many bundles and tiles a log of `size` entries has."""
    rows = [-(-(size >> HEIGHT * level) // WIDTH) for level in range(len(edge_widths(size)))]
    return sum(rows) + sum(rows[:1])


def read_ahead(
    refs: Iterable[TileRef], read: Callable[[TileRef], _File], readers: int
) -> Iterator[tuple[TileRef, _File]]:
    """Read files in some threads, and give them in their order; a bounded number is in memory.

    Args:
        refs: What to read.
        read: Reads one file; called from several threads.
        readers: How many threads; 1 reads in the calling one.
    """
    if readers == 1:
        for ref in refs:
            yield ref, read(ref)
        return
    with ExitStack() as stack:
        pool = ThreadPoolExecutor(readers, thread_name_prefix="read log")
        stack.callback(pool.shutdown, cancel_futures=True)
        waiting: deque[tuple[TileRef, Future[_File]]] = deque()
        for ref in refs:
            waiting.append((ref, pool.submit(read, ref)))
            if len(waiting) > AHEAD_FOR_EACH * readers:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


def check_bundle(bundle: TileRef, entries: bytes, row: bytes) -> None:
    """Check that a bundle holds the entries whose leaf hashes are a checked row.

    Raises:
        TileMismatch: It holds others.
        Malformed: It is not a bundle.
    """
    if bundle_row(entries, bundle.index, bundle.width) != row:
        raise TileMismatch(
            f"an entry here is not the one that was signed;"
            f" {TileRef(0, bundle.index, bundle.width).to_path()} is as signed",
            bundle.to_path(),
            "entries-altered",
        )
