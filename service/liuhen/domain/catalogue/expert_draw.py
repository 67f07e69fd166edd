"""Draw of experts (专家抽取)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="expert_draw",
    zh="专家抽取",
    en="Draw of experts",
    counts_elements=True,  # how many were drawn or had to recuse tells who they can be
)
