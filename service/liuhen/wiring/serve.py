"""The processes of a service that was set up before: `serve` and `anchor`."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from typing import Final

import structlog

from liuhen.adapters.sql.cosigned_store import SqlCosignedStore
from liuhen.adapters.sql.engine import Database
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchoredLog, Progress
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.stored_tree import LargeSubtrees, StoredTree, row_reader
from liuhen.app.tell import Tell
from liuhen.core.errors import Unavailable, Unknown
from liuhen.wiring import http_server
from liuhen.wiring.alarming import open_alarms
from liuhen.wiring.anchoring import (
    check_publishers,
    make_anchor_loop,
    make_anchorer,
    map_head_of_store,
    open_anchors,
    publisher_of,
)
from liuhen.wiring.app import build_app
from liuhen.wiring.chain_at_start import compare_with_chain
from liuhen.wiring.closing import find_closing
from liuhen.wiring.diagnostics import set_up_diagnostics
from liuhen.wiring.log_places import LogPlace, read_log_places
from liuhen.wiring.nodes import open_chain
from liuhen.wiring.service import open_database, open_service
from liuhen.wiring.settings import Settings
from liuhen.wiring.signals import until_stopped
from liuhen.wiring.witnessing import cosigned_check

_LOOK_SECONDS: Final = 1.0


def serve(
    settings: Settings,
    *,
    development: bool = False,
    anchor: bool = True,
    accept_lost: bool = False,
) -> None:
    """Serve HTTP until SIGINT or SIGTERM, and anchor in a thread beside it.

    Args:
        settings: The settings.
        development: Whether a development chain is accepted.
        anchor: Whether this process anchors too; False where `liuhen anchor` runs beside it.
        accept_lost: Whether anchors that were final, and that the chain has lost, are made again.

    Raises:
        SettingsError: The address or the chain must not be served like this.
        AuditError: Keys, register, database or policy do not allow it; the message says what to do.
    """
    set_up_diagnostics(settings.log_level)
    with until_stopped():
        run_service(
            settings,
            development=development,
            anchor=anchor,
            accept_lost=accept_lost,
            on_ready=_tell_ready,
        )


def anchor(
    settings: Settings,
    *,
    development: bool = False,
    once: bool = False,
    accept_lost: bool = False,
) -> None:
    """Anchor all logs until SIGINT or SIGTERM, without serving; or until nothing is left to do.

    Args:
        settings: The settings.
        development: Whether a development chain is accepted.
        once: Whether to return when everything that ends in a map head is final.
        accept_lost: Whether anchors that were final, and that the chain has lost, are made again.

    Raises:
        SettingsError: The chain must not be used like this.
        AuditError: Keys, database, policy or chain do not allow it.
    """
    set_up_diagnostics(settings.log_level)
    places = read_log_places(settings, development=development)
    check_publishers(places)
    with until_stopped(), ExitStack() as stack:
        tell_of = open_alarms(stack, settings)
        database = open_database(stack, settings.data_dir)
        anchorers = []
        for place in places:
            tell = tell_of(place.policy.origin)
            made = _stored_anchorer(settings, place, database, tell, accept_lost=accept_lost)
            anchorers.append((made, tell))
        if once:
            for anchorer, _ in anchorers:
                _anchor_once(anchorer, settings.poll_seconds)
        else:
            _anchor_on(stack, settings, anchorers)


def _stored_anchorer(
    settings: Settings, place: LogPlace, database: Database, tell: Tell, *, accept_lost: bool
) -> Anchorer:
    """Join the anchorer of a log that another process writes."""
    policy, publisher = place.policy, publisher_of(place).address
    compare_with_chain(settings, place, database, publisher, tell, accept_lost=accept_lost)
    found = SqlLogs(database).find(policy.origin)
    if found is None:
        raise Unknown(f"the database has no log {policy.origin}: has `serve` ever run?")
    store = SqlLogStore(database, found.log_id)
    anchors = open_anchors(settings, database, found.log_id, policy)
    read, large = row_reader(store), LargeSubtrees()
    log = AnchoredLog(
        store,
        lambda: StoredTree(read, store.head().tree.size, large),
        map_head_of_store(store, anchors.store),
        cosigned_check(settings, policy, SqlCosignedStore(database, found.log_id)),
    )
    final_block = NewestFinalBlock(policy.chain.id)
    chain = open_chain(settings, policy, tell)
    closing = find_closing(settings, place)
    return make_anchorer(
        *(settings, place, anchors, log, chain, final_block, tell),
        accept_lost=accept_lost,
        final_size=None if closing is None else closing.final_size,
    )


def _anchor_on(
    stack: ExitStack,
    settings: Settings,
    anchorers: Sequence[tuple[Anchorer, Tell]],
) -> None:
    """Run a thread for each log until a signal, or until one has met a bug of ours."""
    loops = []
    for anchorer, tell in anchorers:
        loop = make_anchor_loop(settings, anchorer, tell)
        stack.callback(loop.stop)
        loop.start()
        loops.append(loop)
    while all(loop.is_alive for loop in loops):
        time.sleep(_LOOK_SECONDS)
    raise Unavailable("an anchorer has ended; the diagnostics say why")


def _anchor_once(anchorer: Anchorer, poll_seconds: float) -> None:
    """Take steps until the newest map head is final."""
    reading, anchors = anchorer.log.reading, anchorer.store
    while True:
        size = reading.head().map_head + 1
        if not anchors.unfinished() and (size == 0 or anchors.find(size) is not None):
            return
        if anchorer.step() is not Progress.MOVED:
            time.sleep(poll_seconds)


def run_service(
    settings: Settings,
    *,
    development: bool,
    anchor: bool,
    on_ready: Callable[[str], None],
    accept_lost: bool = False,
) -> None:
    """Open the service and serve it until it is interrupted.

    Args:
        settings: The settings.
        development: Whether a development chain is accepted.
        anchor: Whether to anchor in this process.
        on_ready: Called once with the service's URL, when requests are being answered.
        accept_lost: Whether anchors that the chain has lost are to be made again.
    """
    http_server.check_address(settings)
    with closing(http_server.listen(settings.host, settings.port)) as sock:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        url = f"http://{host}:{sock.getsockname()[1]}"
        opened = open_service(
            settings, development=development, anchor=anchor, accept_lost=accept_lost
        )
        with opened as logs:
            app = build_app(
                logs,
                hosts=http_server.host_names(settings),
                body_bytes=settings.body_bytes,
                bulk_bytes=settings.bulk_bytes,
                receipt_bytes=settings.receipt_bytes,
                attachment_bytes=settings.attachment_bytes,
                keep_network_address=settings.keep_network_address,
            )
            http_server.run(app, sock, lambda: on_ready(url))


def _tell_ready(url: str) -> None:
    structlog.get_logger("liuhen.serve").info("serving", url=url)
