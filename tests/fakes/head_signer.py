"""Signers of heads with known keys, and with those in the plain files of a folder."""

from pathlib import Path

from liuhen.adapters.keys_file import HEAD_KEY, LOG_KEY, load_key
from liuhen.adapters.signing.local_key import LocalKey, LocalTextSigner
from liuhen.adapters.signing.secp256k1 import DigestHeadSigner
from liuhen.core.checkpoint import Checkpoint
from liuhen.ports import ChainTarget


class KnownSigner:
    """A `TextSigner` and a `HeadSigner`; `signed` is every text it was asked to sign."""

    def __init__(
        self, origin: str, number: int = 7, *, seed: bytes = b"", secret: bytes = b""
    ) -> None:
        self._log = LocalTextSigner(origin, seed or bytes([number]) * 32)
        self._head = DigestHeadSigner(LocalKey(secret or bytes([number]) * 32))
        self.log_key, self.address = self._log.log_key, self._head.address
        self.signed: list[bytes] = []

    def sign_text(self, text: bytes) -> bytes:
        self.signed.append(text)
        return self._log.sign_text(text)

    def sign_head(self, checkpoint: Checkpoint, target: ChainTarget) -> bytes:
        return self._head.sign_head(checkpoint, target)


def load_signer(folder: Path, origin: str) -> KnownSigner:
    """Load both keys of a log from their plain files."""
    seed, secret = load_key(folder / LOG_KEY), load_key(folder / HEAD_KEY)
    return KnownSigner(origin, seed=seed, secret=secret)
