"""Snapshot of the board (看板快照)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="board_snapshot",
    zh="看板快照",
    en="Snapshot of the board",
)
