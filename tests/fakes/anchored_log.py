"""A log in memory, as the anchorer sees it."""

import hashlib

from liuhen.app.anchor_rules import AnchoredLog
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead, leaf_hash, root_hash, subtree_root
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.tiles import WIDTH, Tree
from liuhen.ports import StoredHead

ORIGIN = "log.example/logs/growing"


class GrowingLog:
    """Entries, and which of them was the newest map head. Gives itself as an `AnchoredLog`."""

    def __init__(self, size: int = 0) -> None:
        self.entries: list[bytes] = []
        self.map_head = -1
        self.notes: dict[int, str] = {}
        self.failing = False
        self.append(size)

    def append(self, count: int) -> None:
        """Add records."""
        start = len(self.entries)
        self.entries += [b"record %d" % index for index in range(start, start + count)]

    def head(self) -> StoredHead:
        """Return the head row, as `LogReading` does."""
        return StoredHead(TreeHead(len(self.entries), root_hash(self.entries)), "", self.map_head)

    def request_map_head(self) -> TreeHead:
        """End the log in a map head, as the writer does."""
        if self.failing:
            raise Unavailable("the writer does not answer")
        if self.map_head != len(self.entries) - 1:
            self.map_head = len(self.entries)
            self.entries.append(hashlib.sha256(b"map head %d" % self.map_head).digest())
            head = self.head().tree
            text = Checkpoint(ORIGIN, head.size, head.root).to_text()
            self.notes[head.size] = SignedNote(
                text, (NoteSignature(ORIGIN, b"\0\0\0\0", b"\1"),)
            ).to_text()
        return self.head().tree

    def checkpoint(self, size: int) -> str | None:
        """Return what was stored for good, as `AnchoredReading` does."""
        return self.notes.get(size)

    def last_checkpoint(self, most: int) -> str | None:
        """Return what was stored for good for the largest size, as `AnchoredReading` does."""
        return self.notes.get(max((size for size in self.notes if size <= most), default=0))

    def tree(self) -> Tree:
        """Return the tree as it is now."""
        return Tree(self._row, len(self.entries))

    def anchored(self) -> AnchoredLog:
        """Return the log as the anchorer wants it."""
        return AnchoredLog(self, self.tree, self.request_map_head)

    def _row(self, level: int, index: int, width: int) -> bytes:
        leaves = [leaf_hash(entry) for entry in self.entries]
        span = WIDTH**level
        starts = [(index * WIDTH + at) * span for at in range(width)]
        return b"".join(subtree_root(leaves[start : start + span]) for start in starts)
