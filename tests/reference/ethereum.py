"""keccak-256, secp256k1 signatures, RLP and the EIP-712 digest of a head: in plain arithmetic."""

import hashlib
from typing import Any

_MASK = 2**64 - 1
_P = 2**256 - 2**32 - 977
_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
Point = tuple[int, int] | None


def keccak256(data: bytes) -> bytes:
    """Keccak with rate 1088 and the padding 0x01 (not that of SHA3-256)."""
    state = [0] * 25
    padded = bytearray(data + b"\1" + bytes(-(len(data) + 1) % 136))
    padded[-1] |= 0x80
    for start in range(0, len(padded), 136):
        for lane in range(17):
            at = start + 8 * lane
            state[lane] ^= int.from_bytes(padded[at : at + 8], "little")
        state = _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _permute(a: list[int]) -> list[int]:
    register = 1
    for _ in range(24):
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        d = [c[(x - 1) % 5] ^ _turn(c[(x + 1) % 5], 1) for x in range(5)]
        a = [lane ^ d[i % 5] for i, lane in enumerate(a)]
        x, y, current = 1, 0, a[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x + 5 * y] = a[x + 5 * y], _turn(current, (t + 1) * (t + 2) // 2 % 64)
        a = [a[i] ^ (~a[i // 5 * 5 + (i + 1) % 5] & a[i // 5 * 5 + (i + 2) % 5]) for i in range(25)]
        for j in range(7):
            a[0] ^= (register & 1) << (2**j - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
    return a


def _turn(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK if by else lane


def _add(p: Point, q: Point) -> Point:
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0] and (p[1] + q[1]) % _P == 0:
        return None
    if p == q:
        slope = 3 * p[0] * p[0] * pow(2 * p[1], -1, _P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, _P)
    x = (slope * slope - p[0] - q[0]) % _P
    return x, (slope * (p[0] - x) - p[1]) % _P


def _times(k: int, p: Point) -> Point:
    total: Point = None
    while k:
        total, p, k = _add(total, p) if k & 1 else total, _add(p, p), k >> 1
    return total


def address(private: int) -> bytes:
    return _address(_times(private, _G))


def _address(point: Point) -> bytes:
    assert point is not None
    return keccak256(point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big"))[12:]


def sign(private: int, digest: bytes) -> bytes:
    """Return r ‖ s ‖ v with low s; the nonce is a hash of key and digest, good enough for tests."""
    k = int.from_bytes(hashlib.sha256(private.to_bytes(32, "big") + digest).digest(), "big") % _N
    point = _times(k, _G)
    assert point is not None
    r, odd = point[0] % _N, point[1] & 1
    s = pow(k, -1, _N) * (int.from_bytes(digest, "big") + r * private) % _N
    if s > _N // 2:
        s, odd = _N - s, 1 - odd
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([27 + odd])


def high_s(signature: bytes) -> bytes:
    """Return the other signature that the same key made by making this one."""
    s = _N - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


def recover(digest: bytes, signature: bytes) -> bytes | None:
    """Return the address that signed; None for what is no signature by the rules of evidence §7."""
    if len(signature) != 65 or signature[64] not in (27, 28):
        return None
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    if not 0 < r < _N or not 0 < s <= _N // 2:
        return None
    square = (pow(r, 3, _P) + 7) % _P
    y = pow(square, (_P + 1) // 4, _P)
    if y * y % _P != square:
        return None
    y = y if y & 1 == signature[64] - 27 else _P - y
    e = int.from_bytes(digest, "big")
    point = _add(_times(s * pow(r, -1, _N) % _N, (r, y)), _times(-e * pow(r, -1, _N) % _N, _G))
    return None if point is None else _address(point)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def head_digest(origin: str, size: int, root: bytes, log_id: bytes, chain: int, to: bytes) -> bytes:
    """Return the EIP-712 digest of a head, as evidence §7 spells domain and type."""
    domain_type = (
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    head_type = "Checkpoint(bytes32 logId,string origin,uint64 size,bytes32 root)"
    domain = [keccak256(domain_type.encode()), keccak256(b"AuditLog"), keccak256(b"1")]
    head = [keccak256(head_type.encode()), log_id, keccak256(origin.encode()), word(size), root]
    separator = keccak256(b"".join([*domain, word(chain), to.rjust(32, b"\0")]))
    return keccak256(b"\x19\x01" + separator + keccak256(b"".join(head)))


def rlp(item: Any) -> bytes:
    """Encode bytes, or a list of items."""
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else _rlp_length(0x80, item) + item
    body = b"".join(map(rlp, item))
    return _rlp_length(0xC0, body) + body


def _rlp_length(base: int, body: bytes) -> bytes:
    if len(body) < 56:
        return bytes([base + len(body)])
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size
