"""Access to a record (查阅留痕)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="access_event",
    zh="查阅留痕",
    en="Access to a record",
)
