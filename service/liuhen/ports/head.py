"""Signing heads: the register, then the keys (evidence §7)."""

from collections.abc import Sequence
from typing import Protocol

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_signature import LogKey
from liuhen.core.merkle import TreeHead
from liuhen.ports.chain import ChainTarget


class HeadRegister(Protocol):
    """The last head of one log that was released for signing.

    TRUSTED: whoever can write here can fork the log, so it lies outside the database, its folder
    and its backups.

    Only one process can hold it. What `advance` accepted is durable when it returns.
    """

    def newest(self) -> TreeHead | None:
        """Return the last head; None before the first. It is durable when this returns.

        Raises:
            Unavailable: The register cannot be read or written.
            HistoryMismatch: It is damaged in a way that no crash can explain.
        """
        ...

    def advance(self, new: TreeHead, consistency: Sequence[bytes]) -> None:
        """Move on to a head; the same head again is harmless.

        Args:
            new: The head to release.
            consistency: Proof from the last head to `new`; empty from size 0 and for the same.

        Raises:
            HistoryMismatch: Smaller than the last head, or of the same size with another root.
            ProofMismatch: The proof does not lead from the last head to `new`.
            Unavailable: Could not be made durable; whether it was, is unknown. Every later advance
                fails until `newest` has told what stands.
        """
        ...


class TextSigner(Protocol):
    """Signs with the log's Ed25519 key. TRUSTED not to fork; that it signs well is checked.

    Asked only for heads that the register has released. Signing the same text again is harmless.
    """

    log_key: LogKey

    def sign_text(self, text: bytes) -> bytes:
        """Sign a checkpoint's text, or the Sig_structure of a COSE receipt; 64 bytes.

        Raises:
            Unavailable: The key cannot be used now.
        """
        ...


class HeadSigner(Protocol):
    """Signs heads for contracts with the log's Ethereum key. TRUSTED as `TextSigner` is.

    It is given the head and not a digest, because signers that stand elsewhere want to see what
    they sign.
    """

    address: bytes
    """Ethereum address of the key, 20 bytes."""

    def sign_head(self, checkpoint: Checkpoint, target: ChainTarget) -> bytes:
        """Sign a head by EIP-712 (evidence §7); r ‖ s ‖ v, 65 bytes, low s, v 27 or 28.

        Another nonce may make another signature; each is as good.

        Raises:
            Unavailable: The key cannot be used now, or what came back is not its signature.
        """
        ...
