"""Sealing a head: register first, then signatures (evidence §7)."""

from collections.abc import Sequence
from typing import NamedTuple

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_signature import HeadSignerKey, checkpoint_digest
from liuhen.core.merkle import TreeHead
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.ports import ChainTarget, HeadRegister, HeadSigner


class Published(NamedTuple):
    """A signed head that anybody may see.

    Attributes:
        tree: Size and root hash.
        note: The signed checkpoint.
    """

    tree: TreeHead
    note: str


class HeadSealer:
    """Makes checkpoints of one log: a line by the log's key, one more for each contract."""

    def __init__(
        self,
        origin: str,
        register: HeadRegister,
        signer: HeadSigner,
        targets: Sequence[ChainTarget],
    ) -> None:
        self.register = register
        self._origin, self._signer = origin, signer
        self._targets = [
            (target, HeadSignerKey(origin, target.chain_id, target.contract, signer.address))
            for target in targets
        ]

    @property
    def vkeys(self) -> list[str]:
        """The verifier keys of the lines, in their order."""
        return [self._signer.log_key.to_text(), *(key.to_text() for _, key in self._targets)]

    def seal(self, tree: TreeHead, consistency: Sequence[bytes]) -> Published:
        """Advance the register to a head and sign it.

        Args:
            tree: The head; durable in the database.
            consistency: Proof from the register's head to it.

        Raises:
            HistoryMismatch: The register refuses the head.
            ProofMismatch: The proof does not lead from the register's head.
            Unavailable: Register or key cannot be used.
        """
        self.register.advance(tree, consistency)
        checkpoint = Checkpoint(self._origin, tree.size, tree.root)
        text = checkpoint.to_text()
        lines = [self._signer.log_key.line(self._signer.sign_text(text.encode()))]
        lines += [self._signer_line(checkpoint, *target) for target in self._targets]
        return Published(tree, SignedNote(text, tuple(lines)).to_text())

    def _signer_line(
        self, checkpoint: Checkpoint, target: ChainTarget, key: HeadSignerKey
    ) -> NoteSignature:
        digest = checkpoint_digest(checkpoint, target.log_id, target.chain_id, target.contract)
        return key.line(self._signer.sign_digest(digest))
