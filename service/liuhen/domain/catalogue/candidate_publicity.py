"""Publication of the candidates (中标候选人公示, ZB): three days in which anybody may object."""

from collections.abc import Iterator
from datetime import date

from liuhen.domain.catalogue.evaluation_report import MOST_CANDIDATES, sent_on, signed_on
from liuhen.domain.catalogue.project import check_running
from liuhen.domain.catalogue.suspension import check_not_suspended
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.facts import Facts, RuleContext, advanced, section_of, with_section
from liuhen.domain.field import choice, code, day, decimal, digest, groups, text, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import day_of, get_day, get_list, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import PUBLIC
from liuhen.domain.stage import Stage

NAME = "candidate_publicity"

ACTIONS = {
    "published": ("公示", "published"),
    "ended": ("公示结束", "ended"),
    "suspended": ("暂停公示", "suspended"),
}
LIFE = LifeCycle(
    {
        "published": Step({None, "suspended", "ended"}, "running"),
        "ended": Step({"running"}, "ended"),
        "suspended": Step({"running"}, "suspended"),
    },
    ACTIONS,
)
_ART_54 = Basis("招标投标法实施条例第54条", "Tendering Regulations art. 54")
TOO_SHORT = Rule(
    "publicity-too-short",
    "中标候选人公示期不得少于{days}日，最早可于{due}结束，现为{last}",
    "the candidates are published for {days} days at least, to {due}, here to {last}",
    _ART_54,
)
NO_REPORT = Rule(
    "publicity-before-report",
    "收到评标报告后方可公示中标候选人",
    "candidates are published after the evaluation report",
    _ART_54,
)
TOO_MANY = Rule(
    "publicity-candidates",
    "公示的中标候选人不得超过3个",
    "three candidates are published at most",
    Basis("招标投标法实施条例第53条", "Tendering Regulations art. 53"),
)
PUBLISHED_LATE = Rule(
    "publicity-late",
    "中标候选人最迟应于{due}公示，实际于{actual}公示",
    "the candidates were to be published by {due} and were on {actual}",
    _ART_54,
)
ENDED_EARLY = Rule(
    "publicity-ended-early",
    "公示期应至{last}，不得提前结束",
    "the publication runs to {last} and does not end before",
    _ART_54,
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    data, action = record.data, LIFE.action_of(record.data)
    section = section_of(facts, NAME)
    LIFE.check(get_text(section, "state"), action)
    last = last_day(facts)
    if action == "ended" and last is not None and record.day < last:
        raise ENDED_EARLY.broken("/occurred_at", last=last)
    if action != "published":
        return
    check_running(facts, record)
    check_not_suspended(facts, record)
    signed = signed_on(facts)
    if signed is None and section_of(facts, "score_sheet"):
        raise NO_REPORT.broken("/type")
    if signed is not None and record.day < signed:
        raise NO_REPORT.broken("/occurred_at")
    if len(get_list(data, "candidates")) > MOST_CANDIDATES:
        raise TOO_MANY.broken("/data/candidates")
    first, last = get_day(data, "from"), get_day(data, "to")
    if first is not None and last is not None:
        begins = max(first, record.day)  # what is not yet shown does not run
        rule = deadline_on("ZB-CANDIDATE-PUBLICITY", begins)
        due = due_day(rule, begins, context.calendar).day
        if last < due:
            raise TOO_SHORT.broken("/data/to", days=rule.number, due=due, last=last)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    section, action = dict(section_of(facts, NAME)), LIFE.action_of(record.data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    if action == "published":
        section |= {name: get_text(record.data, name) for name in ("from", "to")}
    return advanced(with_section(facts, NAME, section), Stage.RESULT)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    published = [r for r in case.of_type(NAME) if LIFE.action_of(r.data) == "published"]
    signed = signed_on(case.facts)
    if not published or signed is None:
        return
    came = sent_on(case.facts) or signed
    rule = deadline_on("ZB-CANDIDATE-PUBLISH", came)
    due = due_day(rule, came, case.context.calendar).day
    if published[0].day > due:
        yield PUBLISHED_LATE.missed(published[0].record_id, due=due, actual=published[0].day)


def first_day(facts: Facts) -> date | None:
    """Return the day on which the publication began."""
    return day_of(get_text(section_of(facts, NAME), "from"))


def last_day(facts: Facts) -> date | None:
    """Return the last day of the publication, as it was announced."""
    return day_of(get_text(section_of(facts, NAME), "to"))


def is_suspended(facts: Facts) -> bool:
    """Return whether the publication was suspended and not begun anew."""
    return get_text(section_of(facts, NAME), "state") == "suspended"


TYPE = RecordType(
    name=NAME,
    zh="中标候选人公示",
    en="Publication of the candidates",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        groups(
            "candidates",
            "中标候选人",
            "candidates",
            code("bid_id", "投标编号", "bid", required=True),
            text("name", "名称", "name"),
            decimal("price", "报价", "price"),
            whole("rank", "排名", "rank"),
            sight=PUBLIC,
        ),
        day("from", "公示开始", "from", required=True, kept=True, sight=PUBLIC),
        day("to", "公示结束", "to", required=True, kept=True, sight=PUBLIC),
        text("objection_channel", "异议渠道", "where to object", sight=PUBLIC),
        text("media", "发布媒体", "where", sight=PUBLIC),
        text("url", "网址", "URL", sight=PUBLIC),
        digest("sha256", "内容摘要", "SHA-256", file_digest=True, sight=PUBLIC),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
