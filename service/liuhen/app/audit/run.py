"""The whole audit of one log, in the order in which nothing that moves can look wrong.

Contract and register are read first and the database after them: it is written before both, so what
they had released, it has. A group that the service stores meanwhile is not in the session.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from liuhen.app.audit.anchors import Anchors
from liuhen.app.audit.answered_keys import check_answered_keys
from liuhen.app.audit.cells import Cells
from liuhen.app.audit.contract import Contract
from liuhen.app.audit.entries import Entries
from liuhen.app.audit.finding import Fault, Finding, Findings, Rule
from liuhen.app.audit.standing import check_standing
from liuhen.app.digest_key import DigestKey
from liuhen.core.chain_view import NodeReport
from liuhen.core.cosignature import WitnessKey
from liuhen.core.erasure import Erasure
from liuhen.core.errors import AuditError, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.core.verdict import Outcome
from liuhen.domain.working_day import Calendar
from liuhen.ports import Chain, StoredTables

_COVERED = frozenset(
    {
        *("log", "head", "entry", "record", "tile", "checkpoint", "case_state", "map_head"),
        *("mapped_case", "idempotency", "keyed_digest", "anchor", "anchor_attempt", "outbox"),
        *("erased_record", "cosigned", "witness_size", "anchor_lease"),
    }
)


@dataclass(frozen=True, slots=True)
class AuditedLog:
    """What an audit of one log needs.

    Attributes:
        policy: The log's trust policy.
        tables: Opens the database.
        register: Reads the signer's register; None if nothing was ever released.
        digest_key: Key of the lookup digests, if the auditor has it.
        calendar: Working days, to learn the facts of cases again.
        chain: A node of the chain, if there is one to ask.
        standing: Asks a node what the contract says of the log as a whole; None if there is none.
        witnesses: Witnesses that the service asks, besides those of the policy.
        erasures: Reads the journal of erasures that lies outside of the database.
    """

    policy: TrustPolicy
    tables: Callable[[], AbstractContextManager[StoredTables | None]]
    register: Callable[[], TreeHead | None]
    digest_key: DigestKey | None
    calendar: Calendar
    chain: Chain | None = None
    standing: Callable[[], NodeReport | None] = lambda: None
    witnesses: tuple[WitnessKey, ...] = ()
    erasures: Callable[[], Sequence[Erasure]] = tuple


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit came to.

    Attributes:
        outcome: Match, different, or could not check.
        origin: The log.
        head: Size and root of everything that was gone over.
        contradictions: Findings that say that something is wrong.
        unknown: Findings that say that something could not be looked at.
    """

    outcome: Outcome
    origin: str
    head: TreeHead
    contradictions: int
    unknown: int


def audit(
    log: AuditedLog,
    found: Callable[[Finding], None],
    progress: Callable[[int], None] = lambda _: None,
) -> Audit:
    """Check one log from its first entry to its newest.

    Args:
        log: The log.
        found: Takes each finding as soon as it is made.
        progress: Is told now and then how many entries were gone over.

    Raises:
        Unavailable: The database cannot be read.
    """
    counted = {True: 0, False: 0}

    def count(finding: Finding) -> None:
        counted[finding.is_contradiction] += 1
        found(finding)

    findings = Findings(count)
    head = _audit(log, findings, progress)
    outcome = Outcome.MATCH
    if counted[True]:
        outcome = Outcome.DIFFERENT
    elif counted[False]:
        outcome = Outcome.COULD_NOT_CHECK
    return Audit(outcome, log.policy.origin, head, counted[True], counted[False])


def _audit(log: AuditedLog, found: Findings, progress: Callable[[int], None]) -> TreeHead:
    contract = Contract(log.chain, log.policy, found)
    anchored, registered = contract.latest(), _registered(log, found)
    standing = log.standing()
    journal = _journal(log, found)
    heads = {"contract": anchored, "register": registered}
    with log.tables() as tables:
        if tables is None:
            found.note(Rule.MISSING, "log", "", f"the database has no log {log.policy.origin}")
            return TreeHead(0, b"")
        known = {name: head for name, head in heads.items() if head is not None and head.size}
        entries = Entries(
            *(tables, log.policy, found, log.digest_key, log.calendar),
            *(known, log.witnesses, journal),
        )
        head = entries.walk(progress)
        check_standing(standing, log.policy, head, found)
        if head.size and registered is None:
            found.note(Rule.NOT_CHECKED, "register", "", "there is none to compare the log with")
        for anchor in Anchors(tables, log.policy, found).walk():
            contract.compare(anchor)
        _check_log_row(tables, log.policy, found)
        _check_witness_sizes(tables, head, found)
        check_answered_keys(tables, found)
        _check_strays(tables, found)
    return head


def _registered(log: AuditedLog, found: Findings) -> TreeHead | None:
    try:
        return log.register()
    except Unavailable as error:
        found.note(Rule.NOT_CHECKED, "register", "", str(error))
    except AuditError as error:
        found.note(Rule.REGISTER, "register", "", str(error))
    return None


def _journal(log: AuditedLog, found: Findings) -> Sequence[Erasure]:
    try:
        return log.erasures()
    except Unavailable as error:
        found.note(Rule.NOT_CHECKED, "erasures", "", str(error))
    except AuditError as error:
        found.note(Rule.RECORD, "erasures", "", str(error))
    return ()


def _check_log_row(tables: StoredTables, policy: TrustPolicy, found: Findings) -> None:
    for row in tables.rows("log", ["log_id"]):
        cells = Cells("log", ("log_id",), row)
        with found.about("log", cells.key):
            cells.expect("origin", policy.origin)
            cells.expect("name", policy.origin.rpartition("/")[2])
            cells.time("created_at")


def _check_witness_sizes(tables: StoredTables, head: TreeHead, found: Findings) -> None:
    """Check the sizes that the next proofs for witnesses start from; they are guesses at best."""
    for row in tables.rows("witness_size", ["witness"]):
        cells = Cells("witness_size", ("witness",), row)
        with found.about("witness_size", cells.key):
            cells.blob("witness", 32)
            if cells.integer("size") > head.size:
                raise Fault(Rule.RECORD, f"size is {cells.integer('size')}, beyond the log")


def _check_strays(tables: StoredTables, found: Findings) -> None:
    for table in sorted(tables.names()):
        count = tables.strays(table)
        if count:
            found.note(Rule.STRAY, table, "", f"{count} rows are of no log")
        if table not in _COVERED:
            found.note(Rule.NOT_CHECKED, table, "", "this version does not check this table")
