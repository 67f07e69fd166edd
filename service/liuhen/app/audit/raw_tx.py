"""The signed bytes of an anchoring tx, read back: EIP-1559, a call of `anchor`, and nothing else.

    tx    0x02 ‖ rlp([chain id, nonce, tip, fee, gas, to, value, data, access list, y parity, r, s])
    data  selector ‖ log_id ‖ old size ‖ size ‖ root ‖ 5 · 32 ‖ n ‖ n hashes

Whoever checks an attempt must not use the library that made it.
"""

from dataclasses import dataclass
from typing import Final

from liuhen.core import rlp
from liuhen.core.errors import AnchorMismatch, MalformedReceipt
from liuhen.core.head_signature import recover_signer
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import HASH_BYTES, TreeHead

_SELECTOR: Final = keccak256(b"anchor(bytes32,uint64,uint64,bytes32,bytes32[])")[:4]
_TYPE: Final = b"\x02"
_FIELDS, _WORDS, _WORD = 12, 6, 32


@dataclass(frozen=True, slots=True)
class RawAnchorTx:
    """What a signed tx says; fields as in `NewAttempt` and `AnchorTx`."""

    chain_id: int
    nonce: int
    tip_wei: int
    max_fee_wei: int
    gas_limit: int
    contract: bytes
    log_id: bytes
    old_size: int
    head: TreeHead
    consistency: tuple[bytes, ...]
    sender: bytes
    tx_hash: bytes

    @staticmethod
    def parse(raw: bytes) -> "RawAnchorTx":
        """Read the bytes.

        Raises:
            AnchorMismatch: Not a call of `anchor`, or it does something beside it.
            MalformedReceipt: Not strict RLP.
            SignatureMismatch: No key can have signed it.
        """
        fields = rlp.decode(raw[1:]) if raw[:1] == _TYPE else None
        if not isinstance(fields, list) or len(fields) != _FIELDS:
            raise AnchorMismatch("the raw tx is not of type 2")
        *unsigned, parity, r, s = fields
        chain_id, nonce, tip, max_fee, gas_limit = [_integer(item) for item in unsigned[:5]]
        to, value, data, access_list = unsigned[5:]
        if value != b"" or access_list != [] or not isinstance(to, bytes):
            raise AnchorMismatch("the raw tx sends value, or has an access list")
        if parity not in (b"", b"\x01"):
            raise AnchorMismatch("the raw tx has a parity that is neither 0 nor 1")
        words = _words(data)
        digest = keccak256(_TYPE + rlp.encode(unsigned))
        signature = _word_of(r) + _word_of(s) + bytes([27 + _integer(parity)])
        return RawAnchorTx(
            chain_id=chain_id,
            nonce=nonce,
            tip_wei=tip,
            max_fee_wei=max_fee,
            gas_limit=gas_limit,
            contract=to,
            log_id=words[0],
            old_size=int.from_bytes(words[1]),
            head=TreeHead(int.from_bytes(words[2]), words[3]),
            consistency=tuple(words[_WORDS:]),
            sender=recover_signer(digest, signature),
            tx_hash=keccak256(raw),
        )


def _words(data: rlp.Item) -> list[bytes]:
    body = data[len(_SELECTOR) :] if isinstance(data, bytes) else b""
    words = [body[at : at + _WORD] for at in range(0, len(body), _WORD)]
    if not isinstance(data, bytes) or data[: len(_SELECTOR)] != _SELECTOR or len(words) < _WORDS:
        raise AnchorMismatch("the raw tx does not call anchor")
    offset, count = int.from_bytes(words[4]), int.from_bytes(words[5])
    if offset != 5 * _WORD or len(body) != _WORD * (_WORDS + count):
        raise AnchorMismatch("the raw tx has other arguments than anchor takes")
    return words


def _integer(item: rlp.Item) -> int:
    if not isinstance(item, bytes) or len(item) > HASH_BYTES or item[:1] == b"\0":
        raise MalformedReceipt("the raw tx has a field that is not an integer")
    return int.from_bytes(item)


def _word_of(item: rlp.Item) -> bytes:
    return _integer(item).to_bytes(_WORD)
