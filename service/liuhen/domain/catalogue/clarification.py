"""Clarification (澄清说明)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="clarification",
    zh="澄清说明",
    en="Clarification",
)
