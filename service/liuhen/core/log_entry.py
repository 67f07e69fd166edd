r"""Entries of a log: exactly 32 bytes each, of three kinds (evidence §4).

    record     its commitment (also of an erased, a detached and a `log.*` record)
    map head   H("audit-log/map-head/v1\0" ‖ u64 (S−1) ‖ map root), last of an anchored size S
    slot       H("audit-log/slot/v1\0" ‖ u64 tick ‖ slot root)

The tags name formats, never the product, and make a map head or slot of one log unequal to any
commitment but by a collision of SHA-256.
"""

import hashlib

ENTRY_BYTES = 32
MAP_HEAD_INTERVAL = 2**20
"""At the latest after so many entries the writer appends a map head."""


def map_head_entry(covered: int, map_root: bytes) -> bytes:
    """Make the entry that commits to the case map of the entries 0 … covered − 1.

    Args:
        covered: Number of entries before this one; the anchored size is covered + 1.
        map_root: Root of the case map, 32 bytes.
    """
    return hashlib.sha256(
        b"audit-log/map-head/v1\0" + covered.to_bytes(8, "big") + map_root
    ).digest()


def slot_entry(tick: int, slot_root: bytes) -> bytes:
    """Make the entry of one tick (evidence §5).

    Args:
        tick: Number of the tick, an unsigned 64-bit integer.
        slot_root: Root of the slot's tree, 32 bytes.
    """
    return hashlib.sha256(b"audit-log/slot/v1\0" + tick.to_bytes(8, "big") + slot_root).digest()
