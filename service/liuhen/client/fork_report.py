"""What signed checkpoints prove against a log, for the contract to judge.

One note proves a fork if the anchored history has another root hash at its size; two notes of one
size do, whatever is anchored, if their root hashes differ. Everything that the contract will check
is checked here first, so that nobody pays for being refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from liuhen.client.log_check import read_checkpoint
from liuhen.client.log_reading import LogReader
from liuhen.client.log_source import LogSource
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Mismatch, SignatureMismatch, Unavailable
from liuhen.core.head_signature import HeadSignerKey, checkpoint_digest, recover_signer
from liuhen.core.merkle import TreeHead, verify_consistency
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.policy import TrustPolicy

_SIGNATURE_BYTES = 65


class Nothing(StrEnum):
    """Why notes prove nothing."""

    OTHER_LOG = "other-log"
    NO_SIGNER = "no-signer"
    SAME_ROOT = "same-root"
    SIZES_DIFFER = "sizes-differ"
    IN_HISTORY = "in-history"
    EMPTY = "empty-log"
    NOT_ANCHORED = "not-anchored-yet"


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A head, with the signature of one of the log's signers.

    Attributes:
        head: The head.
        signature: r ‖ s ‖ v, 65 bytes.
        signer: Whose it is, 20 bytes.
    """

    head: TreeHead
    signature: bytes
    signer: bytes


@dataclass(frozen=True, slots=True)
class Fork:
    """A signed head, and what the anchored history has in its place.

    Attributes:
        signed: The head.
        true_root: Root hash of the history at its size.
        proof: From there to the anchored head; empty if it is that head.
        anchored_size: Size of an anchored head.
    """

    signed: SignedRoot
    true_root: bytes
    proof: tuple[bytes, ...]
    anchored_size: int


@dataclass(frozen=True, slots=True)
class DoubleSign:
    """Two signed heads of one size."""

    one: SignedRoot
    other: SignedRoot


def read_signed(
    note: str, policy: TrustPolicy, signers: Sequence[tuple[bytes, int]]
) -> SignedRoot | Nothing:
    """Read a note, and find the signature that the contract accepts.

    Args:
        note: The signed checkpoint.
        policy: Names the log.
        signers: Signers of the contract, each with its first size, in ascending order.

    Raises:
        Malformed: Not a signed checkpoint.
    """
    signed = SignedNote.parse(note)
    checkpoint = Checkpoint.parse(signed.text)
    if checkpoint.origin != policy.origin:
        return Nothing.OTHER_LOG
    if not checkpoint.size:
        return Nothing.EMPTY
    wanted = [signer for signer, first in signers if first <= checkpoint.size][-1:]
    for line in signed.signatures:
        signer = _signer(line, checkpoint, policy)
        if signer is not None and [signer] == wanted:
            return SignedRoot(checkpoint.head, line.signature, signer)
    return Nothing.NO_SIGNER


def compare_notes(one: SignedRoot, other: SignedRoot) -> DoubleSign | Nothing:
    """Return the proof that two heads make up."""
    if one.head.size != other.head.size:
        return Nothing.SIZES_DIFFER
    return Nothing.SAME_ROOT if one.head == other.head else DoubleSign(one, other)


def compare_with_history(
    signed: SignedRoot, anchored: TreeHead, root_at_size: bytes | None, source: LogSource | None
) -> Fork | Nothing:
    """Return the proof that a head contradicts what is anchored.

    Args:
        signed: The head.
        anchored: The head anchored last.
        root_at_size: The root hash anchored at exactly the size of the head; None if none was.
        source: Files of the log, which lead to the anchored head; needed where none was.

    Raises:
        Unavailable: The files are needed and cannot be had, are older than the anchored head, or do
            not lead to it.
        Malformed: A file of the log is not what it claims to be.
    """
    size = signed.head.size
    if size > anchored.size:
        return Nothing.NOT_ANCHORED
    if root_at_size is not None:
        fork = Fork(signed, root_at_size, (), size)
    elif source is None:
        raise Unavailable(
            f"no head of {size} entries is anchored: name the files of the log with --log-url, for"
            f" the proof that leads from there to the anchored head of {anchored.size}"
        )
    else:
        fork = _prove(signed, anchored, source)
    return Nothing.IN_HISTORY if fork.true_root == signed.head.root else fork


def _prove(signed: SignedRoot, anchored: TreeHead, source: LogSource) -> Fork:
    """Find the root hash of the history, from files that nobody need believe."""
    _, checkpoint = read_checkpoint(source)
    if checkpoint.size < anchored.size:
        raise Unavailable(
            f"these files of the log end with {checkpoint.size} entries, and {anchored.size} are"
            " anchored: get newer ones"
        )
    size = signed.head.size
    try:
        tree = LogReader(source, checkpoint.head).tree
        true_root, proof = tree.root(size), tuple(tree.consistency(size, anchored.size))
        verify_consistency(TreeHead(size, true_root), anchored, proof)
    except Mismatch as error:
        raise Unavailable(
            "these files of the log do not lead to the anchored head: get those of the anchored"
            " history, from a copy or a monitor"
        ) from error
    return Fork(signed, true_root, proof, anchored.size)


def _signer(line: NoteSignature, checkpoint: Checkpoint, policy: TrustPolicy) -> bytes | None:
    """Return who made a line, if it is one by an Ethereum key for the policy's contract."""
    if line.name != policy.origin or len(line.signature) != _SIGNATURE_BYTES:
        return None
    digest = checkpoint_digest(checkpoint, policy.log_id, policy.chain.id, policy.contract)
    try:
        signer = recover_signer(digest, line.signature)
    except SignatureMismatch:
        return None
    key = HeadSignerKey(policy.origin, policy.chain.id, policy.contract, signer)
    return signer if key.key_id == line.key_id else None
