"""Evaluation report (评标报告)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="evaluation_report",
    zh="评标报告",
    en="Evaluation report",
)
