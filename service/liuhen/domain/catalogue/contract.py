"""Contract (合同)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="contract",
    zh="合同",
    en="Contract",
)
