"""A signer of heads with known keys."""

from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.core.head_signature import LogKey, address_of


class KnownSigner:
    """A `HeadSigner` whose keys anybody can have; `signed` is all it was asked to sign."""

    def __init__(self, origin: str, number: int = 7) -> None:
        self._log = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self._head = PrivateKey(bytes([number]) * 32)
        self.log_key = LogKey(origin, self._log.public_key().public_bytes_raw())
        self.address = address_of(self._head.public_key)
        self.signed: list[bytes] = []

    def sign_text(self, text: bytes) -> bytes:
        self.signed.append(text)
        return self._log.sign(text)

    def sign_digest(self, digest: bytes) -> bytes:
        signature = self._head.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([signature[64] + 27])
