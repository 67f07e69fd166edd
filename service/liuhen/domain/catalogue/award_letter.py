"""Award letter (中标通知书)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="award_letter",
    zh="中标通知书",
    en="Award letter",
)
