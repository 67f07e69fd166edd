"""The step of an erasure inside the writer's session: what is left of the record.

The record is read again under the writer's lock, so an erasure takes what is there then, whatever
was there when it was asked for.
"""

from dataclasses import dataclass, replace

from liuhen.app.digest_key import DigestKey
from liuhen.app.rows import record_members, rows_of
from liuhen.core.canonical import canonical_text
from liuhen.core.erasure import Erasure, erase_rows, lookup_digests
from liuhen.domain.catalogue import file_digests
from liuhen.ports import ErasedRecord, StoredRecord


@dataclass(frozen=True, slots=True)
class Erasing:
    """An erasure that the writer is to carry out together with appending its record.

    Attributes:
        erasure: What was decided.
        digest_key: Keys the digests of what is left.
    """

    erasure: Erasure
    digest_key: DigestKey

    def of(self, record: StoredRecord) -> ErasedRecord | None:
        """Return what is left of the record; None if that is what is stored already.

        Raises:
            ErasureRefused: A field cannot be erased.
            Malformed: What is stored is not a record.
        """
        rows = rows_of(record)
        left = erase_rows(rows, self.erasure.fields, again=True)
        if left == rows:
            return None
        text = canonical_text([row.to_json() for row in left])
        members = record_members(replace(record, body=None, secret=None, rows=text))
        named = file_digests(record.type, members["data"])
        digests = dict.fromkeys((*lookup_digests(left), *named))
        return ErasedRecord(
            entry_index=record.entry_index,
            record_id=record.record_id,
            rows=text,
            keyed_digests=[self.digest_key.of_digest(digest) for digest in digests],
        )
