"""Bid receipt (投标回执)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="bid_receipt",
    zh="投标回执",
    en="Bid receipt",
    counts_before_opening=True,
)
