"""Checking a draw: what is right matches, and every way to bend it is found."""

from collections.abc import Callable
from typing import Any

import pytest

from liuhen.core.verdict import Outcome
from liuhen.domain.draw import pool_digest
from liuhen.domain.draw_check import check_draw
from liuhen.domain.draw_record import BlockName, pool_of
from tests.draw_kit import BLOCK, CASE, COMMITTED, DRAWN, REVEALED, VECTOR, judge, records

OTHER_HASH = bytes(32)
Records = list[dict[str, Any]]


def test_a_draw_that_was_kept_to_matches() -> None:
    verdict = judge(records())
    assert (verdict.outcome, verdict.reasons, verdict.calls) == (Outcome.MATCH, (), 6)


def test_a_case_without_a_draw_is_not_found() -> None:
    assert check_draw(CASE, [], {}).outcome is Outcome.NOT_FOUND


def test_a_draw_that_is_not_revealed_yet_waits() -> None:
    assert judge(records()[:COMMITTED]).outcome is Outcome.NOT_FOUND
    assert judge(records()[:DRAWN]).outcome is Outcome.WAITING
    assert judge(records()[:REVEALED]).outcome is Outcome.WAITING


def test_a_block_that_nobody_vouches_for_is_never_a_match() -> None:
    verdict = judge(records(), block_hash=None)
    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    assert "nobody vouches for the hash of block 4810" in verdict.reasons[0][1]


def test_what_does_not_follow_from_its_own_block_is_different_whoever_vouches() -> None:
    told = records()
    told[DRAWN]["calls"][0]["expert_token"] = "X-friend"
    assert judge(told, block_hash=None).outcome is Outcome.DIFFERENT


def another_seed(told: Records) -> str:
    told[REVEALED]["seeds"][0]["seed"] = "00" * 32
    return "not the one committed to"


def a_seed_withheld(told: Records) -> str:
    del told[REVEALED]["seeds"][1]
    return "'交易中心' withholds its seed: the draw is void"


def a_seed_that_is_none(told: Records) -> str:
    told[REVEALED]["seeds"][1]["seed"] = "secret"
    return "withholds its seed"


def a_seed_of_somebody_else(told: Records) -> str:
    told[REVEALED]["seeds"].append({"party": "代理机构", "seed": "00" * 32})
    return "never committed to a seed"


def one_party_alone(told: Records) -> str:
    del told[COMMITTED]["seed_commitments"][1:]
    del told[REVEALED]["seeds"][1:]
    return "fewer than two parties"


def one_party_twice(told: Records) -> str:
    told[COMMITTED]["seed_commitments"].append(told[COMMITTED]["seed_commitments"][0])
    return "committed to two seeds"


def another_pool(told: Records) -> str:
    told[REVEALED]["pool"][0]["majors"] = ["财务会计"]
    return "the pool revealed is not the one committed to"


def a_smaller_pool(told: Records) -> str:
    told[REVEALED]["pool"].pop()
    return "the pool revealed is not the one committed to"


def a_token_twice_in_the_pool(told: Records) -> str:
    told[REVEALED]["pool"].append(told[REVEALED]["pool"][0])
    return "two experts of the pool have one token"


def a_block_of_another_number(told: Records) -> str:
    told[DRAWN]["block"]["number"] += 1
    return "another block was used: 4811, not 4810"


def a_block_of_another_chain(told: Records) -> str:
    told[DRAWN]["block"]["chain_id"] = 1
    return "another block was used"


def other_conditions(told: Records) -> str:
    told[COMMITTED]["conditions"][0]["count"] = 2
    return "call 1 is due to"


def other_recusals(told: Records) -> str:
    told[COMMITTED]["recusal_units"] = []
    return "is due to"


def a_token_skipped(told: Records) -> str:
    del told[DRAWN]["calls"][0]
    for number, call in enumerate(told[DRAWN]["calls"], 1):
        call["order"] = number
    return f"call 1 is due to '{VECTOR['calls'][0][0]}'"


def calls_swapped(told: Records) -> str:
    calls = told[DRAWN]["calls"]
    calls[0], calls[1] = calls[1], calls[0]
    calls[0]["order"], calls[1]["order"] = 1, 2
    return "call 1 is due to"


