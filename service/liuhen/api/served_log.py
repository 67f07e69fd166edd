"""What the HTTP interface needs of one log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from liuhen.api.anonymous_use import AnonymousUse
from liuhen.app.anchoring import WatchedAnchoring
from liuhen.app.append import Appender
from liuhen.app.bulk import BulkAppender
from liuhen.app.case_rules import CaseRules
from liuhen.app.erase import Eraser
from liuhen.app.find import Finder
from liuhen.app.keep import FileKeeper
from liuhen.app.prove import Prover
from liuhen.app.verify import Verifier
from liuhen.core.canonical import JsonValue
from liuhen.core.errors import Unknown
from liuhen.core.policy import TrustPolicy
from liuhen.ports import AnchorStore, Clock, LogReading, StoredRecord


@dataclass(frozen=True, slots=True)
class ServedLog:
    """One log as HTTP sees it.

    Attributes:
        name: Last part of the origin; in URLs.
        policy: Its trust policy.
        append: Adds records.
        append_many: Adds many at once.
        erase: Erases fields of records.
        find: Finds records.
        prove: Makes receipts, proofs and tiles.
        anchors: Its anchors, one store for each contract.
        check_ready: Raises `Unavailable` where appending does not work.
        rules: What the domain has to say of its records.
        store: The log in the database, to be read.
        clock: The time that answers speak of.
        anchoring: How anchoring stands, for people who watch over the service.
        witness_state: What is known of the witnesses, for the same; empty where there are none.
        key_histories: Signed notes of the log's keys, from serial number 0.
    """

    name: str
    policy: TrustPolicy
    append: Appender
    append_many: BulkAppender
    erase: Eraser
    find: Finder
    prove: Prover
    anchors: Sequence[AnchorStore]
    check_ready: Callable[[], None]
    rules: CaseRules
    store: LogReading
    clock: Clock
    anchoring: WatchedAnchoring
    witness_state: Callable[[], Mapping[str, JsonValue]] = dict
    key_histories: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ServedLogs:
    """All logs of a service; there is at least one, and the first is the default.

    Attributes:
        logs: The logs.
        verify: Verifies receipts of any of them.
        operator_key: Whoever has it may erase, 32 bytes; None lets nobody.
        files: Keeps the files that their records name.
        publishes_seat_scores: Whether the place publishes single seats' scores.
        anonymous: Counts what nobody in particular asks for.
    """

    logs: Sequence[ServedLog]
    verify: Verifier
    operator_key: bytes | None = field(default=None, repr=False)
    files: FileKeeper = field(default_factory=lambda: FileKeeper(None, list))
    publishes_seat_scores: bool = False
    anonymous: AnonymousUse = field(default_factory=AnonymousUse)

    def get(self, name: str | None) -> ServedLog:
        """Return the log with this name; None is the default log.

        Raises:
            Unknown: There is none.
        """
        for log in self.logs:
            if name is None or log.name == name:
                return log
        raise Unknown(f"this service has no log {(name or '')[:64]!r}")

    def find_record(self, record_id: str) -> tuple[ServedLog, StoredRecord]:
        """Return a record and its log.

        Raises:
            Unknown: No log has it.
        """
        for log in self.logs:
            try:
                return log, log.find.record(record_id)
            except Unknown:
                continue
        raise Unknown(f"this service has no record {record_id[:64]!r}")
