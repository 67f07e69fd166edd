"""What core says of two heads that are said to contradict each other; the contract must agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import ProofMismatch, SignatureMismatch
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.merkle import TreeHead, verify_consistency
from liuhen.core.note import NoteSignature


@dataclass(frozen=True, slots=True)
class ReportedLog:
    """A log as the contract knows it.

    Attributes:
        signers: Address and first size of each signer, ascending; each is good until the next.
        anchored: Root hash by tree size.
    """

    origin: str
    log_id: bytes
    chain_id: int
    contract: bytes
    signers: Sequence[tuple[bytes, int]]
    anchored: Mapping[int, bytes]

    def is_signed(self, head: TreeHead, signature: bytes) -> bool:
        """Return whether the signer for that size signed this head."""
        good = [signer for signer, since in self.signers if since <= head.size]
        if not good:
            return False
        key = HeadSignerKey(self.origin, self.chain_id, self.contract, good[-1])
        line = NoteSignature(key.name, key.key_id, signature)
        try:
            key.verify(Checkpoint(self.origin, *head), self.log_id, line)
        except SignatureMismatch:
            return False
        return True

    def is_fork(
        self,
        signed: TreeHead,
        signature: bytes,
        true_root: bytes,
        proof: Sequence[bytes],
        anchored_size: int,
    ) -> bool:
        """Return whether a signed head contradicts an anchored one."""
        root = self.anchored.get(anchored_size)
        if root is None or true_root == signed.root:
            return False
        try:
            verify_consistency(
                TreeHead(signed.size, true_root), TreeHead(anchored_size, root), proof
            )
        except ProofMismatch:
            return False
        return self.is_signed(signed, signature)

    def is_double(
        self, signed: TreeHead, signature: bytes, other_root: bytes, other_signature: bytes
    ) -> bool:
        """Return whether two heads of one size are both signed."""
        other = TreeHead(signed.size, other_root)
        both = self.is_signed(signed, signature) and self.is_signed(other, other_signature)
        return both and signed.root != other_root
