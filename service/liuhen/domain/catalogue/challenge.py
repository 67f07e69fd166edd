"""Challenge (质疑)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="challenge",
    zh="质疑",
    en="Challenge",
)
