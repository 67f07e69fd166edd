"""One log of a serving process, joined from its parts.

`open_log_service` is the place where what belongs to one log is put together; what all logs of a
server share (database, node, settings) comes in from `service.py`.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from liuhen.adapters.prepare_process import PrepareProcess, Task
from liuhen.adapters.sql.cosigned_store import SqlCosignedStore
from liuhen.adapters.sql.engine import Database
from liuhen.api.served_log import ServedLog
from liuhen.app.anchor import AnchoredLog, Anchorer
from liuhen.app.append import Appender
from liuhen.app.cosign import WitnessedLog
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.find import Finder
from liuhen.app.keep import FileKeeper
from liuhen.app.prove import Prover
from liuhen.app.verify import VerifiedLog
from liuhen.core.canonical import JsonValue
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.core.strict_json import Limits
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import AnchorStore
from liuhen.wiring.anchoring import (
    FollowLoop,
    make_anchor_loop,
    make_anchorer,
    map_head_of_writer,
    open_anchors,
    publisher_of,
    tell_of,
)
from liuhen.wiring.chain_at_start import compare_with_chain
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
        anchor: Whether to anchor in this process.
        accept_lost: Whether anchors that the chain has lost are to be made again.

    Raises:
        SettingsError: The keys are not those of the policy.
        AuditError: Keys, register, database, policy or chain do not allow it.
    """
    policy = place.policy
    publisher = publisher_of(place).address if anchor else b""
    compare_with_chain(settings, place, database, publisher, accept_lost=accept_lost)
    opened = open_writer(stack, place, database, files.release)
    log_id, store, sealer, writer, digest_key, final_block, clock, histories, eraser = opened
    kept = open_anchors(database, log_id, policy)
    anchors = kept.store
    cosigned = SqlCosignedStore(database, log_id)
    witnessed = WitnessedLog(
        store,
        lambda: prove.tree(),  # noqa: PLW0108 -- each of the two needs the other, and this one later
        lambda: writer.published,
    )
    cosigner = make_cosigner(settings, policy, witnessed, cosigned)
    prove = Prover(
        store,
        [anchors],
        lambda: writer.published,
        sealer.seal_size,
        cosigned=None if cosigner is None else cosigned,
        public_note=None if cosigner is None else cosigner.checkpoint,
    )
    start_cosigning(stack, settings, policy, cosigner)
    log = AnchoredLog(store, prove.tree, map_head_of_writer(writer))
    log = cosigned_first(log, cosigner)
    failure = (
        _run_anchor_loop(
            stack,
            settings,
            place,
            make_anchorer(settings, place, kept, log, final_block, accept_lost=accept_lost),
        )
        if anchor
        else _run_follow_loop(stack, settings, policy, log.request_map_head, final_block)
    )
    find = Finder(store, digest_key)
    limits = Limits(body_bytes=settings.body_bytes)
    elsewhere = PrepareProcess(Task(policy.origin, digest_key, limits, clock))
    served = ServedLog(
        name=place.name,
        policy=policy,
        append=Appender(writer, prove.receipt_of, digest_key, clock, limits, elsewhere),
        erase=eraser,
        find=find,
        prove=prove,
        anchors=[anchors],
        check_ready=writer.check_ready,
        chain_state=_chain_state(anchors, failure, anchors_here=anchor),
        key_histories=[history.to_text() for history in histories],
        witness_state=dict if cosigner is None else cosigner.state,
    )
    return LogService(served, VerifiedLog(policy, find, prove, ask_nodes(settings)))


def _run_anchor_loop(
    stack: ExitStack,
    settings: Settings,
    place: LogPlace,
    anchorer: Anchorer,
) -> Callable[[], AuditError | None]:
    loop = make_anchor_loop(settings, place, anchorer)
    loop.start()
    stack.callback(loop.stop)

    def failure() -> AuditError | None:
        return loop.failure if loop.is_alive else Unavailable("the anchorer has ended")

    return failure


def _run_follow_loop(
    stack: ExitStack,
    settings: Settings,
    policy: TrustPolicy,
    request_map_head: Callable[[], TreeHead],
    final_block: NewestFinalBlock,
) -> Callable[[], AuditError | None]:
    loop = FollowLoop(
        open_chain(settings, policy, tell_of(policy.origin)),
        request_map_head,
        final_block,
        settings.anchor_interval_seconds,
        policy.origin,
    )
    loop.start()
    stack.callback(loop.stop)
    return lambda: loop.failure


def _chain_state(
    anchors: AnchorStore, failure: Callable[[], AuditError | None], *, anchors_here: bool
) -> Callable[[], Mapping[str, JsonValue]]:
    def state() -> Mapping[str, JsonValue]:
        trouble = failure()
        mined = anchors.newest(ON_CHAIN)
        final = anchors.newest(frozenset({AnchorState.FINAL}))
        return {
            "anchors_here": anchors_here,
            "trouble": None if trouble is None else str(trouble),
            "anchored_size": 0 if mined is None else mined.head.size,
            "final_size": 0 if final is None else final.head.size,
        }

    return state
