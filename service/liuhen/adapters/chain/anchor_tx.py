"""The bytes of an anchoring tx, unsigned and signed.

    data  selector ‖ log_id ‖ old size ‖ size ‖ root ‖ 5 · 32 ‖ n ‖ n hashes

The tx around it is in `call_tx.py`; `app/audit/raw_tx.py` reads it back.
"""

from typing import Final

from liuhen.adapters.chain.call_tx import CallTx, call_digest, signed_call
from liuhen.core.keccak import keccak256
from liuhen.ports import AnchorTx

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
    return call_digest(_call(tx))


def signed_tx(tx: AnchorTx, signature: bytes) -> tuple[bytes, bytes]:
    """Return the raw tx and its hash.

    Args:
        tx: The tx.
        signature: r ‖ s ‖ v over its digest, v 27 or 28.
    """
    return signed_call(_call(tx), signature)


def _call(tx: AnchorTx) -> CallTx:
    return CallTx(
        chain_id=tx.target.chain_id,
        nonce=tx.nonce,
        tip_wei=tx.tip_wei,
        max_fee_wei=tx.max_fee_wei,
        gas_limit=tx.gas_limit,
        to=tx.target.contract,
        data=anchor_calldata(tx),
    )
