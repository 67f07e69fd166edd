"""Seat assignments."""

from typing import Any

import pytest

from liuhen.domain.catalogue import seat_assignment as seats
from liuhen.domain.catalogue.seat_assignment import seats_of
from liuhen.domain.facts import stage_of
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.stage import Stage
from tests.case_kit import DIGEST, SEATS, Case, opened, scored, seated, sheet, with_bids

TYPE = "seat_assignment"
SITES = [{"site": "示例市", "role": "main"}, {"site": "邻市", "role": "secondary"}]


def test_seats_are_known_sorted() -> None:
    case = with_bids()
    assert seats_of(case.facts) == ()
    case.enter(TYPE, "2026-03-31 09:00", seats=[{"seat": "E2"}, {"seat": "E1"}])
    assert seats_of(case.facts) == ["E1", "E2"]


def test_seats_before_the_opening_say_nothing_of_an_evaluation() -> None:
    case = with_bids()
    case.enter(TYPE, "2026-03-31 09:00", commitment=DIGEST)
    assert stage_of(case.facts) is Stage.BIDDING
    after = opened()
    after.enter(TYPE, "2026-03-31 10:00", commitment=DIGEST)
    assert stage_of(after.facts) is Stage.EVALUATION


def test_no_seat_is_assigned_after_the_first_sheet() -> None:
    case = seated()
    case.enter("score_sheet", "2026-03-31 15:00", **sheet("E1"))
    case.refuse(seats.AFTER_SCORING, "/data/action", TYPE, "2026-03-31 15:01", commitment=DIGEST)
    case.enter(TYPE, "2026-04-08 09:00", action="revealed", seats=[{"seat": s} for s in SEATS])


@pytest.mark.parametrize("revealed", [SEATS[:4], (*SEATS, "E6"), ("E6",)])
def test_no_seat_comes_or_goes_by_being_revealed_once_there_are_points(
    revealed: tuple[str, ...],
) -> None:
    """A seat whose sheet does not suit would else be gone, and the report be signed without it."""
    case = seated()
    for seat in SEATS[:4]:
        case.enter("score_sheet", "2026-03-31 15:00", **sheet(seat))
    told = [{"seat": seat} for seat in revealed]
    case.refuse(
        *(seats.CHANGED, "/data/seats", TYPE, "2026-03-31 15:30"), action="revealed", seats=told
    )
    case.enter(TYPE, "2026-03-31 15:30", action="revealed")
    assert seats_of(case.facts) == [*SEATS]


def test_what_is_revealed_is_not_committed_to_again() -> None:
    case = with_bids()
    case.enter(TYPE, "2026-03-31 09:00", action="revealed")
    case.refuse(OUT_OF_ORDER, "/data/action", TYPE, "2026-03-31 09:01", action="committed")


def test_a_seat_is_assigned_once() -> None:
    data: dict[str, Any] = {"seats": [{"seat": "E1"}, {"seat": "E2"}, {"seat": "E1"}]}
    with_bids().refuse(seats.SEAT_TWICE, "/data/seats/2/seat", TYPE, "2026-03-31 09:00", **data)


@pytest.mark.parametrize("roles", [("main", "main"), ("secondary", "secondary")])
def test_several_sites_have_one_main_site(roles: tuple[str, str]) -> None:
    sites = [{"site": f"site {at}", "role": role} for at, role in enumerate(roles)]
    case = with_bids()
    case.refuse(seats.MAIN_SITE, "/data/sites", TYPE, "2026-03-31 09:00", sites=sites)
    case.enter(TYPE, "2026-03-31 09:00", sites=SITES)


def test_one_site_needs_no_role() -> None:
    with_bids().enter(TYPE, "2026-03-31 09:00", sites=[{"site": "示例市"}])


def test_a_seat_is_at_one_of_the_sites() -> None:
    data: dict[str, Any] = {"sites": SITES, "seats": [{"seat": "E1", "site": "别处"}]}
    with_bids().refuse(seats.NO_SUCH_SITE, "/data/seats/0/site", TYPE, "2026-03-31 09:00", **data)
    with_bids().enter(TYPE, "2026-03-31 09:00", sites=SITES, seats=[{"seat": "E1", "site": "邻市"}])


def test_seats_that_nobody_committed_to_are_named() -> None:
    case = Case()
    case.enter(TYPE, "2026-04-08 09:00", action="revealed", seats=[{"seat": "E1"}])
    assert len(case.lacks(seats.NOT_COMMITTED)) == 1
    assert scored().lacks(seats.NOT_COMMITTED) == []
