"""Between which blocks an entry was made, and who tells so."""

import dataclasses
from typing import Any

import pytest

from liuhen.core.chain_view import NodeSilence
from liuhen.core.keccak import keccak256
from liuhen.core.shown import ShownRecord
from liuhen.core.time_bounds import check_not_before
from liuhen.core.verdict import State, Verdict
from tests.receipt_corpus import BLOCK_HASH, EVIDENCED
from tests.receipt_kit import (
    AFTER_BLOCK,
    AFTER_TIME,
    ANCHOR_BLOCK,
    ANCHOR_TIME,
    DATA,
    Kit,
    judge,
)

KIT = Kit(data={**DATA, "x": 1} if isinstance(DATA, dict) else DATA)
ANCHORED = KIT.receipt(5, 9)
AFTER = bytes.fromhex(str(AFTER_BLOCK.hash)[2:])


def bounds(verdict: Verdict) -> tuple[Any, Any]:
    return verdict.facts["not_before"], verdict.facts["not_after"]


def test_nodes_tell_both_bounds() -> None:
    nodes = (KIT.node(), KIT.node(node="second"))
    assert bounds(judge(ANCHORED, KIT.policy(), *nodes)) == (
        {
            "block": AFTER_BLOCK.number,
            "hash": AFTER_BLOCK.hash,
            "time": AFTER_TIME,
            "by": ["nodes"],
            "nodes": ["127.0.0.1:8545", "second"],
        },
        {
            "block": ANCHOR_BLOCK,
            "hash": None,
            "time": ANCHOR_TIME,
            "by": ["nodes"],
            "nodes": ["127.0.0.1:8545", "second"],
        },
    )


def test_without_a_voucher_there_is_no_bound() -> None:
    assert bounds(judge(ANCHORED, KIT.policy())) == (None, None)
    silent = NodeSilence("x", "refused")
    assert bounds(judge(ANCHORED, KIT.policy(), silent)) == (None, None)


@pytest.mark.parametrize("whose", ["policy", "caller"])
def test_policy_and_caller_vouch_for_blocks(whose: str) -> None:
    kit = Kit(data=_corpus_data())
    vouched = {AFTER, BLOCK_HASH}
    blocks = ((AFTER_BLOCK.number, AFTER), (ANCHOR_BLOCK, BLOCK_HASH))
    policy = kit.policy(known_blocks=blocks if whose == "policy" else ())
    beside: dict[str, Any] = {"block_hashes": frozenset(vouched if whose == "caller" else ())}
    lower, upper = bounds(judge(EVIDENCED, policy, **beside))
    assert (lower["by"], upper["by"]) == ([whose], [whose])
    assert (lower["time"], upper["time"]) == (None, ANCHOR_TIME)
    assert upper["hash"] == f"0x{BLOCK_HASH.hex()}"
    assert lower["nodes"] == upper["nodes"] == []


def test_the_oldest_anchor_bounds_from_above() -> None:
    seven = dataclasses.replace(KIT.anchored_head(7), block=15, timestamp=ANCHOR_TIME - 60)
    receipt = dataclasses.replace(ANCHORED, anchors=(KIT.anchor(7, 5), KIT.anchor(9, 5)))
    node = KIT.node(heads={7: seven, 9: KIT.anchored_head(9)})
    upper = bounds(judge(receipt, KIT.policy(), node))[1]
    assert (upper["block"], upper["time"]) == (15, ANCHOR_TIME - 60)


def test_a_time_is_told_only_where_all_nodes_tell_it_alike() -> None:
    for times in ({AFTER_BLOCK.number: 1}, {}):
        other = KIT.node(node="second", block_times=times)
        lower = bounds(judge(ANCHORED, KIT.policy(), KIT.node(), other))[0]
        assert lower["time"] is None
        assert lower["block"] == AFTER_BLOCK.number


def test_a_node_of_another_chain_tells_no_bound() -> None:
    node = KIT.node(genesis=keccak256(b"other"))
    assert bounds(judge(ANCHORED, KIT.policy(), node)) == (None, None)


def test_a_record_that_names_no_block_of_this_chain_is_not_bounded_by_it() -> None:
    record = ShownRecord.of(ANCHORED.rows)
    assert record.after_block is not None
    elsewhere = dataclasses.replace(record.after_block, chain_id=record.after_block.chain_id + 1)
    for named in (None, elsewhere):
        check, bound = check_not_before(
            dataclasses.replace(record, after_block=named), KIT.policy(), [KIT.node()], frozenset()
        )
        assert (check.state, check.facts, bound) == (State.NOT_CHECKED, {}, None)
        assert check.reason == "no-block-of-this-chain-in-record"


# --- answers side by side -----------------------------------------------------------------------


def answers(verdict: Verdict) -> list[Any]:
    found = verdict.check("anchor").facts["answers"]
    assert isinstance(found, list)
    return found


def test_the_answers_are_about_the_anchor_that_nodes_tell_differently() -> None:
    receipt = dataclasses.replace(ANCHORED, anchors=(KIT.anchor(7, 5), KIT.anchor(9, 5)))
    heads = {7: KIT.anchored_head(7), 9: KIT.anchored_head(9)}
    lying = dataclasses.replace(heads[9], root=bytes(32))
    nodes = (KIT.node(heads=heads), KIT.node(heads={**heads, 9: lying}))
    verdict = judge(receipt, KIT.policy(), *nodes)
    assert verdict.reason == "nodes-disagree"
    assert [(each["size"], each["root"]) for each in answers(verdict)] == [
        (9, KIT.tree.root(9).hex()),
        (9, "00" * 32),
    ]
    agreed = judge(receipt, KIT.policy(), nodes[0], nodes[0])
    assert [each["size"] for each in answers(agreed)] == [7, 7]


def test_a_silent_node_is_among_the_answers() -> None:
    silent: Any = NodeSilence("x", "refused")
    assert answers(judge(ANCHORED, KIT.policy(), silent, KIT.node()))[0] == {
        "node": "x",
        "why": "refused",
    }


def test_without_an_anchor_the_newest_head_is_told() -> None:
    (answer,) = answers(judge(KIT.receipt(), KIT.policy(), KIT.node()))
    assert (answer["size"], answer["root"], answer["latest"]) == (None, None, 9)


def test_the_block_of_the_evidence_is_told_as_each_node_has_it() -> None:
    kit = Kit(data=_corpus_data())
    node = kit.node(block_hashes={ANCHOR_BLOCK: keccak256(b"other block")})
    (answer,) = answers(judge(EVIDENCED, kit.policy(), node))
    assert answer["block_hash"] == "0x" + keccak256(b"other block").hex()


def _corpus_data() -> Any:
    from tests.receipt_corpus import DATA as CORPUS_DATA

    return CORPUS_DATA


def test_a_named_node_that_is_silent_leaves_the_lower_bound_open() -> None:
    answered = judge(ANCHORED, KIT.policy(), KIT.node())
    assert answered.facts["not_before"] is not None
    silent = judge(ANCHORED, KIT.policy(), KIT.node(), NodeSilence("second", "no answer"))
    assert silent.facts["not_before"] is None
