"""Verify: examine a receipt for somebody else, with the service's own policy and its own node.

A convenience, not a proof: who does not want to believe the service examines the same receipt with
`liuhen verify`. What the service adds is that it can look for a record, given only a file.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from liuhen.app.find import Finder
from liuhen.app.prove import Prover
from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.chain_view import ChainQuestion, NodeReport
from liuhen.core.errors import Unknown
from liuhen.core.examine import Beside, examine, question
from liuhen.core.file_check import FileDigest
from liuhen.core.policy import TrustPolicy
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.verdict import NOT_FOUND, Verdict
from liuhen.ports import Clock, StoredRecord

Ask = Callable[[ChainQuestion], Sequence[NodeReport]]
"""Asks the service's nodes; a node that does not answer is an answer too."""


@dataclass(frozen=True, slots=True)
class VerifiedLog:
    """A log that the service can verify receipts of.

    Attributes:
        policy: What it believes about the log.
        find: Finds its records.
        prove: Makes their receipts.
        ask: Asks nodes of its chain.
    """

    policy: TrustPolicy
    find: Finder
    prove: Prover
    ask: Ask


class Verifier:
    """Verifies receipts of the service's logs. Thread-safe."""

    def __init__(self, logs: Sequence[VerifiedLog], clock: Clock) -> None:
        """Join the parts; there is at least one log."""
        self._logs, self._clock = logs, clock

    def receipt(
        self,
        receipt: Receipt,
        files: Sequence[FileDigest] = (),
        block_hashes: Collection[bytes] = (),
    ) -> Verdict:
        """Examine a receipt, and compare files with it.

        Args:
            receipt: The receipt.
            files: Digests of the files.
            block_hashes: Block hashes that the caller vouches for.

        Raises:
            Malformed: The checkpoint, a row or the chain evidence is not what it claims to be.
        """
        origin = receipt.checkpoint.partition("\n")[0]
        named = [log for log in self._logs if log.policy.origin == origin]
        log = (named or self._logs)[0]  # a foreign origin is for the examination to point out
        nodes = tuple(log.ask(question(receipt, log.policy)))
        beside = Beside(self._clock.now(), nodes, frozenset(block_hashes), tuple(files))
        return examine(receipt, log.policy, beside)

    def file(self, file: FileDigest) -> Verdict:
        """Look for a file, byte for byte or in canonical form; its first record is examined."""
        digests = [file.sha256]
        if file.canonical_sha256 is not None:
            digests.append(file.canonical_sha256)
        for log in self._logs:
            for digest in digests:
                for record in log.find.told(digest)[:1]:
                    return self._stored(log, record, file)
        return NOT_FOUND

    def record(self, record: JsonObject) -> Verdict:
        """Look for a whole record by its number, and compare it with what is stored."""
        digest = hashlib.sha256(canonical(record)).digest()
        record_id = str(record["record_id"])
        for log in self._logs:
            try:
                stored = log.find.record(record_id)
            except Unknown:
                continue
            return self._stored(log, stored, FileDigest(record_id, digest, digest))
        return NOT_FOUND

    def _stored(self, log: VerifiedLog, record: StoredRecord, file: FileDigest) -> Verdict:
        receipt = parse_receipt(log.prove.receipt(record).encode())
        return self.receipt(receipt, [file])
