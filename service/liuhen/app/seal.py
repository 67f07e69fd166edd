"""Sealing a head: register first, then signatures (evidence §7)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cose_receipt import SignedSize, protected_header, to_be_signed
from liuhen.core.errors import NotYet, SignatureMismatch, Unavailable
from liuhen.core.head_signature import HeadSignerKey
from liuhen.core.merkle import TreeHead
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.verifier_key import verify_ed25519
from liuhen.ports import ChainTarget, HeadRegister, HeadSigner, TextSigner

_BAD_SIGNATURE: Final = "a signer made a bad signature, which is not published"


class Published(NamedTuple):
    """A signed head that anybody may see.

    Attributes:
        tree: Size and root hash.
        note: The signed checkpoint.
    """

    tree: TreeHead
    note: str


class SealedSize(NamedTuple):
    """The newest head, signed as COSE receipts need it.

    Attributes:
        tree: Size and root hash.
        signed: Header and signature, the same for every entry.
    """

    tree: TreeHead
    signed: SignedSize


class RetiredKey(NamedTuple):
    """The log's key before the newest, kept until the first head by the newest is signed.

    Attributes:
        signer: Holds it.
        last_size: The last size that it is good for.
    """

    signer: TextSigner
    last_size: int


class RetiredHeadKey(NamedTuple):
    """The same of the key that signs heads for contracts.

    Attributes:
        signer: Holds it.
        last_size: The last size that it is good for.
    """

    signer: HeadSigner
    last_size: int


class HeadSealer:
    """Makes checkpoints of one log: a line by the log's key, one more for each contract.

    Every signature is verified before it is seen by anybody: a key may stand in a device or a
    service of somebody else's, and a head with a bad line would be out for good.
    """

    def __init__(
        self,
        origin: str,
        register: HeadRegister,
        text_signer: TextSigner,
        head_signer: HeadSigner,
        targets: Sequence[ChainTarget],
        retired: RetiredKey | None = None,
        retired_head: RetiredHeadKey | None = None,
    ) -> None:
        self.register, self._retired, self._retired_head = register, retired, retired_head
        self._origin, self._text_signer, self._head_signer = origin, text_signer, head_signer
        self._newest: TreeHead | None = None
        self._sealed_size: SealedSize | None = None
        self._targets = targets

    @property
    def vkeys(self) -> list[str]:
        """The verifier keys of the lines, in their order."""
        keys = [self._key_for(target, self._head_signer) for target in self._targets]
        return [self._text_signer.log_key.to_text(), *(key.to_text() for key in keys)]

    def seal(self, tree: TreeHead, consistency: Sequence[bytes]) -> Published:
        """Advance the register to a head and sign it.

        Args:
            tree: The head; durable in the database.
            consistency: Proof from the register's head to it.

        Raises:
            HistoryMismatch: The register refuses the head.
            ProofMismatch: The proof does not lead from the register's head.
            Unavailable: Register or key cannot be used, or a key made a bad signature.
        """
        self.register.advance(tree, consistency)
        checkpoint = Checkpoint(self._origin, tree.size, tree.root)
        text = checkpoint.to_text()
        signer = self._log_signer(tree.size)
        lines = [signer.log_key.line(signed_text(signer, text.encode()))]
        lines += [self._signer_line(checkpoint, target) for target in self._targets]
        self._newest = tree
        return Published(tree, SignedNote(text, tuple(lines)).to_text())

    def _log_signer(self, size: int) -> TextSigner:
        """Return who holds the log's key that is good for a size."""
        if self._retired is not None and size <= self._retired.last_size:
            return self._retired.signer
        return self._text_signer

    def seal_size(self) -> SealedSize:
        """Sign the newest sealed head for COSE receipts; once a head, whoever asks.

        There is no parameter: no other head than the one that the register released last can be
        signed in this form either. Thread-safe.

        Raises:
            NotYet: Nothing was sealed since the start.
            Unavailable: The key cannot be used.
        """
        newest, known = self._newest, self._sealed_size
        if newest is None:
            raise NotYet("no head of this log is sealed yet")
        if known is None or known.tree != newest:
            signer = self._log_signer(newest.size)
            key_id = signer.log_key.key_id
            protected = protected_header(key_id, self._origin, newest.size)
            signature = signed_text(signer, to_be_signed(protected, newest.root))
            known = SealedSize(newest, SignedSize(self._origin, newest.size, key_id, signature))
            self._sealed_size = known
        return known

    def _signer_line(self, checkpoint: Checkpoint, target: ChainTarget) -> NoteSignature:
        signer, retired = self._head_signer, self._retired_head
        if retired is not None and checkpoint.size <= retired.last_size:
            signer = retired.signer
        key = self._key_for(target, signer)
        line = key.line(signer.sign_head(checkpoint, target))
        try:
            key.verify(checkpoint, target.log_id, line)
        except SignatureMismatch as error:
            raise Unavailable(f"{_BAD_SIGNATURE}: {error}") from error
        return line

    def _key_for(self, target: ChainTarget, signer: HeadSigner) -> HeadSignerKey:
        return HeadSignerKey(self._origin, target.chain_id, target.contract, signer.address)


def signed_text(signer: TextSigner, text: bytes) -> bytes:
    """Return a signature of a text that verifies.

    Raises:
        Unavailable: The key cannot be used, or made one that does not.
    """
    signature = signer.sign_text(text)
    try:
        verify_ed25519(signer.log_key.name, signer.log_key.public, signature, text)
    except SignatureMismatch as error:
        raise Unavailable(f"{_BAD_SIGNATURE}: {error}") from error
    return signature
