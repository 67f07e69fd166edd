"""Clarification of a bid (澄清说明): the committee asks, the bidder answers in writing."""

from collections.abc import Iterator

from liuhen.core.canonical import JsonValue
from liuhen.domain.catalogue.opening_record import opened_bids
from liuhen.domain.facts import Facts, RuleContext, section_of, stage_of, with_section
from liuhen.domain.field import choice, code, digest, flag, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import get_flag, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_RESULT_RESTRICTED, sight
from liuhen.domain.stage import Stage

NAME = "clarification"

ACTIONS = {
    "asked": ("要求澄清", "asked"),
    "answered": ("已澄清", "answered"),
    "refused": ("拒绝澄清", "refused"),
}
LIFE = LifeCycle(
    {
        "asked": Step({None}, "asked"),
        "answered": Step({"asked"}, "answered"),
        "refused": Step({"asked"}, "refused"),
    },
    ACTIONS,
)
_CLARIFIED = Basis("招标投标法第39条；87号令第51条", "Tendering Law art. 39; Order 87 art. 51")
BEFORE_OPENING = Rule(
    "clarification-before-opening",
    "开标前不得要求投标人澄清",
    "no bidder is asked before the opening",
    _CLARIFIED,
)
NOT_WRITTEN = Rule(
    "clarification-not-written",
    "澄清、说明应当采用书面形式：须有答复内容或文件摘要",
    "a clarification is in writing: the answer, or the digest of its file",
    Basis(
        "招标投标法实施条例第52条；87号令第51条", "Tendering Regulations art. 52; Order 87 art. 51"
    ),
)
SUBSTANCE = Rule(
    "clarification-changes-substance",
    "澄清、说明不得超出投标文件的范围或者改变投标文件的实质性内容",
    "a clarification stays within the bid and does not change its substance",
    _CLARIFIED,
)
NO_SUCH_BID = Rule(
    "clarification-unknown-bid",
    "投标“{bid}”未在开标时拆封",
    "the bid {bid!r} was not opened",
)
UNANSWERED = Rule(
    "clarification-unanswered",
    "已签署评标报告，但对投标“{bid}”的澄清要求没有答复",
    "the report is signed and what was asked about the bid {bid!r} is not answered",
    _CLARIFIED,
    is_lack=True,
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    stage = stage_of(facts)
    if stage is not None and stage < Stage.OPENED:
        raise BEFORE_OPENING.broken("/type")
    action, data = LIFE.action_of(record.data), record.data
    LIFE.check(get_text(section_of(facts, NAME), _key(record)), action)
    opened, bid = opened_bids(facts), get_text(data, "bid_id") or ""
    if opened and bid not in opened:
        raise NO_SUCH_BID.broken("/data/bid_id", bid=bid)
    if action != "answered":
        return
    if get_text(data, "answer") is None and get_text(data, "sha256") is None:
        raise NOT_WRITTEN.broken("/data/answer")
    if get_flag(data, "changes_substance"):
        raise SUBSTANCE.broken("/data/changes_substance")


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    section: dict[str, JsonValue] = dict(section_of(facts, NAME))
    key = _key(record)
    section[key] = LIFE.after(get_text(section, key), LIFE.action_of(record.data))
    return with_section(facts, NAME, section)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    if not case.of_type("evaluation_report"):
        return
    newest = {_key(record): record for record in case.of_type(NAME)}
    for record in newest.values():
        if LIFE.action_of(record.data) == "asked":
            yield UNANSWERED.missed(record.record_id, bid=get_text(record.data, "bid_id"))


def _key(record: Incoming) -> str:
    number = get_text(record.data, "clarification_no") or "-"
    return f"{get_text(record.data, 'bid_id')} {number}"


_OWN_THEN_RESTRICTED = sight("SSSORRRR")

TYPE = RecordType(
    name=NAME,
    zh="澄清说明",
    en="Clarification",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=_OWN_THEN_RESTRICTED,
        ),
        code("clarification_no", "澄清编号", "number", kept=True, sight=_OWN_THEN_RESTRICTED),
        code("bid_id", "投标编号", "bid", required=True, kept=True, sight=_OWN_THEN_RESTRICTED),
        code("seat", "提问席位", "seat that asks", sight=FROM_RESULT_RESTRICTED),
        text("question", "问题", "question", sight=_OWN_THEN_RESTRICTED),
        text("answer", "答复", "answer", sight=_OWN_THEN_RESTRICTED),
        flag(
            "changes_substance",
            "改变实质性内容",
            "changes the substance",
            sight=_OWN_THEN_RESTRICTED,
        ),
        digest("sha256", "文件摘要", "SHA-256", file_digest=True, sight=_OWN_THEN_RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
