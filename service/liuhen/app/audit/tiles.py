"""The tree grown again from the entries, and every stored row of hashes compared with it."""

from liuhen.app.audit.cursor import Cursor
from liuhen.app.audit.finding import Findings, Rule, key_text
from liuhen.core.authentic_rows import edge_root
from liuhen.core.merkle import leaf_hash
from liuhen.core.tiles import HEIGHT, MAX_LEVEL, Edge
from liuhen.ports import StoredTables

_KEY = ("level", "tile_index")
_LEVELS = 8
"""A log of fewer than 2^63 entries has rows of hashes at levels 0 to 7."""


class Tiles:
    """Grows the tree; compares each row of hashes as it becomes full."""

    def __init__(self, tables: StoredTables, found: Findings) -> None:
        """Begin with the empty tree."""
        self._found, self.edge = found, Edge()
        self._levels = [
            Cursor(tables, found, "tile", "tile_index", _KEY, {"level": level})
            for level in range(_LEVELS)
        ]
        for row in tables.matching("tile", "level", range(_LEVELS, MAX_LEVEL + 1)):
            key = key_text({name: row[name] for name in _KEY})
            found.note(Rule.STRAY, "tile", key, "no log has hashes at this level")

    def append(self, entry: bytes) -> None:
        """Grow by one entry."""
        for level, index, hashes in self.edge.append([leaf_hash(entry)]):
            self._compare(level, index, hashes)

    def root(self) -> bytes:
        """Return the root hash at the present size."""
        return edge_root(self.edge.rows)

    def end(self) -> None:
        """Compare the unfinished rows, which are stored above level 0, and report what is left."""
        for level, hashes in enumerate(self.edge.rows):
            if level and hashes:
                self._compare(level, self.edge.size >> HEIGHT * (level + 1), hashes)
        for cursor in self._levels:
            cursor.end()

    def _compare(self, level: int, index: int, hashes: bytes) -> None:
        rows = self._levels[level].at(index)
        if not rows:
            key = f"level={level} tile_index={index}"
            self._found.note(Rule.MISSING, "tile", key, "this row of hashes is not stored")
        for cells in rows:
            with self._found.about("tile", cells.key, Rule.TILE):
                cells.expect("hashes", hashes, Rule.TILE)
