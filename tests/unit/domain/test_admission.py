"""Admission: rules that hold for every type of record."""

from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import MAX_CASE_RECORDS, CaseState, admit, is_sealed
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.facts import NO_FACTS, RuleContext
from liuhen.domain.incoming import Incoming

CONTEXT = RuleContext(ChinaCalendar(), str)
NUMBER = "01957b1e-0000-7000-8000-000000000001"


def record(**members: Any) -> Incoming:
    noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    known: dict[str, Any] = {
        "type": "generic",
        "record_id": NUMBER,
        "case": None,
        "at": noon,
        "recorded_at": noon,
        "supersedes": None,
        "organisation": None,
        "person": None,
        "data": {},
    }
    return Incoming(**{**known, **members})


def test_a_record_without_a_case_leaves_no_facts() -> None:
    assert admit(None, record(), CONTEXT) == NO_FACTS


def test_a_type_without_rules_leaves_the_facts_as_they_are() -> None:
    state = CaseState("A-1", 3, b"\1" * 32, 7, facts={"regime": "ZB"})
    assert admit(state, record(case="A-1"), CONTEXT) == {"regime": "ZB"}


def test_a_state_counts_on() -> None:
    state = CaseState("A-1").followed_by(b"\1" * 32, 5, {}).followed_by(b"\2" * 32, 9, {})
    assert state == CaseState("A-1", 2, b"\2" * 32, 9)


def test_a_record_of_another_case_is_refused() -> None:
    with pytest.raises(RecordRefused) as caught:
        admit(CaseState("A-1"), record(case="B-1"), CONTEXT)
    assert caught.value.field == "/case"


def test_a_full_case_takes_no_more() -> None:
    admit(CaseState("A-1", MAX_CASE_RECORDS - 1), record(case="A-1"), CONTEXT)
    with pytest.raises(RecordRefused):
        admit(CaseState("A-1", MAX_CASE_RECORDS), record(case="A-1"), CONTEXT)


def test_a_record_cannot_supersede_itself() -> None:
    with pytest.raises(RecordRefused) as caught:
        admit(None, record(supersedes=NUMBER), CONTEXT)
    assert caught.value.field == "/supersedes"


@pytest.mark.parametrize("name", ["log.opened", "log.anything", "no_such_type", "Generic", ""])
def test_only_the_catalogue_may_be_submitted(name: str) -> None:
    with pytest.raises(RecordRefused) as caught:
        admit(None, record(type=name), CONTEXT)
    assert caught.value.field == "/type"


def test_the_service_may_use_its_own_types() -> None:
    assert admit(None, record(type="log.opened"), CONTEXT, by_service=True) == NO_FACTS


@pytest.mark.parametrize(
    "name", [each.name for each in CATALOGUE.values() if each.counts_before_opening]
)
def test_a_type_whose_number_is_secret_needs_slots_or_the_operators_word(name: str) -> None:
    with pytest.raises(RecordRefused, match="slots") as caught:
        admit(None, record(type=name), CONTEXT)
    assert caught.value.field == "/type"
    assert admit(None, record(type=name), CONTEXT, takes_counted=True) == NO_FACTS
    history = record(type=name, data={"imported": {"source": "another system"}})
    assert admit(None, history, CONTEXT) == NO_FACTS


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, False),
        ({"stage": 1}, True),
        ({"stage": 2}, True),
        ({"stage": 3}, False),
        ({"bid_receipt": {"receipts": {"R1": "B1"}}}, True),
        ({"credit_commitment": {16 * "0": "given"}, "stage": 3}, False),
    ],
)
def test_a_project_is_sealed_until_its_opening(facts: dict[str, Any], expected: bool) -> None:
    facts = {**facts, "live_from": 0}
    assert is_sealed(facts) is expected
    assert CaseState("A-1").followed_by(bytes(32), 0, facts).sealed is expected
