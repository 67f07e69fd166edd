"""Whether two heads are of one history, found out from the log's tiles (c2sp.org/tlog-tiles).

Nothing that the service answers is believed: a consistency proof made from its tiles leads to both
roots, or it does not.
"""

from collections.abc import Callable

from liuhen.core.errors import Unavailable, Unknown
from liuhen.core.merkle import HASH_BYTES, TreeHead, verify_consistency
from liuhen.core.tiles import TileRef, Tree

FetchTile = Callable[[str], bytes]
"""Returns what the service has at a tile's path, such as `tile/0/000.p/5`."""


def prove_consistency(fetch: FetchTile, old: TreeHead, new: TreeHead) -> list[bytes]:
    """Prove from tiles that `old` is a prefix of `new`, and check the proof.

    Args:
        fetch: Fetches a tile.
        old: The smaller head; of one entry at least.
        new: The larger head.

    Returns:
        The proof.

    Raises:
        ProofMismatch: The heads are not of one history, or the tiles are of another.
        Unavailable: A tile cannot be had.
    """

    def read(level: int, index: int, width: int) -> bytes:
        path = TileRef(level, index, width).to_path()
        try:
            row = fetch(path)
        except Unknown as error:
            raise Unavailable(f"the service does not have {path} any more, or not yet") from error
        if len(row) != HASH_BYTES * width:
            raise Unavailable(f"the service answers {len(row)} bytes for {path}")
        return row

    proof = Tree(read, new.size).consistency(old.size) if old.size < new.size else []
    verify_consistency(old, new, proof)
    return proof
