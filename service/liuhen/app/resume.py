"""Comparing the database with the signer's register before anything is signed (evidence §7)."""

from collections.abc import Sequence

from liuhen.core.errors import HistoryMismatch
from liuhen.core.merkle import TreeHead
from liuhen.core.tiles import Tree

_WHAT_TO_DO = (
    "Nothing is signed, so nothing is forked. Put a newer copy of the database in place; if there"
    " is none, this log has ended: keep it, and open a successor. Never delete or edit the"
    " register to get past this."
)


def continue_from(signed: TreeHead | None, tree: Tree) -> Sequence[bytes]:
    """Return the proof that leads from the register's head to the database's.

    A database ahead of the register is what a crash between the two leaves; it is signed next.

    Args:
        signed: The register's head.
        tree: The database's log.

    Raises:
        HistoryMismatch: The register is ahead, contradicts the database, or was lost; the
            message says what to do.
    """
    if signed is None:
        if tree.size:
            raise HistoryMismatch(
                f"the signer's register is empty and the database has {tree.size} entries:"
                " the register was lost, or its folder is set wrongly. Restore the register. "
                + _WHAT_TO_DO
            )
        return []
    if signed.size > tree.size:
        raise HistoryMismatch(
            f"the head of {signed.size} entries was signed and the database has only {tree.size}:"
            " it is an old copy. " + _WHAT_TO_DO
        )
    if tree.root(signed.size) != signed.root:
        raise HistoryMismatch(
            f"the head that was signed for {signed.size} entries has another root hash than these"
            " entries in the database: it holds another history. " + _WHAT_TO_DO
        )
    return tree.consistency(signed.size)
