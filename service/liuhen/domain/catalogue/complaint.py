"""Complaint (投诉)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="complaint",
    zh="投诉",
    en="Complaint",
)
