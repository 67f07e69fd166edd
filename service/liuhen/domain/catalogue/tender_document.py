"""Tender document (招标文件)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="tender_document",
    zh="招标文件",
    en="Tender document",
)
