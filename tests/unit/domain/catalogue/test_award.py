"""From the candidates to the acceptance: publicity, award notice, letter, contract."""

import pytest

from liuhen.core.canonical import JsonValue
from liuhen.domain.catalogue import (
    acceptance,
    award_letter,
    award_notice,
    candidate_publicity,
    contract,
)
from liuhen.domain.facts import stage_of
from liuhen.domain.life_cycle import OUT_OF_ORDER
from liuhen.domain.stage import Stage
from tests.result_kit import Case, awarded, evaluated, opened, published, scored

WINNER: JsonValue = {"bid_id": "B01", "name": "甲公司"}
PERIOD: dict[str, JsonValue] = {"from": "2026-04-13", "to": "2026-04-16"}


def lettered() -> Case:
    return awarded().enter("award_letter", "2026-04-15T09:00:01", winner=WINNER)


def signed() -> Case:
    return lettered().enter("contract", "2026-04-20", supplier_name="甲公司")


# Publication of the candidates


def test_candidates_are_published_for_three_days() -> None:
    case = published()
    assert stage_of(case.facts) is Stage.RESULT
    assert candidate_publicity.last_day(case.facts).isoformat() == "2026-04-16"  # type: ignore[union-attr]


def test_a_publication_of_two_days_is_refused() -> None:
    short: dict[str, JsonValue] = {"from": "2026-04-13", "to": "2026-04-15"}
    refusal = evaluated("ZB").refuses(
        candidate_publicity.TOO_SHORT, "candidate_publicity", "2026-04-13", **short
    )
    assert refusal.field == "/data/to"
    assert "2026-04-16" in refusal.rule_zh


def test_days_before_anything_was_shown_do_not_count() -> None:
    rule = candidate_publicity.TOO_SHORT
    evaluated("ZB").refuses(rule, "candidate_publicity", "2026-04-14", **PERIOD)


def test_three_days_that_end_on_a_holiday_run_on() -> None:
    case = evaluated("ZB")
    rule = candidate_publicity.TOO_SHORT
    over_may_day: dict[str, JsonValue] = {"from": "2026-04-29", "to": "2026-05-02"}
    case.refuses(rule, "candidate_publicity", "2026-04-29", **over_may_day)
    case.enter("candidate_publicity", "2026-04-29", **{**over_may_day, "to": "2026-05-06"})


def test_candidates_are_not_published_before_the_report() -> None:
    rule = candidate_publicity.NO_REPORT
    evaluated("ZB").refuses(rule, "candidate_publicity", "2026-04-09", **PERIOD)
    case = scored("ZB")
    case.refuses(rule, "candidate_publicity", "2026-04-13", **PERIOD)
    case.enter("evaluation_report", "2026-04-11", action="draft")
    case.refuses(rule, "candidate_publicity", "2026-04-13", **PERIOD)


def test_a_case_that_tells_only_of_its_result_is_taken() -> None:
    opened("ZB").enter("candidate_publicity", "2026-04-13", **PERIOD)


def test_four_candidates_are_refused() -> None:
    four: JsonValue = [{"bid_id": f"B0{number}"} for number in range(4)]
    rule, kind = candidate_publicity.TOO_MANY, "candidate_publicity"
    evaluated("ZB").refuses(rule, kind, "2026-04-13", candidates=four, **PERIOD)


def test_a_publication_does_not_end_early() -> None:
    case, kind = published(), "candidate_publicity"
    case.refuses(candidate_publicity.ENDED_EARLY, kind, "2026-04-15", action="ended", **PERIOD)
    case.enter(kind, "2026-04-17", action="ended", **PERIOD)
    case.refuses(OUT_OF_ORDER, kind, "2026-04-17", action="suspended", **PERIOD)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-04-13", []), ("2026-04-14", ["publicity-late"])]
)
def test_candidates_published_later_than_three_days_are_named(
    day: str, expected: list[str]
) -> None:
    case = evaluated("ZB")
    case.enter("candidate_publicity", day, **{"from": day, "to": "2026-04-20"})
    assert case.review("candidate_publicity") == expected


def test_the_days_to_publish_count_from_when_the_report_came() -> None:
    case = scored("ZB")
    sent: dict[str, JsonValue] = {"sent_to_purchaser_at": "2026-04-13T09:00:00+08:00"}
    case.enter("evaluation_report", "2026-04-10T18:00:00", candidates=["B01"], **sent)
    case.enter("candidate_publicity", "2026-04-16", **{"from": "2026-04-16", "to": "2026-04-20"})
    assert case.review("candidate_publicity") == []


