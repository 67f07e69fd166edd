"""The attached files of erased records: destroyed before their digests, and once more after.

Before: afterwards nobody would know which files they were. After: an upload may have ended in
between, and a file that two logs name may have been let go of by both at once.
"""

from collections.abc import Callable

from liuhen.app.digest_key import DigestKey
from liuhen.app.rows import rows_of
from liuhen.core.erasure import Erasure, attachment_digests, erase_rows
from liuhen.ports import LogStore, StoredRecord


class ErasedFiles:
    """Destroys files of records of one log. Its caller lets one thread in at a time."""

    def __init__(
        self, store: LogStore, digest_key: DigestKey, erase_blob: Callable[[bytes, str], None]
    ) -> None:
        """Join the parts; for the arguments see `Eraser`."""
        self._store, self._digest_key, self._erase_blob = store, digest_key, erase_blob
        self._let_go: set[tuple[bytes, str]] = set()

    def erase(self, record: StoredRecord, erasure: Erasure) -> None:
        """Destroy files whose digest is about to be erased and that no other record has.

        Raises:
            Unavailable: It is not known whether they were destroyed.
        """
        rows = rows_of(record)
        left = erase_rows(rows, erasure.fields, again=True)
        gone = set(attachment_digests(rows)) - set(attachment_digests(left))
        for digest in sorted(gone):
            self._let_go.add((digest, record.record_id))
            self._erase(digest, record.record_id)

    def erase_again(self) -> None:
        """Destroy what is there once more, now that the digests are erased.

        Raises:
            Unavailable: It is not known whether it was destroyed; it can be called again.
        """
        for each in sorted(self._let_go):
            self._erase(*each)
            self._let_go.remove(each)

    def _erase(self, digest: bytes, record_id: str) -> None:
        holders = self._store.lookup(self._digest_key.of_digest(digest), 2)
        if all(holder.record_id == record_id for holder in holders):
            self._erase_blob(digest, record_id)
