"""Publication (公告公示)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="publication",
    zh="公告公示",
    en="Publication",
)