def calls_numbered_otherwise(told: Records) -> str:
    told[DRAWN]["calls"][0]["order"] = 2
    return "call 1 is numbered 2"


def a_refusal_told_as_taking_part(told: Records) -> str:
    told[DRAWN]["calls"][0]["result"] = "accepted"
    return "call 2 is due to"


def taking_part_told_as_a_refusal(told: Records) -> str:
    told[DRAWN]["calls"][5]["result"] = "unreached"
    return "a place is not filled (财务会计)"


def one_call_too_many(told: Records) -> str:
    told[DRAWN]["calls"].append({**told[DRAWN]["calls"][5], "order": 7})
    return "call 7 came when every place was filled"


def the_last_call_left_out(told: Records) -> str:
    told[DRAWN]["calls"].pop()
    return "a place is not filled"


def a_recused_unit_drawn(told: Records) -> str:
    at_hospital = next(e for e in VECTOR["pool"] if e.get("unit") == "示例市第三人民医院")
    told[DRAWN]["calls"][0]["expert_token"] = at_hospital["token"]
    return "call 1 is due to"


def a_friend_on_the_committee(told: Records) -> str:
    told[DRAWN]["committee"][2]["expert_token"] = "X-friend"
    return "the committee is not who was drawn"


def nobody_wanted(told: Records) -> str:
    told[COMMITTED]["conditions"] = []
    told[DRAWN]["calls"] = []
    return "the conditions ask for nobody"


def a_major_twice(told: Records) -> str:
    told[COMMITTED]["conditions"].append(told[COMMITTED]["conditions"][0])
    return "is there twice"


def a_replacement_of_nobody(told: Records) -> str:
    told.insert(REVEALED, {"action": "redrawn", "replaced": [{"expert_token": "X-nobody"}]})
    return "is replaced, and never took part"


ATTACKS = [
    another_seed,
    a_seed_withheld,
    a_seed_that_is_none,
    a_seed_of_somebody_else,
    one_party_alone,
    one_party_twice,
    another_pool,
    a_smaller_pool,
    a_token_twice_in_the_pool,
    a_block_of_another_number,
    a_block_of_another_chain,
    other_conditions,
    other_recusals,
    a_token_skipped,
    calls_swapped,
    calls_numbered_otherwise,
    a_refusal_told_as_taking_part,
    taking_part_told_as_a_refusal,
    one_call_too_many,
    the_last_call_left_out,
    a_recused_unit_drawn,
    a_friend_on_the_committee,
    nobody_wanted,
    a_major_twice,
    a_replacement_of_nobody,
]


@pytest.mark.parametrize("bend", ATTACKS, ids=lambda bend: bend.__name__)
def test_whatever_is_bent_is_different(bend: Callable[[Records], str]) -> None:
    told = records()
    wanted = bend(told)
    verdict = judge(told)
    assert verdict.outcome is Outcome.DIFFERENT
    assert any(wanted in english for _, english in verdict.reasons), verdict.reasons


def test_another_hash_than_the_record_names_is_different() -> None:
    verdict = judge(records(), block_hash=OTHER_HASH)
    assert verdict.outcome is Outcome.DIFFERENT
    assert "block 4810 has another hash" in verdict.reasons[0][1]


def test_another_hash_makes_other_calls() -> None:
    told = records()
    told[DRAWN]["block"]["hash"] = OTHER_HASH.hex()
    verdict = judge(told, block_hash=OTHER_HASH)
    assert verdict.outcome is Outcome.DIFFERENT
    assert "call 1 is due to" in verdict.reasons[0][1]


def test_an_empty_pool_fills_no_place() -> None:
    told = records()
    told[COMMITTED]["pool_sha256"] = pool_digest([]).hex()
    told[REVEALED]["pool"], told[DRAWN]["calls"], told[DRAWN]["committee"] = [], [], []
    verdict = judge(told)
    assert verdict.outcome is Outcome.DIFFERENT
    assert "the pool has nobody left" in verdict.reasons[0][1]


@pytest.mark.parametrize("number", [4810, 4811])
def test_a_block_that_was_there_already_is_different(number: int) -> None:
    verdict = judge(records(), after_block=BlockName(BLOCK.chain_id, number))
    assert verdict.outcome is Outcome.DIFFERENT
    assert "block 4810 was there when" in verdict.reasons[0][1]


