"""The bytes of a tx that calls a contract, or makes one: unsigned and signed.

    0x02 ‖ rlp([chain id, nonce, tip, fee, gas, to, value, data, access list, y parity, r, s])

Made by hand: for a signature that comes from elsewhere a library has no public function, and of all
that a tx can be we need one. (EIP-1559, EIP-2718.)
"""

from dataclasses import dataclass
from typing import Final

from liuhen.core import rlp
from liuhen.core.keccak import keccak256

_TYPE: Final = b"\x02"
_WORD: Final = 32


@dataclass(frozen=True, slots=True)
class CallTx:
    """An unsigned tx of value 0.

    Attributes:
        chain_id: EIP-155 chain id.
        nonce: Nonce of the sender's account.
        tip_wei: Priority fee per gas.
        max_fee_wei: Fee cap per gas.
        gas_limit: Gas it may use.
        to: Address of the contract, 20 bytes; empty for a tx that makes one.
        data: What is called, with its arguments; or the code that makes the contract.
    """

    chain_id: int
    nonce: int
    tip_wei: int
    max_fee_wei: int
    gas_limit: int
    to: bytes
    data: bytes


def call_digest(tx: CallTx) -> bytes:
    """Return the 32 bytes that the sender signs."""
    return keccak256(_TYPE + rlp.encode(_fields(tx)))


def signed_call(tx: CallTx, signature: bytes) -> tuple[bytes, bytes]:
    """Return the raw tx and its hash.

    Args:
        tx: The tx.
        signature: r ‖ s ‖ v over its digest, v 27 or 28.
    """
    r, s = int.from_bytes(signature[:_WORD]), int.from_bytes(signature[_WORD : 2 * _WORD])
    parity = signature[-1] - 27
    raw = _TYPE + rlp.encode([*_fields(tx), _integer(parity), _integer(r), _integer(s)])
    return raw, keccak256(raw)


def _fields(tx: CallTx) -> list[rlp.Item]:
    integers = (tx.chain_id, tx.nonce, tx.tip_wei, tx.max_fee_wei, tx.gas_limit)
    value, access_list = b"", list[rlp.Item]()
    return [*[_integer(number) for number in integers], tx.to, value, tx.data, access_list]


def _integer(number: int) -> bytes:
    """Return big-endian bytes without leading zeros; none for zero."""
    return number.to_bytes((number.bit_length() + 7) // 8)
