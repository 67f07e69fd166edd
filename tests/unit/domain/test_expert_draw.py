"""The record type of a draw: its life cycle and its rules."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.core.errors import RecordRefused
from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.catalogue.expert_draw import TYPE
from liuhen.domain.facts import NO_FACTS, Facts, RuleContext
from liuhen.domain.incoming import Incoming
from liuhen.domain.record_type import ReviewedCase
from liuhen.domain.stage import Stage
from tests.draw_kit import COMMITTED, DRAWN, REVEALED, VECTOR, incoming, records

CONTEXT = RuleContext(ChinaCalendar(), lambda text: hashlib.sha256(text.encode()).hexdigest()[:16])
Records = list[dict[str, Any]]
NOON = datetime(2026, 3, 31, 4, tzinfo=UTC)
END = datetime(2026, 12, 31, tzinfo=UTC)


def taken(told: Sequence[dict[str, Any]], facts: Facts = NO_FACTS) -> Facts:
    """Let records in, one after the other; return the facts after them."""
    for number, data in enumerate(told):
        record = incoming(data, number)
        TYPE.check_data(data)
        TYPE.admit(facts, record, CONTEXT)
        facts = TYPE.apply(facts, record, CONTEXT)
    return facts


def refused(told: Sequence[dict[str, Any]], facts: Facts = NO_FACTS) -> tuple[str, str]:
    """Return rule and field for which the last of these records is refused."""
    before = taken(told[:-1], facts)
    with pytest.raises(RecordRefused) as caught:
        TYPE.admit(before, incoming(told[-1], len(told) - 1), CONTEXT)
    return str(caught.value.rule_code), caught.value.field


def test_a_whole_draw_is_let_in() -> None:
    assert taken(records())["expert_draw"]["state"] == "revealed"  # type: ignore[call-overload,index]


def test_the_facts_name_nobody() -> None:
    told = records()
    told[COMMITTED]["withheld_by"] = ["代理机构"]
    text = str(taken(told))
    names = [expert["token"] for expert in VECTOR["pool"]] + [*VECTOR["seeds"], "代理机构"]
    assert not [name for name in names if name in text]


@pytest.mark.parametrize("action", ["drawn", "called", "redrawn", "revealed"])
def test_nothing_goes_before_the_commitment(action: str) -> None:
    assert refused([{"action": action}]) == ("draw-not-committed", "/data/action")


@pytest.mark.parametrize("name", ["pool_sha256", "conditions", "seed_commitments", "block"])
def test_a_commitment_that_leaves_something_open_is_refused(name: str) -> None:
    told = records()[:DRAWN]
    del told[COMMITTED][name]
    assert refused(told) == ("draw-commitment-incomplete", "/data")


def test_one_seed_is_not_enough() -> None:
    told = records()[:DRAWN]
    del told[COMMITTED]["seed_commitments"][1:]
    assert refused(told) == ("draw-commitment-incomplete", "/data")


@pytest.mark.parametrize("name", ["seed_commitments", "conditions"])
def test_a_party_or_a_major_is_there_once(name: str) -> None:
    told = records()[:DRAWN]
    told[COMMITTED][name].append(told[COMMITTED][name][0])
    assert refused(told) == ("draw-named-twice", f"/data/{name}")


def test_a_draw_dated_before_its_commitment_is_refused() -> None:
    facts = taken(records()[:DRAWN])
    early = incoming(records()[DRAWN], -1)
    with pytest.raises(RecordRefused) as caught:
        TYPE.admit(facts, early, CONTEXT)
    assert (caught.value.rule_code, caught.value.field) == (
        "draw-before-commitment",
        "/occurred_at",
    )


def recused_called(told: Records) -> str:
    told[DRAWN]["calls"][0]["expert_token"] = VECTOR["committed"]["recusal_tokens"][0]
    return "/data/calls"


def recused_seated(told: Records) -> str:
    told[DRAWN]["committee"][1]["expert_token"] = VECTOR["committed"]["recusal_tokens"][0]
    return "/data/committee"


@pytest.mark.parametrize("bend", [recused_called, recused_seated])
def test_whoever_must_recuse_himself_takes_no_part(bend: Callable[[Records], str]) -> None:
    told = records()[:REVEALED]
    field = bend(told)
    assert refused(told) == ("draw-recused-expert", field)


def test_nobody_is_called_twice_in_one_record() -> None:
    told = records()[:REVEALED]
    told[DRAWN]["calls"].append(told[DRAWN]["calls"][0])
    assert refused(told) == ("draw-named-twice", "/data/calls")


def test_nobody_is_called_twice_in_two_records() -> None:
    told = records()[:REVEALED]
    told.append({"action": "called", "calls": [told[DRAWN]["calls"][0]]})
    assert refused(told) == ("draw-named-twice", "/data/calls")


def test_an_even_committee_is_refused() -> None:
    told = records()[:REVEALED]
    told[DRAWN]["committee"].pop()
    assert refused(told) == ("draw-committee-share", "/data/committee")


def test_two_thirds_are_experts() -> None:
    told = records()[:REVEALED]
    del told[DRAWN]["committee"][1]["source"]
    assert refused(told) == ("draw-committee-share", "/data/committee")


def test_where_neither_law_holds_a_committee_is_whatever_it_is() -> None:
    told = records()[:REVEALED]
    told[DRAWN]["committee"].pop()
    assert taken(told, {"regime": "other"})


def test_two_of_three_are_two_thirds() -> None:
    told = records()[:REVEALED]
    del told[DRAWN]["committee"][3:]
    taken(told)


@pytest.mark.parametrize("action", ["committed", "redrawn"])
def test_drawing_again_needs_a_reason(action: str) -> None:
    told = records()[:REVEALED]
    again = {**told[COMMITTED]} if action == "committed" else {"action": "redrawn"}
    assert refused([*told, again]) == ("draw-again-reason", "/data/reason")
    taken([*told, {**again, "reason": "健康原因"}])


def test_a_draw_is_begun_anew_also_after_it_was_revealed() -> None:
    told = records()
    assert refused([*told, told[COMMITTED]]) == ("draw-again-reason", "/data/reason")
    taken([*told, {**told[COMMITTED], "reason": "重新组建评标委员会"}])


def test_a_new_draw_may_call_whom_the_old_one_called() -> None:
    told = records()[:REVEALED]
    taken([*told, {**told[COMMITTED], "reason": "抽取无效"}, told[DRAWN]])


def test_whoever_withheld_his_seed_takes_no_part_again() -> None:
    told = records()[:DRAWN]
    named = {**told[COMMITTED], "reason": "未公开种子", "withheld_by": ["监督部门"]}
    rule = ("draw-seed-withheld", "/data/seed_commitments")
    assert refused([*told, named]) == rule
    others = [each for each in named["seed_commitments"] if each["party"] != "监督部门"]
    without = {**named, "seed_commitments": others}
    later = {**told[COMMITTED], "reason": "再次抽取"}
    assert refused([*told, without, later]) == rule


def at_stage(stage: Stage, state: str = "active") -> Facts:
    return {"stage": int(stage), "regime": "ZC", "project": {"state": state}}


def test_nothing_is_revealed_before_the_result() -> None:
    rule = ("draw-revealed-early", "/data/action")
    assert refused(records(), at_stage(Stage.EVALUATION)) == rule
    taken(records(), at_stage(Stage.RESULT))


def test_a_project_that_failed_comes_to_no_result_and_may_be_revealed() -> None:
    taken(records(), at_stage(Stage.EVALUATION, "failed"))


def test_a_revealed_draw_goes_no_further() -> None:
    assert refused([*records(), {"action": "called"}]) == ("step-out-of-order", "/data/action")


def test_what_was_erased_is_still_learned_from() -> None:
    shapes: list[Any] = [None, [], {}, "x", [None]]
    for action in ("committed", "drawn", "called", "redrawn", "revealed"):
        for value in shapes:
            data = dict.fromkeys(("calls", "committee", "withheld_by", "recusal_tokens"), value)
            TYPE.apply(NO_FACTS, incoming({"action": action, **data}), CONTEXT)
            TYPE.apply({"expert_draw": {"called": value}}, incoming({"action": action}), CONTEXT)


def of_type(name: str, at: datetime) -> Incoming:
    return replace(incoming({}), type=name, at=at, record_id=name)


def lacking(told: Sequence[dict[str, Any]], *others: Incoming, facts: Facts = NO_FACTS) -> set[str]:
    """Return the rules that a case with these records misses."""
    mine = [incoming(data, number) for number, data in enumerate(told)]
    for record in mine:
        facts = TYPE.apply(facts, record, CONTEXT)
    case = ReviewedCase(facts, [*mine, *others], END, CONTEXT)
    return {shortfall.rule.code for shortfall in TYPE.review(case)}


def test_an_evaluation_without_a_draw_lacks_one() -> None:
    assert lacking([], of_type("evaluation_report", NOON)) == {"draw-missing"}
    assert lacking([]) == set()


def test_a_draw_that_is_begun_until_it_suits_is_named() -> None:
    """Whoever has all the seeds knows what comes out as soon as the block is there."""
    told = records()
    again = [told[COMMITTED], *({**told[COMMITTED], "reason": "重新抽取"} for _ in range(3))]
    taken(again)
    assert "draw-abandoned" in lacking([*again, *told[DRAWN:]])
    others = [each for each in told[COMMITTED]["seed_commitments"] if each["party"] != "监督部门"]
    named = {**again[1], "withheld_by": ["监督部门"], "seed_commitments": others}
    assert "draw-abandoned" not in lacking([told[COMMITTED], named, *told[DRAWN:]])


@pytest.mark.parametrize("action", ["drawn", "called"])
def test_nobody_is_replaced_but_by_a_redraw_with_a_reason(action: str) -> None:
    told = records()
    before = told[:DRAWN] if action == "drawn" else told[: DRAWN + 1]
    data = {**told[DRAWN], "action": action, "calls": [], "committee": []}
    silent = {**data, "replaced": [{"expert_token": "X-1"}]}
    assert refused([*before, silent]) == ("draw-again-reason", "/data/replaced")
    taken([*before, data])


def test_a_whole_draw_lacks_nothing() -> None:
    others = [of_type(name, NOON) for name in ("opening_record", "score_sheet", "award_notice")]
    assert lacking(records(), *others, facts={"regime": "ZC"}) == set()


def test_a_draw_that_was_imported_without_its_commitment_lacks_it() -> None:
    assert lacking(records()[DRAWN:]) == {"draw-not-committed"}


def test_from_the_day_after_the_award_notice_on_a_draw_is_revealed() -> None:
    assert lacking(records()[:REVEALED], of_type("award_notice", NOON)) == {"draw-not-revealed"}
    assert lacking(records()[:REVEALED], of_type("award_notice", END)) == set()
    assert lacking(records()[:REVEALED], of_type("candidate_publicity", NOON)) == set()
    assert lacking(records()[:REVEALED]) == set()


def test_points_given_before_the_draw_are_named() -> None:
    early = incoming(records()[DRAWN], 1).at - timedelta(minutes=1)
    assert lacking(records(), of_type("score_sheet", early)) == {"draw-after-evaluation"}


def test_in_tendering_a_committee_is_drawn_before_the_opening() -> None:
    drawn = incoming(records()[DRAWN], 1).at
    late = of_type("opening_record", drawn - timedelta(minutes=1))
    in_time = of_type("opening_record", drawn + timedelta(minutes=1))
    assert lacking(records(), late, facts={"regime": "ZB"}) == {"draw-after-opening"}
    assert lacking(records(), in_time, facts={"regime": "ZB"}) == set()
    assert lacking(records(), late, facts={"regime": "ZC"}) == set()


@pytest.mark.parametrize(
    ("day", "missed"),
    # The draw is on Monday 30 March; 4 to 6 April are holidays.
    [(1, set()), (2, {"draw-too-early"}), (31, set())],
)
def test_a_draw_is_two_working_days_before_the_evaluation_at_most(
    day: int, missed: set[str]
) -> None:
    month = 3 if day == 31 else 4
    opened = of_type("opening_record", datetime(2026, month, day, 2, tzinfo=UTC))
    assert lacking(records(), opened, facts={"regime": "ZC"}) == missed
    assert lacking(records(), opened, facts={"regime": "ZB"}) == set()


def test_every_rule_names_its_case_in_both_languages() -> None:
    assert CATALOGUE["expert_draw"] is TYPE
    told = records()[:REVEALED]
    told[DRAWN]["committee"].pop()
    with pytest.raises(RecordRefused) as caught:
        taken(told)
    assert caught.value.rule_zh == (
        "评标委员会成员应为单数，专家不少于三分之二（共4人，专家3人）"
        "（招标投标法第37条；87号令第47条）"
    )
    assert "3 of 4 (Tendering Law art. 37; Order 87 art. 47)" in str(caught.value)
