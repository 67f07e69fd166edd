"""What it costs to check a whole log, as a monitor does: every tile, every entry, every root."""

import hashlib
import time
from pathlib import Path

from liuhen.client.log_reading import LogReader
from liuhen.client.log_source import FolderSource
from liuhen.core.merkle import TreeHead, leaf_hash, subtree_root
from liuhen.core.tiles import WIDTH, TileRef

ROUNDS = 3


def make_folder(folder: Path, size: int) -> TreeHead:
    """Write a log of `size` entries in the layout of tlog-tiles; return its head, not signed."""
    entries = [hashlib.sha256(b"%d" % index).digest() for index in range(size)]
    for index, bundle in enumerate(_rows(entries)):
        content = b"".join(b"\x00\x20" + entry for entry in bundle)
        _write(folder / TileRef(None, index, len(bundle)).to_path(), content)
    row, level = [leaf_hash(entry) for entry in entries], 0
    root = subtree_root(row)
    while row:
        above = []
        for index, tile in enumerate(_rows(row)):
            _write(folder / TileRef(level, index, len(tile)).to_path(), b"".join(tile))
            above += [subtree_root(tile)] if len(tile) == WIDTH else []
        row, level = above, level + 1
    return TreeHead(size, root)


def entries_a_second(folder: Path, head: TreeHead) -> tuple[float, float]:
    """Return entries a second of a core, and of a clock on the wall: the best of some rounds."""
    cpu, wall = [], []
    for _ in range(ROUNDS):
        start_cpu, start_wall = time.process_time(), time.perf_counter()
        LogReader(FolderSource(folder), head).check()
        cpu.append(time.process_time() - start_cpu)
        wall.append(time.perf_counter() - start_wall)
    return head.size / min(cpu), head.size / min(wall)


def _rows(items: list[bytes]) -> list[list[bytes]]:
    return [items[start : start + WIDTH] for start in range(0, len(items), WIDTH)]


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
