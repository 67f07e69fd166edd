"""Compare the chain with the log before anything is anchored (evidence §7).

A node can be another chain, a chain that was wiped, or one that holds a longer log than ours
because our database is an old copy. In each case anchoring must not start: the first would waste
money, the last would be a fork in the making.
"""

from collections.abc import Callable

from liuhen.core.errors import HistoryMismatch
from liuhen.core.merkle import TreeHead
from liuhen.core.tiles import Tree
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import AnchorStore, Chain, ChainIdentity

TreeReader = Callable[[], Tree]
"""Gives the tree of everything that is durable at the moment of the call."""


def compare_history(
    chain: Chain, expected: ChainIdentity, store: AnchorStore, tree: Tree
) -> TreeHead:
    """Check that the chain is the expected one and continues into our log.

    Args:
        chain: The chain.
        expected: What it must say of itself.
        store: Our anchors in it.
        tree: Our log.

    Returns:
        The log's head in the contract.

    Raises:
        HistoryMismatch: Another chain, contract or key; or the contract's head is not a prefix of
            our log; or an anchor that was final is gone.
        Unavailable: The chain does not answer; nothing is known.
    """
    _check_identity(chain.identity(), expected)
    head = chain.anchored_head()
    check_root(tree, head)
    _check_final_anchor(chain, store)
    return head


def check_root(tree: Tree, head: TreeHead) -> None:
    """Check that a head is one of this log; size 0 always is.

    Raises:
        HistoryMismatch: The log is smaller, or had another root at this size.
    """
    if head.size > tree.size:
        raise HistoryMismatch(
            f"there is a head of {head.size} entries and this log has {tree.size}: the database "
            "is an old copy; recover the missing entries, or open a successor log"
        )
    if tree.root(head.size) != head.root:
        raise HistoryMismatch(f"the head of {head.size} entries is not one of this log")


def _check_identity(found: ChainIdentity, expected: ChainIdentity) -> None:
    if found.chain_id != expected.chain_id:
        raise HistoryMismatch(
            f"the node is on chain {found.chain_id} in place of {expected.chain_id}"
        )
    if found.genesis_hash != expected.genesis_hash:
        raise HistoryMismatch(
            "the chain begins with another block, so it was started anew: give it its old state "
            "back, or open a successor log on it"
        )
    if found.code_hash != expected.code_hash:
        raise HistoryMismatch("there is no contract, or another one, at the contract's address")
    if found.publisher != expected.publisher:
        raise HistoryMismatch("the log is registered with another publisher, or not at all")
    if found.signer != expected.signer:
        raise HistoryMismatch("the log is registered with another signer")


def _check_final_anchor(chain: Chain, store: AnchorStore) -> None:
    """Check that the newest anchor we hold to be final still stands."""
    newest = store.newest(frozenset({AnchorState.FINAL}))
    if newest is None:
        return
    kept = chain.head_at(newest.head.size)
    if kept is None or kept.root != newest.head.root:
        raise HistoryMismatch(
            f"the anchor of {newest.head.size} entries was final and is no longer in the contract"
        )
