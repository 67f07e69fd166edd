"""Verification of a record (核验记录)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="verification_event",
    zh="核验记录",
    en="Verification of a record",
)
