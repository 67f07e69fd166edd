"""Compare the chain with the database before anything is signed or served (evidence §7)."""

from collections.abc import Sequence

from liuhen.adapters.clock import SystemClock
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.app.compare import check_nothing_lost, compare_history, find_lost
from liuhen.app.follow import Follower
from liuhen.app.stored_tree import LargeSubtrees, StoredTree, row_reader
from liuhen.app.tell import Tell, tell_nobody
from liuhen.core.errors import Unavailable
from liuhen.core.policy import ChainKind, TrustPolicy
from liuhen.core.tiles import Tree
from liuhen.ports import Chain, StoredAnchor, StoredLog
from liuhen.wiring.anchoring import Anchors, expected_identity, open_anchors
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.nodes import chain_target, open_chain
from liuhen.wiring.settings import Settings


def compare_with_chain(
    settings: Settings,
    place: LogPlace,
    database: Database,
    publisher: bytes,
    tell: Tell,
    *,
    accept_lost: bool,
) -> None:
    """Let no log be served whose chain contradicts it, if the chain can be reached.

    A chain that is away is no reason to refuse: the signer's register decides then, records are
    accepted, and nothing is anchored before the chain was compared.

    Args:
        settings: The settings.
        place: Where the log's parts lie.
        database: The database.
        publisher: Address of the publisher's key here, 20 bytes; empty where this process does not
            anchor.
        tell: Takes what the operator should know.
        accept_lost: Whether anchors that the chain has lost are to be made again.

    Raises:
        HistoryMismatch: It contradicts; the message says what to do.
    """
    policy = place.policy
    chain = open_chain(settings, policy)
    try:
        lost = check_chain(chain, policy, database, publisher, accept_lost=accept_lost)
    except Unavailable as error:
        facts: dict[str, object] = {"code": error.code, "why": str(error)}
        tell("chain.away_at_start", facts)
        return
    found = SqlLogs(database).find(policy.origin)
    if lost and found is not None:
        _take_back(open_anchors(settings, database, found.log_id, policy), chain, lost)
        tell("chain.lost_final_block", {"anchors": [anchor.head.size for anchor in lost]})


def check_chain(
    chain: Chain,
    policy: TrustPolicy,
    database: Database,
    publisher: bytes,
    *,
    accept_lost: bool = False,
) -> Sequence[StoredAnchor]:
    """Compare a chain with a log as it is stored.

    Args:
        chain: The chain.
        policy: The log's trust policy.
        database: The database.
        publisher: As above.
        accept_lost: Whether anchors that the chain has lost are no contradiction.

    Returns:
        The anchors that were final and that the chain has lost.

    Raises:
        HistoryMismatch: They contradict each other; the message says what to do.
        Unavailable: The chain does not answer; nothing is known.
    """
    found = SqlLogs(database).find(policy.origin)
    compare_history(chain, expected_identity(policy, publisher), lambda: _tree(database, found))
    if found is None:
        return []
    store = SqlAnchorStore(database, found.log_id, chain_target(policy), SystemClock())
    may_rewind = policy.chain.kind is ChainKind.DEVELOPMENT
    lost = find_lost(chain, store, may_rewind=may_rewind)
    if not accept_lost:
        check_nothing_lost(lost)
    return lost


def _take_back(anchors: Anchors, chain: Chain, lost: Sequence[StoredAnchor]) -> None:
    """Let nobody be told from the first request on that what is lost is final."""
    if anchors.lease.hold():  # whoever else holds it does the same
        Follower(anchors.store, chain, tell_nobody).take_back(lost)
        anchors.lease.release()


def _tree(database: Database, found: StoredLog | None) -> Tree:
    """Return the tree of a log as it is stored; an empty one for a log that is yet to be made."""
    if found is None:
        return Tree(lambda *_: b"", 0)
    store = SqlLogStore(database, found.log_id)
    return StoredTree(row_reader(store), store.head().tree.size, LargeSubtrees())
