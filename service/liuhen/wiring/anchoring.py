"""The anchorer's parts, joined: in the serving process, or in one of its own."""

import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from liuhen.adapters.clock import SystemClock
from liuhen.adapters.sql.anchor_lease import SqlAnchorLease
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database
from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_loop import AnchorLoop, Pace
from liuhen.app.anchor_plan import checkpoint_head
from liuhen.app.anchor_rules import AnchoredLog, AnchorRules
from liuhen.app.anchoring import AnchorLimits
from liuhen.app.attempt import AttemptRules
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.log_writer import LogWriter
from liuhen.app.tell import Tell
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import ChainKind, TrustPolicy
from liuhen.domain.anchor_schedule import AnchorSchedule
from liuhen.ports import (
    AnchorStore,
    Chain,
    ChainIdentity,
    LogReading,
    TransactionSigner,
)
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.nodes import chain_target
from liuhen.wiring.settings import Settings, SettingsError
from liuhen.wiring.signers import open_publisher

_MAP_HEAD_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.5
_GWEI: Final = 10**9


class Anchors(NamedTuple):
    """The anchors of a log in the database, for whoever may store them.

    Attributes:
        store: Stores what the holder of the lease stores.
        lease: Says who that is.
    """

    store: SqlAnchorStore
    lease: SqlAnchorLease


def open_anchors(
    settings: Settings, database: Database, log_id: int, policy: TrustPolicy
) -> Anchors:
    """Return the anchors of a log in its contract."""
    target, clock = chain_target(policy), SystemClock()
    lease = SqlAnchorLease(database, log_id, target, clock, settings.anchor_lease_seconds)
    return Anchors(SqlAnchorStore(database, log_id, target, clock, lease), lease)


def publisher_of(place: LogPlace) -> TransactionSigner:
    """Return who pays for a log's anchors; errors as `open_publisher`."""
    policy = place.policy
    return open_publisher(place.keys_dir, chain_id=policy.chain.id, contract=policy.contract)


def check_publishers(places: Sequence[LogPlace]) -> None:
    """Do not let two logs use one account: each would take the other's nonces.

    Raises:
        SettingsError: Two of them have the same publisher.
        Unavailable: A publisher's key cannot be used.
    """
    logs: dict[bytes, str] = {}
    for place in places:
        address = publisher_of(place).address
        if address in logs:
            raise SettingsError(
                f"the logs {logs[address]} and {place.name} have the same publisher,"
                f" 0x{address.hex()}: each log needs an account of its own"
            )
        logs[address] = place.name


def expected_identity(policy: TrustPolicy, publisher: bytes) -> ChainIdentity:
    """Return what a node of the policy's chain must say.

    Args:
        policy: The log's trust policy.
        publisher: Address of the publisher's key, 20 bytes; empty where that is not to be compared.
    """
    return ChainIdentity(
        policy.chain.id,
        policy.chain.genesis,
        policy.code_hash,
        publisher,
        policy.signers[-1][0].signer,
    )


def make_anchorer(
    settings: Settings,
    place: LogPlace,
    anchors: Anchors,
    log: AnchoredLog,
    chain: Chain,
    final_block: NewestFinalBlock,
    tell: Tell,
    *,
    accept_lost: bool = False,
    final_size: int | None = None,
) -> Anchorer:
    """Join an anchorer; the last two as `AnchorRules` has them.

    Raises:
        Unavailable: The publisher's key cannot be used.
        SettingsError: There is no budget where real money is spent.
    """
    policy, publisher = place.policy, publisher_of(place)
    return Anchorer(
        store=anchors.store,
        lease=anchors.lease,
        chain=chain,
        signer=publisher,
        log=log,
        expected=expected_identity(policy, publisher.address),
        rules=AnchorRules(
            development=policy.chain.kind is ChainKind.DEVELOPMENT,
            accept_lost=accept_lost,
            final_size=final_size,
            attempt=attempt_rules(settings, policy),
        ),
        final_block=final_block,
        clock=SystemClock(),
        tell=tell,
    )


def make_anchor_loop(settings: Settings, anchorer: Anchorer, tell: Tell) -> AnchorLoop:
    """Return a thread for an anchorer, not yet started.

    Raises:
        SettingsError: Nothing would ever make an anchor due.
    """
    pace = Pace(poll=settings.poll_seconds, schedule=anchor_schedule(settings))
    return AnchorLoop(anchorer, pace, tell)


def anchor_schedule(settings: Settings) -> AnchorSchedule:
    """Return when anchors are due.

    Raises:
        SettingsError: Never.
    """
    schedule = AnchorSchedule(
        interval_seconds=settings.anchor_interval_seconds or None,
        entries=settings.anchor_entries or None,
        quiet_seconds=settings.anchor_quiet_seconds or None,
        times=settings.anchor_times,
    )
    if schedule == AnchorSchedule():
        raise SettingsError(
            "nothing makes an anchor due: set LIUHEN_ANCHOR_INTERVAL_SECONDS, _ENTRIES,"
            " _QUIET_SECONDS or _TIMES"
        )
    return schedule


def attempt_rules(settings: Settings, policy: TrustPolicy) -> AttemptRules:
    """Return what an attempt may use.

    Raises:
        SettingsError: There is no budget where real money is spent.
    """
    budget_wei = _daily_budget_wei(settings)
    if budget_wei is None and policy.chain.kind is ChainKind.PUBLIC:
        raise SettingsError(
            "on a public chain anchors cost money: set LIUHEN_ANCHOR_DAILY_BUDGET_GWEI"
        )
    return AttemptRules(
        most_fee_wei=settings.anchor_most_fee_gwei * _GWEI,
        daily_budget_wei=budget_wei,
    )


def _daily_budget_wei(settings: Settings) -> int | None:
    gwei = settings.anchor_daily_budget_gwei
    return None if gwei is None else gwei * _GWEI


def anchor_limits(settings: Settings, policy: TrustPolicy) -> AnchorLimits:
    """Return when a record without anchor is overdue, and what may be spent."""
    overdue = settings.alarm_overdue_seconds or policy.max_anchor_age_seconds / 2
    return AnchorLimits(overdue, _daily_budget_wei(settings))


def map_head_of_writer(writer: LogWriter) -> Callable[[], TreeHead]:
    """Return a way to have the log end in a map head, in the process that writes it."""

    def request() -> TreeHead:
        try:
            return writer.request_map_head().result(_MAP_HEAD_SECONDS)
        except TimeoutError as error:
            raise Unavailable("the writer has not made a map head in time") from error

    return request


def map_head_of_store(log: LogReading, anchors: AnchorStore) -> Callable[[], TreeHead]:
    """Return a way to wait for a map head that another process makes.

    The process that serves holds the register, so only it can end the log in a map head; without
    an anchorer of its own it does so at the pace of anchoring (`FollowLoop`).
    """

    def request() -> TreeHead:
        deadline = time.monotonic() + _MAP_HEAD_SECONDS
        while time.monotonic() < deadline:
            size = log.head().map_head + 1
            note = log.checkpoint(size) if size and anchors.find(size) is None else None
            if note is not None:
                return checkpoint_head(note)
            time.sleep(_LOOK_SECONDS)
        raise Unavailable("no new map head: is `liuhen serve` running with the same settings?")

    return request
