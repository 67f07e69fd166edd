"""The bytes of an anchoring tx, unsigned and signed.

    tx    0x02 ‖ rlp([chain id, nonce, tip, fee, gas, to, value, data, access list, y parity, r, s])
    data  selector ‖ log_id ‖ old size ‖ size ‖ root ‖ 5 · 32 ‖ n ‖ n hashes

Made by hand: for a signature that comes from elsewhere a library has no public function, and of all
that a tx can be we need one. `app/audit/raw_tx.py` reads it back. (EIP-1559, EIP-2718.)
"""

from typing import Final

from liuhen.core import rlp
from liuhen.core.keccak import keccak256
from liuhen.ports import AnchorTx

_TYPE: Final = b"\x02"
_WORD: Final = 32
_ANCHOR: Final = keccak256(b"anchor(bytes32,uint64,uint64,bytes32,bytes32[])")[:4]


def anchor_calldata(tx: AnchorTx) -> bytes:
    """Encode a call of `anchor`: five words, the fifth the place of the hashes, then these."""
    words = [
        tx.target.log_id,
        tx.old_size.to_bytes(_WORD),
        tx.head.size.to_bytes(_WORD),
        tx.head.root,
        (5 * _WORD).to_bytes(_WORD),
        len(tx.consistency).to_bytes(_WORD),
    ]
    return _ANCHOR + b"".join([*words, *tx.consistency])


def tx_digest(tx: AnchorTx) -> bytes:
    """Return the 32 bytes that the sender signs."""
    return keccak256(_TYPE + rlp.encode(_fields(tx)))


def signed_tx(tx: AnchorTx, signature: bytes) -> tuple[bytes, bytes]:
    """Return the raw tx and its hash.

    Args:
        tx: The tx.
        signature: r ‖ s ‖ v over its digest, v 27 or 28.
    """
    r, s = int.from_bytes(signature[:_WORD]), int.from_bytes(signature[_WORD : 2 * _WORD])
    parity = signature[-1] - 27
    raw = _TYPE + rlp.encode([*_fields(tx), _integer(parity), _integer(r), _integer(s)])
    return raw, keccak256(raw)


def _fields(tx: AnchorTx) -> list[rlp.Item]:
    integers = (tx.target.chain_id, tx.nonce, tx.tip_wei, tx.max_fee_wei, tx.gas_limit)
    value, access_list = b"", list[rlp.Item]()
    head = [_integer(number) for number in integers]
    return [*head, tx.target.contract, value, anchor_calldata(tx), access_list]


def _integer(number: int) -> bytes:
    """Return big-endian bytes without leading zeros; none for zero."""
    return number.to_bytes((number.bit_length() + 7) // 8)
