"""Credit commitment (信用承诺)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="credit_commitment",
    zh="信用承诺",
    en="Credit commitment",
    counts_before_opening=True,
)
