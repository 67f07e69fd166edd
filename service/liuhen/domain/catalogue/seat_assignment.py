"""Seat assignment (工位卡位)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="seat_assignment",
    zh="工位卡位",
    en="Seat assignment",
    counts_elements=True,  # its length tells how many experts share a room
)
