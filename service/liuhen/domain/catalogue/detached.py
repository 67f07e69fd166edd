"""Record whose content stays with its submitter (内容自存的记录)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="detached",
    zh="内容自存的记录",
    en="Record whose content stays with its submitter",
    any_data=True,
)
