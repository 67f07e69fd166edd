"""Acceptance with missing papers."""

import pytest

from liuhen.domain.catalogue import tolerant_acceptance as tolerance
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.rule import Rule
from tests.case_kit import DIGEST, Case, registered

TYPE = "tolerant_acceptance"


def accepted() -> Case:
    case = registered()
    case.enter(TYPE, "2026-03-02 10:00", action="accepted", **WHOLE)
    return case


WHOLE = {"missing": ["营业执照"], "commitment_sha256": DIGEST, "supply_by": "2026-03-09"}


@pytest.mark.parametrize(
    ("name", "rule"),
    [("missing", tolerance.NO_LIST), ("commitment_sha256", tolerance.NO_PROMISE)],
)
def test_an_acceptance_names_what_is_missing_and_holds_a_promise(name: str, rule: Rule) -> None:
    case = registered()
    number = case.enter(TYPE, "2026-03-02 10:00", **{**WHOLE, name: None})
    [found] = case.review("2026-03-02 11:00")
    assert (found.rule, found.record, found.field) == (rule, number, f"/data/{name}")


def test_who_has_bad_credit_is_not_accepted() -> None:
    case = registered()
    data = {"supply_by": "2026-03-09", "bad_credit": True}
    case.refuse(tolerance.BAD_CREDIT, "/data/bad_credit", TYPE, "2026-03-02 10:00", **data)
    case.enter(TYPE, "2026-03-02 10:00", **{**data, "bad_credit": False})


def test_an_acceptance_says_by_when() -> None:
    case = registered()
    case.refuse(tolerance.SUPPLY_BY, "/data/supply_by", TYPE, "2026-03-02 10:00")


@pytest.mark.parametrize("action", ["supplied", "expired", "terminated"])
def test_nothing_follows_what_was_never_accepted(action: str) -> None:
    case = registered()
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-02 10:00", action=action)


def test_papers_are_supplied_once() -> None:
    case = accepted()
    case.enter(TYPE, "2026-03-06 10:00", action="supplied")
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-06 11:00", action="supplied")
    assert case.review() == []


def test_papers_that_are_not_supplied_are_missing_the_day_after() -> None:
    case = accepted()
    assert case.lacks(tolerance.NOT_SUPPLIED, "2026-03-09 23:59") == []
    [found] = case.lacks(tolerance.NOT_SUPPLIED, "2026-03-10 00:00")
    assert "2026-03-09" in found.zh
    case.enter(TYPE, "2026-03-10 10:00", action="terminated")
    assert case.review() == []


def test_papers_that_come_late_stay_late() -> None:
    case = accepted()
    case.enter(TYPE, "2026-03-10 09:00", action="expired")
    number = case.enter(TYPE, "2026-03-12 09:00", action="supplied", supplied_on="2026-03-11")
    [found] = case.review()
    assert (found.rule, found.record) == (tolerance.SUPPLIED_LATE, number)
    assert "2026-03-11" in found.en
