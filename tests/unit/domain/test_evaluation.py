"""Totals computed again: the sample's, near misses of rounding, and whatever is bent is found."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.verdict import Outcome
from liuhen.domain.evaluation import BidScore, score_bids
from liuhen.domain.evaluation_method import Average, Factor, Kind, Method, method_of
from liuhen.domain.evaluation_outlier import find_outliers
from liuhen.domain.evaluation_replay import Agreement, EvaluationReplay, replay_evaluation
from tests.case_kit import Chain, sample_case

D = Decimal
TOTALS = {"B01": "91.56", "B02": "88.65", "B03": "86.86", "B04": "84.68"}
TECHNICAL = Factor("技术", D(70))
METHOD = Method(Kind.COMPREHENSIVE, D(30), (TECHNICAL,))


def replayed(chain: Chain) -> EvaluationReplay:
    return replay_evaluation([entry.record for entry in chain.entries])


def test_the_totals_of_the_sample_come_out() -> None:
    replay = replayed(sample_case("zc"))
    assert {score.bid: str(score.total) for score in replay.scores} == TOTALS
    assert [str(score.price_score) for score in replay.scores] == [
        *("29.20", "28.75", "30.00", "27.62")
    ]
    assert [str(score.quality_average) for score in replay.scores] == [
        *("62.36", "59.90", "56.86", "57.06")
    ]
    assert [score.rank for score in replay.scores] == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["zc", "zb"])
def test_every_figure_of_a_samples_report_is_equal(name: str) -> None:
    replay = replayed(sample_case(name))
    assert replay.outcome is Outcome.MATCH
    assert {figure.agreement for figure in replay.figures} == {Agreement.EQUAL}
    assert (replay.missing, replay.outliers) == ([], [])


def test_a_change_of_a_locked_sheet_is_listed_with_what_it_changed() -> None:
    chain = sample_case("zb")
    (change,) = replayed(chain).late_changes
    assert (change.seat, change.reason, change.after_report) == ("E3", "sum_error", False)
    assert change.replaces == chain.at("zb-sheet-E3").record.record_id
    assert [(p.bid, str(p.before), str(p.after)) for p in change.points] == [
        ("B04", "23.90", "22.10")
    ]


# Rounding


def one_bid(method: Method, *points: str) -> BidScore:
    sheets = {f"E{n}": {"B1": {"技术": D(each)}} for n, each in enumerate(points)}
    (score,) = score_bids(method, {"B1": D(100)}, sheets)
    return score


@pytest.mark.parametrize(
    ("points", "average"),
    [
        (["50.00", "50.01"], "50.01"),  # 50.005 goes up
        (["50.00", "50.00999999"], "50.00"),  # just below it does not
        (["50.01", "50.02"], "50.02"),  # half up, not half to even
        (["50.00"] * 3 + ["50.01"] * 3, "50.01"),
        (["50.00", "50.00", "50.01"], "50.00"),
    ],
)
def test_averages_are_rounded_half_up(points: list[str], average: str) -> None:
    assert str(one_bid(METHOD, *points).quality_average) == average


def test_a_tie_made_of_thirds_is_still_a_tie() -> None:
    factors = (Factor("甲", D(40)), Factor("乙", D(30)))
    method = Method(Kind.COMPREHENSIVE, D(30), factors)
    given_points = {"甲": ["10.01", "10", "10", "10", "10", "10"], "乙": ["5.02", *["5"] * 5]}
    sheets = {
        f"E{n}": {"B1": {name: D(points[n]) for name, points in given_points.items()}}
        for n in range(6)
    }
    (score,) = score_bids(method, {"B1": D(1)}, sheets)
    assert str(score.quality_average) == "15.01"  # 15.005 exactly, and neither share ends


@pytest.mark.parametrize(
    ("lowest", "price", "points"),
    [
        ("20001", "60000", "10.00"),  # 10.0005
        ("2001", "6000", "10.01"),  # 10.005 exactly, and the quotient ends nowhere near
        ("20009.99", "60000", "10.00"),
    ],
)
def test_points_for_the_price_are_rounded_half_up(lowest: str, price: str, points: str) -> None:
    sheets = {"E1": {bid: {"技术": D(50)} for bid in ("B1", "B2")}}
    scores = score_bids(METHOD, {"B1": D(lowest), "B2": D(price)}, sheets)
    assert str({s.bid: s for s in scores}["B2"].price_score) == points


def test_places_are_those_of_the_method() -> None:
    method = replace(METHOD, places=3)
    assert str(one_bid(method, "50.0005", "50.0004").quality_average) == "50.000"
    assert str(one_bid(method, "50.0005", "50.0005").quality_average) == "50.001"


def test_more_places_than_a_number_can_have_are_no_crash() -> None:
    """A document that states them could else never be replayed."""
    method = method_of({"method": {"kind": "comprehensive", "factors": [], "places": 2**53 - 1}})
    assert method is not None
    most = "999999999999999999.99999999"
    assert str(one_bid(replace(METHOD, places=method.places), most, most).quality_average) == most


points = st.decimals(0, 70, places=2)


@given(st.lists(points, min_size=1, max_size=9), st.decimals("0.01", "99999999", places=2))
def test_averages_are_those_of_exact_fractions(given_points: list[Decimal], price: Decimal) -> None:
    sheets = {f"E{n}": {b: {"技术": p} for b in "AB"} for n, p in enumerate(given_points)}
    scores = score_bids(METHOD, {"A": D("0.01"), "B": price}, sheets)
    second = next(score for score in scores if score.bid == "B")
    mean = sum(map(Fraction, given_points), Fraction(0)) / len(given_points)
    assert second.quality_average is not None
    assert second.price_score is not None
    assert Fraction(second.quality_average) * 100 == (mean * 100 + Fraction(1, 2)).__floor__()
    share = Fraction(min(D("0.01"), price)) * 30 / Fraction(price)
    assert Fraction(second.price_score) * 100 == (share * 100 + Fraction(1, 2)).__floor__()


# Methods


def test_a_trimmed_mean_leaves_out_the_highest_and_the_lowest() -> None:
    method = replace(METHOD, average=Average.TRIMMED_MEAN)
    assert str(one_bid(method, "0", "50", "51", "52", "70").quality_average) == "51.00"
    assert str(one_bid(method, "40", "60").quality_average) == "50.00"


def test_of_equal_totals_the_lower_price_comes_first() -> None:
    sheets = {"E1": {"A": {"技术": D(40)}, "B": {"技术": D(35)}, "C": {"技术": D(35)}}}
    prices = {"A": D(120), "B": D(100), "C": D(100)}
    scores = score_bids(METHOD, prices, sheets)
    assert [(s.bid, str(s.total), s.rank) for s in scores] == [
        ("B", "65.00", 1),
        ("C", "65.00", 1),
        ("A", "65.00", 3),
    ]


def test_rejected_bids_leave_the_comparison() -> None:
    sheets = {"E1": {bid: {"技术": D(50)} for bid in "AB"}}
    (score,) = score_bids(METHOD, {"A": D(50), "B": D(100)}, sheets, {"A"})
    assert (score.bid, str(score.price_score)) == ("B", "30.00")


LOWEST = Method(Kind.LOWEST_PRICE, D(0), ())


def test_the_lowest_price_wins_where_there_are_no_factors() -> None:
    scores = score_bids(LOWEST, {"A": D(101), "B": D(100), "C": D(100)}, {})
    assert [(s.bid, s.rank, s.total) for s in scores] == [
        ("B", 1, None),
        ("C", 1, None),
        ("A", 3, None),
    ]


def test_deviations_raise_a_price_by_their_averaged_percent() -> None:
    method = replace(LOWEST, factors=(Factor("工期偏差", D(5)), Factor("付款偏差", D(5))))
    sheets = {
        f"E{n}": {
            "A": {"工期偏差": D(each), "付款偏差": D(1)},
            "B": {"工期偏差": D(0), "付款偏差": D(0)},
        }
        for n, each in enumerate(["1", "2", "2"])
    }
    scores = score_bids(method, {"A": D("1000.00"), "B": D("1020.00")}, sheets)
    assert [(s.bid, str(s.evaluated_price), s.rank) for s in scores] == [
        ("B", "1020.00", 1),
        ("A", "1026.67", 2),  # 1 percent and five thirds
    ]


def test_what_is_not_known_makes_no_rank() -> None:
    sheets = {"E1": {"A": {"技术": D(40)}, "B": {}}}
    scores = score_bids(METHOD, {"A": D(100), "B": D(100)}, sheets)
    assert [(s.bid, s.total, s.rank) for s in scores] == [
        ("A", D("70.00"), None),
        ("B", None, None),
    ]
    assert score_bids(METHOD, {"A": D(0)}, {"E1": {"A": {"技术": D(1)}}})[0].price_score is None


# The report


def bent(name: str, key: str, **members: Any) -> EvaluationReplay:
    chain = sample_case(name)
    chain.change(key, **members)
    return replayed(chain)


def summary(chain: Chain) -> list[dict[str, Any]]:
    told = copy.deepcopy(chain.at("zc-report").record.data["summary"])
    assert isinstance(told, list)
    return told  # type: ignore[return-value]  # rows are objects


FIGURES = ("price", "price_score", "quality_average", "total")


@given(
    st.sampled_from(["zc", "zb"]),
    st.integers(0, 3),
    st.sampled_from(FIGURES),
    st.decimals("-1", "1", places=2).filter(bool),
)
def test_any_bent_figure_of_a_report_is_found(
    name: str, place: int, figure: str, by: Decimal
) -> None:
    chain = sample_case(name)
    key = f"{name}-report"
    rows = copy.deepcopy(chain.at(key).record.data["summary"])
    assert isinstance(rows, list)
    row = rows[place]
    assert isinstance(row, dict)
    row[figure] = str(Decimal(str(row[figure])) + by)
    chain.change(key, summary=rows)
    replay = replayed(chain)
    assert replay.outcome is Outcome.DIFFERENT
    assert [(each.bid, each.name) for each in replay.differences] == [(row["bid_id"], figure)]


@given(st.integers(1, 5), st.integers(0, 3), st.sampled_from(["技术部分", "商务部分", "服务方案"]))
def test_any_bent_points_of_a_sheet_are_found(seat: int, place: int, factor: str) -> None:
    chain = sample_case("zc")
    key = f"zc-sheet-E{seat}"
    scores: Any = copy.deepcopy(chain.at(key).record.data["scores"])
    before = Decimal(scores[place]["points"][factor])
    scores[place]["points"][factor] = str(before - Decimal("0.05"))  # a cent of the average
    chain.change(key, scores=scores)
    replay = replayed(chain)
    assert replay.outcome is Outcome.DIFFERENT
    assert {(f.bid, f.name) for f in replay.differences} == {
        (scores[place]["bid_id"], "quality_average"),
        (scores[place]["bid_id"], "total"),
    }


def test_two_ranks_exchanged_are_found() -> None:
    chain = sample_case("zc")
    rows = summary(chain)
    rows[0]["rank"], rows[1]["rank"] = rows[1]["rank"], rows[0]["rank"]
    chain.change("zc-report", summary=rows)
    assert [each.name for each in replayed(chain).differences] == ["rank", "rank"]


def test_a_bid_left_out_of_a_report_is_found() -> None:
    chain = sample_case("zc")
    chain.change("zc-report", summary=summary(chain)[:3])
    (figure,) = replayed(chain).differences
    assert (figure.name, figure.reported, figure.computed) == ("bid_id", None, "B04")


def test_a_bid_that_nobody_opened_is_found_in_a_report() -> None:
    chain = sample_case("zc")
    rows = summary(chain)
    chain.change("zc-report", summary=[*rows, {**rows[0], "bid_id": "B09"}])
    (figure,) = replayed(chain).differences
    assert (figure.name, figure.reported, figure.computed) == ("bid_id", "B09", None)


def test_a_bid_told_twice_is_found() -> None:
    chain = sample_case("zc")
    rows = summary(chain)
    chain.change("zc-report", summary=[*rows, rows[0]])
    assert {figure.name for figure in replayed(chain).differences} == {"bid_id"}


def test_other_candidates_than_the_best_are_found() -> None:
    (figure,) = bent("zc", "zc-report", candidates=["B02", "B01", "B03"]).differences
    assert (figure.name, figure.computed) == ("candidates", "B01, B02, B03")


def test_another_baseline_price_is_found() -> None:
    (figure,) = bent("zc", "zc-report", baseline_price="3590000.01").differences
    assert (figure.name, figure.computed) == ("baseline_price", "3590000.00")


def test_shares_that_a_report_does_not_state_cannot_be_told_and_decide_nothing() -> None:
    chain = sample_case("zc")
    rows = summary(chain)
    for row in rows:
        del row["price_score"]
    chain.change("zc-report", summary=rows)
    replay = replayed(chain)
    assert replay.outcome is Outcome.MATCH
    told = {f.name for f in replay.figures if f.agreement is Agreement.CANNOT_TELL}
    assert told == {"price_score"}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["zc-sheet-E3"], "there is no locked score sheet from seat E3"),
        (["zc-opening"], "no record of the opening names bids"),
        ([f"zc-sheet-E{seat}" for seat in range(1, 6)], "there are no locked score sheets"),
        (["zc-document", "zc-clarified"], "no tender document states a structured method"),
    ],
)
def test_what_is_missing_is_said(keys: list[str], said: str) -> None:
    replay = replayed(sample_case("zc", keys))
    assert said in [en for _, en in replay.missing]
    assert replay.outcome in (Outcome.COULD_NOT_CHECK, Outcome.DIFFERENT)


def test_points_that_were_erased_are_named_and_the_rest_is_compared() -> None:
    chain = sample_case("zc")
    scores: Any = copy.deepcopy(chain.at("zc-sheet-E2").record.data["scores"])
    scores[1]["points"]["技术部分"] = None
    chain.change("zc-sheet-E2", scores=scores)
    replay = replayed(chain)
    assert replay.outcome is Outcome.COULD_NOT_CHECK
    assert [en for _, en in replay.missing] == ["seat E2 has no points of B02 for 技术部分"]
    equal = {(f.bid, f.name) for f in replay.figures if f.agreement is Agreement.EQUAL}
    assert {("B01", "total"), ("B02", "price_score")} <= equal
    assert ("B02", "total") not in equal


def test_without_a_report_the_totals_are_there_and_wait_for_it() -> None:
    replay = replayed(sample_case("zc", ["zc-report"]))
    assert replay.outcome is Outcome.WAITING
    assert str(replay.scores[0].total) == "91.56"


def test_a_bid_that_could_not_be_decrypted_is_not_compared() -> None:
    chain = sample_case("zc")
    bids: Any = copy.deepcopy(chain.at("zc-opening").record.data["bids"])
    bids[2] |= {"result": "not_decrypted", "price": None}
    chain.change("zc-opening", bids=bids)
    assert [score.bid for score in replayed(chain).scores] == ["B01", "B02", "B04"]


# Points to ask about


def sheets_of(given_points: Mapping[str, str], factor: str = "技术") -> dict[str, Any]:
    return {seat: {"B1": {factor: D(each)}} for seat, each in given_points.items()}


@pytest.mark.parametrize(
    ("fifth", "seats"),
    [("45.99", ["E5"]), ("46.00", []), ("74.01", ["E5"]), ("74.00", [])],
)
def test_points_beyond_a_fifth_of_the_most_are_far(fifth: str, seats: list[str]) -> None:
    given_points = {"E1": "60", "E2": "60", "E3": "60", "E4": "60", "E5": fifth}
    assert [each.seat for each in find_outliers(METHOD, sheets_of(given_points))] == seats


def test_points_within_three_median_deviations_are_not_far() -> None:
    given_points = {"E1": "40", "E2": "50", "E3": "60", "E4": "65", "E5": "33"}
    assert find_outliers(METHOD, sheets_of(given_points)) == []


def test_of_two_seats_neither_is_far() -> None:
    assert find_outliers(METHOD, sheets_of({"E1": "0", "E2": "70"})) == []


def test_an_objective_factor_must_be_the_same_on_all_sheets() -> None:
    method = replace(METHOD, factors=(Factor("业绩", D(10), is_objective=True),))
    given_points = sheets_of({"E1": "8", "E2": "8", "E3": "7.5"}, "业绩")
    (found,) = find_outliers(method, given_points)
    assert (found.seat, found.points, found.is_objective) == ("E3", D("7.5"), True)
