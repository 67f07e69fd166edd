"""Clarification of a bid (澄清说明): the committee asks, the bidder answers in writing."""

from liuhen.core.canonical import JsonValue
from liuhen.domain.facts import Facts, RuleContext, section_of, stage_of, with_section
from liuhen.domain.field import choice, code, digest, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import get_text
from liuhen.domain.record_type import RecordType
from liuhen.domain.rule import Basis, Rule
from liuhen.domain.sight import FROM_RESULT_RESTRICTED, sight
from liuhen.domain.stage import Stage

NAME = "clarification"

LIFE = LifeCycle(
    {
        "asked": Step({None}, "asked"),
        "answered": Step({"asked"}, "answered"),
        "refused": Step({"asked"}, "refused"),
    }
)
BEFORE_OPENING = Rule(
    "clarification-before-opening",
    "开标前不得要求投标人澄清",
    "no bidder is asked before the opening",
    Basis("招标投标法第39条；87号令第51条", "Tendering Law art. 39; Order 87 art. 51"),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    stage = stage_of(facts)
    if stage is not None and stage < Stage.OPENED:
        raise BEFORE_OPENING.broken("/type")
    LIFE.check(get_text(section_of(facts, NAME), _key(record)), LIFE.action_of(record.data))


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    section: dict[str, JsonValue] = dict(section_of(facts, NAME))
    key = _key(record)
    section[key] = LIFE.after(get_text(section, key), LIFE.action_of(record.data))
    return with_section(facts, NAME, section)


def _key(record: Incoming) -> str:
    number = get_text(record.data, "clarification_no") or "-"
    return f"{get_text(record.data, 'bid_id')} {number}"


_OWN_THEN_RESTRICTED = sight("SSSOOOOO")

TYPE = RecordType(
    name=NAME,
    zh="澄清说明",
    en="Clarification",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            {
                "asked": ("要求澄清", "asked"),
                "answered": ("已澄清", "answered"),
                "refused": ("拒绝澄清", "refused"),
            },
            kept=True,
            sight=_OWN_THEN_RESTRICTED,
        ),
        code("clarification_no", "澄清编号", "number", kept=True, sight=_OWN_THEN_RESTRICTED),
        code("bid_id", "投标编号", "bid", required=True, kept=True, sight=_OWN_THEN_RESTRICTED),
        code("seat", "提问席位", "seat that asks", sight=FROM_RESULT_RESTRICTED),
        text("question", "问题", "question", sight=_OWN_THEN_RESTRICTED),
        text("answer", "答复", "answer", sight=_OWN_THEN_RESTRICTED),
        digest("sha256", "文件摘要", "SHA-256", file_digest=True, sight=_OWN_THEN_RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
)
