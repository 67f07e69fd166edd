"""Generic record (一般记录)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="generic",
    zh="一般记录",
    en="Generic record",
    any_data=True,
)
