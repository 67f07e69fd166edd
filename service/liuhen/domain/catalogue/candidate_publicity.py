"""Publication of the candidates (中标候选人公示)."""

from liuhen.domain.record_type import RecordType

TYPE = RecordType(
    name="candidate_publicity",
    zh="中标候选人公示",
    en="Publication of the candidates",
)
