"""Award notice (中标结果公告)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="award_notice",
    zh="中标结果公告",
    en="Award notice",
)
