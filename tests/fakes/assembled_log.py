"""A whole log put together from stores, register, keys and a clock, as `wiring` does it."""

from collections.abc import Sequence
from typing import Any

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.append import Appender
from liuhen.app.bulk import BulkAppender
from liuhen.app.case_rules import CaseRules
from liuhen.app.digest_key import DigestKey
from liuhen.app.erase import Eraser
from liuhen.app.find import Finder
from liuhen.app.log_writer import LogWriter
from liuhen.app.open_log import open_log
from liuhen.app.prove import Prover
from liuhen.app.seal import HeadSealer
from liuhen.core.canonical import canonical
from liuhen.domain.facts import RuleContext
from liuhen.ports import ChainTarget
from tests.check_log import check_log, policy_of
from tests.fakes.clock import FakeClock
from tests.fakes.erasure_journal import MemoryJournal
from tests.fakes.faults import Faults, Faulty, FaultyLogStore
from tests.fakes.head_register import MemoryRegister
from tests.fakes.head_signer import KnownSigner
from tests.fakes.log_store import MemoryLogStore

ORIGIN = "log.example/logs/jyg"
TARGET = ChainTarget(20231, bytes.fromhex("c3" * 20), bytes.fromhex("d4" * 32))


class AssembledLog:
    """One log; `restart` makes everything anew but what lasts."""

    def __init__(self, store: Any = None, register: Any = None, **options: Any) -> None:
        self.store = store if store is not None else MemoryLogStore()
        self.register = register if register is not None else MemoryRegister()
        self.signer = KnownSigner(ORIGIN)
        self.head_signer: Any = options.pop("head_signer", self.signer)
        self.clock = FakeClock()
        self.faults = Faults()
        self.digest_key = DigestKey(bytes(32))
        counted = options.pop("takes_counted", True)
        self.rules = CaseRules(RuleContext(ChinaCalendar(), self.digest_key.mark), counted)
        self.journal: Any = options.pop("journal", None) or MemoryJournal()
        self.blobs_erased: list[bytes] = []
        self.anchors: list[Any] = options.pop("anchors", [])
        self.options = options
        self.restart()

    def restart(self) -> None:
        """Forget everything in memory; nothing is opened yet."""
        sealer = HeadSealer(
            ORIGIN,
            Faulty(self.register, self.faults),
            Faulty(self.signer, self.faults),
            Faulty(self.head_signer, self.faults),
            [TARGET],
        )
        self.sealer = sealer
        store = FaultyLogStore(self.store, self.faults)
        self.writer = LogWriter(ORIGIN, store, sealer, self.clock, self.rules, **self.options)
        self.prover = Prover(
            self.store, self.anchors, lambda: self.writer.published, sealer.seal_size
        )
        self.appender = Appender(self.writer, self.prover.receipt_of, self.digest_key, self.clock)
        self.bulk = BulkAppender(self.appender, self.writer, self.prover.receipt_of)
        self.finder = Finder(self.store, self.digest_key, self.rules)
        self.eraser = Eraser(
            self.writer,
            store,
            Faulty(self.journal, self.faults),
            self.digest_key,
            self.clock,
            self.erase_blob,
        )

    def open(self) -> "AssembledLog":
        """Open the log and start the writer."""
        self.eraser.replay()
        open_log(self.writer, self.sealer, self.digest_key, self.clock)
        self.eraser.complete()
        return self

    def erase_blob(self, sha256: bytes, _: str) -> None:
        """Stand for the folder of files."""
        with self.faults.around("erase_blob"):
            self.blobs_erased.append(sha256)

    def close(self) -> None:
        """Stop the writer."""
        self.writer.stop()

    def append(self, case: str | None = None, key: str | None = None, **data: Any) -> Any:
        """Append a small record and wait for the answer."""
        return self.appender.append_here(submission(case, **data), idempotency_key=key)

    def check(self, answered: Sequence[str] = ()) -> int:
        """Re-verify the whole log."""
        policy = policy_of(self.signer.log_key, self.signer.address, TARGET)
        newest = self.register.newest()
        return check_log(self.store, policy, self.digest_key, newest, answered)


def submission(case: str | None = None, **data: Any) -> bytes:
    """Make the body of a request."""
    body: dict[str, Any] = {"data": data}
    if case is not None:
        body["case"] = case
    return canonical(body)
