"""From a record's rows to the log: commitment, entry, inclusion; number 2 of `examine.py`.

For receipts and for proofs in other formats alike, so that both mean the same by an entry.
"""

from collections.abc import Sequence

from liuhen.core.canonical import JsonValue
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.disclosure import rows_commitment
from liuhen.core.errors import MalformedRecord, ProofMismatch
from liuhen.core.log_entry import slot_entry
from liuhen.core.merkle import leaf_hash, verify_inclusion
from liuhen.core.receipt import Receipt
from liuhen.core.row_rules import check_rows
from liuhen.core.verdict import Check, State


def check_entry(receipt: Receipt) -> tuple[bytes, Check]:
    """Lead the rows to a commitment, and that (through a slot) to the entry.

    A record must be able to have these rows; `parse_rows` has checked their form.

    Returns:
        The entry, 32 bytes, whatever became of the check; and the check of the commitment.
    """
    commitment, slot = rows_commitment(receipt.rows), receipt.slot
    entry = commitment if slot is None else slot_entry(slot.tick, slot.root(commitment))
    facts: dict[str, JsonValue] = {"commitment": commitment.hex(), "leaves": len(receipt.rows)}
    try:
        all_shown = check_rows(receipt.rows)
    except MalformedRecord as error:
        failed = {**facts, "detail": str(error)}
        return entry, Check("commitment", State.FAILED, "not-a-record", failed)
    reason = "rows-commit" if all_shown else "rows-partly-hidden"
    return entry, Check("commitment", State.PASSED, reason, facts)


def check_inclusion(
    entry: bytes, index: int, checkpoint: Checkpoint, path: Sequence[bytes]
) -> Check:
    """Lead the entry to the root of the checkpoint, at this index and size."""
    leaf = leaf_hash(entry)
    facts: dict[str, JsonValue] = {
        "entry": entry.hex(),
        "leaf_hash": leaf.hex(),
        "index": index,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
    }
    try:
        verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root)
    except ProofMismatch as error:
        return Check("inclusion", State.FAILED, error.code, {**facts, "detail": str(error)})
    return Check("inclusion", State.PASSED, "entry-in-tree", facts)
