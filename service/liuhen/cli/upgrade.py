"""Putting a newer receipt in the place of an older one, without losing what that one proves.

A receipt is evidence against its log too: a head that was signed and then left out of the history
is shown by nothing else. So the newer receipt must be of the same entry, keep the anchors, and all
heads in both must be of one history (evidence §3).
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.disclosure import Row, rows_commitment
from liuhen.core.errors import (
    CommitmentMismatch,
    HistoryMismatch,
    ProofMismatch,
    Unavailable,
)
from liuhen.core.merkle import TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.receipt import Receipt

CheckConsistency = Callable[[str, TreeHead, TreeHead], object]
"""Checks that a log, by the last part of its name, leads from one head to another."""


def check_upgrade(
    place: Path, before: Receipt, after: Receipt, check_consistency: CheckConsistency
) -> None:
    """Check that nothing is lost if the receipt in a file is replaced by another.

    Args:
        place: The file, for messages.
        before: The receipt that is there.
        after: The one that is to take its place.
        check_consistency: Asks the service; only where the two receipts have different heads.

    Raises:
        CommitmentMismatch: It has other rows, or another place in the log.
        HistoryMismatch: It is of another log, or the two are of two histories of one log.
        Unavailable: That could not be found out, or an anchor or a shown field would be lost.
        Malformed: A checkpoint cannot be read.
    """
    _check_rows(place, before, after)
    if (before.rows, before.entry_index, before.slot) != (
        after.rows,
        after.entry_index,
        after.slot,
    ):
        raise CommitmentMismatch(_kept(place, "holds a receipt of other content or another entry"))
    old, new = _checkpoint(before), _checkpoint(after)
    if old.origin != new.origin:
        raise HistoryMismatch(_kept(place, f"holds a receipt of the log {old.origin}"))
    name = old.origin.rpartition("/")[2]
    for smaller, larger in pairwise(_heads(before, after)):
        try:
            check_consistency(name, smaller, larger)
        except ProofMismatch as error:
            sizes = f"{smaller.size} and {larger.size} entries"
            raise HistoryMismatch(
                _kept(place, f"and the newer receipt hold heads of {sizes} of two histories")
            ) from error
        except Unavailable as error:
            raise Unavailable(f"{place} was not replaced: {error}") from error
    _check_anchors(place, before, after)


def with_content(receipt: Receipt, content: tuple[Row, ...]) -> bytes:
    """Return a receipt file of a detached record with the content that an older one holds."""
    return replace(receipt, content=content).to_text().encode()


def _check_rows(place: Path, before: Receipt, after: Receipt) -> None:
    """Do not lose what the receipt shows where the newer one, after an erasure, hides it."""
    if before.rows != after.rows and rows_commitment(before.rows) == rows_commitment(after.rows):
        raise Unavailable(
            f"{place} was not replaced: it shows fields that the newer receipt hides, or hides some"
            " that it shows; both are of the same record. Write the newer one to another file"
        )


def _checkpoint(receipt: Receipt) -> Checkpoint:
    return Checkpoint.parse(SignedNote.parse(receipt.checkpoint).text)


def _heads(*receipts: Receipt) -> list[TreeHead]:
    """Return all heads of receipts, smallest first; an empty one is of every history."""
    heads = {_checkpoint(receipt).head for receipt in receipts}
    heads |= {TreeHead(each.size, each.root) for receipt in receipts for each in receipt.anchors}
    return sorted(head for head in heads if head.size)


def _check_anchors(place: Path, before: Receipt, after: Receipt) -> None:
    """Check that the newer receipt is anchored wherever the older one is, with evidence if it is.

    An anchor may rightly vanish before it is final. But then its receipt is soon anchored again.
    """
    kept = {
        (each.chain_id, each.contract, each.log_id, with_evidence)
        for each in after.anchors
        for with_evidence in {False, each.evidence is not None}
    }
    for each in before.anchors:
        if (each.chain_id, each.contract, each.log_id, each.evidence is not None) not in kept:
            raise Unavailable(
                f"{place} was not replaced: it carries an anchor on chain {each.chain_id} that the"
                " newer receipt does not have; try again later, or keep both"
            )


def _kept(place: Path, fault: str) -> str:
    return f"{place} {fault}: it was not replaced; keep both and ask the operator"
