"""The case map, entries and slots (evidence §4, §5), by recursion over the bits of the keys."""

import hashlib
import hmac

from tests.reference.commitment import H


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def case_key(origin: str, case: str) -> bytes:
    return H(b"audit-log/case/v1\0" + origin.encode() + b"\0" + case.encode())


def case_value(salt: bytes, count: int, head: bytes) -> bytes:
    return H(b"audit-log/case-value/v1\0" + salt + u64(count) + head)


def map_root(values: dict[bytes, bytes], depth: int = 0) -> bytes:
    if not values:
        return bytes(32)
    if len(values) == 1:
        ((key, value),) = values.items()
        return H(b"audit-log/map-leaf/v1\0" + key + value)
    left = {k: v for k, v in values.items() if not bit(k, depth)}
    right = {k: v for k, v in values.items() if bit(k, depth)}
    return H(b"audit-log/map-node/v1\0" + map_root(left, depth + 1) + map_root(right, depth + 1))


def map_path(values: dict[bytes, bytes], key: bytes, depth: int = 0) -> list[bytes]:
    """Return the siblings on the way from the root down to the leaf of a key."""
    if len(values) == 1:
        return []
    own = {k: v for k, v in values.items() if bit(k, depth) == bit(key, depth)}
    other = {k: v for k, v in values.items() if bit(k, depth) != bit(key, depth)}
    return [map_root(other, depth + 1), *map_path(own, key, depth + 1)]


def bit(key: bytes, depth: int) -> int:
    return int(f"{int.from_bytes(key, 'big'):0256b}"[depth])


def map_head_entry(covered: int, root: bytes) -> bytes:
    return H(b"audit-log/map-head/v1\0" + u64(covered) + root)


def slot_entry(tick: int, root: bytes) -> bytes:
    return H(b"audit-log/slot/v1\0" + u64(tick) + root)


def slot_leaf(tick: int, commitment: bytes) -> bytes:
    return H(b"audit-log/slot-leaf/v1\0" + u64(tick) + commitment)


class SlotTree:
    """The tree of one tick, with an HMAC in the place of every absent subtree."""

    def __init__(self, slot_key: bytes, tick: int, commitments: dict[int, bytes]) -> None:
        self.tick = tick
        self.key = _hmac(slot_key, b"audit-log/slot-key/v1\0" + u64(tick))
        self.leaves = {at: slot_leaf(tick, entry) for at, entry in commitments.items()}

    def node(self, level: int, index: int) -> bytes:
        inside = [at for at in self.leaves if at >> level == index]
        if not inside:
            return _hmac(self.key, bytes([level]) + u64(index))
        if level == 0:
            return self.leaves[index]
        return H(b"\1" + self.node(level - 1, 2 * index) + self.node(level - 1, 2 * index + 1))

    def path(self, position: int) -> list[bytes]:
        """Return the 20 siblings from the leaf up."""
        return [self.node(level, (position >> level) ^ 1) for level in range(20)]

    def root(self) -> bytes:
        return self.node(20, 0)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
