"""Supervision on site (现场监督)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="site_supervision",
    zh="现场监督",
    en="Supervision on site",
)
