"""One log of a serving process, joined from its parts.

`open_log_service` is the place where what belongs to one log is put together; what all logs of a
server share (database, node, settings) comes in from `service.py`.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from liuhen.adapters.chain.several_nodes import SeveralNodes
from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.prepare_process import PrepareProcess, Task
from liuhen.adapters.sql.cosigned_store import SqlCosignedStore
from liuhen.adapters.sql.engine import Database
from liuhen.api.served_log import ServedLog
from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchoredLog
from liuhen.app.anchoring import AnchorWork, WatchedAnchoring
from liuhen.app.append import Appender
from liuhen.app.bulk import BulkAppender
from liuhen.app.cosign import WitnessedLog
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.find import Finder
from liuhen.app.follow_loop import FollowLoop
from liuhen.app.keep import FileKeeper
from liuhen.app.prove import Prover
from liuhen.app.tell import Tell
from liuhen.app.verify import VerifiedLog
from liuhen.app.watch import AnchorWatch
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.core.strict_json import Limits
from liuhen.ports import AnchorStore, LogReading
from liuhen.wiring.anchoring import (
    anchor_limits,
    make_anchor_loop,
    make_anchorer,
    map_head_of_writer,
    open_anchors,
    publisher_of,
)
from liuhen.wiring.chain_at_start import compare_with_chain
from liuhen.wiring.closing import describe, find_closing
from liuhen.wiring.log_places import LogPlace
from liuhen.wiring.log_writing import open_writer
from liuhen.wiring.nodes import ask_nodes, open_chain
from liuhen.wiring.settings import Settings
from liuhen.wiring.witnessing import cosigned_first, make_cosigner, start_cosigning


class LogService(NamedTuple):
    """One open log.

    Attributes:
        served: As HTTP sees it.
        verified: As the verifier sees it.
    """

    served: ServedLog
    verified: VerifiedLog


def open_log_service(
    stack: ExitStack,
    settings: Settings,
    place: LogPlace,
    database: Database,
    files: FileKeeper,
    tell: Tell,
    *,
    anchor: bool,
    accept_lost: bool = False,
) -> LogService:
    """Open one log and run its threads.

    Args:
        stack: Takes what is to be closed.
        settings: The settings.
        place: Where the log's parts lie.
        database: The database of all logs.
        files: Keeps the files that records name.
        tell: Takes what the operator should know.
        anchor: Whether to anchor in this process.
        accept_lost: Whether anchors that the chain has lost are to be made again.

    Raises:
        SettingsError: The keys are not those of the policy.
        AuditError: Keys, register, database, policy or chain do not allow it.
    """
    policy = place.policy
    publisher = publisher_of(place).address if anchor else b""
    compare_with_chain(settings, place, database, publisher, tell, accept_lost=accept_lost)
    counted = settings.bids_without_slots
    calendar = ChinaCalendar(settings.calendar_days_move)
    opened = open_writer(
        stack, place, database, files.release, takes_counted=counted, calendar=calendar
    )
    log_id, store, sealer, writer, digest_key, final_block, clock, histories, eraser, rules = opened
    kept = open_anchors(settings, database, log_id, policy)
    anchors = kept.store
    cosigned = SqlCosignedStore(database, log_id)
    witnessed = WitnessedLog(
        store,
        lambda: prove.tree(),  # noqa: PLW0108 -- each of the two needs the other, and this one later
        lambda: writer.published,
    )
    cosigner = make_cosigner(settings, policy, witnessed, cosigned, tell)
    prove = Prover(
        store,
        [anchors],
        lambda: writer.published,
        sealer.seal_size,
        cosigned=None if cosigner is None else cosigned,
        public_note=None if cosigner is None else cosigner.checkpoint,
    )
    start_cosigning(stack, settings, cosigner, tell)
    log = AnchoredLog(store, prove.tree, map_head_of_writer(writer))
    log = cosigned_first(log, cosigner)
    chain = open_chain(settings, policy, tell)
    closing = find_closing(settings, place)
    if anchor:
        anchorer = make_anchorer(
            *(settings, place, kept, log, chain, final_block, tell),
            accept_lost=accept_lost,
            final_size=None if closing is None else closing.final_size,
        )
        work = _run_anchor_loop(stack, settings, anchorer, chain, tell)
    else:
        work = _run_follow_loop(stack, settings, chain, log.request_map_head, final_block, tell)
    find = Finder(store, digest_key, rules)
    ended = "" if closing is None else describe(closing)
    limits = Limits(body_bytes=settings.body_bytes)
    elsewhere = PrepareProcess(Task(policy.origin, digest_key, limits, clock))
    append = Appender(writer, prove.receipt_of, digest_key, clock, limits, elsewhere, ended=ended)
    served = ServedLog(
        name=place.name,
        policy=policy,
        append=append,
        append_many=BulkAppender(append, writer, prove.receipt_of, elsewhere),
        erase=eraser,
        find=find,
        prove=prove,
        anchors=[anchors],
        check_ready=writer.check_ready,
        rules=rules,
        store=store,
        clock=clock,
        anchoring=_watch_anchoring(stack, settings, policy, store, [anchors], work, tell),
        key_histories=[history.to_text() for history in histories],
        witness_state=dict if cosigner is None else cosigner.state,
    )
    return LogService(served, VerifiedLog(policy, find, prove, ask_nodes(settings)))


def _run_anchor_loop(
    stack: ExitStack, settings: Settings, anchorer: Anchorer, chain: SeveralNodes, tell: Tell
) -> Callable[[], AnchorWork]:
    loop = make_anchor_loop(settings, anchorer, tell)
    loop.start()
    stack.callback(loop.stop)

    def work() -> AnchorWork:
        failure = loop.failure if loop.is_alive else Unavailable("the anchorer has ended")
        return AnchorWork(
            anchors_here=True,
            holds_lease=anchorer.holds_lease,
            trouble="" if failure is None else str(failure),
            progress=loop.progress,
            shortage=anchorer.shortage,
            balance_wei=anchorer.balance_wei,
            nodes=chain.nodes(),
        )

    return work


def _run_follow_loop(
    stack: ExitStack,
    settings: Settings,
    chain: SeveralNodes,
    request_map_head: Callable[[], TreeHead],
    final_block: NewestFinalBlock,
    tell: Tell,
) -> Callable[[], AnchorWork]:
    loop = FollowLoop(chain, request_map_head, final_block, settings.anchor_interval_seconds, tell)
    loop.start()
    stack.callback(loop.stop)

    def work() -> AnchorWork:
        trouble = "" if loop.failure is None else str(loop.failure)
        return AnchorWork(anchors_here=False, trouble=trouble, nodes=chain.nodes())

    return work


def _watch_anchoring(
    stack: ExitStack,
    settings: Settings,
    policy: TrustPolicy,
    log: LogReading,
    anchors: Sequence[AnchorStore],
    work: Callable[[], AnchorWork],
    tell: Tell,
) -> WatchedAnchoring:
    watched = WatchedAnchoring(log, anchors, work, anchor_limits(settings, policy), SystemClock())
    watch = AnchorWatch(watched.sizes, watched.limits.overdue_seconds, watched.clock, tell)
    watch.start()
    stack.callback(watch.stop)
    return watched
