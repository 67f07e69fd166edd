"""Rejection of a bid (投标拒收)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="bid_rejection",
    zh="投标拒收",
    en="Rejection of a bid",
    counts_before_opening=True,
)
