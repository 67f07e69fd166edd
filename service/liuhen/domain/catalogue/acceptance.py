"""Acceptance of what was delivered (验收)."""

from liuhen.domain.catalogue.contract import signed_on
from liuhen.domain.facts import Facts, RuleContext, section_of
from liuhen.domain.field import choice, day, digest, text, texts
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import get_day
from liuhen.domain.record_type import RecordType
from liuhen.domain.rule import Basis, Rule
from liuhen.domain.sight import PUBLIC, RESTRICTED

BEFORE_CONTRACT = Rule(
    "acceptance-before-contract",
    "合同签订前不得验收",
    "nothing is accepted before the contract is signed",
    Basis("政府采购法第41条", "Procurement Law art. 41"),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    if section_of(facts, "award_letter") and not section_of(facts, "contract"):
        raise BEFORE_CONTRACT.broken("/type")
    signed, accepted = signed_on(facts), get_day(record.data, "accepted_on") or record.day
    if signed is not None and accepted < signed:
        raise BEFORE_CONTRACT.broken("/data/accepted_on")


TYPE = RecordType(
    name="acceptance",
    zh="验收",
    en="Acceptance of delivery",
    fields=(
        choice(
            "result",
            "验收结论",
            "result",
            {
                "passed": ("合格", "passed"),
                "partly": ("部分合格", "passed in part"),
                "failed": ("不合格", "failed"),
            },
            required=True,
            sight=PUBLIC,
        ),
        day("accepted_on", "验收日期", "accepted on", sight=PUBLIC),
        texts("inspectors", "验收人员", "inspectors", sight=RESTRICTED),
        digest("sha256", "文件摘要", "SHA-256", file_digest=True, sight=PUBLIC),
        text("remarks", "说明", "remarks", sight=RESTRICTED),
    ),
    admit=_admit,
)
