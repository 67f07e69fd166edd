"""Challenge (质疑, ZC): within seven working days, answered within seven more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from liuhen.core.canonical import JsonValue
from liuhen.domain.catalogue.award_notice import period_end
from liuhen.domain.catalogue.publication import notice_end
from liuhen.domain.catalogue.tender_document import notice_working_days, published_on
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.dispute import (
    DISPUTE_ACTION,
    DISPUTE_FIELDS,
    DISPUTE_LIFE,
    in_dispute,
    matters_of,
)
from liuhen.domain.facts import Facts, RuleContext, section_of, with_section
from liuhen.domain.field import choice, code
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import BEIJING, day_of, get_day, get_members, get_text, get_texts
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import RESTRICTED
from liuhen.domain.working_day import Calendar

NAME = "challenge"

LIFE = DISPUTE_LIFE
TOO_LATE = Rule(
    "challenge-too-late",
    "质疑最迟应于{due}提出（自{start}起{days}个工作日内）",
    "a challenge is raised by {due}, within {days} working days of {start}",
    Basis("政府采购法第52条；94号令第10条", "Procurement Law art. 52; Order 94 art. 10"),
)
NO_MATTERS = Rule(
    "challenge-without-matters",
    "质疑须写明质疑事项",
    "a challenge names its matters",
    Basis("94号令第12条", "Order 94 art. 12"),
)
ANSWERED_LATE = Rule(
    "challenge-answered-late",
    "质疑最迟应于{due}答复，实际于{actual}答复",
    "the challenge was to be answered by {due} and was on {actual}",
    Basis("政府采购法第53条；94号令第13条", "Procurement Law art. 53; Order 94 art. 13"),
)
NOT_ANSWERED = Rule(
    "challenge-not-answered",
    "质疑“{number}”最迟应于{due}答复，至今未答复",
    "the challenge {number!r} was to be answered by {due} and was not",
    Basis("政府采购法第53条；94号令第13条", "Procurement Law art. 53; Order 94 art. 13"),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    number = get_text(record.data, "challenge_no") or ""
    action = LIFE.action_of(record.data)
    LIFE.check(get_text(get_members(section_of(facts, NAME), number), "state"), action)
    if action != "filed":
        return
    if not matters_of(record.data):
        raise NO_MATTERS.broken("/data/matters")
    start = _window_start(facts, record, context)
    if start is None:
        return
    rule = deadline_on("ZC-CHALLENGE", start)
    due = due_day(rule, start, context.calendar).day
    if record.day > due:
        raise TOO_LATE.broken("/occurred_at", due=due, start=start, days=rule.number)


def _window_start(facts: Facts, record: Incoming, context: RuleContext) -> date | None:
    known, target = get_day(record.data, "known_on"), get_text(record.data, "target")
    if target == "result":
        return period_end(facts) or known
    if target != "document":
        return known
    # From receipt of the document or the end of its notice, whichever is later (94号令 11).
    days = [each for each in (known, _notice_end(facts, context.calendar)) if each is not None]
    return max(days, default=None)


def _notice_end(facts: Facts, calendar: Calendar) -> date | None:
    announced, published = notice_end(facts), published_on(facts)
    if announced is not None or published is None:
        return announced
    rule, days = deadline_on("ZC-NOTICE", published), notice_working_days(facts)
    return due_day(rule if days is None else replace(rule, number=days), published, calendar).day


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    number = get_text(record.data, "challenge_no")
    if number is None:
        return facts
    section, action = dict(section_of(facts, NAME)), LIFE.action_of(record.data)
    told: dict[str, JsonValue] = dict(get_members(section, number))
    told["state"] = LIFE.after(get_text(told, "state"), action)
    if action == "filed":
        told |= {"filed_on": record.day.isoformat(), "matters": [*matters_of(record.data)]}
    if action == "answered":
        told["answered_on"] = get_text(record.data, "answered_on") or record.day.isoformat()
    section[number] = told
    return in_dispute(with_section(facts, NAME, section))


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    section = section_of(case.facts, NAME)
    for number in section:
        due = answer_due(case.facts, number, case.context.calendar)
        told = get_members(section, number)
        if due is None or get_text(told, "state") == "withdrawn":
            continue
        answered = day_of(get_text(told, "answered_on"))
        if answered is not None and answered > due:
            record = case.told_by(NAME, "answered", challenge_no=number)
            yield ANSWERED_LATE.missed(record, due=due, actual=answered)
        if answered is None and case.as_of.astimezone(BEIJING).date() > due:
            yield NOT_ANSWERED.missed(number=number, due=due)


def challenged_matters(facts: Facts, number: str) -> list[str] | None:
    """Return the matters of a challenge; None where it is not known."""
    section = section_of(facts, NAME)
    return list(get_texts(get_members(section, number), "matters")) if number in section else None


def is_waiting(facts: Facts, number: str) -> bool:
    """Return whether a challenge waits for its answer."""
    return get_text(get_members(section_of(facts, NAME), number), "state") == "filed"


def answer_due(facts: Facts, number: str, calendar: Calendar) -> date | None:
    """Return the last day on which a challenge may be answered: its answer period ends then."""
    filed = day_of(get_text(get_members(section_of(facts, NAME), number), "filed_on"))
    return None if filed is None else due_day(deadline_on("ZC-ANSWER", filed), filed, calendar).day


TYPE = RecordType(
    name=NAME,
    zh="质疑",
    en="Challenge",
    fields=(
        DISPUTE_ACTION,
        code("challenge_no", "质疑编号", "number", required=True, kept=True, sight=RESTRICTED),
        choice(
            "target",
            "质疑对象",
            "target",
            {
                "document": ("采购文件", "tender document"),
                "process": ("采购过程", "process"),
                "result": ("中标结果", "result"),
            },
            kept=True,
            sight=RESTRICTED,
        ),
        *DISPUTE_FIELDS,
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
