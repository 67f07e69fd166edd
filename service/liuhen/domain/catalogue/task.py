"""Supervised task (督办任务)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="task",
    zh="督办任务",
    en="Supervised task",
)
