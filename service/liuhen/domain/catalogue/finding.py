"""Supervision finding (监督检查问题)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="finding",
    zh="监督检查问题",
    en="Supervision finding",
)
