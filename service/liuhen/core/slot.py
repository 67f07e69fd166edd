r"""Slots: one entry a tick for records whose very number is secret (evidence §5), reader's side.

    slot leaf  = H("audit-log/slot-leaf/v1\0" ‖ u64 tick ‖ commitment)
    inner node = H(0x01 ‖ left ‖ right), 20 levels, path bits of the position most significant first

A receipt carries (tick, position, 20 hashes). The tick is hashed in, or a leaf could be shown
under another tick.
"""

import hashlib
from dataclasses import dataclass

from liuhen.core.merkle import node_hash

DEPTH = 20


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a record stands in the tree of its tick.

    Attributes:
        tick: Number of the tick, an unsigned 64-bit integer.
        position: Place among the 2^20 leaves.
        path: 20 sibling hashes, leaf upwards.
    """

    tick: int
    position: int
    path: tuple[bytes, ...]

    def root(self, commitment: bytes) -> bytes:
        """Return the slot root that the path leads to from a record's commitment."""
        tick = self.tick.to_bytes(8, "big")
        node = hashlib.sha256(b"audit-log/slot-leaf/v1\0" + tick + commitment).digest()
        for height, sibling in enumerate(self.path):
            if self.position >> height & 1:
                node = node_hash(sibling, node)
            else:
                node = node_hash(node, sibling)
        return node
