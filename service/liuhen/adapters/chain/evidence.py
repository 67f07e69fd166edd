"""Gather chain evidence from a node's JSON: header and receipts-trie proof, rebuilt as bytes.

The node is not believed: the header must hash to the block hash, and the receipts to the header's
root. Where they do not, because the chain has fields unknown here, there is no evidence, and a
receipt rests on `headAt` alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from liuhen.core import rlp
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.keccak import keccak256

_BRANCH: Final = 16
_EMBEDDED_BELOW: Final = 32

# In the order of the header; from the base fee on, each fork appended its own.
_HEADER: Final = (
    ("parentHash", bytes),
    ("sha3Uncles", bytes),
    ("miner", bytes),
    ("stateRoot", bytes),
    ("transactionsRoot", bytes),
    ("receiptsRoot", bytes),
    ("logsBloom", bytes),
    ("difficulty", int),
    ("number", int),
    ("gasLimit", int),
    ("gasUsed", int),
    ("timestamp", int),
    ("extraData", bytes),
    ("mixHash", bytes),
    ("nonce", bytes),
    ("baseFeePerGas", int),
    ("withdrawalsRoot", bytes),
    ("blobGasUsed", int),
    ("excessBlobGas", int),
    ("parentBeaconBlockRoot", bytes),
    ("requestsHash", bytes),
)


def build_evidence(
    block: Mapping[str, Any],
    tx_receipts: Sequence[Mapping[str, Any]],
    tx_index: int,
    log_position: int,
) -> ChainEvidence | None:
    """Return the evidence of one event, or None if the block cannot be rebuilt.

    Args:
        block: Answer to `eth_getBlockByNumber`, as JSON.
        tx_receipts: Answers to `eth_getTransactionReceipt` for all txs of the block, in order.
        tx_index: Which tx of the block.
        log_position: Which event of its tx receipt.
    """
    header = rlp.encode(_header(block))
    if keccak256(header) != _bytes(block["hash"]):
        return None
    items = {
        rlp.encode_integer(index): _tx_receipt(tx_receipt)
        for index, tx_receipt in enumerate(tx_receipts)
    }
    root, proof = prove(items, rlp.encode_integer(tx_index))
    if root != _bytes(block["receiptsRoot"]):
        return None
    return ChainEvidence(header, proof, tx_index, log_position)


def prove(items: Mapping[bytes, bytes], key: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the root of a Merkle-Patricia trie and the nodes from there to a key.

    Args:
        items: All keys, none a prefix of another, with their values.
        key: One of the keys.

    Source: Ethereum Yellow Paper, appendix D.
    """
    path = _nibbles(key)
    proof: list[bytes] = []
    top = _trie([(_nibbles(each), value) for each, value in items.items()], path, proof)
    encoded = rlp.encode(top)
    return keccak256(encoded), (encoded, *reversed(proof))


def shortest_bytes(number: int) -> bytes:
    """Return the bytes that stand for an integer in RLP: big-endian, zero as none."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


_Item = tuple[list[int], bytes]


def _trie(items: list[_Item], path: list[int] | None, proof: list[bytes]) -> rlp.Item:
    """Return the node over some items; collect the nodes below it on `path`, deepest first."""
    if len(items) == 1:
        return [_hex_prefix(items[0][0], leaf=True), items[0][1]]
    shared = _shared([nibbles for nibbles, _ in items])
    if shared:
        below = [(nibbles[shared:], value) for nibbles, value in items]
        child = _trie(below, _after(path, items[0][0][:shared]), proof)
        on_path = path is not None and path[:shared] == items[0][0][:shared]
        return [_hex_prefix(items[0][0][:shared], leaf=False), _refer(child, on_path, proof)]
    node: list[rlp.Item] = [b""] * (_BRANCH + 1)
    for nibble in range(_BRANCH):
        below = [(nibbles[1:], value) for nibbles, value in items if nibbles[0] == nibble]
        if below:
            child = _trie(below, _after(path, [nibble]), proof)
            on_path = path is not None and path[:1] == [nibble]
            node[nibble] = _refer(child, on_path, proof)
    return node


def _refer(child: rlp.Item, on_path: bool, proof: list[bytes]) -> rlp.Item:  # noqa: FBT001
    """Return what a node holds of its child: itself if it is short, else its hash."""
    encoded = rlp.encode(child)
    if len(encoded) < _EMBEDDED_BELOW:
        return child
    if on_path:
        proof.append(encoded)
    return keccak256(encoded)


def _after(path: list[int] | None, prefix: list[int]) -> list[int] | None:
    """Return the rest of a path that begins with `prefix`; None if it goes elsewhere."""
    if path is None or path[: len(prefix)] != prefix:
        return None
    return path[len(prefix) :]


def _shared(keys: list[list[int]]) -> int:
    """Return the length of the longest prefix of all keys."""
    first, last = min(keys), max(keys)
    pairs = enumerate(zip(first, last, strict=False))
    return next((at for at, (one, other) in pairs if one != other), len(first))


def _hex_prefix(nibbles: list[int], *, leaf: bool) -> bytes:
    flag = 2 * leaf + len(nibbles) % 2
    padded = [flag, *nibbles] if len(nibbles) % 2 else [flag, 0, *nibbles]
    return bytes(high << 4 | low for high, low in zip(padded[::2], padded[1::2], strict=True))


def _nibbles(key: bytes) -> list[int]:
    return [half for byte in key for half in (byte >> 4, byte & 15)]


def _header(block: Mapping[str, Any]) -> rlp.Item:
    present = [(name, kind) for name, kind in _HEADER if block.get(name) is not None]
    return [
        _bytes(block[name]) if kind is bytes else _integer(block[name]) for name, kind in present
    ]


def _tx_receipt(tx_receipt: Mapping[str, Any]) -> bytes:
    """Encode a tx receipt as the trie holds it: EIP-2718 type, then RLP."""
    events: list[rlp.Item] = [
        [
            _bytes(event["address"]),
            [_bytes(topic) for topic in event["topics"]],
            _bytes(event["data"]),
        ]
        for event in tx_receipt["logs"]
    ]
    body = rlp.encode(
        [
            _integer(tx_receipt["status"]),
            _integer(tx_receipt["cumulativeGasUsed"]),
            _bytes(tx_receipt["logsBloom"]),
            events,
        ]
    )
    kind = int(tx_receipt.get("type", "0x0"), 16)
    return bytes([kind]) + body if kind else body


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _integer(text: str) -> bytes:
    return shortest_bytes(int(text, 16))
