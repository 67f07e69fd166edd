"""Suspension (暂停)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="suspension",
    zh="暂停",
    en="Suspension",
)
