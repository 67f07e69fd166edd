"""The deadlines that run in a case."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain import deadline
from liuhen.domain.case_dates import case_dates
from liuhen.domain.case_deadlines import CaseDeadline, DeadlineState, case_deadlines
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.course import COURSES
from liuhen.domain.deadline import find_deadline
from liuhen.domain.deadline_sight import DeadlineSight
from liuhen.domain.incoming import Incoming, incoming_of
from liuhen.domain.reading import BEIJING
from liuhen.domain.regime import Regime
from liuhen.domain.role import Role
from liuhen.domain.stage import Stage
from liuhen.domain.visibility import may_see, visibility

CALENDAR = ChinaCalendar()
OVERSEERS = (Role.SUPERVISOR, Role.DISCIPLINE, Role.AUDITOR)
SAMPLE = Path(__file__).parents[3] / "scripts" / "sample"


def record(type_: str, day: str, **data: Any) -> Incoming:
    """Return a record that happened on a day; its number is made of both."""
    at = datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=BEIJING).isoformat()
    members: dict[str, Any] = {
        "type": type_,
        "record_id": f"{type_}@{day}",
        "case": "P-1",
        "occurred_at": at,
        "data": data,
    }
    return incoming_of(members, at)


def project(regime: str) -> Incoming:
    return record("project", "2026-03-01", regime=regime)


def sample(name: str, case: str) -> list[Incoming]:
    """Return the records of a case of a sample project."""
    lines = (SAMPLE / name / "project.jsonl").read_text(encoding="utf-8").splitlines()
    entered = [json.loads(line) for line in lines]
    return [
        incoming_of({**each["submission"], "record_id": each["key"]}, "2026-07-01T00:00:00Z")
        for each in entered
        if each["submission"].get("case") == case
    ]


def of(deadlines: list[CaseDeadline], rule: str) -> CaseDeadline:
    """Return the one deadline of a rule."""
    (found,) = [each for each in deadlines if each.rule.id == rule]
    return found


@pytest.mark.parametrize(
    ("rule", "due", "met_on"),
    [
        ("ZC-AWARDNOTICE", "2026-04-08", "2026-04-08"),
        ("ZC-AWARD-PERIOD", "2026-04-09", None),
        ("ZC-CHALLENGE", "2026-04-20", None),
        ("ZC-ANSWER", "2026-04-24", "2026-04-23"),
        ("ZC-COMPLAINT", "2026-05-19", None),
        ("ZC-DECIDE", "2026-06-23", "2026-06-16"),
        ("ZC-CONTRACT", "2026-05-08", "2026-04-24"),
        ("ZC-CONTRACTNOTICE", "2026-04-28", "2026-04-27"),
        ("ZC-FILE", "2026-05-08", "2026-05-06"),
    ],
)
def test_the_sample_project_of_zc_has_its_deadlines(
    rule: str, due: str, met_on: str | None
) -> None:
    found = of(case_deadlines(sample("zc", "SLZX-2026-0031"), CALENDAR), rule)
    met = None if found.met_on is None else found.met_on.isoformat()
    assert (found.due.isoformat(), met) == (due, met_on)


def test_of_the_sample_project_of_zb_nothing_is_missed() -> None:
    lines = (SAMPLE / "zb" / "project.jsonl").read_text(encoding="utf-8").splitlines()
    case = json.loads(lines[0])["submission"]["case"]
    states = Counter(
        each.state(date(2026, 9, 1)) for each in case_deadlines(sample("zb", case), CALENDAR)
    )
    assert set(states) == {DeadlineState.MET, DeadlineState.ENDED, DeadlineState.UNTOLD}
    assert states[DeadlineState.MET] >= 5


def test_a_duty_runs_is_missed_and_is_met_late() -> None:
    filed = record("challenge", "2026-04-15", challenge_no="Z-1", action="filed")
    late = record("challenge", "2026-04-28", challenge_no="Z-1", action="answered")
    waiting = of(case_deadlines([project("ZC"), filed], CALENDAR), "ZC-ANSWER")
    assert waiting.state(date(2026, 4, 24)) is DeadlineState.RUNNING
    assert waiting.state(date(2026, 4, 25)) is DeadlineState.MISSED
    answered = of(case_deadlines([project("ZC"), filed, late], CALENDAR), "ZC-ANSWER")
    assert answered.state(date(2026, 4, 27)) is DeadlineState.MISSED
    assert answered.state(date(2026, 4, 28)) is DeadlineState.LATE


def test_a_right_ends_and_nobody_is_late() -> None:
    award = record("award_notice", "2026-04-08", period_ends="2026-04-09")
    found = of(case_deadlines([project("ZC"), award], CALENDAR), "ZC-CHALLENGE")
    assert found.state(date(2026, 4, 20)) is DeadlineState.RUNNING
    assert found.state(date(2026, 4, 21)) is DeadlineState.ENDED


def test_what_no_record_tells_is_untold_and_not_missed() -> None:
    signed = record("contract", "2026-04-24")
    found = of(case_deadlines([project("ZB"), signed], CALENDAR), "ZB-DEPOSIT")
    assert found.state(date(2026, 6, 1)) is DeadlineState.UNTOLD


def test_each_challenge_and_each_section_runs_for_itself() -> None:
    records = [
        project("ZC"),
        record("challenge", "2026-04-15", challenge_no="Z-1"),
        record("challenge", "2026-04-16", challenge_no="Z-2"),
        record("challenge", "2026-04-20", challenge_no="Z-2", action="answered"),
        record("award_letter", "2026-04-08", section="1"),
        record("award_letter", "2026-04-10", section="2"),
        record("contract", "2026-04-20", section="2"),
    ]
    found = case_deadlines(records, CALENDAR)
    answers = {each.number: each.met_on for each in found if each.rule.id == "ZC-ANSWER"}
    assert answers == {"Z-1": None, "Z-2": date(2026, 4, 20)}
    contracts = {each.section: each.met_on for each in found if each.rule.id == "ZC-CONTRACT"}
    assert contracts == {"1": None, "2": date(2026, 4, 20)}


def test_a_later_bid_deadline_moves_what_is_counted_back_from_it() -> None:
    first = record("tender_document", "2026-03-10", bid_deadline="2026-04-10T09:30:00+08:00")
    moved = record(
        "tender_document",
        "2026-03-20",
        action="clarified",
        bid_deadline="2026-04-20T09:30:00+08:00",
    )
    rule = "ZB-DOCUMENT-OBJECTION"
    before = of(case_deadlines([project("ZB"), first], CALENDAR), rule)
    after = of(case_deadlines([project("ZB"), first, moved], CALENDAR), rule)
    assert (before.due, after.due) == (date(2026, 3, 31), date(2026, 4, 10))
    assert after.started_by == moved.record_id


def test_what_is_counted_beyond_the_published_calendar_is_an_estimate() -> None:
    filed = record("complaint", "2026-12-10", complaint_no="T-1")
    found = case_deadlines([project("ZC"), filed], CALENDAR)
    assert of(found, "ZC-DECIDE").is_estimate
    assert not of(found, "ZC-REVIEW").is_estimate


def test_a_new_law_does_not_change_what_ran_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(find_deadline("ZC-CONTRACT"), number=15, valid_from=date(2026, 7, 1))
    monkeypatch.setattr(deadline, "DEADLINES", (*deadline.DEADLINES, newer))
    for day, due in (("2026-06-30", "2026-07-30"), ("2026-07-01", "2026-07-16")):
        found = case_deadlines([project("ZC"), record("award_letter", day)], CALENDAR)
        assert str(of(found, "ZC-CONTRACT").due) == due


def test_without_a_regime_nothing_runs() -> None:
    letter = record("award_letter", "2026-04-08")
    for other in ([], [record("project", "2026-03-01")], [project("other")]):
        assert case_deadlines([*other, letter], CALENDAR) == []


def test_every_course_has_a_rule_and_names_steps_and_members_of_its_types() -> None:
    for course in COURSES:
        assert find_deadline(course.rule).regime in (Regime.ZB, Regime.ZC)
        for event in (course.start, *course.met):
            fields = CATALOGUE[event.type].table.by_name
            action = fields["action"]
            assert action.options is not None
            assert set(event.actions) <= set(action.options)
            assert set(event.days) <= set(fields)
            assert course.number is None or course.number in fields
        assert course.ends is None or course.ends in CATALOGUE[course.start.type].table.by_name


def test_a_course_stands_behind_the_one_that_it_follows() -> None:
    names = [course.rule for course in COURSES]
    assert len(set(names)) == len(names)
    for course in COURSES:
        if course.follows is not None:
            assert names.index(course.follows) < names.index(course.rule)


OF_DISPUTES = {"objection", "challenge", "complaint"}


@pytest.mark.parametrize("stage", [*Stage])
@pytest.mark.parametrize("role", [*Role])
def test_nobody_is_told_a_deadline_that_is_counted_from_what_he_does_not_see(
    role: Role, stage: Stage
) -> None:
    for course in COURSES:
        regime = Regime.ZB if course.rule.startswith("ZB") else Regime.ZC
        if not DeadlineSight(regime, stage, role).sees_course(course):
            continue
        for event in (course.start, *course.met):
            assert role in (*OVERSEERS, Role.PURCHASER) or event.type not in OF_DISPUTES
            for name in event.days:
                level = visibility(regime, event.type, ("data", name), stage, role)
                assert may_see(level, role, owns=False), (course.rule, name)
            assert event.type != "evaluation_report" or stage >= Stage.RESULT


def test_the_public_is_told_the_deadlines_of_what_is_published() -> None:
    told = {
        course.rule
        for course in COURSES
        for regime in (Regime.ZB, Regime.ZC)
        if course.rule.startswith(regime)
        and DeadlineSight(regime, Stage.RESULT, Role.PUBLIC).sees_course(course)
    }
    assert {"ZB-CLARIFICATION", "ZB-CANDIDATE-PUBLICITY", "ZC-CHALLENGE", "ZC-CONTRACT"} <= told
    assert told.isdisjoint({"ZC-REPORT", "ZC-CONFIRM", "ZC-ANSWER", "ZB-DECIDE", "ZC-REPLY"})


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat)
WORDS = st.sampled_from(
    sorted({action for course in COURSES for action in course.start.actions} | {"answered", "x"})
)
NAMES = sorted({name for course in COURSES for name in course.start.days} | {"to", "period_ends"})
DATA = st.fixed_dictionaries(
    {},
    optional={
        "action": WORDS | st.integers(),
        "challenge_no": st.sampled_from(["A", "B"]),
        "section": st.sampled_from(["1", "2"]),
        "regime": st.sampled_from(["ZB", "ZC", "other", "?"]),
        "kind": st.just("tender_notice"),
        **{name: DAYS | st.none() | st.text(max_size=12) for name in NAMES},
    },
)
TYPES = sorted({"project"} | {course.start.type for course in COURSES})
RECORDS = st.lists(
    st.builds(
        lambda type_, day, data: record(type_, day, **data), st.sampled_from(TYPES), DAYS, DATA
    ),
    max_size=12,
)


@given(RECORDS, st.sampled_from(["ZB", "ZC"]))
def test_whatever_was_recorded_counting_is_total_and_in_order(
    records: list[Incoming], regime: str
) -> None:
    found = case_deadlines([*records, project(regime)], CALENDAR)
    assert [each.due for each in found] == sorted(each.due for each in found)
    numbers = {each.record_id for each in records}
    for each in found:
        assert each.started_by in numbers
        if each.met_on is not None:
            assert each.state(each.met_on) in (DeadlineState.MET, DeadlineState.LATE)
        assert each.state(each.due + timedelta(days=1)) is not DeadlineState.RUNNING
    case_dates(records)
