"""Rectification (整改): the life of a finding and of a supervised task, and the rules both share.

    opened 立案 → notified 已交办 → [acknowledged 已签收] → rectifying 整改中 → submitted 已报送
    submitted → verified 核查通过 → closed 销号
    submitted → returned 退回 → rectifying
    closed → reopened 复发 → rectifying
    opened | notified → withdrawn 撤销 · notified | rectifying → extended 延期 · any → transferred 移送

Nobody verifies or closes what he himself submitted; nothing closes without evidence; an extension
moves the date that counts and never the first one.
"""

from collections.abc import Iterator
from datetime import date

from liuhen.core.canonical import JsonValue
from liuhen.domain.facts import Facts, RuleContext, section_of, with_section
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import day_of, get_day, get_list, get_text, get_whole
from liuhen.domain.record_type import ReviewedCase
from liuhen.domain.rule import Rule, Shortfall
from liuhen.domain.working_day import working_days_after

_ALIVE = frozenset(
    {"opened", "notified", "acknowledged", "rectifying", "submitted", "verified", "returned"}
    | {"closed", "reopened"}
)

LIFE = LifeCycle(
    {
        "opened": Step({None}, "opened"),
        "notified": Step({"opened"}, "notified"),
        "acknowledged": Step({"notified"}, "acknowledged"),
        "rectifying": Step({"notified", "acknowledged", "returned", "reopened"}, "rectifying"),
        "submitted": Step({"rectifying"}, "submitted"),
        "verified": Step({"submitted"}, "verified"),
        "returned": Step({"submitted"}, "returned"),
        "closed": Step({"verified"}, "closed"),
        "reopened": Step({"closed"}, "reopened"),
        "withdrawn": Step({"opened", "notified"}, "withdrawn"),
        "extended": Step({"notified", "acknowledged", "rectifying"}, None),
        "transferred": Step(_ALIVE, "transferred"),
    }
)
DONE = frozenset({"closed", "withdrawn", "transferred"})
"""States in which nothing is due any more."""

SAME_PERSON = Rule(
    "verifier-is-submitter",
    "核查销号人不得是报送整改的人",
    "who verifies or closes is not who submitted the rectification",
)
NO_EVIDENCE = Rule(
    "closing-without-evidence",
    "报送整改和销号须有证据材料",
    "nothing is submitted as rectified, or closed, without evidence",
)
NO_RESULT = Rule(
    "verification-without-result",
    "核查须写明整改结果",
    "a verification states its result",
)
NOT_DONE = Rule(
    "closing-not-rectified",
    "核查结果为“未整改”，不得销号",
    "what was found not rectified is not closed",
)
NO_REASON = Rule(
    "step-without-reason",
    "“{action}”须说明理由",
    "{action!r} states its reason",
)
NO_APPROVER = Rule(
    "extension-without-approver",
    "延期须写明批准人",
    "an extension names who approved it",
)
NOT_LATER = Rule(
    "extension-not-later",
    "延期后的期限须晚于原期限{due}",
    "an extension is to a later day than {due}",
)
NO_DUE = Rule(
    "due-missing",
    "须写明整改期限",
    "the day by which it is due is stated, or the number of working days",
)
UNKNOWN_SUBMITTER = Rule(
    "submitter-unknown",
    "无法确认核查人与报送人不是同一人：报送人不明",
    "nobody can tell that verifier and submitter are two: the submitter is unknown",
)
_REASONED = frozenset({"returned", "reopened", "withdrawn", "transferred"})

UNKNOWN_PERSON = "unknown (import)"
"""Submitter of what was imported without one."""


def check_step(name: str, facts: Facts, record: Incoming, context: RuleContext) -> None:
    """Check a step of a finding or task.

    Args:
        name: The type, whose section holds the facts.
        facts: Facts of its case.
        record: The record.
        context: Calendar and marks.

    Raises:
        RecordRefused: The step may not be taken, or breaks a rule.
    """
    section, data = section_of(facts, name), record.data
    action = LIFE.action_of(data)
    LIFE.check(get_text(section, "state"), action)
    if action == "opened" and _due_of(record, context) is None:
        raise NO_DUE.broken("/data/due_on")
    if action in _REASONED and get_text(data, "reason") is None:
        raise NO_REASON.broken("/data/reason", action=action)
    if action == "submitted" and not get_list(data, "evidence"):
        raise NO_EVIDENCE.broken("/data/evidence")
    if action == "verified" and get_text(data, "result") is None:
        raise NO_RESULT.broken("/data/result")
    if action == "closed":
        _check_closing(section.get("has_evidence"), get_text(section, "result"), record)
    if action in ("verified", "closed"):
        _check_other_person(get_text(section, "submitter"), record, context)
    if action == "extended":
        _check_extension(day_of(get_text(section, "due_on")), record)


def _check_closing(has_evidence: JsonValue, result: str | None, record: Incoming) -> None:
    if has_evidence is not True and not get_list(record.data, "evidence"):
        raise NO_EVIDENCE.broken("/data/evidence")
    if result == "none":
        raise NOT_DONE.broken("/data/action")


def _check_other_person(submitter: str | None, record: Incoming, context: RuleContext) -> None:
    if submitter is not None and submitter == who(record, context):
        raise SAME_PERSON.broken("/submitter")


def _check_extension(due: date | None, record: Incoming) -> None:
    if get_text(record.data, "approver") is None:
        raise NO_APPROVER.broken("/data/approver")
    new = get_day(record.data, "new_due_on")
    if new is None or (due is not None and new <= due):
        raise NOT_LATER.broken("/data/new_due_on", due=due)


def learn_step(name: str, facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    """Return the facts after a step."""
    section, data = dict(section_of(facts, name)), record.data
    action = LIFE.action_of(data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    section["on"] = record.day.isoformat()
    if action == "opened":
        due = _due_of(record, context)
        section |= {"first_due_on": _text(due), "due_on": _text(due), "is_extended": False}
    if action == "extended":
        new = get_day(data, "new_due_on")
        section |= {"due_on": _text(new) or section.get("due_on"), "is_extended": True}
    if action == "submitted":
        section["submitter"] = who(record, context)
        section["has_evidence"] = bool(get_list(data, "evidence"))
    if action == "verified":
        section["result"] = get_text(data, "result")
    if action == "reopened":
        section |= {"result": None, "has_evidence": False}
    return with_section(facts, name, section)


def review_steps(name: str, case: ReviewedCase) -> Iterator[Shortfall]:
    """Name the verifications of which nobody can tell that two people were at work."""
    submitter: str | None = None
    for record in case.of_type(name):
        action = LIFE.action_of(record.data)
        if action == "submitted":
            submitter = who(record, case.context)
        if action in ("verified", "closed") and (
            submitter is None or who(record, case.context) is None
        ):
            yield UNKNOWN_SUBMITTER.missed(record.record_id, "/submitter")


def who(record: Incoming, context: RuleContext) -> str | None:
    """Return the mark of who submitted a record: the person, else the organisation.

    None where nobody is named, as in what was imported without one.
    """
    named = record.person or record.organisation
    return None if named in (None, UNKNOWN_PERSON) else context.mark_of(named)


def _due_of(record: Incoming, context: RuleContext) -> date | None:
    due, days = get_day(record.data, "due_on"), get_whole(record.data, "due_working_days")
    if due is not None or days is None:
        return due
    found = get_day(record.data, "found_on") or record.day
    return working_days_after(context.calendar, found, days).day


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
