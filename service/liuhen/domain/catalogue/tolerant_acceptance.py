"""Acceptance with missing papers (容缺受理)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="tolerant_acceptance",
    zh="容缺受理",
    en="Acceptance with missing papers",
)