# Award notice


@pytest.mark.parametrize("kind", ["award_notice", "award_letter"])
def test_no_award_before_the_publicity_ended(kind: str) -> None:
    case, rule = published(), award_notice.BEFORE_PUBLICITY_ENDED
    refusal = case.refuses(rule, kind, "2026-04-16T23:59:59", winner=WINNER)
    assert refusal.field == "/occurred_at"
    case.enter(kind, "2026-04-17T00:00:00", winner=WINNER)


def test_no_award_while_the_publicity_is_suspended() -> None:
    case = published().enter("candidate_publicity", "2026-04-14", action="suspended", **PERIOD)
    case.refuses(award_notice.SUSPENDED, "award_notice", "2026-04-20", winner=WINNER)
    again: dict[str, JsonValue] = {"from": "2026-04-20", "to": "2026-04-23"}
    case.enter("candidate_publicity", "2026-04-20", **again)
    case.enter("award_notice", "2026-04-24", winner=WINNER)


def test_no_award_while_an_objection_waits() -> None:
    case = published().enter("objection", "2026-04-14", objection_no="YY-1", target="result")
    case.refuses(award_notice.OBJECTION_OPEN, "award_notice", "2026-04-17", winner=WINNER)
    case.enter("objection", "2026-04-17", objection_no="YY-1", action="answered")
    case.enter("award_notice", "2026-04-17", winner=WINNER)


@pytest.mark.parametrize("regime", ["ZB", "ZC"])
def test_no_award_before_the_report(regime: str) -> None:
    case = scored(regime)
    rule = award_notice.BEFORE_REPORT
    case.refuses(rule, "award_notice", "2026-04-11", winner=WINNER, experts=["专家甲"])
    case.enter("evaluation_report", "2026-04-12", candidates=["B01"])
    case.refuses(rule, "award_notice", "2026-04-11", winner=WINNER, experts=["专家甲"])
    case.enter("award_notice", "2026-04-13", winner=WINNER, experts=["专家甲"])


def test_the_winner_is_one_of_the_candidates() -> None:
    case = evaluated("ZC")
    rule, other = award_notice.NO_CANDIDATE, {"bid_id": "B03"}
    refusal = case.refuses(rule, "award_notice", "2026-04-14", winner=other, experts=["专家甲"])
    assert refusal.field == "/data/winner/bid_id"
    assert "B03" in refusal.rule_zh


def test_experts_are_named_in_procurement_alone() -> None:
    evaluated("ZC").refuses(award_notice.EXPERTS, "award_notice", "2026-04-14", winner=WINNER)
    evaluated("other").enter("award_notice", "2026-04-14", winner=WINNER)


def test_an_award_is_changed_by_a_decision() -> None:
    case, other = awarded(), {"bid_id": "B02", "name": "乙公司"}
    rule, day = award_notice.DECISION, "2026-05-20"
    case.refuses(rule, "award_notice", day, action="changed", winner=other)
    case.enter("award_notice", day, action="changed", winner=other, decision="示财采决〔2026〕2号")
    assert award_notice.winner_of(case.facts) == "B02"


def test_the_next_candidate_takes_the_place_of_a_winner_who_declines() -> None:
    case, third = awarded(), {"bid_id": "B03", "name": "丙公司"}
    said: dict[str, JsonValue] = {"action": "changed", "change_reason": "declined"}
    day = "2026-05-20"
    case.refuses(award_notice.NO_CANDIDATE, "award_notice", day, **said, winner=third)
    case.enter("award_notice", day, **said, winner={"bid_id": "B02", "name": "乙公司"})
    assert award_notice.winner_of(case.facts) == "B02"


def test_a_decision_that_changes_an_award_is_named() -> None:
    said: dict[str, JsonValue] = {"action": "changed", "change_reason": "decision"}
    other = {"bid_id": "B02", "name": "乙公司"}
    rule = award_notice.DECISION
    awarded().refuses(rule, "award_notice", "2026-05-20", **said, winner=other)


def test_the_period_of_an_award_notice_is_a_working_day() -> None:
    assert str(award_notice.period_end(awarded().facts)) == "2026-04-16"


