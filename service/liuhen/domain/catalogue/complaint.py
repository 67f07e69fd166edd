"""Complaint (投诉): to the authority, after an objection or a challenge, and not beyond it."""

from collections.abc import Iterator
from datetime import date

from liuhen.core.canonical import JsonValue
from liuhen.domain.catalogue.objection import TARGETS
from liuhen.domain.complaint_standing import (
    check_matters,
    check_names_challenge,
    check_time,
    is_spoken,
)
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.dispute import PROTECTED, in_dispute
from liuhen.domain.facts import Facts, RuleContext, regime_of, section_of, with_section
from liuhen.domain.field import choice, code, codes, day, text, texts
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, Members, day_of, get_members, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import RESTRICTED, sight

NAME = "complaint"

_OPEN = {"filed", "accepted", "investigating"}
ACTIONS = {
    "filed": ("提出", "filed"),
    "supplemented": ("补充", "supplemented"),
    "accepted": ("受理", "taken up"),
    "not_accepted": ("不予受理", "not taken up"),
    "investigating": ("调查中", "investigated"),
    "decided": ("处理决定", "decided"),
    "withdrawn": ("撤回", "withdrawn"),
    "reviewed": ("复议或诉讼", "reviewed"),
}
LIFE = LifeCycle(
    {
        "filed": Step({None}, "filed"),
        "supplemented": Step(_OPEN, None),
        "accepted": Step({"filed"}, "accepted"),
        "not_accepted": Step({"filed"}, "not_accepted"),
        "investigating": Step({"accepted"}, "investigating"),
        "decided": Step({"accepted", "investigating"}, "decided"),
        "withdrawn": Step(_OPEN, "withdrawn"),
        "reviewed": Step({"decided", "not_accepted"}, "reviewed"),
    },
    ACTIONS,
)
NO_CODE = Rule(
    "complaint-reason-code",
    "不予受理须说明理由",
    "a complaint is not taken up for a reason that is named",
    Basis(
        "94号令第21条；招标投标法实施条例第61条",
        "Order 94 art. 21; Tendering Regulations art. 61",
    ),
)
NO_RESULT = Rule("complaint-result", "处理决定须写明结果", "a decision states its result")
_TAKING_UP = Basis(
    "94号令第21条；招标投标法实施条例第61条",
    "Order 94 art. 21; Tendering Regulations art. 61",
)
TAKEN_UP_LATE = Rule(
    "complaint-taken-up-late",
    "是否受理投诉最迟应于{due}决定，实际于{actual}决定",
    "whether to take up the complaint was to be decided by {due} and was on {actual}",
    _TAKING_UP,
)
NOT_TAKEN_UP = Rule(
    "complaint-not-taken-up",
    "是否受理投诉“{number}”最迟应于{due}决定，至今未决定",
    "whether to take up the complaint {number!r} was to be decided by {due} and was not",
    _TAKING_UP,
)
DECIDED_LATE = Rule(
    "complaint-decided-late",
    "投诉最迟应于{due}作出处理决定，实际于{actual}作出",
    "the complaint was to be decided by {due} and was on {actual}",
    Basis(
        "政府采购法第56条；招标投标法实施条例第61条",
        "Procurement Law art. 56; Tendering Regulations art. 61",
    ),
)
NOT_DECIDED = Rule(
    "complaint-not-decided",
    "投诉“{number}”最迟应于{due}作出处理决定，至今未决定",
    "the complaint {number!r} was to be decided by {due} and was not",
    Basis(
        "政府采购法第56条；招标投标法实施条例第61条",
        "Procurement Law art. 56; Tendering Regulations art. 61",
    ),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    data, action = record.data, LIFE.action_of(record.data)
    number = get_text(data, "complaint_no") or ""
    before = get_members(section_of(facts, NAME), number)
    LIFE.check(get_text(before, "state"), action)
    if action == "not_accepted" and get_text(data, "reason_code") is None:
        raise NO_CODE.broken("/data/reason_code")
    if action == "decided" and get_text(data, "result") is None:
        raise NO_RESULT.broken("/data/result")
    if action in ("filed", "supplemented"):
        about = get_text(data, "about") or get_text(before, "about")
        check_matters(facts, record, about)
    if action == "filed":
        check_names_challenge(facts, record)
        check_time(facts, record, context)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    number, action = get_text(record.data, "complaint_no"), LIFE.action_of(record.data)
    if number is None:
        return facts
    section = dict(section_of(facts, NAME))
    told: dict[str, JsonValue] = dict(get_members(section, number))
    told["state"] = LIFE.after(get_text(told, "state"), action)
    if action in ("filed", "accepted", "not_accepted", "decided"):
        told[f"{action}_on"] = record.day.isoformat()
    if action == "filed":
        told["about"] = get_text(record.data, "about")
        told["is_spoken"] = is_spoken(record)
    section[number] = told
    return in_dispute(with_section(facts, NAME, section))


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    section = section_of(case.facts, NAME)
    for number in section:
        told = get_members(section, number)
        yield from _review_taking_up(case, number, told)
        yield from _review_decision(case, number, told)


def _review_taking_up(case: ReviewedCase, number: str, told: Members) -> Iterator[Shortfall]:
    regime, filed = _law_of(case.facts, told), day_of(get_text(told, "filed_on"))
    if filed is None or regime is None:
        return
    rule = "ZB-ACCEPT" if regime is Regime.ZB else "ZC-REVIEW"
    due = due_day(deadline_on(rule, filed), filed, case.context.calendar).day
    taken = get_text(told, "accepted_on") or get_text(told, "not_accepted_on")
    actual = day_of(taken)
    if actual is not None and actual > due:
        record = case.told_by(NAME, "accepted", "not_accepted", complaint_no=number)
        yield TAKEN_UP_LATE.missed(record, due=due, actual=actual)
    if get_text(told, "state") == "filed" and _today(case) > due:
        yield NOT_TAKEN_UP.missed(number=number, due=due)


def _review_decision(case: ReviewedCase, number: str, told: Members) -> Iterator[Shortfall]:
    regime = _law_of(case.facts, told)
    begins, rule = "filed_on", "ZC-DECIDE"
    if regime is Regime.ZB:
        begins, rule = "accepted_on", "ZB-DECIDE"
    start = day_of(get_text(told, begins))
    if start is None or regime is None:
        return
    due = due_day(deadline_on(rule, start), start, case.context.calendar).day
    decided = day_of(get_text(told, "decided_on"))
    if decided is not None and decided > due:
        record = case.told_by(NAME, "decided", complaint_no=number)
        yield DECIDED_LATE.missed(record, due=due, actual=decided)
    if get_text(told, "state") in _OPEN and _today(case) > due:
        yield NOT_DECIDED.missed(number=number, due=due)


def _law_of(facts: Facts, told: Members) -> Regime | None:
    """Return by which law a complaint is handled; None: by neither, or nobody can tell.

    In a file of its own it goes by what it rests on. Who telephones or comes in files nothing.
    """
    regime, about = regime_of(facts), get_text(told, "about") or ""
    if told.get("is_spoken") is True:
        return None
    if regime is None and about in section_of(facts, "challenge"):
        return Regime.ZC
    if regime is None and about in section_of(facts, "objection"):
        return Regime.ZB
    return regime if regime in (Regime.ZB, Regime.ZC) else None


def _today(case: ReviewedCase) -> date:
    return case.as_of.astimezone(BEIJING).date()


_DECIDED = sight("RRRRRPPP")
"""Decisions are published, and without the name of whoever complained."""

TYPE = RecordType(
    name=NAME,
    zh="投诉",
    en="Complaint",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=RESTRICTED,
        ),
        code("complaint_no", "投诉编号", "number", required=True, kept=True, sight=RESTRICTED),
        text("party", "投诉人", "who complains", sight=PROTECTED),
        choice(
            "channel",
            "渠道",
            "channel",
            {
                "written": ("书面", "in writing"),
                "online": ("网上", "online"),
                "phone": ("电话", "by telephone"),
                "visit": ("来访", "in person"),
            },
            kept=True,
            sight=RESTRICTED,
        ),
        code("about", "质疑或异议编号", "challenge or objection", kept=True, sight=RESTRICTED),
        choice("target", "投诉对象", "target", TARGETS, kept=True, sight=RESTRICTED),
        codes("matters", "投诉事项", "matters", kept=True, sight=RESTRICTED),
        text("text", "事实与理由", "facts and grounds", sight=RESTRICTED),
        texts("evidence", "证据", "evidence", sight=RESTRICTED),
        day("known_on", "知道或应当知道之日", "known on", kept=True, sight=RESTRICTED),
        code("reason_code", "不予受理理由", "why it is not taken up", sight=RESTRICTED),
        choice(
            "result",
            "处理结果",
            "result",
            {
                "upheld": ("成立", "upheld"),
                "partly": ("部分成立", "upheld in part"),
                "rejected": ("驳回", "rejected"),
            },
            kept=True,
            sight=_DECIDED,
        ),
        text("decision", "处理决定", "decision", sight=_DECIDED),
        text("decision_no", "决定文号", "number of the decision", sight=_DECIDED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
