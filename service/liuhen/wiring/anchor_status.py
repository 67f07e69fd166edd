"""How anchoring stands, read from the settings: for an operator on the machine.

The database is only read and the nodes are only asked, so it works beside a service, with or
without one. What only a running anchorer knows is in `/readyz`.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from liuhen.adapters.chain.several_nodes import SeveralNodes
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.app.anchoring import AnchoredSizes, read_sizes
from liuhen.app.attempt import AttemptRules, Shortage, make_offer
from liuhen.app.follow import find_live
from liuhen.core.errors import AuditError, HistoryMismatch, Unavailable, Unknown
from liuhen.core.policy import TrustPolicy
from liuhen.domain.anchor_life import ON_CHAIN
from liuhen.ports import NodeState, StoredAnchor, StoredAttempt
from liuhen.wiring.anchoring import anchor_limits, attempt_rules
from liuhen.wiring.chain_at_start import check_chain
from liuhen.wiring.log_places import LogPlace, read_log_places
from liuhen.wiring.nodes import chain_target, open_chain
from liuhen.wiring.settings import Settings

_DAY: Final = timedelta(days=1)
_PROOF_HASHES: Final = 40
"""More than a consistency proof of any log that was ever made here."""


@dataclass(frozen=True, slots=True)
class AnchorLife:
    """An anchor and what was tried for it."""

    anchor: StoredAnchor
    attempts: Sequence[StoredAttempt]


@dataclass(frozen=True, slots=True)
class ChainLook:
    """What the nodes say.

    Attributes:
        trouble: Why nothing can be said, or what contradicts the log; None where all is well.
        height: Number of the newest block.
        final_height: Number of the newest final block.
        balance_wei: What the publisher has.
        shortage: What would keep a tx from being made now.
        nodes: How each node did.
    """

    trouble: AuditError | None = None
    height: int | None = None
    final_height: int | None = None
    balance_wei: int | None = None
    shortage: Shortage | None = None
    nodes: Sequence[NodeState] = ()


@dataclass(frozen=True, slots=True)
class AnchorStatus:
    """How anchoring of one log stands.

    Attributes:
        log: Name of the log.
        now: When this was read.
        sizes: How far it is anchored.
        overdue_seconds: A record that has waited for longer is overdue.
        under_way: The anchors that are neither final nor replaced, by ascending size.
        newest: The newest anchors, newest first.
        chain: What the nodes say.
    """

    log: str
    now: datetime
    sizes: AnchoredSizes
    overdue_seconds: float
    under_way: Sequence[AnchorLife]
    newest: Sequence[AnchorLife]
    chain: ChainLook = field(default_factory=ChainLook)

    @property
    def waited_seconds(self) -> float:
        """How long the oldest record without anchor has waited."""
        return self.sizes.waited_seconds(self.now)

    @property
    def is_held_up(self) -> bool:
        """Whether something waits longer than it should, or cannot be paid for."""
        return self.waited_seconds > self.overdue_seconds or self.chain.shortage is not None

    def blocks_missing(self, anchor: StoredAnchor) -> int | None:
        """Return how many blocks an anchor in a block still needs to be final; None if unknown."""
        final = self.chain.final_height
        if anchor.state not in ON_CHAIN or anchor.mined_in is None or final is None:
            return None
        return max(0, anchor.mined_in.number - final)


def read_status(settings: Settings, limit: int, log: str | None = None) -> list[AnchorStatus]:
    """Read how anchoring of each log stands.

    Args:
        settings: The settings.
        limit: How many of the newest anchors to read.
        log: Name of the only log to look at.

    Raises:
        SettingsError: The settings contradict each other.
        Unknown: There is no such log.
        Unavailable: The database or a policy cannot be read.
    """
    with ExitStack() as stack:
        database = _open(stack, settings)
        return [_status(settings, place, database, limit) for place in _places(settings, log)]


def read_life(settings: Settings, anchor_id: int) -> tuple[str, AnchorLife]:
    """Read the whole life of an anchor; returns the name of its log too.

    Raises:
        Unknown: No log has it.
        Unavailable: The database or a policy cannot be read.
    """
    with ExitStack() as stack:
        database = _open(stack, settings)
        for place in _places(settings, None):
            _, store = _stores(place, database)
            try:
                anchor = store.get(anchor_id)
            except Unknown:
                continue
            return place.name, AnchorLife(anchor, store.attempts(anchor_id))
    raise Unknown(f"there is no anchor {anchor_id}")


def _open(stack: ExitStack, settings: Settings) -> Database:
    """Open the database, and make none; its tables are left as they are."""
    if not (settings.data_dir / "liuhen.sqlite").is_file():
        raise Unavailable(f"there is no database in {settings.data_dir}")
    database = Database(sqlite_url(settings.data_dir), read_only=True)
    stack.callback(database.close)
    return database


def _places(settings: Settings, log: str | None) -> Iterator[LogPlace]:
    places = read_log_places(settings, development=True)  # which chain it is, a policy says
    if log is not None and log not in {place.name for place in places}:
        raise Unknown(f"the settings have no log {log}")
    return (place for place in places if log in {None, place.name})


def _stores(place: LogPlace, database: Database) -> tuple[SqlLogStore, SqlAnchorStore]:
    found = SqlLogs(database).find(place.policy.origin)
    if found is None:
        raise Unknown(f"the database has no log {place.policy.origin}: has `serve` ever run?")
    target, log_id = chain_target(place.policy), found.log_id
    return SqlLogStore(database, log_id), SqlAnchorStore(database, log_id, target, SystemClock())


def _status(settings: Settings, place: LogPlace, database: Database, limit: int) -> AnchorStatus:
    log, anchors = _stores(place, database)
    now = SystemClock().now()

    def lives(found: Sequence[StoredAnchor]) -> list[AnchorLife]:
        return [AnchorLife(anchor, anchors.attempts(anchor.anchor_id)) for anchor in found]

    under_way = lives(anchors.unfinished())
    spent = anchors.spent_since(now - _DAY)
    return AnchorStatus(
        log=place.name,
        now=now,
        sizes=read_sizes(log, [anchors]),
        overdue_seconds=anchor_limits(settings, place.policy).overdue_seconds,
        under_way=under_way,
        newest=lives(anchors.page(None, limit)),
        chain=_look(settings, place, database, under_way, spent),
    )


def _look(
    settings: Settings,
    place: LogPlace,
    database: Database,
    under_way: Sequence[AnchorLife],
    spent_wei: int,
) -> ChainLook:
    policy = place.policy
    chain = open_chain(settings, policy)
    rules = attempt_rules(settings, policy)
    try:
        _compare(chain, policy, database)
        final, newest = chain.final_block(), chain.newest_block()
        sender = chain.identity().publisher
        return ChainLook(
            height=newest.number,
            final_height=None if final is None else final.number,
            balance_wei=chain.balance_wei(sender),
            shortage=_shortage(chain, sender, rules, under_way, spent_wei),
            nodes=chain.nodes(),
        )
    except AuditError as error:
        return ChainLook(trouble=error, nodes=chain.nodes())


def _compare(chain: SeveralNodes, policy: TrustPolicy, database: Database) -> None:
    """Compare chain and log; twice before they are said to contradict each other.

    Beside a service that works, the log may grow and be anchored between two questions, and what
    the contract has then is more than what was read before.
    """
    try:
        check_chain(chain, policy, database, b"")
    except HistoryMismatch:
        check_chain(chain, policy, database, b"")


def _shortage(
    chain: SeveralNodes,
    sender: bytes,
    rules: AttemptRules,
    under_way: Sequence[AnchorLife],
    spent_wei: int,
) -> Shortage | None:
    """Return what would keep the next tx from being made, if one is needed."""
    if any(life.anchor.state in ON_CHAIN for life in under_way):
        return None
    live = [attempt for life in under_way if (attempt := find_live(life.attempts)) is not None]
    stuck = live[-1] if live else None
    if stuck is not None and stuck.max_fee_wei >= chain.newest_block().base_fee_wei:
        return None
    offer = make_offer(chain, sender, rules, _PROOF_HASHES, spent_wei, stuck)
    return offer if isinstance(offer, Shortage) else None
