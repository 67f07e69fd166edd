"""Publication (公告公示): what was published, where, and from when to when."""

from collections.abc import Iterator
from datetime import date

from liuhen.domain.deadline import deadline_on
from liuhen.domain.facts import Facts, RuleContext, regime_of, section_of, with_member
from liuhen.domain.field import choice, day, digest, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import day_of, get_day, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import PUBLIC
from liuhen.domain.working_day import working_days_in

NAME = "publication"

KINDS = {
    "tender_notice": ("招标公告", "tender notice"),
    "change_notice": ("更正公告", "change notice"),
    "single_source": ("单一来源公示", "single source"),
    "termination": ("终止公告", "termination"),
    "contract_notice": ("合同公告", "contract notice"),
    "decision": ("处理决定公告", "decision"),
    "other": ("其他", "other"),
}
ACTIONS = {
    "published": ("发布", "published"),
    "corrected": ("更正", "corrected"),
    "withdrawn": ("撤回", "withdrawn"),
}
LIFE = LifeCycle(
    {
        "published": Step({None, "published", "withdrawn"}, "published"),
        "corrected": Step({None, "published"}, "published"),
        "withdrawn": Step({None, "published"}, "withdrawn"),
    },
    ACTIONS,
)
"""One a kind. A case may know only the correction: its notice went out elsewhere."""
BACKWARDS = Rule(
    "publication-backwards",
    "公告结束日期早于开始日期",
    "the publication ends before it begins",
)
TOO_SHORT = Rule(
    "publication-too-short",
    "公告期不得少于{days}个工作日，现为{actual}个",
    "the publication runs for {days} working days at least, here for {actual}",
    Basis(
        "87号令第16条；政府采购法实施条例第38条",
        "Order 87 art. 16; Procurement Regulations art. 38",
    ),
)
NEVER = Rule(
    "notice-missing",
    "已开标，但没有招标公告的存证",
    "bids were opened and no tender notice was entered",
    Basis("招标投标法第16条；87号令第13条", "Tendering Law art. 16; Order 87 art. 13"),
)
_PERIODS = {"tender_notice": "ZC-NOTICE", "single_source": "ZC-SINGLE-SOURCE"}


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    kind, action = get_text(record.data, "kind") or "", LIFE.action_of(record.data)
    LIFE.check(get_text(section_of(facts, NAME), kind), action)
    if action == "withdrawn":
        return
    first, last = get_day(record.data, "from"), get_day(record.data, "to")
    if first is None or last is None:
        return
    if last < first:
        raise BACKWARDS.broken("/data/to")
    period = _PERIODS.get(kind)
    if period is None or regime_of(facts) is not Regime.ZC:
        return
    days = deadline_on(period, first).number
    # The first day counts where the period is of days on which something is shown.
    actual = working_days_in(context.calendar, first, last)
    if actual < days:
        raise TOO_SHORT.broken("/data/to", days=days, actual=actual)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    kind = get_text(record.data, "kind")
    if kind not in KINDS:
        return facts
    before = get_text(section_of(facts, NAME), kind)
    told = with_member(facts, NAME, **{kind: LIFE.after(before, LIFE.action_of(record.data))})
    last = get_day(record.data, "to")
    if kind != "tender_notice" or last is None:
        return told
    return with_member(told, NAME, notice_ends=last.isoformat())


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    notices = [r for r in case.of_type(NAME) if get_text(r.data, "kind") == "tender_notice"]
    if case.of_type("opening_record") and not notices:
        yield NEVER.missed()


def notice_end(facts: Facts) -> date | None:
    """Return the last day of the tender notice, as it was announced."""
    return day_of(get_text(section_of(facts, NAME), "notice_ends"))


TYPE = RecordType(
    name=NAME,
    zh="公告公示",
    en="Publication",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        choice(
            "kind",
            "公告类型",
            "kind",
            KINDS,
            required=True,
            kept=True,
            sight=PUBLIC,
        ),
        text("title", "标题", "title", sight=PUBLIC),
        text("media", "发布媒体", "where", sight=PUBLIC),
        text("url", "网址", "URL", sight=PUBLIC),
        digest("sha256", "内容摘要", "SHA-256", file_digest=True, sight=PUBLIC),
        day("from", "开始日期", "from", sight=PUBLIC),
        day("to", "结束日期", "to", kept=True, sight=PUBLIC),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
