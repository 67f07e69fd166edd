"""Publications."""

from typing import Any

import pytest

from liuhen.domain.catalogue import publication
from liuhen.domain.life_cycle import OUT_OF_ORDER
from tests.case_kit import opened, registered

TYPE = "publication"


def notice(first: str, last: str, **data: Any) -> dict[str, Any]:
    return {"kind": "tender_notice", "from": first, "to": last, **data}


@pytest.mark.parametrize("kind", ["tender_notice", "single_source"])
def test_a_notice_of_government_procurement_stands_five_working_days(kind: str) -> None:
    case = registered("ZC")
    short = notice("2026-03-06", "2026-03-11", kind=kind)
    found = case.refuse(publication.TOO_SHORT, "/data/to", TYPE, "2026-03-06 08:30", **short)
    assert "4" in found.rule_zh
    case.enter(TYPE, "2026-03-06 08:30", **notice("2026-03-06", "2026-03-12", kind=kind))


def test_holidays_are_no_working_days() -> None:
    case = registered("ZC")
    case.refuse(  # 1 to 5 May 2026 are free, Saturday the 9th is worked
        publication.TOO_SHORT, "/data/to", TYPE, "2026-04-30 08:30",
        **notice("2026-04-30", "2026-05-08"),
    )  # fmt: skip
    case.enter(TYPE, "2026-04-30 08:30", **notice("2026-04-30", "2026-05-09"))


@pytest.mark.parametrize("regime", ["ZB", "other"])
def test_elsewhere_no_period_of_working_days_is_asked_for(regime: str) -> None:
    registered(regime).enter(TYPE, "2026-03-06 08:30", **notice("2026-03-06", "2026-03-07"))


def test_a_correction_keeps_the_period() -> None:
    case = registered("ZC")
    case.enter(TYPE, "2026-03-06 08:30", **notice("2026-03-06", "2026-03-12"))
    short = notice("2026-03-06", "2026-03-10", action="corrected")
    case.refuse(publication.TOO_SHORT, "/data/to", TYPE, "2026-03-07 08:30", **short)


def test_a_publication_does_not_end_before_it_begins() -> None:
    data = notice("2026-03-12", "2026-03-06", kind="other")
    registered().refuse(publication.BACKWARDS, "/data/to", TYPE, "2026-03-12 08:30", **data)


@pytest.mark.parametrize("action", ["corrected", "withdrawn"])
def test_what_was_withdrawn_is_over(action: str) -> None:
    case = registered()
    for step in ("published", "corrected", "withdrawn"):
        case.enter(TYPE, "2026-03-06 08:30", action=step, kind="other")
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-07 08:30", action=action, kind="other")
    case.enter(TYPE, "2026-03-07 08:30", action="published", kind="other")


def test_an_opening_without_a_notice_is_named() -> None:
    case = opened()
    [found] = case.lacks(publication.NEVER)
    assert found.record is None
    case.enter(TYPE, "2026-03-06 08:30", **notice("2026-03-06", "2026-03-12"))
    assert case.lacks(publication.NEVER) == []
