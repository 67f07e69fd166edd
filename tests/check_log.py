"""Re-verify a whole log from what is stored: every scenario ends with this.

The audit of the service does it, over whatever the store is made of; what the audit might share
with the writer, the tree over all entries, is also computed the slow way of RFC 9162.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.sql.log_store import SqlLogStore
from liuhen.adapters.sql.stored_tables import SqlStoredTables
from liuhen.app.audit.finding import Finding
from liuhen.app.audit.run import AuditedLog, audit
from liuhen.app.digest_key import DigestKey
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.merkle import TreeHead, root_hash
from liuhen.core.policy import ChainKind, Life, SizeRange, TrustedChain, TrustPolicy
from liuhen.ports import ChainTarget, LogReading, StoredTables
from tests.fakes.stored_tables import memory_tables


def check_log(
    store: LogReading,
    policy: TrustPolicy,
    digest_key: DigestKey | None = None,
    register: TreeHead | None = None,
    answered: Sequence[str] = (),
) -> int:
    """Check a log; return its size.

    Args:
        store: The log.
        policy: Who may have signed its checkpoints.
        digest_key: Key of its lookup digests.
        register: The signer's register, if it is at hand.
        answered: Numbers of records that were acknowledged; all must be there.
    """
    found: list[Finding] = []
    tables, calendar = lambda: _tables(store, policy.origin), ChinaCalendar()
    log = AuditedLog(policy, tables, lambda: register, digest_key, calendar)
    head = audit(log, found.append).head
    wrong = [finding for finding in found if finding.is_contradiction]
    assert not wrong, wrong[:3]
    entries = store.entries(0, head.size + 10)
    assert (len(entries), root_hash(entries)) == head == store.head().tree
    missing = {number for number in answered if store.record(number) is None}
    assert not missing, f"acknowledged records are lost: {sorted(missing)[:3]}"
    return head.size


def policy_of(log_key: LogKey, signer: bytes, target: ChainTarget) -> TrustPolicy:
    """Return the policy of a log whose chain nobody asks."""
    key = HeadSignerKey(log_key.name, target.chain_id, target.contract, signer)
    return TrustPolicy(
        require=Life.SEALED,
        origin=log_key.name,
        log_id=target.log_id,
        log_keys=((log_key, SizeRange()),),
        signers=((key, SizeRange()),),
        chain=TrustedChain(ChainKind.DEVELOPMENT, target.chain_id, bytes(32), 1),
        contract=target.contract,
        code_hash=bytes(32),
        max_anchor_age_seconds=3600,
    )


@contextmanager
def _tables(store: Any, origin: str) -> Iterator[StoredTables]:
    if not isinstance(store, SqlLogStore):
        yield memory_tables(store, origin)
        return
    with store._database.reading() as connection:
        yield SqlStoredTables(connection, store._log_id)
