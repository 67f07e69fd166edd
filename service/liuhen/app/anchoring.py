"""How anchoring of one log stands at a moment, for whoever watches over it.

Read from the stores and from what the anchorer has noted; no chain and no writer is asked, so that
looking never waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from liuhen.app.anchor_rules import Progress
from liuhen.app.attempt import Shortage
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import AnchorStore, Clock, LogReading, NodeState


@dataclass(frozen=True, slots=True)
class OldestWaiting:
    """The oldest record that no anchor on the chain covers.

    Attributes:
        entry_index: Its leaf index.
        recorded_at: When the log recorded it, aware.
    """

    entry_index: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AnchoredSizes:
    """How far a log is anchored.

    Attributes:
        size: Entries of the log.
        anchored_size: Size of the largest anchor in a block; 0 before the first.
        final_size: Size of the largest that is final.
        unanchored: Entries that no receipt can show anchored; 0 where all they are is a map head.
        oldest: The oldest record among those; None if there is none.
    """

    size: int
    anchored_size: int
    final_size: int
    unanchored: int
    oldest: OldestWaiting | None

    def waited_seconds(self, now: datetime) -> float:
        """Return how long the oldest record has waited; 0 if none waits."""
        if self.oldest is None:
            return 0.0
        return max(0.0, (now - self.oldest.recorded_at).total_seconds())


@dataclass(frozen=True, slots=True)
class AnchorWork:
    """What this process does about it, as it noted last.

    Attributes:
        anchors_here: Whether it anchors at all.
        holds_lease: Whether it is the one that works.
        trouble: Why it does not go on; empty where it does.
        progress: What its last step came to; None before the first and after one that failed.
        shortage: What keeps a tx from being made; None where nothing does.
        balance_wei: What the publisher has to pay with; None before that was seen.
        nodes: How each node does, in the operator's order.
    """

    anchors_here: bool
    holds_lease: bool = False
    trouble: str = ""
    progress: Progress | None = None
    shortage: Shortage | None = None
    balance_wei: int | None = None
    nodes: Sequence[NodeState] = ()

    @property
    def hindrance(self) -> str:
        """What keeps it from going on; empty where nothing does."""
        return self.trouble or ("" if self.shortage is None else self.shortage.event)


@dataclass(frozen=True, slots=True)
class AnchorLimits:
    """What the operator has decided.

    Attributes:
        overdue_seconds: A record that has waited for longer is overdue.
        daily_budget_wei: What anchors may cost within 24 hours; None sets no limit.
    """

    overdue_seconds: float
    daily_budget_wei: int | None = None


def read_sizes(log: LogReading, anchors: Sequence[AnchorStore]) -> AnchoredSizes:
    """Read how far a log is anchored; of several contracts the one that has come farthest.

    Raises:
        Unavailable: A store does not answer.
    """
    # The anchors first: whatever comes after makes the log larger, never smaller.
    anchored = _largest(anchors, ON_CHAIN)
    final = _largest(anchors, frozenset({AnchorState.FINAL}))
    covered = _largest(anchors, ON_CHAIN, with_checkpoint=True)
    size = log.head().tree.size
    first = log.first_recorded(covered)
    if first is None:
        return AnchoredSizes(size, anchored, final, 0, None)
    oldest = OldestWaiting(first[0], datetime.fromisoformat(first[1]))
    return AnchoredSizes(size, anchored, final, max(0, size - covered), oldest)


def _largest(
    anchors: Sequence[AnchorStore],
    states: frozenset[AnchorState],
    *,
    with_checkpoint: bool = False,
) -> int:
    found = (store.newest(states, with_checkpoint=with_checkpoint) for store in anchors)
    return max((anchor.head.size for anchor in found if anchor is not None), default=0)


@dataclass(frozen=True, slots=True)
class WatchedAnchoring:
    """What there is to look at of a log's anchoring.

    Attributes:
        log: The log as it is durable.
        anchors: Its anchors, one store for each contract.
        work: Tells what this process does.
        limits: What the operator has decided.
        clock: The time.
    """

    log: LogReading
    anchors: Sequence[AnchorStore]
    work: Callable[[], AnchorWork]
    limits: AnchorLimits
    clock: Clock

    def sizes(self) -> AnchoredSizes:
        """Read how far the log is anchored.

        Raises:
            Unavailable: A store does not answer.
        """
        return read_sizes(self.log, self.anchors)

    def is_overdue(self, sizes: AnchoredSizes) -> bool:
        """Return whether a record has waited for longer than is allowed."""
        return sizes.waited_seconds(self.clock.now()) > self.limits.overdue_seconds
