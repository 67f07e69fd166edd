"""Rectification (整改): the life of a finding and of a supervised task, and the rules both share.

    opened 立案 → notified 已交办 → [acknowledged 已签收] → rectifying 整改中 → submitted 已报送
    submitted → verified 核查通过 → closed 销号
    submitted → returned 退回 → rectifying
    closed → reopened 复发 → rectifying
    opened | notified → withdrawn 撤销
    notified | rectifying → extended 延期
    any → transferred 移送

Nobody verifies or closes what he himself submitted; nothing closes without evidence; an extension
moves the date that counts and never the first one, and so does a new one for what comes back.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date

from liuhen.core.canonical import JsonValue
from liuhen.domain.facts import Facts, RuleContext, section_of, with_section
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import Members, day_of, get_day, get_list, get_text, get_whole
from liuhen.domain.record_type import ReviewedCase
from liuhen.domain.rectification_field import ACTIONS
from liuhen.domain.rule import Rule, Shortfall
from liuhen.domain.working_day import working_days_after

_ANY = frozenset(
    {"opened", "notified", "acknowledged", "rectifying", "submitted", "verified", "returned"}
    | {"closed", "reopened", "withdrawn"}
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
        "extended": Step({"notified", "rectifying"}, None),
        "transferred": Step(_ANY, "transferred"),
    },
    ACTIONS,
)
DONE = frozenset({"closed", "withdrawn", "transferred"})
"""States in which nothing is due any more."""

NOBODY = Rule(
    "step-by-nobody",
    "“{action_zh}”须写明由谁提交（submitter）",
    "{action!r} names who submits it",
)
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
    "verification-not-rectified",
    "核查结果为“未整改”的应退回，不得核查通过或销号",
    "what was found not rectified is returned, and neither verified nor closed",
)
NO_REASON = Rule(
    "step-without-reason",
    "“{action_zh}”须说明理由",
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
OTHER_CASE = Rule(
    "number-is-not-the-case",
    "编号须与案卷号一致：一个案卷一项",
    "the number is that of the case: one a case",
)
_REASONED = frozenset({"returned", "reopened", "withdrawn", "transferred"})

UNKNOWN = "unknown (import)"
"""Person and organisation of what was imported without them."""


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
    if get_text(data, f"{name}_no") not in (None, record.case):
        raise OTHER_CASE.broken(f"/data/{name}_no")
    if action == "opened" and _due_of(record, context) is None:
        raise NO_DUE.broken("/data/due_on")
    if action in _REASONED and get_text(data, "reason") is None:
        raise NO_REASON.broken("/data/reason", action=action, action_zh=LIFE.action_zh(action))
    if action == "submitted" and not get_list(data, "evidence"):
        raise NO_EVIDENCE.broken("/data/evidence")
    if action == "verified":
        _check_result(get_text(data, "result"))
    if action == "closed":
        _check_closing(section.get("has_evidence"), get_text(section, "result"), record)
    if action in ("submitted", "verified", "closed") and not is_named(record):
        raise NOBODY.broken("/submitter", action=action, action_zh=LIFE.action_zh(action))
    if action in ("verified", "closed") and may_be_same(section, record, context):
        raise SAME_PERSON.broken("/submitter")
    if action == "extended":
        _check_extension(day_of(get_text(section, "due_on")), record)


def _check_result(result: str | None) -> None:
    if result is None:
        raise NO_RESULT.broken("/data/result")
    if result == "none":
        raise NOT_DONE.broken("/data/result")


def _check_closing(has_evidence: JsonValue, result: str | None, record: Incoming) -> None:
    if has_evidence is not True and not get_list(record.data, "evidence"):
        raise NO_EVIDENCE.broken("/data/evidence")
    if result == "none":
        raise NOT_DONE.broken("/data/action")


def _check_extension(due: date | None, record: Incoming) -> None:
    if get_text(record.data, "approver") is None:
        raise NO_APPROVER.broken("/data/approver")
    new = get_day(record.data, "new_due_on")
    if new is None or (due is not None and new <= due):
        raise NOT_LATER.broken("/data/new_due_on", due=due or "—")


def learn_step(name: str, facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    """Return the facts after a step."""
    section, data = dict(section_of(facts, name)), record.data
    action = LIFE.action_of(data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    section["on"] = record.day.isoformat()
    if action == "opened":
        due = _due_of(record, context)
        section |= {"first_due_on": _text(due), "due_on": _text(due), "is_extended": False}
    if action in ("notified", "rectifying") and section.get("due_on") is None:
        first = _text(_due_of(record, context))  # another system sets it as late as this
        section |= {"first_due_on": first, "due_on": first}
    if action == "reopened":
        section["due_on"] = _text(_due_of(record, context)) or section.get("due_on")
    if action == "extended":
        new = get_day(data, "new_due_on")
        section |= {"due_on": _text(new) or section.get("due_on"), "is_extended": True}
    if action == "submitted":
        section["person"] = context.mark_of(_person(record))
        section["organisation"] = context.mark_of(_organisation(record))
        section["has_evidence"] = bool(get_list(data, "evidence"))
    if action == "verified":
        section["result"] = get_text(data, "result")
    if action == "reopened":
        section |= {"result": None, "has_evidence": False}
    return with_section(facts, name, section)


def review_steps(name: str, case: ReviewedCase) -> Iterator[Shortfall]:
    """Name what a history of another system lacks, which no rule could refuse.

    Closings without evidence, and verifications of which nobody can tell that two were at work.
    """
    submitter_named = has_evidence = False
    for record in case.of_type(name):
        action, evidence = LIFE.action_of(record.data), get_list(record.data, "evidence")
        if action == "submitted":
            submitter_named, has_evidence = is_named(record), bool(evidence)
        if action == "closed" and not (has_evidence or evidence):
            yield NO_EVIDENCE.missed(record.record_id, "/data/evidence")
        if action in ("verified", "closed") and not (submitter_named and is_named(record)):
            yield UNKNOWN_SUBMITTER.missed(record.record_id, "/submitter")


def is_named(record: Incoming) -> bool:
    """Return whether a record says who submitted it, at least the organisation."""
    return (_person(record) or _organisation(record)) is not None


def may_be_same(section: Members, record: Incoming, context: RuleContext) -> bool:
    """Return whether a record may be by whoever submitted the rectification.

    Where both name a person, that decides: who has a namesake in another organisation goes by a
    token. Where one of them names none, their organisations must be known and differ.
    """
    person, organisation = get_text(section, "person"), get_text(section, "organisation")
    if person is None and organisation is None:
        return False
    ours = context.mark_of(_person(record))
    if person is not None and ours is not None:
        return person == ours
    place = context.mark_of(_organisation(record))
    return organisation is None or place is None or organisation == place


def _person(record: Incoming) -> str | None:
    return _name(record.person)


def _organisation(record: Incoming) -> str | None:
    return _name(record.organisation)


def _name(told: str | None) -> str | None:
    """Return a name as it is compared: without blanks, and full-width letters as plain ones."""
    if told is None or told == UNKNOWN:
        return None
    plain = unicodedata.normalize("NFKC", told).casefold()
    return "".join(each for each in plain if not _is_unseen(each)) or None


def _is_unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cf", "Cc")


def _due_of(record: Incoming, context: RuleContext) -> date | None:
    due, days = get_day(record.data, "due_on"), get_whole(record.data, "due_working_days")
    if due is not None or days is None:
        return due
    found = get_day(record.data, "found_on") or record.day
    return working_days_after(context.calendar, found, days).day


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
