"""What nodes say of the log as a whole: a fork, its end, its keys."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_view import NodeAnswer, NodeReport, NodeSilence
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.policy import Life
from liuhen.core.receipt import Receipt
from liuhen.core.standing_checks import (
    AGAINST,
    CODE,
    agreed_standing,
    check_standing,
    warnings_of,
)
from liuhen.core.verdict import Check, Outcome, State
from tests.receipt_kit import Kit, judge

KIT = Kit()
OWN, OTHER = KIT.signer_key.signer, bytes([9]) * 20
MARK = ForkMark(OWN, 7, bytes([1]) * 32, KIT.tree.root(7), 20)
CLOSED = LogClosing(9, bytes([3]) * 32, 21)
SEALED, ANCHORED = KIT.receipt(5), KIT.receipt(5, 9)
SILENT = NodeSilence("b:2", "no answer")
SECOND = "127.0.0.1:8546"
POLICY = KIT.policy()


def node(name: str = "127.0.0.1:8545", **changes: Any) -> NodeAnswer:
    return KIT.node(node=name, standing=dataclasses.replace(KIT.standing, **changes))


def check(*nodes: NodeReport, size: int = 5, anchored: bool = False) -> Check:
    return check_standing(POLICY, nodes, size, anchored=anchored)


def facts_of(*nodes: NodeAnswer) -> dict[str, Any]:
    return {"nodes": [each.node for each in nodes], **nodes[0].standing.to_json()}


def test_nobody_asked_is_nothing_known() -> None:
    assert check() == Check(CODE, State.NOT_CHECKED, "standing-not-asked")
    assert agreed_standing(POLICY, ()) is None
    assert warnings_of(None) == []


def test_a_log_in_order_passes_and_every_node_is_named() -> None:
    nodes = node(), node(SECOND)
    assert check(*nodes) == Check(CODE, State.PASSED, "no-fork-proven", facts_of(*nodes))
    assert agreed_standing(POLICY, nodes) == KIT.standing
    assert warnings_of(KIT.standing) == []


def test_a_fork_counts_unless_what_is_checked_is_under_an_anchored_head() -> None:
    forked = node(mark=MARK)
    facts = facts_of(forked)
    assert check(forked) == Check(CODE, State.NOT_CHECKED, "log-forked", facts)
    assert check(forked, anchored=True) == Check(CODE, State.PASSED, "forked-and-anchored", facts)
    assert warnings_of(forked.standing) == [{"code": "log-forked", **MARK.to_json()}]


def test_a_log_that_ended_has_no_larger_size() -> None:
    ended = node(closing=CLOSED)
    facts = facts_of(ended)
    for anchored in (True, False):
        assert check(ended, size=9, anchored=anchored) == Check(
            CODE, State.PASSED, "log-closed", facts
        )
        assert check(ended, size=10, anchored=anchored) == Check(
            CODE, State.NOT_CHECKED, "beyond-final-size", {**facts, "claimed": 10, "final_size": 9}
        )
    assert warnings_of(ended.standing) == [{"code": "log-closed", **CLOSED.to_json()}]


def test_of_fork_and_end_the_fork_is_named_first() -> None:
    both = node(mark=MARK, closing=CLOSED)
    assert check(both, size=10).reason == "log-forked"
    assert check(both, size=10, anchored=True).reason == "beyond-final-size"
    assert check(both, size=9, anchored=True).reason == "forked-and-anchored"
    assert [
        dict(each)["code"] for each in warnings_of(both.standing) if isinstance(each, dict)
    ] == [
        "log-forked",
        "log-closed",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"mark": MARK},
        {"closing": CLOSED},
        {"signers": ()},
        {"signers": (AppointedSigner(OTHER, 0),)},
        {"signers": (*KIT.standing.signers, AppointedSigner(OTHER, 77))},
    ],
)
def test_nodes_that_differ_are_put_side_by_side(change: dict[str, Any]) -> None:
    one, other = node(), node(SECOND, **change)
    for nodes in ((one, other), (other, one)):
        said: list[JsonValue] = [{"node": each.node, **each.standing.to_json()} for each in nodes]
        assert check(*nodes, anchored=True) == Check(
            CODE, State.NOT_CHECKED, "nodes-disagree", {"standings": said}
        )
        assert agreed_standing(POLICY, nodes) is None


def test_silence_hides_nothing_that_speaks_against_a_log_and_confirms_nothing() -> None:
    unreachable = Check(
        CODE, State.NOT_CHECKED, "node-unreachable", {"node": "b:2", "why": "no answer"}
    )
    assert check(SILENT) == unreachable
    assert check(node(), SILENT) == unreachable
    assert check(node(closing=CLOSED), SILENT) == unreachable
    assert check(node(mark=MARK), SILENT).reason == "log-forked"
    assert check(node(closing=CLOSED), SILENT, size=10).reason == "beyond-final-size"
    assert check(SILENT, node(), node(SECOND, mark=MARK)).reason == "nodes-disagree"


@pytest.mark.parametrize("member", ["chain_id", "genesis", "code_hash"])
def test_what_a_node_of_another_chain_says_of_the_log_is_not_heard(member: str) -> None:
    change: dict[str, Any] = {member: 5 if member == "chain_id" else bytes(32)}
    foreign = dataclasses.replace(node(mark=MARK), **change)
    found = check(foreign)
    assert (found.code, found.state, found.reason) == (
        CODE,
        State.NOT_CHECKED,
        "node-on-another-chain",
    )
    assert agreed_standing(POLICY, (foreign,)) is None
    assert check(node(), foreign).reason == "node-on-another-chain"
    assert agreed_standing(POLICY, (node(), foreign)) == KIT.standing


# --- in a verdict -------------------------------------------------------------------------------


def test_what_is_known_of_the_log_is_a_warning_whatever_the_answer_is() -> None:
    both = node(mark=MARK, closing=CLOSED)
    for receipt, require in ((SEALED, Life.SEALED), (ANCHORED, Life.FINAL)):
        codes = [each["code"] for each in warnings(receipt, require, both)]
        assert codes == ["log-forked", "log-closed"]
    assert warnings(SEALED, Life.SEALED) == []
    assert warnings(ANCHORED, Life.FINAL, node()) == []


def warnings(receipt: Receipt, require: Life, *nodes: NodeReport) -> list[dict[str, Any]]:
    found: Any = judge(receipt, KIT.policy(require), *nodes).facts["warnings"]
    return list(found)


def test_offline_nothing_changes_and_the_list_says_so() -> None:
    verdict = judge(SEALED, KIT.policy(Life.SEALED))
    assert verdict.outcome is Outcome.MATCH
    assert verdict.check(CODE).reason == "standing-not-asked"


def test_a_fork_is_no_concern_of_a_receipt_of_another_log() -> None:
    other = Kit(seed=2, origin="other.example/logs/kit")
    verdict = judge(other.receipt(5), KIT.policy(Life.SEALED), node(mark=MARK))
    assert verdict.reason == "origin-not-in-policy"
    assert verdict.check(CODE).reason == "standing-not-asked"
    assert verdict.facts["warnings"] == []


def test_an_anchor_beyond_the_end_counts_as_much_as_a_checkpoint_beyond_it() -> None:
    for final_size, reason in ((9, "all-required-checks-passed"), (8, "beyond-final-size")):
        closing = LogClosing(final_size, None, 21)
        assert judge(ANCHORED, POLICY, node(closing=closing)).reason == reason
    closing = LogClosing(4, None, 21)
    assert judge(SEALED, KIT.policy(Life.SEALED), node(closing=closing)).reason == (
        "beyond-final-size"
    )


@pytest.mark.parametrize(
    ("signers", "anchored", "sealed"),
    [
        ([(OWN, 0)], "all-required-checks-passed", "all-required-checks-passed"),
        ([(OWN, 0), (OTHER, 6)], "all-required-checks-passed", "operator-owes-proof"),
        ([(OWN, 0), (OTHER, 5)], "signer-not-for-this-size", "signer-not-for-this-size"),
        ([(OTHER, 0)], "signer-not-in-contract", "signer-not-in-contract"),
    ],
)
def test_a_signature_counts_as_far_as_the_contract_has_its_key(
    signers: list[tuple[bytes, int]], anchored: str, sealed: str
) -> None:
    told = node(signers=tuple(AppointedSigner(*each) for each in signers))
    assert judge(ANCHORED, POLICY, told).reason == anchored
    assert judge(SEALED, KIT.policy(Life.SEALED), told).reason == sealed


def test_where_the_log_is_of_no_worth_the_life_is_what_the_anchor_shows() -> None:
    forked = node(mark=MARK)
    assert judge(SEALED, KIT.policy(Life.SEALED), forked).life is None
    assert judge(ANCHORED, POLICY, forked).life is Life.FINAL
    assert judge(ANCHORED, POLICY, node(), node(SECOND, mark=MARK)).life is Life.FINAL


# --- properties ---------------------------------------------------------------------------------


def _appointed(more: Sequence[tuple[bytes, int]]) -> tuple[AppointedSigner, ...]:
    later = sorted(more, key=lambda each: each[1])
    return (AppointedSigner(OWN, 0), *(AppointedSigner(*each) for each in later))


few = settings(max_examples=40)

WORDS = st.binary(min_size=32, max_size=32)
SIZES = st.one_of(st.integers(0, 12), st.integers(0, 2**64 - 1))
MARKS = st.none() | st.builds(ForkMark, st.just(OWN), SIZES, WORDS, WORDS, st.integers(1, 99))
CLOSINGS = st.none() | st.builds(LogClosing, SIZES, st.none() | WORDS, st.integers(1, 99))
SIGNERS = st.lists(
    st.tuples(st.sampled_from([OWN, OTHER]), st.integers(1, 12)),
    max_size=3,
    unique_by=lambda t: t[1],
).map(_appointed)
STANDINGS = st.builds(LogStanding, MARKS, CLOSINGS, SIGNERS)
RECEIPTS = st.sampled_from([SEALED, ANCHORED, KIT.receipt(9, 9)])
REQUIRES = st.sampled_from(list(Life))


@few
@given(RECEIPTS, REQUIRES, STANDINGS)
def test_no_standing_makes_a_match_of_what_is_none_without_it(
    receipt: Receipt, require: Life, standing: LogStanding
) -> None:
    policy = KIT.policy(require)
    as_it_is = judge(receipt, policy, node())
    told = judge(receipt, policy, dataclasses.replace(node(), standing=standing))
    if told.outcome is Outcome.MATCH:
        assert as_it_is.outcome is Outcome.MATCH
    if as_it_is.outcome is Outcome.COULD_NOT_CHECK:
        assert told.outcome is Outcome.COULD_NOT_CHECK
    assert told.outcome is not Outcome.DIFFERENT


@few
@given(RECEIPTS, REQUIRES, STANDINGS, STANDINGS)
def test_nodes_that_tell_two_standings_never_make_a_match(
    receipt: Receipt, require: Life, one: LogStanding, other: LogStanding
) -> None:
    nodes = [
        dataclasses.replace(node(name), standing=standing)
        for name, standing in (("127.0.0.1:8545", one), (SECOND, other))
    ]
    verdict = judge(receipt, KIT.policy(require), *nodes)
    alone = judge(receipt, KIT.policy(require), nodes[0])
    if one == other:
        assert verdict.outcome is alone.outcome
    else:
        assert verdict.outcome is Outcome.COULD_NOT_CHECK


@few
@given(REQUIRES, STANDINGS)
def test_a_match_in_a_forked_log_is_under_an_anchored_head_and_warns(
    require: Life, standing: LogStanding
) -> None:
    told = dataclasses.replace(node(), standing=standing)
    for receipt in (SEALED, ANCHORED):
        verdict = judge(receipt, KIT.policy(require), told)
        if standing.mark is not None and verdict.outcome is Outcome.MATCH:
            assert receipt is ANCHORED
            assert verdict.life in (Life.ANCHORED, Life.FINAL)
        found: Any = verdict.facts["warnings"]
        codes = {each["code"] for each in found}
        assert ("log-forked" in codes) == (standing.mark is not None)
        assert ("log-closed" in codes) == (standing.closing is not None)


@few
@given(REQUIRES, STANDINGS)
def test_silence_beside_an_answer_never_makes_a_match_of_it(
    require: Life, standing: LogStanding
) -> None:
    told = dataclasses.replace(node(), standing=standing)
    for receipt in (SEALED, ANCHORED):
        beside = judge(receipt, KIT.policy(require), told, SILENT)
        alone = judge(receipt, KIT.policy(require), told)
        if alone.check(CODE).reason in AGAINST:
            assert beside.outcome is Outcome.COULD_NOT_CHECK
