"""Deadlines of both regimes."""

import csv
import pkgutil
import re
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.domain import catalogue, deadline
from liuhen.domain.deadline import (
    DEADLINES,
    Bound,
    Deadline,
    Direction,
    Unit,
    deadline_on,
    due_day,
    find_deadline,
)
from liuhen.domain.regime import Regime

CALENDAR = ChinaCalendar()
_FILE = Path(__file__).parents[2] / "vectors/deadlines.csv"
CASES = list(csv.DictReader(_FILE.read_text(encoding="utf-8").splitlines()))
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
RULES = st.sampled_from(DEADLINES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case_id"])
def test_a_deadline_is_due_as_counted_by_hand(case: dict[str, str]) -> None:
    rule = find_deadline(case["rule"])
    assert (str(rule.number), str(rule.unit)) == (case["n"], case["unit"])
    counted = due_day(rule, date.fromisoformat(case["start_date"]), CALENDAR)
    assert counted.day.isoformat() == case["expected_due"]
    assert not counted.is_estimate


def test_there_are_a_hundred_cases() -> None:
    assert len({case["case_id"] for case in CASES}) == 100


@pytest.mark.parametrize(
    ("rule", "start", "due"),
    [
        ("ZC-CHALLENGE", "2026-12-24", "2027-01-05"),
        ("ZC-DECIDE", "2026-12-01", "2027-01-13"),
        ("ZC-ANSWER", "2027-02-01", "2027-02-16"),  # across Spring Festival
        ("ZC-COMPLAINT", "2027-09-20", "2027-10-14"),
        ("ZB-DECIDE", "2028-01-10", "2028-02-25"),
        ("ZB-COMPLAINT", "2026-12-25", "2027-01-04"),
        ("ZB-CONTRACT", "2027-01-02", "2027-02-01"),
        ("ZB-DOCUMENT-OBJECTION", "2027-01-11", "2026-12-31"),
        ("ZC-AWARDNOTICE", "2026-12-30", "2027-01-04"),
        ("ZC-AWARD-PERIOD", "2026-12-31", "2027-01-04"),
    ],
)
def test_beyond_the_published_calendar_every_day_is_an_estimate(
    rule: str, start: str, due: str
) -> None:
    counted = due_day(find_deadline(rule), date.fromisoformat(start), CALENDAR)
    assert (counted.day.isoformat(), counted.is_estimate) == (due, True)


@pytest.mark.parametrize(
    ("rule", "event", "last"),
    [
        ("ZB-DOCUMENT-OBJECTION", "2026-04-20", "2026-04-10"),
        ("ZB-DOCUMENT-OBJECTION", "2026-04-21", "2026-04-10"),  # 11 April is a Saturday
        ("ZB-CLARIFICATION", "2026-05-19", "2026-04-30"),  # 1 to 5 May are off
        ("ZB-PREQUALIFICATION-OBJECTION", "2026-06-21", "2026-06-18"),  # 19 June is a holiday
        ("ZC-CLARIFICATION", "2026-03-31", "2026-03-16"),
    ],
)
def test_a_limit_counted_backwards_takes_the_stricter_day(rule: str, event: str, last: str) -> None:
    day = due_day(find_deadline(rule), date.fromisoformat(event), CALENDAR).day
    assert day.isoformat() == last


@given(RULES, DAYS)
def test_a_deadline_lies_on_its_side_of_the_event(rule: Deadline, start: date) -> None:
    due = due_day(rule, start, CALENDAR).day
    assert due < start if rule.direction is Direction.BEFORE else due > start
    if rule.unit is Unit.DAY:
        assert abs((due - start).days) >= rule.number


def test_names_are_unique_and_tell_the_regime() -> None:
    assert len({rule.id for rule in DEADLINES}) == len(DEADLINES)
    for rule in DEADLINES:
        assert re.fullmatch(rf"{rule.regime}(-[A-Z]+)+", rule.id)


def test_every_rule_names_its_law_and_since_when_it_holds_in_both_languages() -> None:
    for rule in DEADLINES:
        for chinese in (rule.zh, rule.start_zh, rule.basis.zh):
            assert re.search(r"[\u4e00-\u9fff]", chinese)
        for english in (rule.en, rule.start_en, rule.basis.en):
            assert re.fullmatch(r"[ -~]+", english)
        assert re.search(r"第\d+(、\d+)*条", rule.basis.zh)
        assert rule.valid_from is not None


def test_both_regimes_have_their_rules_and_no_other() -> None:
    assert {rule.regime for rule in DEADLINES} == {Regime.ZB, Regime.ZC}


def test_a_limit_before_an_event_is_one_that_gives_time() -> None:
    backward = [rule for rule in DEADLINES if rule.direction is Direction.BEFORE]
    assert backward
    assert {rule.bound for rule in backward} == {Bound.AT_LEAST}


def test_the_day_of_the_event_decides_by_which_version_it_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = find_deadline("ZC-CHALLENGE")
    new = replace(old, number=10, valid_from=date(2026, 7, 1))
    monkeypatch.setattr(deadline, "DEADLINES", (*DEADLINES, new))
    assert deadline_on("ZC-CHALLENGE", date(1999, 1, 1)).number == 7
    assert deadline_on("ZC-CHALLENGE", date(2026, 6, 30)).number == 7
    assert deadline_on("ZC-CHALLENGE", date(2026, 7, 1)).number == 10


COUNTED = [f"liuhen.domain.{n}" for n in ("complaint_period", "complaint_standing", "window_zc")]
RULED = [f"liuhen.domain.catalogue.{m.name}" for m in pkgutil.iter_modules(catalogue.__path__)]


@pytest.mark.parametrize("name", [*RULED, *COUNTED])
def test_no_rule_takes_the_newest_law_for_what_happened_earlier(name: str) -> None:
    assert not hasattr(import_module(name), "find_deadline")


def test_a_rule_is_found_only_while_it_holds() -> None:
    assert find_deadline("ZB-COMPLAINT", date(2012, 2, 1)).number == 10
    with pytest.raises(KeyError):
        find_deadline("ZB-COMPLAINT", date(2012, 1, 31))
    with pytest.raises(KeyError):
        find_deadline("ZB-CHALLENGE")
