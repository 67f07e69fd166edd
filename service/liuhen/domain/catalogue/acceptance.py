"""Acceptance of the works (验收)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="acceptance",
    zh="验收",
    en="Acceptance of the works",
)
