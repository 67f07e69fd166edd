"""Project registration (项目登记)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="project",
    zh="项目登记",
    en="Project registration",
)
