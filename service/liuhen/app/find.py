"""Find records: by number, or by a digest of what they contain."""

import hashlib
from collections.abc import Sequence

from liuhen.app.case_rules import CaseRules
from liuhen.app.digest_key import DigestKey
from liuhen.app.rows import record_members
from liuhen.core.canonical import canonical
from liuhen.core.errors import Unknown
from liuhen.domain.admission import is_sealed
from liuhen.domain.catalogue import file_digests
from liuhen.domain.facts import Facts, stage_of
from liuhen.domain.history import is_live, secret_until
from liuhen.domain.stage import Stage
from liuhen.ports import LogReading, StoredRecord

MOST_FOUND = 100
"""Records that one lookup returns at most."""


class Finder:
    """Finds records of one log."""

    def __init__(
        self, store: LogReading, digest_key: DigestKey, rules: CaseRules | None = None
    ) -> None:
        """Join the parts.

        Args:
            store: The log.
            digest_key: Keys what is looked for.
            rules: The log's rules; without them nothing that is secret for a time is told.
        """
        self._store, self._digest_key, self._rules = store, digest_key, rules

    def record(self, record_id: str) -> StoredRecord:
        """Return the record with this number.

        Raises:
            Unknown: There is none.
        """
        found = self._store.record(record_id)
        if found is None:
            raise Unknown(f"this log has no record {record_id[:64]!r}")
        return found

    def lookup(self, digest: bytes) -> Sequence[StoredRecord]:
        """Return the first records whose data or attachment has this digest, oldest first.

        Args:
            digest: SHA-256 of the canonical form of `data`, or SHA-256 or SM3 of an attachment.
        """
        return self._store.lookup(self._digest_key.of_digest(digest), MOST_FOUND)

    def told(self, digest: bytes) -> list[StoredRecord]:
        """Return of those what may be told to whoever asks.

        What is found by its content can be found by a guess: points have few values, and so has a
        bidder's commitment. So records of the evaluation are not found by `data` before the result;
        and those that tell of bids, before the opening, by nothing but the file that they are
        about: it is random to everybody but its bidder, while an attachment may be a form that all
        of them sent.
        """
        return [each for each in self.lookup(digest) if self._may_tell(each, digest)]

    def _may_tell(self, record: StoredRecord, digest: bytes) -> bool:
        until = secret_until(record.type)
        if until is None or record.case is None:
            return True
        facts = self._facts(record.case)
        if facts is not None and not is_live(facts):
            return True
        data = record_members(record).get("data")
        if until is Stage.OPENED:
            is_open = facts is not None and not is_sealed(facts)
            return is_open or digest in file_digests(record.type, data)
        stage = None if facts is None else stage_of(facts)
        is_open = stage is not None and stage >= until
        return is_open or digest != hashlib.sha256(canonical(data)).digest()

    def _facts(self, case: str) -> Facts | None:
        state = self._store.case_state(case)
        if state is None or self._rules is None:
            return None if state is None else state.facts
        return self._rules.complete(state, self._store.case_records).facts
