"""Supervision on site (现场监督): who watched which step, and what came of it."""

from liuhen.domain.field import codes, moment, text
from liuhen.domain.record_type import RecordType
from liuhen.domain.sight import RESTRICTED

TYPE = RecordType(
    name="site_supervision",
    zh="现场监督",
    en="Supervision on site",
    fields=(
        text("step", "环节", "step watched", required=True, sight=RESTRICTED),
        text("supervisor", "监督人员", "supervisor", required=True, sight=RESTRICTED),
        text("result", "监督结论", "result", required=True, sight=RESTRICTED),
        codes("findings", "发现问题编号", "findings", sight=RESTRICTED),
        moment("seen_at", "监督时间", "seen at", sight=RESTRICTED),
    ),
)
