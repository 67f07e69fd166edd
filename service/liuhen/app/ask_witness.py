"""Ask one witness for its line under a head, correcting ourselves once, and believe nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.app.compare import TreeReader
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cosignature import WitnessKey
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.note import NoteSignature
from liuhen.core.witness_request import AddCheckpoint
from liuhen.ports import OtherSize, Witness


@dataclass(frozen=True, slots=True)
class AskedWitness:
    """A witness that is asked.

    Attributes:
        key: The only key whose lines count for it.
        witness: The way to it.
    """

    key: WitnessKey
    witness: Witness


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What came of asking.

    Attributes:
        size: The size that the witness is now believed to have cosigned last.
        line: Its line, verified; None if it gave none.
        error: Why it gave none.
    """

    size: int
    line: NoteSignature | None
    error: AuditError | None = None


def ask_witness(
    asked: AskedWitness, size: int, checkpoint: Checkpoint, note: str, tree: TreeReader
) -> WitnessAnswer:
    """Offer a head to a witness.

    Args:
        asked: The witness.
        size: The size that it is believed to have cosigned last; may be wrong.
        checkpoint: The head.
        note: The same, signed.
        tree: Gives the log's tree, which reaches at least as far.
    """
    size = min(size, checkpoint.size)
    try:
        for _ in range(2):  # a witness may correct us once
            proof = tree().consistency(size, checkpoint.size)
            answer = asked.witness.add_checkpoint(AddCheckpoint(size, tuple(proof), note))
            if not isinstance(answer, OtherSize):
                return WitnessAnswer(checkpoint.size, _verified(asked.key, checkpoint, answer))
            if answer.size > checkpoint.size:
                raise Unavailable(f"has cosigned {answer.size} entries already")
            size = answer.size
        raise Unavailable("names another size each time")
    except AuditError as error:
        return WitnessAnswer(size, None, error)


def _verified(
    key: WitnessKey, checkpoint: Checkpoint, lines: Sequence[NoteSignature]
) -> NoteSignature:
    """Return the witness's own line; lines by other keys are none of our business.

    Raises:
        SignatureMismatch: A line by its key does not verify.
        Unavailable: There is none.
    """
    own = [line for line in lines if key.is_of(line)]
    for line in own:
        key.verify(checkpoint, line)
    if not own:
        raise Unavailable("answered with no line by its key")
    return own[0]