def test_a_later_block_is_what_it_takes() -> None:
    assert judge(records(), after_block=BlockName(BLOCK.chain_id, 4809)).outcome is Outcome.MATCH


@pytest.mark.parametrize("anchored_in", [BLOCK, BlockName(1, 5)])
def test_a_commitment_anchored_too_late_proves_nothing(anchored_in: BlockName) -> None:
    """`after_block` says what a record is younger than; only the anchor says what it is older."""
    verdict = judge(records(), anchored_in=anchored_in)
    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    assert "is not shown: it is anchored no earlier" in verdict.reasons[0][1]


def test_only_an_anchor_proves_that_the_commitment_came_first() -> None:
    proven = judge(records(), anchored_in=BlockName(BLOCK.chain_id, 4809))
    assert (proven.outcome, proven.notes) == (Outcome.MATCH, ())
    assert "rests on the log's word" in judge(records()).notes[0][1]


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (COMMITTED, "pool_sha256"),
        (COMMITTED, "conditions"),
        (COMMITTED, "seed_commitments"),
        (COMMITTED, "block"),
        (REVEALED, "pool"),
        (REVEALED, "seeds"),
    ],
)
def test_what_was_erased_is_not_called_different(record: int, name: str) -> None:
    told = records()
    told[record][name] = None
    verdict = judge(told)
    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    assert f"do not tell {name!r}" in verdict.reasons[0][1]


def continued() -> Records:
    """A whole draw after which the first of those who take part falls ill."""
    told = records()
    ill, major = VECTOR["calls"][1]
    following = VECTOR["orders"][major][2]
    call = {"order": 7, "expert_token": following, "major": major, "result": "accepted"}
    committee = [dict(seat) for seat in told[DRAWN]["committee"]]
    committee[1]["expert_token"] = following
    told.insert(
        REVEALED,
        {
            "action": "redrawn",
            "reason": "健康原因",
            "replaced": [{"expert_token": ill}],
            "calls": [call],
            "committee": committee,
        },
    )
    return told


def test_a_redraw_goes_on_in_the_same_order() -> None:
    verdict = judge(continued())
    assert (verdict.outcome, verdict.reasons, verdict.calls) == (Outcome.MATCH, (), 7)


def test_a_redraw_that_picks_somebody_is_different() -> None:
    told = continued()
    told[2]["calls"][0]["expert_token"] = VECTOR["orders"][VECTOR["calls"][1][1]][3]
    assert judge(told).outcome is Outcome.DIFFERENT


def test_the_draw_that_counts_is_the_last_one_and_the_others_are_told() -> None:
    told = records()
    verdict = judge([told[COMMITTED], *told])
    assert verdict.outcome is Outcome.MATCH
    assert "this is draw number 2 of the case" in verdict.notes[0][1]


def test_whoever_withheld_his_seed_takes_no_part_again() -> None:
    told = records()
    named = {**told[COMMITTED], "withheld_by": ["监督部门"]}
    verdict = judge([told[COMMITTED], named])
    assert verdict.outcome is Outcome.DIFFERENT
    assert "withheld a seed before" in verdict.reasons[0][1]
    assert "withheld a seed before: 监督部门" in verdict.notes[1][1]


def test_a_party_that_withheld_once_is_remembered_over_all_later_draws() -> None:
    told = records()
    named = {**told[COMMITTED], "withheld_by": ["监督部门"]}
    assert judge([told[COMMITTED], named, *told]).outcome is Outcome.DIFFERENT


def test_records_that_lack_everything_raise_nothing() -> None:
    shapes: list[Any] = [None, [], {}, "", 0, [None], [{}], [[]], {"number": "1"}]
    for name in ("conditions", "seed_commitments", "block", "calls", "committee", "pool", "seeds"):
        for shape in shapes:
            for record in (COMMITTED, DRAWN, REVEALED):
                told = records()
                told[record][name] = shape
                judge(told)


def test_the_pool_of_the_vector_is_read_whole() -> None:
    assert len(pool_of(VECTOR)) == VECTOR["committed"]["pool_size"] == 40
