"""The audit's parts, joined: database, register, lookup key and node, all for reading only."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.erasures_file import ErasuresFile
from liuhen.adapters.keys_file import LOOKUP_KEY, load_key
from liuhen.adapters.register_file import read_register
from liuhen.adapters.rpc import RpcNode
from liuhen.adapters.sql.stored_tables import open_tables
from liuhen.app.audit.finding import Finding
from liuhen.app.audit.run import Audit, AuditedLog, audit
from liuhen.app.digest_key import DigestKey
from liuhen.core.chain_view import ChainQuestion, NodeAnswer, NodeReport
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.ports import StoredTables
from liuhen.wiring.log_places import LogPlace, read_log_places
from liuhen.wiring.nodes import open_chain
from liuhen.wiring.settings import Settings
from liuhen.wiring.witnessing import read_witnesses


def audit_logs(
    settings: Settings,
    *,
    rpc_urls: Sequence[str],
    found: Callable[[Finding], None],
    progress: Callable[[int], None],
) -> Iterator[Audit]:
    """Audit the logs of the settings, one after the other.

    Args:
        settings: The settings.
        rpc_urls: Nodes to ask; none at all, and the chain is not looked at.
        found: Takes each finding as soon as it is made.
        progress: Is told how many entries of the present log were gone over.

    Raises:
        SettingsError: The settings contradict each other.
        AuditError: A policy or the database cannot be read.
    """
    for place in read_log_places(settings, development=True):  # which chain it is, a policy says
        yield audit(_audited(settings, place, rpc_urls), found, progress)


def _audited(settings: Settings, place: LogPlace, rpc_urls: Sequence[str]) -> AuditedLog:
    def tables() -> AbstractContextManager[StoredTables | None]:
        return open_tables(settings.data_dir, place.policy.origin)

    journal = ErasuresFile(place.register_file.with_suffix(".erasures"), place.policy.origin)
    asked = read_witnesses(settings, place.policy)
    return AuditedLog(
        policy=place.policy,
        tables=tables,
        register=lambda: _register(place),
        digest_key=_digest_key(place.keys_dir / LOOKUP_KEY),
        chain=open_chain(settings, place.policy, urls=rpc_urls) if rpc_urls else None,
        standing=lambda: _standing(settings, place, rpc_urls),
        witnesses=() if asked is None else tuple(key for key, _ in asked.asked),
        erasures=journal.erasures,
        calendar=ChinaCalendar(settings.calendar_days_move),
    )


def _register(place: LogPlace) -> TreeHead | None:
    path = place.register_file
    try:
        return read_register(path, place.policy.origin)
    except OSError as error:
        raise Unavailable(f"the register {path} cannot be read: {error.strerror}") from error


def _digest_key(path: Path) -> DigestKey | None:
    """Load the lookup key; an auditor may not have been given it."""
    return DigestKey(load_key(path)) if path.exists() else None


def _standing(settings: Settings, place: LogPlace, urls: Sequence[str]) -> NodeReport | None:
    """Ask what the contract says of the log: the first node that answers."""
    report: NodeReport | None = None
    for url in urls:
        with closing(RpcNode(url, settings.rpc_timeout_seconds)) as node:
            report = node.ask(ChainQuestion(place.policy.contract, place.policy.log_id, (), ()))
        if isinstance(report, NodeAnswer):
            break
    return report
