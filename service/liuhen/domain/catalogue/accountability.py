"""Accountability measure (问责处理): what followed for somebody. As restricted as can be."""

from liuhen.domain.field import choice, code, day, text
from liuhen.domain.record_type import RecordType
from liuhen.domain.sight import RESTRICTED

TYPE = RecordType(
    name="accountability",
    zh="问责处理",
    en="Accountability measure",
    fields=(
        choice(
            "measure",
            "处理方式",
            "measure",
            {
                "talk": ("谈话提醒", "talk"),
                "notice": ("通报", "notice"),
                "accountability": ("问责", "held to account"),
                "transfer": ("移送", "handed over"),
            },
            required=True,
            sight=RESTRICTED,
        ),
        text("person_token", "人员代号", "token of the person", sight=RESTRICTED),
        code("finding", "问题编号", "finding", sight=RESTRICTED),
        day("decided_on", "决定日期", "decided on", sight=RESTRICTED),
        text("basis", "依据", "legal basis", sight=RESTRICTED),
    ),
)
