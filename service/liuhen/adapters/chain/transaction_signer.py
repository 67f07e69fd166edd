"""Sign anchors with a key on this machine.

The signer builds the whole transaction itself from the anchor it is asked for: to one contract, on
one chain, calling `anchor` with no value. A caller that has been taken over can waste gas, and
nothing else; a remote signer keeps the same rule.
"""

from typing import Final, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount

from liuhen.core.errors import Unavailable
from liuhen.core.keccak import keccak256
from liuhen.ports import AnchorTx

_WORD: Final = 32
_ANCHOR: Final = keccak256(b"anchor(bytes32,uint64,uint64,bytes32,bytes32[])")[:4]


class LocalTransactionSigner:
    """A `TransactionSigner` over a private key in memory. TRUSTED with the publisher's money."""

    def __init__(self, private_key: bytes, *, chain_id: int, contract: bytes) -> None:
        """Sign for one contract on one chain only.

        Args:
            private_key: secp256k1, 32 bytes.
            chain_id: EIP-155 chain id.
            contract: Address of the contract, 20 bytes.
        """
        self._account = cast("LocalAccount", Account.from_key(private_key))
        self._chain_id, self._contract = chain_id, contract
        self.address = bytes.fromhex(self._account.address[2:])

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        """Return the raw EIP-1559 tx and its hash; the same for the same arguments."""
        if (tx.target.chain_id, tx.target.contract) != (self._chain_id, self._contract):
            raise Unavailable("this key signs for another contract or chain")
        signed = self._account.sign_transaction(
            {
                "type": 2,
                "chainId": self._chain_id,
                "to": self._contract,
                "value": 0,
                "data": anchor_calldata(tx),
                "gas": tx.gas_limit,
                "nonce": tx.nonce,
                "maxPriorityFeePerGas": tx.tip_wei,
                "maxFeePerGas": tx.max_fee_wei,
            }
        )
        return bytes(signed.raw_transaction), bytes(signed.hash)


def anchor_calldata(tx: AnchorTx) -> bytes:
    """Encode a call of `anchor`: five words, the fifth the place of the hashes, then these."""
    words = [
        tx.target.log_id,
        _uint(tx.old_size),
        _uint(tx.head.size),
        tx.head.root,
        _uint(5 * _WORD),
        _uint(len(tx.consistency)),
    ]
    return _ANCHOR + b"".join([*words, *tx.consistency])


def _uint(value: int) -> bytes:
    return value.to_bytes(_WORD, "big")
