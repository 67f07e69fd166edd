"""Findings and tasks: every way through the life cycle, and every rule broken once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.app.digest_key import DigestKey
from liuhen.core.errors import RecordRefused
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext
from liuhen.domain.incoming import Incoming
from liuhen.domain.record_type import ReviewedCase
from liuhen.domain.rectification import LIFE, UNKNOWN

CONTEXT = RuleContext(ChinaCalendar(), DigestKey(bytes(32)).mark)
NOON = datetime(2026, 3, 31, 4, tzinfo=UTC)
EVIDENCE = [{"name": "报告", "sha256": "ab" * 32}]
STEPS: dict[str, dict[str, Any]] = {
    "opened": {"due_on": "2026-04-30"},
    "submitted": {"evidence": EVIDENCE},
    "verified": {"result": "completely"},
    "returned": {"reason": "材料不全"},
    "reopened": {"reason": "复发"},
    "withdrawn": {"reason": "重复"},
    "transferred": {"reason": "移送", "to": "派驻纪检组"},
    "extended": {"approver": "分管领导", "new_due_on": "2026-05-29"},
}
KINDS = ["finding", "task"]
TO_SUBMITTED = ["opened", "notified", "rectifying", "submitted"]
DRAWN = {
    None: {"opened"},
    "opened": {"notified", "withdrawn", "transferred"},
    "notified": {"acknowledged", "rectifying", "withdrawn", "extended", "transferred"},
    "acknowledged": {"rectifying", "transferred"},
    "rectifying": {"submitted", "extended", "transferred"},
    "submitted": {"verified", "returned", "transferred"},
    "returned": {"rectifying", "transferred"},
    "verified": {"closed", "transferred"},
    "closed": {"reopened", "transferred"},
    "reopened": {"rectifying", "transferred"},
    "withdrawn": {"transferred"},
    "transferred": set(),
}


def record(action: str, person: str | None = None, **more: Any) -> Incoming:
    organisation = more.pop("organisation", None)
    kind = more.pop("kind", "finding")
    data = {"action": action, **STEPS.get(action, {}), **more}
    return Incoming(
        kind, "01957b1e-0000-7000-8000-000000000001", "FX-1", NOON, NOON, None,
        organisation, person, {name: v for name, v in data.items() if v is not None},
    )  # fmt: skip


def follow(facts: Facts, step: Incoming) -> Facts:
    kind = CATALOGUE[step.type]
    kind.check_data(dict(step.data))
    kind.admit(facts, step, CONTEXT)
    return kind.apply(facts, step, CONTEXT)


def after(*actions: str, person: str = "甲", kind: str = "finding") -> Facts:
    facts = NO_FACTS
    for action in actions:
        by = "乙" if action in {"verified", "closed"} else person
        facts = follow(facts, record(action, by, kind=kind))
    return facts


def refusal(facts: Facts, step: Incoming) -> tuple[str, str]:
    with pytest.raises(RecordRefused) as caught:
        follow(facts, step)
    assert caught.value.rule_zh
    return caught.value.rule_code, caught.value.field


def test_the_table_is_the_one_that_is_drawn() -> None:
    assert {state: set(LIFE.allowed(state)) for state in DRAWN} == DRAWN
    assert LIFE.states() | {None} == set(DRAWN)


def paths(facts: Facts, taken: tuple[tuple[str, str], ...], depth: int) -> Iterator[Any]:
    """Try every step by either of two people, with and without evidence, at every point."""
    if depth == 0:
        return
    for action in LIFE.steps:
        for person in ("甲", "乙"):
            for evidence in (EVIDENCE, None):
                step = record(action, person, evidence=evidence)
                try:
                    known = follow(facts, step)
                except RecordRefused:
                    continue
                path = (*taken, (action, person))
                yield path, known, step
                yield from paths(known, path, depth - 1)


def test_no_path_reaches_closed_without_evidence_and_somebody_elses_verification() -> None:
    start = after("opened", "notified")
    closed = 0
    for path, facts, _ in paths(start, (), 6):
        section: Any = facts["finding"]
        if section["state"] != "closed" or path[-1][0] != "closed":
            continue
        closed += 1
        submitter = [person for action, person in path if action == "submitted"][-1]
        at = max(n for n, (action, _) in enumerate(path) if action == "submitted")
        later = dict(path[at + 1 :])
        assert later["verified"] != submitter
        assert later["closed"] != submitter
        assert section["has_evidence"] is True
    assert closed > 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_way_there_and_back_again(kind: str) -> None:
    to_closed = [*TO_SUBMITTED, "returned", "rectifying", "submitted", "verified", "closed"]
    facts = after(
        *to_closed, "reopened", "rectifying", "submitted", "verified", "closed", kind=kind
    )
    section: Any = facts[kind]
    assert section["state"] == "closed"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["verified", "closed"])
@pytest.mark.parametrize(
    ("submitter", "verifier"),
    [
        (("甲", None), ("甲", None)),
        (("甲", "见证科"), ("甲", "监督科")),
        (("甲", "见证科"), (None, "见证科")),
        ((None, "见证科"), (None, "见证科")),
        ((None, "见证科"), ("乙", "见证科")),
        (("甲", None), (None, "监督科")),
        (("张三", "见证科"), ("张 三 ", "监督科")),
        (("张三", "见证科"), ("张\u200b三", "监督科")),
        (("Zhang3", "见证科"), ("ＺＨＡＮＧ３", "监督科")),
        ((None, "见证科"), (" ", "见证科 ")),
    ],
)
def test_who_submitted_neither_verifies_nor_closes(
    kind: str, action: str, submitter: tuple[str, str], verifier: tuple[str, str]
) -> None:
    facts = after("opened", "notified", "rectifying", kind=kind)
    by, of = submitter
    facts = follow(facts, record("submitted", by, organisation=of, kind=kind))
    if action == "closed":
        facts = follow(facts, record("verified", "丙", organisation="监督三科", kind=kind))
    step = record(action, verifier[0], organisation=verifier[1], kind=kind)
    assert refusal(facts, step) == ("verifier-is-submitter", "/submitter")


@pytest.mark.parametrize(
    ("submitter", "verifier"),
    [
        (("甲", "见证科"), ("乙", "见证科")),
        ((None, "见证科"), (None, "监督科")),
        ((None, "见证科"), ("乙", "监督科")),
    ],
)
def test_somebody_else_verifies(submitter: tuple[str, str], verifier: tuple[str, str]) -> None:
    facts = after("opened", "notified", "rectifying")
    facts = follow(facts, record("submitted", submitter[0], organisation=submitter[1]))
    facts = follow(facts, record("verified", verifier[0], organisation=verifier[1]))
    assert follow(facts, record("closed", verifier[0], organisation=verifier[1]))


REFUSED = [
    ([], record("opened", due_on=None), "due-missing", "/data/due_on"),
    ([], record("opened", finding_no="FX-2"), "number-is-not-the-case", "/data/finding_no"),
    ([], record("notified"), "step-out-of-order", "/data/action"),
    (["opened"], record("opened"), "step-out-of-order", "/data/action"),
    (["opened"], record("extended"), "step-out-of-order", "/data/action"),
    (["opened"], record("withdrawn", reason=None), "step-without-reason", "/data/reason"),
    (TO_SUBMITTED, record("returned", reason=None), "step-without-reason", "/data/reason"),
    (TO_SUBMITTED, record("verified", "乙", result=None), "verification-without-result",
     "/data/result"),
    (TO_SUBMITTED, record("verified", "乙", result="none"), "verification-not-rectified",
     "/data/result"),
    (TO_SUBMITTED, record("verified"), "step-by-nobody", "/submitter"),
    (TO_SUBMITTED, record("closed", "乙"), "step-out-of-order", "/data/action"),
    (TO_SUBMITTED[:3], record("submitted", "甲", evidence=None), "closing-without-evidence",
     "/data/evidence"),
    (TO_SUBMITTED[:3], record("submitted"), "step-by-nobody", "/submitter"),
    (TO_SUBMITTED[:3], record("submitted", UNKNOWN), "step-by-nobody", "/submitter"),
    (TO_SUBMITTED[:3], record("extended", approver=None), "extension-without-approver",
     "/data/approver"),
    (TO_SUBMITTED[:3], record("extended", new_due_on="2026-04-30"), "extension-not-later",
     "/data/new_due_on"),
    (TO_SUBMITTED[:3], record("extended", new_due_on=None), "extension-not-later",
     "/data/new_due_on"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "step", "code", "field"), REFUSED, ids=lambda each: each if type(each) is str else ""
)
def test_what_breaks_a_rule_is_refused(
    before: list[str], step: Incoming, code: str, field: str
) -> None:
    assert refusal(after(*before), step) == (code, field)


def test_an_extension_leaves_the_state_and_the_first_day() -> None:
    facts = follow(after(*TO_SUBMITTED[:3]), record("extended"))
    section: Any = facts["finding"]
    assert section["state"] == "rectifying"
    assert (section["first_due_on"], section["due_on"]) == ("2026-04-30", "2026-05-29")
    assert section["is_extended"] is True


def test_the_due_day_is_counted_in_working_days_from_the_discovery() -> None:
    step = record("opened", due_on=None, due_working_days=5, found_on="2026-04-30")
    section: Any = follow(NO_FACTS, step)["finding"]
    assert section["due_on"] == "2026-05-11"  # May 1 to 5 are days off, May 9 is a working Saturday


def test_what_comes_back_gets_a_new_day_and_keeps_its_first() -> None:
    closed = after(*TO_SUBMITTED, "verified", "closed")
    again: Any = follow(closed, record("reopened", due_on="2026-07-31"))["finding"]
    assert (again["first_due_on"], again["due_on"]) == ("2026-04-30", "2026-07-31")
    as_before: Any = follow(closed, record("reopened"))["finding"]
    assert as_before["due_on"] == "2026-04-30"


@pytest.mark.parametrize("action", ["notified", "rectifying"])
def test_a_day_that_another_system_sets_later_is_the_first(action: str) -> None:
    facts = CATALOGUE["finding"].apply(NO_FACTS, record("opened", due_on=None), CONTEXT)
    for day in ("2026-04-30", "2026-05-29"):
        facts = CATALOGUE["finding"].apply(facts, record(action, due_on=day), CONTEXT)
        section: Any = facts["finding"]
        assert (section["first_due_on"], section["due_on"]) == ("2026-04-30", "2026-04-30")


def imported_case(**submitted: Any) -> tuple[ReviewedCase, list[Incoming]]:
    facts, records = NO_FACTS, []
    for action in [*TO_SUBMITTED, "verified", "closed"]:
        more = submitted if action == "submitted" else {}
        step = record(action, UNKNOWN, organisation=UNKNOWN, imported={"source": "x"}, **more)
        records.append(step)
        facts = CATALOGUE["finding"].apply(facts, step, CONTEXT)
    return ReviewedCase(facts, records, NOON, CONTEXT), records


def test_imported_closings_are_told_where_nobody_can_tell_who_submitted() -> None:
    case, _ = imported_case()
    found = [each.rule.code for each in CATALOGUE["finding"].review(case)]
    assert found == ["submitter-unknown", "submitter-unknown"]
    bare, _ = imported_case(evidence=None)
    assert "closing-without-evidence" in [
        each.rule.code for each in CATALOGUE["finding"].review(bare)
    ]


def test_facts_name_nobody() -> None:
    facts = after(*TO_SUBMITTED, person="张三丰")
    assert "张三丰" not in repr(facts)
    assert "见证科" not in repr(facts)
