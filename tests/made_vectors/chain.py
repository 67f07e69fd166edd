"""Heads signed for a contract, and RLP."""

import hashlib
from typing import Any

from tests.reference import ethereum
from tests.reference.commitment import H

ORIGIN = "audit.example.org/logs/procurement"
PRIVATE, OTHER = 0x5EED, 0xBAD
CHAIN, CONTRACT, LOG_ID = 20231, b"\xc3" * 20, b"\xd4" * 32


def heads() -> list[dict[str, Any]]:
    root = H(b"root")
    digest = ethereum.head_digest(ORIGIN, 8, root, LOG_ID, CHAIN, CONTRACT)
    good = ethereum.sign(PRIVATE, digest)
    other = ethereum.head_digest(ORIGIN, 9, root, LOG_ID, CHAIN, CONTRACT)
    signatures = {
        "as it is": ("r, s, v by the signer", good),
        "another key": ("recovers to another address", ethereum.sign(OTHER, digest)),
        "another head": ("over size 9", ethereum.sign(PRIVATE, other)),
        "high s": ("the other s of the same signature", ethereum.high_s(good)),
        "v from 0": ("v is 27 or 28", good[:64] + bytes([good[64] - 27])),
        "the other v": ("recovers to another address", good[:64] + bytes([55 - good[64]])),
        "v 29": ("v is 27 or 28", good[:64] + b"\x1d"),
        "64 bytes": ("v is missing", good[:64]),
        "66 bytes": ("a byte too many", good + b"\0"),
        "r zero": ("no such point", bytes(32) + good[32:]),
        "s zero": ("no such signature", good[:32] + bytes(32) + good[64:]),
        "nothing": ("no bytes", b""),
    }
    return [
        {
            "name": name,
            "why": why,
            "origin": ORIGIN,
            "size": 8,
            "root": root.hex(),
            "chain_id": CHAIN,
            "contract": "0x" + CONTRACT.hex(),
            "log_id": "0x" + LOG_ID.hex(),
            "signer": "0x" + ethereum.address(PRIVATE).hex(),
            "digest": digest.hex(),
            "signature": signature.hex(),
            "accept": ethereum.recover(digest, signature) == ethereum.address(PRIVATE),
        }
        for name, (why, signature) in signatures.items()
    ]


def items() -> list[dict[str, Any]]:
    """RLP: items that are encoded, and bytes that are no encoding of anything."""
    good: list[tuple[str, Any]] = [
        ("nothing", b""),
        ("zero byte", b"\0"),
        ("0x7f", b"\x7f"),
        ("0x80", b"\x80"),
        ("55 bytes", b"a" * 55),
        ("56 bytes", b"a" * 56),
        ("256 bytes", b"a" * 256),
        ("empty list", []),
        ("nested", [b"", [b"cat", [b"dog"]], b"\1"]),
        ("long list", [b"abc"] * 20),
    ]
    bad = {
        "no byte": ("", "nothing to read"),
        "one byte in the long form": ("8105", "below 0x80 a byte is itself"),
        "long form for a short string": ("b801ff", "55 bytes or fewer have the short form"),
        "long form for a short list": ("f80105", "the same for lists"),
        "a length with a leading zero": ("b90038" + "61" * 56, "lengths have no leading zeros"),
        "cut off": ("8361", "three bytes are promised"),
        "a list cut off": ("c28161", "its item reaches beyond it"),
        "bytes after the end": ("8080", "one item and nothing else"),
        "a length beyond memory": ("bfffffffffffffffff", "promised and not there"),
        "no length": ("b8", "the length is missing"),
    }
    made: list[dict[str, Any]] = [
        {
            "name": name,
            "why": "",
            "rlp": ethereum.rlp(item).hex(),
            "accept": True,
            "item": _hex(item),
            "keccak256": ethereum.keccak256(ethereum.rlp(item)).hex(),
        }
        for name, item in good
    ]
    made += [
        {"name": name, "why": why, "rlp": text, "accept": False}
        for name, (text, why) in bad.items()
    ]
    return made


def entries() -> list[dict[str, Any]]:
    """Lengths of what is hashed keep the layers apart: nothing is another layer's preimage."""
    entry = hashlib.sha256(b"commitment").digest()
    return [
        {
            "name": "log leaf",
            "why": "0x00 and an entry: 33 bytes",
            "preimage": (b"\0" + entry).hex(),
            "hash": H(b"\0" + entry).hex(),
        },
        {
            "name": "node",
            "why": "0x01 and two hashes: 65 bytes",
            "preimage": (b"\1" + entry + entry).hex(),
            "hash": H(b"\1" + entry + entry).hex(),
        },
    ]


def _hex(item: Any) -> Any:
    return item.hex() if isinstance(item, bytes) else [_hex(each) for each in item]


def files() -> dict[str, Any]:
    return {"signed-head.json": heads(), "rlp.json": items(), "tree-hash.json": entries()}
