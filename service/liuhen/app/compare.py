"""Compare the chain with the log before anything is anchored (evidence §7).

A node can be another chain, a chain that was wiped, or one that holds a longer log than ours
because our database is an old copy. In each case anchoring must not start: the first would waste
money, the last would be a fork in the making.
"""

from collections.abc import Callable, Sequence
from typing import Final

from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import TreeHead
from liuhen.core.tiles import Tree
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports import AnchorStore, Chain, ChainIdentity, StoredAnchor

_NO_CODE: Final = keccak256(b"")
_PAGE: Final = 8

TreeReader = Callable[[], Tree]
"""Gives the tree of everything that is durable at the moment of the call."""


def compare_history(chain: Chain, expected: ChainIdentity, read_tree: TreeReader) -> TreeHead:
    """Check that the chain is the expected one and continues into our log.

    Args:
        chain: The chain.
        expected: What it must say of itself.
        read_tree: Reads our log; called last, since beside a log that is written and anchored
            elsewhere the contract may have more than what was read before it was asked.

    Returns:
        The log's head in the contract.

    Raises:
        HistoryMismatch: Another chain, contract or key; or the contract's head is not a prefix of
            our log.
        Unavailable: The chain does not answer; nothing is known.
    """
    _check_identity(chain.identity(), expected)
    head = chain.anchored_head()
    check_root(read_tree(), head)
    return head


def find_lost(chain: Chain, store: AnchorStore, *, may_rewind: bool = False) -> list[StoredAnchor]:
    """Return the anchors that were final and whose block is another one now, newest first.

    That is known only where the chain tells another block at that height. Where it tells none, the
    node is behind, and nothing is known.

    Args:
        chain: The chain.
        store: Our anchors in it.
        may_rewind: The chain is a development one, which loses its newest blocks when it is killed:
            there a block that is not told is lost.

    Raises:
        HistoryMismatch: The block is there, and the contract has lost the head.
        Unavailable: The chain does not answer, or is behind a block that was final.
    """
    lost: list[StoredAnchor] = []
    before: int | None = None
    while page := store.page(before, _PAGE, states=frozenset({AnchorState.FINAL})):
        gone = [
            anchor for anchor in page if not _still_stands(chain, anchor, may_rewind=may_rewind)
        ]
        lost += gone
        # To the end of the page: a head that was found in the contract has a later number than
        # its place on the chain. Below a whole row that stands, everything does.
        if len(gone) < len(page):
            break
        before = page[-1].anchor_id
    return lost


def check_nothing_lost(lost: Sequence[StoredAnchor]) -> None:
    """Let nobody go on unawares on a chain that has lost what was final.

    Raises:
        HistoryMismatch: It has; the message says what to do.
    """
    if lost:
        sizes = ", ".join(str(anchor.head.size) for anchor in reversed(lost))
        raise HistoryMismatch(
            f"anchors that were final are not on this chain any more (of {sizes} entries): it is "
            "another chain, or it was reorganised deeper than the policy's finality_depth. Check "
            "the RPC address; if this is the right chain, start once with --accept-lost-anchors, "
            "and they are anchored again"
        )


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
            f"the node is on chain {found.chain_id} in place of {expected.chain_id}, the policy's: "
            "check the RPC address"
        )
    if found.genesis_hash != expected.genesis_hash:
        raise HistoryMismatch(
            "the chain begins with another block than the policy says, so it is another one or was "
            "started anew: check the RPC address, give the chain its old state back, or open a "
            "successor log on it"
        )
    if found.code_hash != expected.code_hash:
        raise HistoryMismatch(
            f"there is {'no contract' if found.code_hash == _NO_CODE else 'another contract'} at "
            "the policy's address: check the RPC address, and whether the node has caught up"
        )
    if expected.publisher and found.publisher != expected.publisher:
        raise HistoryMismatch(
            f"the log's publisher in the contract is 0x{found.publisher.hex()}, and the key here "
            f"is that of 0x{expected.publisher.hex()}: put the right key into the keys folder, or "
            "have the owner appoint this one"
        )
    if found.signer != expected.signer:
        raise HistoryMismatch(
            f"the log's signer in the contract is 0x{found.signer.hex()}, and 0x"
            f"{expected.signer.hex()} in the policy: use the policy that goes with the contract"
        )


def _still_stands(chain: Chain, anchor: StoredAnchor, *, may_rewind: bool) -> bool:
    place = anchor.mined_in
    assert place is not None, "the store keeps the block of what is final"
    block = chain.block(place.number)
    if block is None and may_rewind:
        return False
    if block is None:
        raise Unavailable(
            f"the chain is told up to below block {place.number}, which was final: a node is behind"
        )
    if block.hash != place.hash:
        return False
    kept = chain.head_at(anchor.head.size)
    if kept is None or kept.root != anchor.head.root:
        raise HistoryMismatch(
            f"the anchor of {anchor.head.size} entries was final and is no longer in the contract"
        )
    return True
