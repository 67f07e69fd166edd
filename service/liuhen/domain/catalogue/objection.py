"""Objection (异议, ZB): raised with the tenderer before a complaint; answered in three days."""

from collections.abc import Iterator
from datetime import date

from liuhen.core.canonical import JsonValue
from liuhen.domain.catalogue.candidate_publicity import first_day, last_day
from liuhen.domain.catalogue.opening_record import closed_at, opened_on
from liuhen.domain.catalogue.tender_document import deadline_of
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.dispute import (
    DISPUTE_ACTION,
    DISPUTE_FIELDS,
    DISPUTE_LIFE,
    in_dispute,
    matters_of,
    waiting,
)
from liuhen.domain.facts import Facts, RuleContext, section_of, with_section
from liuhen.domain.field import choice, code
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import BEIJING, day_of, get_day, get_members, get_text, get_texts
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import RESTRICTED

NAME = "objection"

LIFE = DISPUTE_LIFE
TARGETS = {
    "document": ("招标文件", "tender document"),
    "prequalification": ("资格预审文件", "prequalification document"),
    "opening": ("开标", "opening"),
    "result": ("评标结果", "result"),
}
_BEFORE_DEADLINE = {
    "document": "ZB-DOCUMENT-OBJECTION",
    # Its own deadline is in no record; it is earlier than that of the bids, so this refuses less.
    "prequalification": "ZB-PREQUALIFICATION-OBJECTION",
}
OUTSIDE = Rule(
    "objection-outside-window",
    "该异议应在{window}提出",
    "this objection is raised {window_en}",
    Basis("招标投标法实施条例第22、44、54条", "Tendering Regulations art. 22, 44, 54"),
)
ANSWERED_LATE = Rule(
    "objection-answered-late",
    "异议最迟应于{due}答复，实际于{actual}答复",
    "the objection was to be answered by {due} and was on {actual}",
    Basis("招标投标法实施条例第22、54条", "Tendering Regulations art. 22, 54"),
)
NOT_ANSWERED = Rule(
    "objection-not-answered",
    "异议“{number}”最迟应于{due}答复，至今未答复",
    "the objection {number!r} was to be answered by {due} and was not",
    Basis("招标投标法实施条例第22、54条", "Tendering Regulations art. 22, 54"),
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    number = get_text(record.data, "objection_no") or ""
    before = get_members(section_of(facts, NAME), number)
    action = LIFE.action_of(record.data)
    LIFE.check(get_text(before, "state"), action)
    if action == "filed":
        _check_window(facts, record, context)


def _check_window(facts: Facts, record: Incoming, context: RuleContext) -> None:
    target, deadline = get_text(record.data, "target") or "", deadline_of(facts)
    if target in _BEFORE_DEADLINE and deadline is not None:
        day = deadline.astimezone(BEIJING).date()
        rule = deadline_on(_BEFORE_DEADLINE[target], day)
        due = due_day(rule, day, context.calendar).day
        if record.day > due:
            raise OUTSIDE.broken(
                "/occurred_at",
                window=f"{due}（含）前（投标截止{rule.number}日前）",
                window_en=f"by {due}, {rule.number} days before the deadline",
            )
    opened, closed = opened_on(facts), closed_at(facts)
    is_over = closed is not None and record.at > closed
    if target == "opening" and (is_over or (opened is not None and record.day != opened)):
        raise OUTSIDE.broken(
            "/occurred_at", window="开标现场", window_en="at the opening, on the spot"
        )
    first, last = first_day(facts), last_day(facts)
    inside = first is None or last is None or first <= record.day <= last
    if target == "result" and not inside:
        raise OUTSIDE.broken(
            "/occurred_at",
            window=f"公示期内（{first}至{last}）",
            window_en=f"while the candidates are published, from {first} to {last}",
        )


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    number = get_text(record.data, "objection_no")
    if number is None:
        return facts
    section, action = dict(section_of(facts, NAME)), LIFE.action_of(record.data)
    told: dict[str, JsonValue] = dict(get_members(section, number))
    told["state"] = LIFE.after(get_text(told, "state"), action)
    if action == "filed":
        told |= {"filed_on": record.day.isoformat(), "matters": [*matters_of(record.data)]}
        told["target"] = get_text(record.data, "target")
        known = get_day(record.data, "known_on")
        told["known_on"] = None if known is None else known.isoformat()
    if action == "answered":
        told["answered_on"] = get_text(record.data, "answered_on") or record.day.isoformat()
    section[number] = told
    return in_dispute(with_section(facts, NAME, section))


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    section = section_of(case.facts, NAME)
    for number in section:
        told = get_members(section, number)
        filed = day_of(get_text(told, "filed_on"))
        if filed is None or get_text(told, "state") == "withdrawn":
            continue
        due = due_day(deadline_on("ZB-OBJECTION-ANSWER", filed), filed, case.context.calendar).day
        answered = day_of(get_text(told, "answered_on"))
        if answered is not None and answered > due:
            record = case.told_by(NAME, "answered", objection_no=number)
            yield ANSWERED_LATE.missed(record, due=due, actual=answered)
        if answered is None and case.as_of.astimezone(BEIJING).date() > due:
            yield NOT_ANSWERED.missed(number=number, due=due)


def open_objections(facts: Facts) -> list[str]:
    """Return the numbers of objections that wait for their answers."""
    return waiting(facts, NAME)


def objected_matters(facts: Facts, number: str) -> list[str] | None:
    """Return the matters of an objection; None where it is not known."""
    section = section_of(facts, NAME)
    return list(get_texts(get_members(section, number), "matters")) if number in section else None


def objection_days(facts: Facts, number: str) -> tuple[date | None, date | None, date | None]:
    """Return the days on which its party knew, raised an objection, and had the answer."""
    told = get_members(section_of(facts, NAME), number)
    known, filed, answered = (
        day_of(get_text(told, name)) for name in ("known_on", "filed_on", "answered_on")
    )
    return known, filed, answered


TYPE = RecordType(
    name=NAME,
    zh="异议",
    en="Objection",
    fields=(
        DISPUTE_ACTION,
        code("objection_no", "异议编号", "number", required=True, kept=True, sight=RESTRICTED),
        choice("target", "异议对象", "target", TARGETS, kept=True, sight=RESTRICTED),
        *DISPUTE_FIELDS,
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
