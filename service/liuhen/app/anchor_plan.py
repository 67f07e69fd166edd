"""Choose the head that is to be anchored next."""

from collections.abc import Callable

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import AnchorMismatch
from liuhen.core.merkle import TreeHead
from liuhen.core.note import SignedNote
from liuhen.ports import AnchoredReading, StoredAnchor


def next_head(
    log: AnchoredReading,
    request_map_head: Callable[[], TreeHead],
    newest: StoredAnchor | None,
    max_growth: int,
) -> TreeHead | None:
    """Return the largest head that the contract accepts and receipts can rest on.

    Args:
        log: The log as it is durable.
        request_map_head: Has the log end in a map head, and returns that head.
        newest: The largest anchor on the chain.
        max_growth: Entries by which the contract lets the log grow at once.

    Returns:
        The head; None if there is nothing to anchor.

    Raises:
        AnchorMismatch: Nothing within the contract's reach can be anchored.
        Unavailable: Store or writer does not answer.
    """
    anchored = newest.head.size if newest else 0
    now = log.head()
    # A map head alone never makes an anchor due, or anchors would beget anchors.
    only_map_head = now.tree.size == anchored + 1 and now.map_head == anchored
    # Below an anchor without a checkpoint, records wait for another one that has one.
    is_enough = newest is None or newest.has_checkpoint
    if is_enough and (now.tree.size <= anchored or only_map_head):
        return None
    farthest = anchored + max_growth
    if now.tree.size < farthest:
        head = request_map_head()
        if head.size <= farthest:
            return head
    return _head_on_the_way(log, anchored, farthest)


def _head_on_the_way(log: AnchoredReading, anchored: int, farthest: int) -> TreeHead:
    """Return the last head within reach; the writer ends the log in map heads often enough."""
    note = log.last_checkpoint(farthest)
    head = None if note is None else checkpoint_head(note)
    if head is None or head.size <= anchored:
        raise AnchorMismatch(
            f"the contract lets the log grow from {anchored} entries to {farthest} at most, and no"
            " checkpoint was stored between"
        )
    return head


def checkpoint_head(note: str) -> TreeHead:
    """Return the head that a stored checkpoint of ours signs."""
    return Checkpoint.parse(SignedNote.parse(note).text).head
