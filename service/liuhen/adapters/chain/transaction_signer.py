"""Sign anchors with a key that signs digests.

The signer builds the whole transaction itself from the anchor it is asked for: to one contract, on
one chain, calling `anchor` with no value. A caller that has been taken over can waste gas, and
nothing else; a remote signer keeps the same rule.
"""

from liuhen.adapters.chain.anchor_tx import signed_tx, tx_digest
from liuhen.adapters.signing.local_key import LocalKey
from liuhen.adapters.signing.secp256k1 import DigestKey
from liuhen.core.errors import Unavailable
from liuhen.ports import AnchorTx


class DigestTransactionSigner:
    """A `TransactionSigner` over a key, wherever it is. TRUSTED with the publisher's money."""

    def __init__(self, key: DigestKey, *, chain_id: int, contract: bytes) -> None:
        """Sign for one contract on one chain only.

        Args:
            key: The publisher's key.
            chain_id: EIP-155 chain id.
            contract: Address of the contract, 20 bytes.
        """
        self._key, self._chain_id, self._contract = key, chain_id, contract
        self.address = key.address

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        """Return the raw EIP-1559 tx and its hash."""
        check_target(tx, self._chain_id, self._contract)
        return signed_tx(tx, self._key.sign_digest(tx_digest(tx)))


class LocalTransactionSigner(DigestTransactionSigner):
    """The same over a private key in memory: the same tx is signed to the same bytes."""

    def __init__(self, private_key: bytes, *, chain_id: int, contract: bytes) -> None:
        """Hold the key: secp256k1, 32 bytes."""
        super().__init__(LocalKey(private_key), chain_id=chain_id, contract=contract)


def check_target(tx: AnchorTx, chain_id: int, contract: bytes) -> None:
    """Check that an anchor is for the contract that a key was given for.

    Raises:
        Unavailable: It is not.
    """
    if (tx.target.chain_id, tx.target.contract) != (chain_id, contract):
        raise Unavailable("this key signs for another contract or chain")
