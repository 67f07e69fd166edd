"""Score sheet (个人打分表)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="score_sheet",
    zh="个人打分表",
    en="Score sheet",
)
