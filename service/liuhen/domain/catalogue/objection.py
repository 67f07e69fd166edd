"""Objection (异议)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="objection",
    zh="异议",
    en="Objection",
)
