"""Verification of a record (核验记录), where whoever checks wants that kept."""

from liuhen.domain.field import choice, digest, text, texts
from liuhen.domain.record_type import RecordType
from liuhen.domain.sight import RESTRICTED

TYPE = RecordType(
    name="verification_event",
    zh="核验记录",
    en="Verification of a record",
    fields=(
        digest("input_sha256", "输入摘要", "SHA-256 of what was checked", sight=RESTRICTED),
        choice(
            "verdict",
            "结论",
            "verdict",
            {
                "match": ("一致", "match"),
                "waiting": ("尚未锚定", "waiting"),
                "different": ("不一致", "different"),
                "not-found": ("未找到", "not found"),
                "could-not-check": ("无法核验", "could not check"),
            },
            sight=RESTRICTED,
        ),
        texts("checks", "核验项目", "checks that ran", sight=RESTRICTED),
        text("verifier", "核验人", "who checked", sight=RESTRICTED),
    ),
)
