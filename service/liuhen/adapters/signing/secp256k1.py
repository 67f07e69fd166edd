"""Keys of secp256k1 that sign digests, and what is made of whatever they give back.

A hardware key gives r ‖ s alone, in about half of all cases with an s in the upper half of the
curve's order. Chains and the contract want the low one (EIP-2), and v beside it, which tells which
of two public keys it was. -s signs the same digest as s, so the low one is taken; of the two v the
one is right that leads back to the key's own address. So a wrong key, a wrong digest and a damaged
answer are found in the same step.
"""

from typing import Final, Protocol

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import SignatureMismatch, Unavailable
from liuhen.core.head_signature import checkpoint_digest, recover_signer
from liuhen.ports import ChainTarget

CURVE_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_WORD: Final = 32


class DigestKey(Protocol):
    """A key that signs digests."""

    address: bytes
    """Its Ethereum address, 20 bytes."""

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign 32 bytes; r ‖ s ‖ v, low s, v 27 or 28, and surely by this key.

        Raises:
            Unavailable: The key cannot be used now, or gave something else than a signature.
        """
        ...


def normalised(signature: bytes, digest: bytes, address: bytes, who: str) -> bytes:
    """Return r ‖ s ‖ v with a low s and the v that leads back to the address.

    Args:
        signature: r ‖ s, 64 bytes.
        digest: What was signed, 32 bytes.
        address: Of the key, 20 bytes.
        who: Who signed, for messages.

    Raises:
        Unavailable: It is no signature of the digest by this key.
    """
    if len(signature) == 2 * _WORD:
        s = int.from_bytes(signature[_WORD:])
        if s <= CURVE_ORDER:
            low = min(s, CURVE_ORDER - s).to_bytes(_WORD)
            for v in (b"\x1b", b"\x1c"):
                found = signature[:_WORD] + low + v
                if _signer_of(digest, found) == address:
                    return found
    raise Unavailable(
        f"{who} gave no signature by the key of 0x{address.hex()}; nothing of it is published"
    )


def _signer_of(digest: bytes, signature: bytes) -> bytes | None:
    try:
        return recover_signer(digest, signature)
    except SignatureMismatch:
        return None


class DigestHeadSigner:
    """A `HeadSigner` over a key that signs digests."""

    def __init__(self, key: DigestKey) -> None:
        self._key, self.address = key, key.address

    def sign_head(self, checkpoint: Checkpoint, target: ChainTarget) -> bytes:
        """Sign a head for one contract; 65 bytes."""
        digest = checkpoint_digest(checkpoint, target.log_id, target.chain_id, target.contract)
        return self._key.sign_digest(digest)
