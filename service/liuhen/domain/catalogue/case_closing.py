"""Closing of a case (案卷归档)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="case_closing",
    zh="案卷归档",
    en="Closing of a case",
)
