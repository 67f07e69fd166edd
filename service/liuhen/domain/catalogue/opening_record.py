"""Record of the opening (开标记录)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="opening_record",
    zh="开标记录",
    en="Record of the opening",
)
