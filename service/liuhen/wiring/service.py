"""Everything a serving process consists of, joined, opened and closed in the right order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from liuhen.adapters.clock import SystemClock
from liuhen.adapters.keys_file import LOOKUP_KEY, FileSigner, load_key, load_signer
from liuhen.adapters.prepare_process import PrepareProcess, Task
from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.rpc import RpcNode
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.adapters.sql.migrate import migrate
from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.anchor import AnchoredLog
from liuhen.app.append import Appender
from liuhen.app.digest_key import DigestKey
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.find import Finder
from liuhen.app.log_writer import LogWriter
from liuhen.app.open_log import find_or_create_log, open_log
from liuhen.app.prove import Prover
from liuhen.app.seal import HeadSealer
from liuhen.app.verify import VerifiedLog, Verifier
from liuhen.core.canonical import JsonValue
from liuhen.core.chain_view import ChainQuestion, NodeReport
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.policy import ChainKind, TrustPolicy, parse_policy
from liuhen.core.strict_json import Limits
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import AnchorStore
from liuhen.wiring.anchoring import (
    FollowLoop,
    chain_target,
    make_anchor_loop,
    make_anchorer,
    map_head_of_writer,
    open_chain,
)
from liuhen.wiring.settings import Settings, SettingsError

_DEVELOPERS_CHAINS: Final = frozenset({1337, 31337})


def read_policy(settings: Settings, *, development: bool) -> TrustPolicy:
    """Read the trust policy, and refuse a chain that proves nothing unless that is wanted.

    Raises:
        SettingsError: The chain is one that developers use, and `development` is not set.
        MalformedPolicy: The file is not a trust policy.
        Unavailable: The file cannot be read.
    """
    try:
        policy = parse_policy(settings.policy_file.read_bytes())
    except OSError as error:
        reason = error.strerror
        raise Unavailable(f"the policy {settings.policy_file} cannot be read: {reason}") from error
    is_developers = policy.chain.id in _DEVELOPERS_CHAINS
    if not development and (is_developers or policy.chain.kind is ChainKind.DEVELOPMENT):
        raise SettingsError(
            f"chain {policy.chain.id} is a development chain and proves nothing about time;"
            " to use it all the same, say --development"
        )
    return policy


def open_database(stack: ExitStack, folder: Path) -> Database:
    """Open the database of a data folder, with the newest table layout.

    Raises:
        Unavailable: It cannot be opened.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"the data folder {folder} cannot be used: {error.strerror}") from error
    database = Database(sqlite_url(folder))
    stack.callback(database.close)
    migrate(database)
    return database


@contextmanager
def open_service(settings: Settings, *, development: bool, anchor: bool) -> Iterator[ServedLogs]:
    """Open the log and run its threads; everything is closed when the block ends.

    Args:
        settings: The settings.
        development: Whether a development chain is accepted.
        anchor: Whether to anchor in this process.

    Raises:
        SettingsError: The settings contradict each other.
        AuditError: Keys, register, database or policy do not allow it.
    """
    policy = read_policy(settings, development=development)
    signer = load_signer(settings.keys_dir, policy.origin)
    _check_keys(signer, policy, settings)
    with ExitStack() as stack:
        database = open_database(stack, settings.data_dir)
        register = RegisterFile(settings.register_dir / _register_name(policy), policy.origin)
        stack.callback(register.close)
        clock, target = SystemClock(), chain_target(policy)
        log_id = find_or_create_log(SqlLogs(database), clock, policy.origin).log_id
        store = SqlLogStore(database, log_id)
        anchors = SqlAnchorStore(database, log_id, target, clock)
        digest_key = DigestKey(load_key(settings.keys_dir / LOOKUP_KEY))
        final_block = NewestFinalBlock(policy.chain.id)
        sealer = HeadSealer(policy.origin, register, signer, [target])
        writer = LogWriter(policy.origin, store, sealer, clock, after_block=final_block.get)
        open_log(writer, sealer, digest_key, clock)
        stack.callback(writer.stop)
        prove = Prover(store, [anchors], lambda: writer.published)
        log = AnchoredLog(store, prove.tree, map_head_of_writer(writer))
        failure = (
            _run_anchor_loop(stack, settings, policy, anchors, log, final_block)
            if anchor
            else _run_follow_loop(stack, settings, policy, writer, final_block)
        )
        find = Finder(store, digest_key)
        limits = Limits(body_bytes=settings.body_bytes)
        elsewhere = PrepareProcess(Task(policy.origin, digest_key, limits, clock))
        served = ServedLog(
            name=policy.origin.rpartition("/")[2],
            policy=policy,
            append=Appender(writer, prove.receipt_of, digest_key, clock, limits, elsewhere),
            find=find,
            prove=prove,
            anchors=[anchors],
            check_ready=writer.check_ready,
            chain_state=_chain_state(anchors, failure, anchors_here=anchor),
        )
        checked = VerifiedLog(policy, find, prove, _ask_node(settings))
        yield ServedLogs([served], Verifier([checked], clock))


def _check_keys(signer: FileSigner, policy: TrustPolicy, settings: Settings) -> None:
    """Do not sign with keys that no verifier would accept."""
    log_keys = [key.to_text() for key, _ in policy.log_keys]
    signers = [key.signer for key, _ in policy.signers]
    if signer.log_key.to_text() not in log_keys or signer.address not in signers:
        raise SettingsError(
            f"the keys in {settings.keys_dir} are not those of the policy {settings.policy_file}"
        )


def _register_name(policy: TrustPolicy) -> str:
    """Return the file name of a log's register: a log has one, whatever else is on this host."""
    return policy.origin.replace("/", "_").replace(":", "_") + ".register"


def _run_anchor_loop(
    stack: ExitStack,
    settings: Settings,
    policy: TrustPolicy,
    anchors: AnchorStore,
    log: AnchoredLog,
    final_block: NewestFinalBlock,
) -> Callable[[], AuditError | None]:
    anchorer = make_anchorer(settings, policy, anchors, log, final_block)
    loop = make_anchor_loop(settings, anchorer)
    loop.start()
    stack.callback(loop.stop)

    def failure() -> AuditError | None:
        return loop.failure if loop.is_alive else Unavailable("the anchorer has ended")

    return failure


def _run_follow_loop(
    stack: ExitStack,
    settings: Settings,
    policy: TrustPolicy,
    writer: LogWriter,
    final_block: NewestFinalBlock,
) -> Callable[[], AuditError | None]:
    loop = FollowLoop(
        open_chain(settings, policy), writer, final_block, settings.anchor_interval_seconds
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


def _ask_node(settings: Settings) -> Callable[[ChainQuestion], Sequence[NodeReport]]:
    """Return a way to ask our node; each question has a connection of its own."""

    def ask(question: ChainQuestion) -> Sequence[NodeReport]:
        node = RpcNode(settings.rpc_url.get_secret_value(), settings.rpc_timeout_seconds)
        try:
            return [node.ask(question)]
        finally:
            node.close()

    return ask
