"""Accountability measure (问责处理)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="accountability",
    zh="问责处理",
    en="Accountability measure",
)
