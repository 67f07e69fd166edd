"""Admission: rules that hold for every type of record."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import MAX_CASE_RECORDS, CaseState, admit, check_time, is_sealed
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.facts import NO_FACTS, RuleContext
from liuhen.domain.incoming import Incoming

CONTEXT = RuleContext(ChinaCalendar(), str)
TAKEN: dict[str, bool] = {"takes_counted": True}
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


REFUSED: list[tuple[CaseState | None, dict[str, Any]]] = [
    (None, {"type": "findings"}),
    (None, {"type": "log.keys"}),
    (None, {"type": "bid_receipt"}),
    (None, {"supersedes": NUMBER}),
    (CaseState("A-1"), {"case": "B-1"}),
    (CaseState("A-1", MAX_CASE_RECORDS), {"case": "A-1"}),
]


@pytest.mark.parametrize(("state", "members"), REFUSED)
def test_every_refusal_speaks_both_languages(
    state: CaseState | None, members: dict[str, Any]
) -> None:
    with pytest.raises(RecordRefused) as caught:
        admit(state, record(**members), CONTEXT)
    assert re.search(r"[a-z]{3}", caught.value.rule)
    assert re.search(r"[\u4e00-\u9fff]", caught.value.rule_zh)


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
    asked = {"bid_id": "B1", "receipt_no": "R1", "supplier_id": "S1"}
    ours = record(type=name, case="A-1", data=asked)
    admit(CaseState("A-1"), ours, CONTEXT, takes_counted=True)
    history = record(type=name, case="A-1", data={"imported": {"source": "another system"}})
    admit(CaseState("A-1"), history, CONTEXT)


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - {"log.opened"}))
def test_what_has_rules_of_order_names_its_case(name: str) -> None:
    if not CATALOGUE[name].needs_case:
        assert admit(None, record(type=name), CONTEXT, by_service=name[:4] == "log.", **TAKEN) == {}
        return
    for data in ({}, {"imported": {"source": "another system"}}):
        with pytest.raises(RecordRefused) as caught:
            admit(None, record(type=name, data=data), CONTEXT, **TAKEN)
        assert (caught.value.field, caught.value.rule_code) == ("/case", "record-without-case")
        assert CATALOGUE[name].zh in caught.value.rule_zh


def test_what_has_no_rules_of_order_is_free_of_cases() -> None:
    free = {name for name, kind in CATALOGUE.items() if not kind.needs_case}
    assert free >= {"generic", "detached", "access_event", "board_snapshot", "log.erasure"}
    assert not free & {"finding", "task", "bid_receipt", "score_sheet", "complaint", "project"}


@pytest.mark.parametrize(
    "text",
    [
        *("0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z"),
        *("9999-12-31T23:59:59-12:00", "2026-06-30T23:59:60Z"),
    ],
)
def test_a_time_that_no_rule_can_read_is_refused(text: str) -> None:
    with pytest.raises(RecordRefused) as caught:
        check_time(text)
    assert (caught.value.field, caught.value.rule_code) == ("/occurred_at", "time-out-of-range")
    assert "1900" in caught.value.rule_zh


def test_a_time_of_ours_passes_and_so_does_none() -> None:
    for text in (None, "2026-03-31T09:30:00+08:00", "1900-01-01T00:00:00+14:00"):
        check_time(text)


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
