"""Write a log as a folder, exactly in the layout of c2sp.org/tlog-tiles.

    checkpoint   tile/<level>/<index>[.p/<width>]   tile/entries/<index>[.p/<width>]

Made the slow way of the specification, from entries upwards, and with nothing of `core/tiles.py`
but the spelling of paths; so it is also a second opinion about what the service serves.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_signature import LogKey
from liuhen.core.merkle import leaf_hash, root_hash, subtree_root
from liuhen.core.note import SignedNote
from liuhen.core.tiles import WIDTH, TileRef

ORIGIN = "log.example/logs/folder"
LOG_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG_KEY = LogKey(ORIGIN, LOG_PRIVATE.public_key().public_bytes_raw())


def write_log_folder(folder: Path, entries: Sequence[bytes], checkpoint: str) -> Path:
    """Write a log of these entries with this checkpoint; return the folder.

    Args:
        folder: Is made, with its parents.
        entries: All entries, in their order.
        checkpoint: The signed note of that size; not compared with the entries.
    """
    for path, content in {**log_files(entries), "checkpoint": checkpoint.encode()}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def log_files(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Return all bundles and tiles of a log, by their paths."""
    files = {
        path: b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
        for path, bundle in _rows(None, entries)
    }
    row, level = [leaf_hash(entry) for entry in entries], 0
    while row:
        files |= {path: b"".join(tile) for path, tile in _rows(level, row)}
        full = len(row) // WIDTH * WIDTH
        row = [subtree_root(row[start : start + WIDTH]) for start in range(0, full, WIDTH)]
        level += 1
    return files


def _rows(level: int | None, row: Sequence[bytes]) -> list[tuple[str, Sequence[bytes]]]:
    tiles = [row[start : start + WIDTH] for start in range(0, len(row), WIDTH)]
    return [(TileRef(level, i, len(tile)).to_path(), tile) for i, tile in enumerate(tiles)]


def sample_entries(size: int) -> list[bytes]:
    """Return `size` different entries of 32 bytes, the same ones every time."""
    return [leaf_hash(b"entry-%d" % index) for index in range(size)]


def signed_checkpoint(
    entries: Sequence[bytes],
    origin: str = ORIGIN,
    sign: Callable[[bytes], bytes] = LOG_PRIVATE.sign,
    key: LogKey = LOG_KEY,
) -> str:
    """Return the checkpoint of a log of these entries, signed by one Ed25519 key."""
    text = Checkpoint(origin, len(entries), root_hash(entries)).to_text()
    return SignedNote(text, (key.line(sign(text.encode())),)).to_text()
