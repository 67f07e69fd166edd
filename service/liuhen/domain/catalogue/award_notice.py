"""Award notice (中标结果公告): who won. In ZC the experts are named with it."""

from collections.abc import Iterator
from datetime import date

from liuhen.domain.catalogue.candidate_publicity import is_suspended, last_day
from liuhen.domain.catalogue.evaluation_report import candidates_of, sent_on, signed_on
from liuhen.domain.catalogue.objection import open_objections
from liuhen.domain.catalogue.project import check_running
from liuhen.domain.catalogue.suspension import check_not_suspended
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.facts import Facts, RuleContext, advanced, regime_of, section_of, with_section
from liuhen.domain.field import choice, code, day, decimal, digest, group, text, texts
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import day_of, get_day, get_members, get_text, get_texts
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import PUBLIC, sight
from liuhen.domain.stage import Stage
from liuhen.domain.working_day import Calendar, working_days_in

NAME = "award_notice"

ACTIONS = {"published": ("公告", "published"), "changed": ("变更", "changed")}
LIFE = LifeCycle(
    {"published": Step({None}, "published"), "changed": Step({"published"}, "published")}, ACTIONS
)

_ZB_54 = Basis("招标投标法实施条例第54条", "Tendering Regulations art. 54")
_ZC_43 = Basis("政府采购法实施条例第43条", "Procurement Regulations art. 43")
BEFORE_PUBLICITY_ENDED = Rule(
    "award-before-publicity-ended",
    "中标候选人公示期（至{last}）未满，不得确定中标人",
    "no award before the publication of the candidates has ended ({last})",
    _ZB_54,
)
NO_PUBLICITY = Rule(
    "award-without-publicity",
    "没有中标候选人公示的存证",
    "an award was made and no publication of the candidates was entered",
    _ZB_54,
    is_lack=True,
)
OBJECTION_OPEN = Rule(
    "award-objection-open",
    "异议“{number}”答复前应暂停招标投标活动",
    "while the objection {number!r} waits for its answer, everything is suspended",
    Basis("招标投标法实施条例第22、54条", "Tendering Regulations art. 22, 54"),
)
SUSPENDED = Rule(
    "award-suspended",
    "中标候选人公示已暂停，不得确定中标人",
    "the publication of the candidates is suspended: no award until they are published again",
    _ZB_54,
)
BEFORE_REPORT = Rule(
    "award-before-report",
    "评标报告签署前不得公告中标结果",
    "no award before the evaluation report is signed",
    Basis(
        "招标投标法第40条；政府采购法实施条例第43条",
        "Tendering Law art. 40; Procurement Regulations art. 43",
    ),
)
NO_CANDIDATE = Rule(
    "award-no-candidate",
    "中标人“{bid}”不在评标报告推荐的候选人中",
    "the winner {bid!r} is not among the candidates of the report",
    Basis("招标投标法第40条；87号令第68条", "Tendering Law art. 40; Order 87 art. 68"),
)
EXPERTS = Rule(
    "award-experts-missing",
    "中标结果公告须公布评审专家名单",
    "an award notice names the evaluation experts",
    Basis(
        "政府采购法实施条例第43条；87号令第69条",
        "Procurement Regulations art. 43; Order 87 art. 69",
    ),
)
PERIOD = Rule(
    "award-period-too-short",
    "中标结果公告期不得少于{days}个工作日，现为{actual}个",
    "an award notice stands for {days} working day at least, here for {actual}",
    Basis("87号令第69条", "Order 87 art. 69"),
)
CHANGE_REASONS = {
    "decision": ("处理决定要求", "a decision demands it"),
    "declined": ("中标人放弃中标或拒签合同", "the winner declines"),
    "unable": ("因不可抗力不能履行合同", "the winner is unable by force majeure"),
    "no_bond": ("未按要求提交履约保证金", "the winner gives no performance bond"),
    "unlawful": ("查实存在影响中标结果的违法行为", "unlawful acts came to light"),
}
DECISION = Rule(
    "award-change-decision",
    "变更中标结果须写明处理决定的文号，或由下一候选人递补的原因",
    "an award is changed by a decision, whose number is named, or for a reason that makes the next"
    " candidate the winner",
    Basis(
        "招标投标法实施条例第55条；政府采购法实施条例第49条",
        "Tendering Regulations art. 55; Procurement Regulations art. 49",
    ),
)
CONFIRMED_LATE = Rule(
    "award-confirmed-late",
    "中标人最迟应于{due}确定，实际于{actual}确定",
    "the winner was to be decided by {due} and was on {actual}",
    _ZC_43,
)
PUBLISHED_LATE = Rule(
    "award-published-late",
    "中标结果最迟应于{due}公告，实际于{actual}公告",
    "the award was to be published by {due} and was on {actual}",
    _ZC_43,
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    _check_step(facts, record)
    published = get_day(record.data, "published_on") or record.day
    last = get_day(record.data, "period_ends")
    if last is not None and regime_of(facts) is Regime.ZC:
        # The first day counts where the period is of days on which something is shown.
        days, actual = deadline_on("ZC-AWARD-PERIOD", published).number, 0
        if published <= last:
            actual = working_days_in(context.calendar, published, last)
        if actual < days:
            raise PERIOD.broken("/data/period_ends", days=days, actual=actual)


def _check_step(facts: Facts, record: Incoming) -> None:
    data, action = record.data, LIFE.action_of(record.data)
    LIFE.check(get_text(section_of(facts, NAME), "state"), action)
    if action == "changed":
        if get_text(data, "decision") is not None:
            return
        if get_text(data, "change_reason") in (None, "decision"):
            raise DECISION.broken("/data/decision")
    check_not_suspended(facts, record)
    check_may_award(facts, record)
    bid, candidates = get_text(get_members(data, "winner"), "bid_id"), candidates_of(facts)
    if bid is not None and candidates and bid not in candidates:
        raise NO_CANDIDATE.broken("/data/winner/bid_id", bid=bid)
    is_first = action == "published"
    if is_first and regime_of(facts) is Regime.ZC and not get_texts(data, "experts"):
        raise EXPERTS.broken("/data/experts")


def check_may_award(facts: Facts, record: Incoming) -> None:
    """Check that nothing forbids an award yet.

    Raises:
        RecordRefused: The project has ended, the report is missing, or in ZB the publication of
            the candidates still runs, or an objection waits for its answer.
    """
    check_running(facts, record)
    signed = signed_on(facts)
    if section_of(facts, "score_sheet") and signed is None:
        raise BEFORE_REPORT.broken("/type")
    if signed is not None and record.day < signed:
        raise BEFORE_REPORT.broken("/occurred_at")
    last = last_day(facts)
    if last is not None and record.day <= last:
        raise BEFORE_PUBLICITY_ENDED.broken("/occurred_at", last=last)
    if is_suspended(facts):
        raise SUSPENDED.broken("/type")
    waiting = open_objections(facts)
    if waiting and regime_of(facts) is not Regime.ZC:
        raise OBJECTION_OPEN.broken("/type", number=waiting[0])


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    data = record.data
    winner = get_members(data, "winner")
    period = get_day(data, "period_ends")
    if period is None and regime_of(facts) is Regime.ZC:
        rule = deadline_on("ZC-AWARD-PERIOD", record.day)
        period = due_day(rule, record.day, context.calendar).day
    section = {
        **section_of(facts, NAME),
        "state": "published",
        "published_on": get_text(data, "published_on") or record.day.isoformat(),
        "period_ends": None if period is None else period.isoformat(),
        "winner": get_text(winner, "bid_id"),
        "winner_name": context.mark_of(get_text(winner, "name")),
    }
    return advanced(with_section(facts, NAME, section), Stage.RESULT)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    notices, calendar = case.of_type(NAME), case.context.calendar
    if not notices:
        return
    first, regime = notices[0], regime_of(case.facts)
    if regime is Regime.ZB and not case.of_type("candidate_publicity"):
        yield NO_PUBLICITY.missed(first.record_id)
    if regime is Regime.ZC:
        yield from _review_times(case.facts, first, calendar)


def _review_times(facts: Facts, notice: Incoming, calendar: Calendar) -> Iterator[Shortfall]:
    confirmed, sent = get_day(notice.data, "confirmed_on"), sent_on(facts)
    if confirmed is None:
        return
    if sent is not None:
        due = due_day(deadline_on("ZC-CONFIRM", sent), sent, calendar).day
        if confirmed > due:
            yield CONFIRMED_LATE.missed(notice.record_id, due=due, actual=confirmed)
    due = due_day(deadline_on("ZC-AWARDNOTICE", confirmed), confirmed, calendar).day
    published = get_day(notice.data, "published_on") or notice.day
    if published > due:
        yield PUBLISHED_LATE.missed(notice.record_id, due=due, actual=published)


def published_on(facts: Facts) -> date | None:
    """Return the day of the notice."""
    return day_of(get_text(section_of(facts, NAME), "published_on"))


def period_end(facts: Facts) -> date | None:
    """Return the last day of the award notice's period."""
    return day_of(get_text(section_of(facts, NAME), "period_ends"))


def winner_of(facts: Facts) -> str | None:
    """Return the code of the winning bid."""
    return get_text(section_of(facts, NAME), "winner")


_EXPERTS = sight("SSSSRRRR", zc="SSSSPPPP")

WINNER = group(
    "winner",
    "中标人",
    "winner",
    code("bid_id", "投标编号", "bid", kept=True),
    text("name", "名称", "name"),
    decimal("price", "中标价", "price"),
    required=True,
    sight=PUBLIC,
)
"""Who won; notice and letter name the same."""

TYPE = RecordType(
    name=NAME,
    zh="中标结果公告",
    en="Award notice",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        WINNER,
        texts("experts", "评审专家", "experts", sight=_EXPERTS),
        day("confirmed_on", "确定日期", "decided on", kept=True, sight=PUBLIC),
        day("published_on", "公告日期", "published on", kept=True, sight=PUBLIC),
        day("period_ends", "公告期满", "period ends", kept=True, sight=PUBLIC),
        text("media", "发布媒体", "where", sight=PUBLIC),
        text("url", "网址", "URL", sight=PUBLIC),
        digest("sha256", "内容摘要", "SHA-256", file_digest=True, sight=PUBLIC),
        text("decision", "处理决定文号", "number of the decision", sight=PUBLIC),
        choice("change_reason", "变更原因", "why it changes", CHANGE_REASONS, sight=PUBLIC),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
