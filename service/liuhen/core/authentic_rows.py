"""Tiles that somebody else stores, each checked against a signed head before it is used.

A row is believed when its own root is the hash that the row above holds for it; the unfinished
rows at the right edge of the log, all together, must lead to the signed root hash. So whoever
reads tiles through `AuthenticRows.read` and bundles through `bundle_row` has checked every hash of
the log: the shape of a file system check, only from above, which tells exactly what is wrong.

To skip the check for some tiles is the bug of Go's `sumdb/tlog` before x/mod v0.40.0
(CVE-2026-56865): a proof made from them leads to a root, and the leaves read on the way are lies.
"""

import hashlib

from liuhen.core.errors import Malformed, ProofMismatch
from liuhen.core.merkle import EMPTY_ROOT, HASH_BYTES, TreeHead, subtree_root
from liuhen.core.tiles import HEIGHT, WIDTH, RowReader, TileRef, edge_widths, row_width

ENTRY_BYTES = 32
BUNDLED_BYTES = 2 + ENTRY_BYTES
"""Bytes of an entry in a bundle, with its length before it."""

MOST_REMEMBERED = 1024
"""Rows kept in memory, 8 MB."""

_LENGTH = ENTRY_BYTES.to_bytes(2, "big")
_sha256 = hashlib.sha256


class TileMismatch(ProofMismatch):
    """A tile or bundle is not the one that the signed head commits to.

    Attributes:
        path: Its path.
        means: Stable code of what that means.
    """

    def __init__(self, message: str, path: str, means: str) -> None:
        self.path, self.means = path, means
        super().__init__(f"{path}: {message}")


class AuthenticRows:
    """Reads rows of one log at one signed head; `read` can be the reader of a `Tree`."""

    def __init__(self, read: RowReader, head: TreeHead) -> None:
        """Prepare; nothing is read yet.

        Args:
            read: Reads rows that are not to be believed.
            head: The signed head.
        """
        self.head = head
        self._read = read
        self._edge: dict[int, bytes] | None = None
        self._rows: dict[tuple[int, int], bytes] = {}

    def read(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of a row, all of them checked.

        Raises:
            TileMismatch: The row is not that of the head.
            Malformed: It is not a row of this width.
        """
        full = row_width(self.head.size, level, index)
        if full < WIDTH:
            row = self.edge()[level] if full else b""
        else:
            row = self._full_row(level, index)
        return row[: HASH_BYTES * width]

    def edge(self) -> dict[int, bytes]:
        """Return the unfinished rows by level, which together lead to the signed root hash.

        Raises:
            TileMismatch: They lead to another.
        """
        if self._edge is None:
            edge = self._read_edge()
            if edge_root(list(edge.values())) != self.head.root:
                raise TileMismatch(
                    f"the log's tiles do not lead to the root hash that was signed for"
                    f" {self.head.size} entries",
                    "checkpoint",
                    "log-leads-elsewhere",
                )
            self._edge = edge
        return self._edge

    def check(self, level: int, index: int, row: bytes) -> None:
        """Check a row that was read elsewhere, of the width it has at this head.

        Raises:
            TileMismatch: The row is not that of the head.
            Malformed: It is not a row of this width.
        """
        width = row_width(self.head.size, level, index)
        _check_width(level, index, width, row)
        if width < WIDTH:
            if row != self.edge()[level]:
                raise _altered(level, index, width, "the rows at the edge")
            return
        above, position = divmod(index, WIDTH)
        parent_width = row_width(self.head.size, level + 1, above)
        parent = self.read(level + 1, above, parent_width)
        if row_root(row) != parent[HASH_BYTES * position : HASH_BYTES * (position + 1)]:
            parent_path = TileRef(level + 1, above, parent_width).to_path()
            raise _altered(level, index, width, parent_path)

    def _full_row(self, level: int, index: int) -> bytes:
        row = self._rows.get((level, index))
        if row is None:
            row = self._read(level, index, WIDTH)
            self.check(level, index, row)
            if len(self._rows) >= MOST_REMEMBERED:
                self._rows.clear()
            if level:  # leaf hashes are needed once; a `Tree` keeps those of its proof itself
                self._rows[level, index] = row
        return row

    def _read_edge(self) -> dict[int, bytes]:
        widths = edge_widths(self.head.size)
        edge = {}
        for level, width in enumerate(widths):
            if width:
                index = self.head.size >> HEIGHT * (level + 1)
                edge[level] = self._read(level, index, width)
                _check_width(level, index, width, edge[level])
        return edge


def _check_width(level: int, index: int, width: int, row: bytes) -> None:
    if len(row) != HASH_BYTES * width or not width:
        path = TileRef(level, index, width).to_path()
        raise Malformed(f"{path}: {len(row)} bytes in place of {HASH_BYTES * width}")


def _altered(level: int, index: int, width: int, above: str) -> TileMismatch:
    return TileMismatch(
        f"these hashes are not those that {above} and the signed root hash commit to",
        TileRef(level, index, width).to_path(),
        "tile-altered",
    )


def bundle_row(bundle: bytes, index: int, width: int) -> bytes:
    """Return the leaf hashes of an entry bundle, as its tile of level 0 holds them.

    Args:
        bundle: Entries of 32 bytes, each after its length.
        index: Number of the bundle.
        width: How many entries it must have.

    Raises:
        Malformed: It does not hold exactly so many entries of exactly this length.
    """
    step = BUNDLED_BYTES
    lengths = bundle[::step], bundle[1::step]
    if len(bundle) != step * width or lengths != (_LENGTH[:1] * width, _LENGTH[1:] * width):
        path = TileRef(None, index, width).to_path()
        raise Malformed(f"{path}: not {width} entries of {ENTRY_BYTES} bytes")
    sha256 = _sha256  # a local name: this is the hot loop of whoever checks a whole log
    return b"".join(
        [sha256(b"\x00" + bundle[at : at + 32]).digest() for at in range(2, len(bundle), step)]
    )


def row_root(row: bytes) -> bytes:
    """Hash a full row of 256 hashes, or any other power of two, into one.

    The same as `subtree_root`, without a list of slices at every step.
    """
    sha256 = _sha256
    while len(row) > HASH_BYTES:
        row = b"".join(
            [sha256(b"\x01" + row[at : at + 64]).digest() for at in range(0, len(row), 64)]
        )
    return row


def edge_root(rows: list[bytes]) -> bytes:
    """Return the root hash of a log from its unfinished rows, the lowest level first."""
    root = b""
    for row in rows:
        joined = row + root
        hashes = [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
        root = subtree_root(hashes)
    return root or EMPTY_ROOT
