"""Admission: rules that hold for every type of record."""

from dataclasses import dataclass

import pytest

from liuhen.core.errors import RecordRefused
from liuhen.domain.admission import MAX_CASE_RECORDS, CaseState, admit


@dataclass
class Record:
    type: str = "generic"
    record_id: str = "01957b1e-0000-7000-8000-000000000001"
    case: str | None = None
    supersedes: str | None = None


def test_a_record_without_a_case_has_no_state() -> None:
    assert admit(None, Record()) is None


def test_a_record_is_numbered_in_the_state_of_its_case() -> None:
    state = CaseState("A-1", 3, b"\1" * 32, 7)
    assert admit(state, Record(case="A-1")) == state


def test_a_state_counts_on() -> None:
    state = CaseState("A-1").followed_by(b"\1" * 32, 5).followed_by(b"\2" * 32, 9)
    assert state == CaseState("A-1", 2, b"\2" * 32, 9)


def test_a_record_of_another_case_is_refused() -> None:
    with pytest.raises(RecordRefused) as caught:
        admit(CaseState("A-1"), Record(case="B-1"))
    assert caught.value.field == "/case"


def test_a_full_case_takes_no_more() -> None:
    admit(CaseState("A-1", MAX_CASE_RECORDS - 1), Record(case="A-1"))
    with pytest.raises(RecordRefused):
        admit(CaseState("A-1", MAX_CASE_RECORDS), Record(case="A-1"))


def test_a_record_cannot_supersede_itself() -> None:
    record = Record()
    record.supersedes = record.record_id
    with pytest.raises(RecordRefused) as caught:
        admit(None, record)
    assert caught.value.field == "/supersedes"


@pytest.mark.parametrize("name", ["log.opened", "log.anything", "no_such_type", "Generic", ""])
def test_only_the_catalogue_may_be_submitted(name: str) -> None:
    with pytest.raises(RecordRefused) as caught:
        admit(None, Record(type=name))
    assert caught.value.field == "/type"


def test_the_service_may_use_its_own_types() -> None:
    assert admit(None, Record(type="log.opened"), by_service=True) is None
