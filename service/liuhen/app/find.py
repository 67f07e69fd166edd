"""Find records: by number, or by a digest of what they contain."""

from collections.abc import Sequence

from liuhen.app.digest_key import DigestKey
from liuhen.core.errors import Unknown
from liuhen.ports import LogReading, StoredRecord

MOST_FOUND = 100
"""Records that one lookup returns at most."""


class Finder:
    """Finds records of one log."""

    def __init__(self, store: LogReading, digest_key: DigestKey) -> None:
        self._store, self._digest_key = store, digest_key

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
