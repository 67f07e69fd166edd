"""List of recordings (音视频清单)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="media_manifest",
    zh="音视频清单",
    en="List of recordings",
)