def test_a_period_without_a_working_day_is_refused() -> None:
    said: dict[str, JsonValue] = {"winner": WINNER, "experts": ["专家甲"]}
    case, rule, kind = evaluated("ZC"), award_notice.PERIOD, "award_notice"
    over_may_day: dict[str, JsonValue] = {**said, "published_on": "2026-05-02"}
    refusal = case.refuses(rule, kind, "2026-05-02", **over_may_day, period_ends="2026-05-05")
    assert refusal.field == "/data/period_ends"
    case.refuses(rule, kind, "2026-04-15", **said, period_ends="2026-04-14")
    case.enter(kind, "2026-05-02", **over_may_day, period_ends="2026-05-06")
    evaluated("other").enter(kind, "2026-04-15", **said, period_ends="2026-04-14")


def test_a_late_award_is_named_and_one_in_time_is_not() -> None:
    assert awarded().review("award_notice") == []
    late = evaluated("ZC").enter(
        "award_notice",
        "2026-04-24",
        winner=WINNER,
        experts=["专家甲"],
        confirmed_on="2026-04-20",
        published_on="2026-04-24",
    )
    assert late.review("award_notice") == ["award-confirmed-late", "award-published-late"]


def test_an_award_without_any_publicity_is_named() -> None:
    case = evaluated("ZB").enter("award_notice", "2026-04-17", winner=WINNER)
    assert case.review("award_notice") == ["award-without-publicity"]


# Award letter


def test_in_procurement_the_letter_goes_out_with_the_notice() -> None:
    rule = award_letter.BEFORE_NOTICE
    evaluated("ZC").refuses(rule, "award_letter", "2026-04-14", winner=WINNER)
    early = awarded().refuses(rule, "award_letter", "2026-04-14", winner=WINNER)
    assert early.field == "/data/issued_on"
    awarded().enter("award_letter", "2026-04-15", winner=WINNER)


def test_a_letter_names_the_winner_of_the_notice() -> None:
    rule = award_letter.OTHER_WINNER
    awarded().refuses(rule, "award_letter", "2026-04-15", winner={"bid_id": "B02"})


def test_a_contract_is_due_thirty_days_after_the_letter() -> None:
    assert lettered().review("award_letter", "2026-05-15") == []
    assert lettered().review("award_letter", "2026-05-16") == ["contract-overdue"]
    assert signed().review("award_letter") == []


# Contract


def test_no_contract_before_the_letter() -> None:
    rule = contract.BEFORE_LETTER
    awarded().refuses(rule, "contract", "2026-04-16", supplier_name="甲公司")
    lettered().refuses(rule, "contract", "2026-04-20", signed_on="2026-04-14")
    assert stage_of(signed().facts) is Stage.CONTRACT


def test_a_contract_is_with_the_winner() -> None:
    case = lettered()
    refusal = case.refuses(contract.OTHER_PARTY, "contract", "2026-04-20", supplier_name="乙公司")
    assert "乙公司" not in refusal.rule_zh
    assert "甲公司" not in str(case.facts)


def test_a_contract_is_signed_before_it_is_published() -> None:
    lettered().refuses(OUT_OF_ORDER, "contract", "2026-04-20", action="published")


def test_a_contract_that_was_not_published_nor_filed_is_named_once_due() -> None:
    case = signed()
    assert case.review("contract", "2026-04-22") == []
    assert case.review("contract", "2026-04-23") == ["contract-not-published"]
    assert case.review("contract") == ["contract-not-published", "contract-not-filed"]
    case.enter("contract", "2026-04-21", action="published")
    case.enter("contract", "2026-04-28", action="filed")
    assert case.review("contract") == []


def test_a_contract_published_or_filed_late_is_named() -> None:
    case = signed().enter("contract", "2026-04-23", action="published")
    case.enter("contract", "2026-05-08", action="filed")
    assert case.review("contract") == ["contract-published-late", "contract-filed-late"]


def test_a_contract_signed_late_is_named() -> None:
    late = lettered().enter("contract", "2026-05-18", supplier_name="甲公司")
    late.enter("contract", "2026-05-18", action="published")
    late.enter("contract", "2026-05-18", action="filed")
    assert late.review("contract") == ["contract-signed-late"]


# Acceptance


def test_nothing_is_accepted_before_the_contract() -> None:
    rule = acceptance.BEFORE_CONTRACT
    lettered().refuses(rule, "acceptance", "2026-04-20", result="passed")
    signed().refuses(rule, "acceptance", "2026-07-01", result="passed", accepted_on="2026-04-19")
    signed().enter("acceptance", "2026-07-01", result="passed")
