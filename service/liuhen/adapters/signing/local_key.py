"""Keys in memory: whoever can read this process has them."""

from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.core.head_signature import LogKey, address_of


class LocalKey:
    """A key of secp256k1 that signs digests."""

    def __init__(self, secret: bytes) -> None:
        """Hold a key.

        Args:
            secret: 32 bytes, from 1 to the curve's order less 1.
        """
        self._key = PrivateKey(secret)
        self.address = address_of(self._key.public_key)

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign 32 bytes; r ‖ s ‖ v. The library makes s low and the nonce by RFC 6979."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([signature[64] + 27])


class LocalTextSigner:
    """A `TextSigner` over an Ed25519 key."""

    def __init__(self, origin: str, seed: bytes) -> None:
        """Hold a key.

        Args:
            origin: The log's name, which is also the name of its key.
            seed: 32 bytes.
        """
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.log_key = LogKey(origin, self._key.public_key().public_bytes_raw())

    def sign_text(self, text: bytes) -> bytes:
        """Sign a text; 64 bytes."""
        return self._key.sign(text)
