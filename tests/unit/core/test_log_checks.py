"""What a monitor concludes, check by check."""

from dataclasses import replace
from typing import Any

import pytest

from liuhen.core.canonical import JsonObject
from liuhen.core.chain_view import AnchoredHead, NodeAnswer, NodeReport, NodeSilence
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.log_checks import (
    check_contract,
    check_head,
    check_log_standing,
    check_memory,
    decide,
    judge_keys,
)
from liuhen.core.log_memory import LogMemory, SeenHead
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing
from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.policy import SizeRange
from liuhen.core.verdict import Check, Outcome, State
from tests.watched_log import (
    CHAIN_ID,
    CODE_HASH,
    GENESIS,
    ORIGIN,
    policy_of,
    signed_note,
    signer,
    standing_of,
)
from tests.witness_kit import W1, cosigned, head_of

HEAD = TreeHead(10, bytes([10]) * 32)
ROOTS = {size: bytes([size]) * 32 for size in range(1, 11)}
POLICY = policy_of()
NOON = "2026-11-22T12:00:00Z"


def checks_of(note: str, policy: object = POLICY) -> dict[str, Check]:
    signed = SignedNote.parse(note)
    assert isinstance(policy, type(POLICY))
    found = check_head(signed, Checkpoint.parse(signed.text), policy)
    return {check.code: check for check in found}


def remembered(*heads: TreeHead) -> LogMemory:
    return LogMemory(ORIGIN, tuple(SeenHead(signed_note(head), NOON) for head in heads))


def node(latest: TreeHead, heads: dict[int, bytes | None] | None = None) -> NodeAnswer:
    told = {
        size: None if root is None else AnchoredHead(root, 5, 6)
        for size, root in (heads or {}).items()
    }
    return NodeAnswer("node", CHAIN_ID, GENESIS, CODE_HASH, latest, 9, standing_of(), told)


NONE_ANCHORED = TreeHead(0, EMPTY_ROOT)


def test_a_head_by_the_keys_of_the_policy_passes() -> None:
    checks = checks_of(signed_note(HEAD))
    assert {check.state for check in checks.values()} == {State.PASSED}
    assert [*checks] == ["origin", "log_signature", "signer_signature"]


def test_a_head_of_another_log_is_not_judged() -> None:
    other = "log.example/logs/other"
    origins = {"checkpoint": other, "policy": ORIGIN}
    assert checks_of(signed_note(HEAD, origin=other)) == {
        "origin": Check("origin", State.NOT_CHECKED, "origin-not-in-policy", origins)
    }
    same = {"checkpoint": ORIGIN, "policy": ORIGIN}
    assert checks_of(signed_note(HEAD))["origin"] == Check(
        "origin", State.PASSED, "same-origin", same
    )


def test_the_witnesses_of_the_policy_are_counted() -> None:
    asking = replace(POLICY, witnesses=(W1.key,), quorum=1)
    note = signed_note(HEAD)
    assert checks_of(note, asking)["witnesses"].reason == "cosignatures-missing"
    checks = checks_of(cosigned(note, W1.line(head_of(note))), asking)
    assert checks["witnesses"].state is State.PASSED


def test_a_retired_key_is_not_good_for_a_new_size() -> None:
    policy = policy_of((signer(1), SizeRange(0, 9)), (signer(2), SizeRange(10)))
    assert checks_of(signed_note(HEAD, signer(1)), policy)["log_signature"].reason == (
        "key-not-for-this-size"
    )
    assert checks_of(signed_note(HEAD, signer(2)), policy)["log_signature"].reason == "signed"
    old = TreeHead(9, bytes(32))
    assert checks_of(signed_note(old, signer(1)), policy)["log_signature"].reason == "signed"
    assert checks_of(signed_note(old, signer(2)), policy)["log_signature"].reason == (
        "key-not-for-this-size"
    )


def test_a_retired_key_counts_only_where_the_contract_has_this_head() -> None:
    policy = policy_of((signer(1), SizeRange(0, 10)), (signer(2), SizeRange(11)))
    checks = check_head(
        SignedNote.parse(signed_note(HEAD, signer(1))), Checkpoint(ORIGIN, *HEAD), policy
    )
    tiles = Check("tiles", State.PASSED, "all-lead-to-root")
    for latest, counts in ((HEAD, True), (TreeHead(9, ROOTS[9]), False)):
        contract = check_contract(policy, [node(latest)], HEAD, ROOTS)
        judged = judge_keys([*checks, tiles, contract])
        assert (decide(judged, policy)[0] is Outcome.MATCH) is counts
    offline = judge_keys([*checks, tiles, check_contract(policy, [], HEAD, ROOTS)])
    assert decide(offline, policy) == (Outcome.COULD_NOT_CHECK, "key-retired")


def test_the_first_look_has_nothing_to_compare_with() -> None:
    check = check_memory(HEAD, LogMemory(ORIGIN), {})
    assert (check.state, check.reason) == (State.NOT_CHECKED, "first-sight")


def test_all_heads_seen_before_are_compared() -> None:
    memory = remembered(*(TreeHead(size, ROOTS[size]) for size in (3, 7, 10)))
    check = check_memory(HEAD, memory, ROOTS)
    assert (check.state, check.facts["heads"]) == (State.PASSED, 3)
    for size in (3, 7, 10):
        forked = remembered(TreeHead(2, ROOTS[2]), TreeHead(size, bytes(32)), TreeHead(9, ROOTS[9]))
        found = check_memory(HEAD, forked, ROOTS)
        assert (found.state, found.reason) == (State.FAILED, "history-forked")
        assert found.facts["seen_size"] == size
        assert found.facts["note"] == forked.heads[1].note


def test_a_log_that_shrank_is_different() -> None:
    check = check_memory(HEAD, remembered(TreeHead(11, bytes(32))), ROOTS)
    assert (check.state, check.reason) == (State.FAILED, "log-shrank")


def test_without_a_node_the_contract_is_not_checked() -> None:
    check = check_contract(POLICY, [], HEAD, ROOTS)
    assert (check.state, check.reason) == (State.NOT_CHECKED, "no-node-asked")


@pytest.mark.parametrize(
    ("latest", "heads", "state", "reason"),
    [
        (NONE_ANCHORED, {}, State.NOT_CHECKED, "nothing-anchored"),
        (NONE_ANCHORED, {4: None}, State.NOT_CHECKED, "nothing-anchored"),
        (TreeHead(7, ROOTS[7]), {}, State.PASSED, "anchored-heads-agree"),
        (TreeHead(10, ROOTS[10]), {4: ROOTS[4], 5: None}, State.PASSED, "anchored-heads-agree"),
        (TreeHead(7, bytes(32)), {}, State.FAILED, "another-head-in-contract"),
        (TreeHead(7, ROOTS[7]), {4: bytes(32)}, State.FAILED, "another-head-in-contract"),
        (TreeHead(12, bytes(32)), {}, State.NOT_CHECKED, "log-behind-contract"),
        (TreeHead(12, bytes(32)), {10: ROOTS[10]}, State.NOT_CHECKED, "log-behind-contract"),
        (TreeHead(12, bytes(32)), {10: bytes(32)}, State.FAILED, "another-head-in-contract"),
    ],
)
def test_the_contract_is_compared_at_every_size_it_has(
    latest: TreeHead, heads: dict[int, bytes | None], state: State, reason: str
) -> None:
    check = check_contract(POLICY, [node(latest, heads)], HEAD, ROOTS)
    assert (check.state, check.reason) == (state, reason)


def test_a_node_that_lies_beside_an_honest_one_decides_nothing() -> None:
    honest, lying = node(TreeHead(7, ROOTS[7])), node(TreeHead(7, bytes(32)))
    for nodes in ([honest, lying], [lying, honest]):
        check = check_contract(POLICY, nodes, HEAD, ROOTS)
        assert (check.state, check.reason) == (State.NOT_CHECKED, "nodes-disagree")
        assert check.facts["answers"] == sorted([bytes(32).hex(), ROOTS[7].hex()])


def test_a_node_that_only_lags_behind_does_not_disagree() -> None:
    nodes = [node(TreeHead(7, ROOTS[7])), node(TreeHead(4, ROOTS[4]))]
    assert check_contract(POLICY, nodes, HEAD, ROOTS).state is State.PASSED


def test_a_silent_node_or_one_of_another_chain_decides_nothing() -> None:
    good = node(TreeHead(7, ROOTS[7]))
    doubts: list[tuple[NodeReport, str]] = [
        (NodeSilence("node", "no answer"), "node-unreachable"),
        (replace(good, chain_id=1), "node-on-another-chain"),
        (replace(good, genesis=bytes(32)), "node-on-another-chain"),
        (replace(good, code_hash=bytes(32)), "node-on-another-chain"),
    ]
    for doubtful, reason in doubts:
        check = check_contract(POLICY, [good, doubtful], HEAD, ROOTS)
        assert (check.code, check.state, check.reason) == ("contract", State.NOT_CHECKED, reason)


# --- the log's standing --------------------------------------------------------------------------

MARK = ForkMark(signer(1).address, 7, bytes(32), ROOTS[7], 20)


def told(**changes: Any) -> NodeAnswer:
    standing = replace(standing_of(), **changes)
    return replace(node(TreeHead(7, ROOTS[7])), standing=standing)


def standing_check(*nodes: NodeReport) -> Check:
    return check_log_standing(POLICY, nodes, HEAD, ROOTS)


def facts_of(answer: NodeAnswer, **more: Any) -> JsonObject:
    return {"nodes": ["node"], **answer.standing.to_json(), **more}


def test_without_a_node_or_with_different_answers_the_standing_is_open() -> None:
    assert standing_check() == Check("standing", State.NOT_CHECKED, "standing-not-asked")
    found = standing_check(told(), told(mark=MARK))
    assert (found.state, found.reason) == (State.NOT_CHECKED, "nodes-disagree")
    assert standing_check(told()) == Check(
        "standing", State.PASSED, "no-fork-proven", facts_of(told())
    )


@pytest.mark.parametrize("sides", [(bytes(32), ROOTS[7]), (ROOTS[7], bytes(32))])
def test_a_log_on_one_side_of_a_fork_is_told_which(sides: tuple[bytes, bytes]) -> None:
    forked = told(mark=replace(MARK, root=sides[0], other_root=sides[1]))
    assert standing_check(forked) == Check(
        "standing",
        State.NOT_CHECKED,
        "one-side-of-fork",
        facts_of(forked, log=ROOTS[7].hex(), forked_at=7),
    )


def test_a_log_on_neither_side_of_a_fork_contradicts_it() -> None:
    forked = told(mark=replace(MARK, other_root=b"\1" * 32))
    assert standing_check(forked) == Check(
        "standing",
        State.FAILED,
        "neither-side-of-fork",
        facts_of(forked, log=ROOTS[7].hex(), forked_at=7),
    )


def test_a_fork_at_the_logs_own_size_is_compared_and_one_beyond_it_is_not() -> None:
    at_the_end = told(mark=replace(MARK, size=10, other_root=ROOTS[10]))
    assert standing_check(at_the_end).reason == "one-side-of-fork"
    beyond = told(mark=replace(MARK, size=11))
    assert standing_check(beyond) == Check(
        "standing", State.NOT_CHECKED, "log-forked", facts_of(beyond)
    )


def test_a_log_that_grew_past_its_end_contradicts_it() -> None:
    for final_size, state, reason in (
        (9, State.FAILED, "beyond-final-size"),
        (10, State.PASSED, "log-closed"),
        (2**64 - 1, State.PASSED, "log-closed"),
    ):
        ended = told(closing=LogClosing(final_size, None, 21))
        more = {"claimed": 10, "final_size": final_size} if state is State.FAILED else {}
        assert standing_check(ended) == Check("standing", state, reason, facts_of(ended, **more))


def test_a_forked_log_that_grew_past_its_end_contradicts_it_too() -> None:
    both = told(mark=MARK, closing=LogClosing(9, None, 21))
    more = {"log": ROOTS[7].hex(), "forked_at": 7, "claimed": 10, "final_size": 9}
    assert standing_check(both) == Check(
        "standing", State.FAILED, "beyond-final-size", facts_of(both, **more)
    )


def test_beside_a_silent_node_nothing_contradicts_a_log_and_nothing_is_hidden() -> None:
    silent = NodeSilence("node", "no answer")
    for change, reason in (
        ({"mark": replace(MARK, other_root=b"\1" * 32)}, "log-forked"),
        ({"mark": MARK}, "log-forked"),
        ({"closing": LogClosing(9, None, 21)}, "beyond-final-size"),
        ({}, "node-unreachable"),
    ):
        found = standing_check(told(**change), silent)
        assert (found.state, found.reason) == (State.NOT_CHECKED, reason)


def test_a_head_by_another_key_than_the_contracts_is_not_judged() -> None:
    note = SignedNote.parse(signed_note(HEAD))
    own, other = signer(1).address, bytes([9]) * 20
    for keys, reason in (
        ((own, 0), "signed"),
        ((other, 0), "signer-not-in-contract"),
    ):
        standing = replace(standing_of(), signers=(AppointedSigner(*keys),))
        found = check_head(note, Checkpoint.parse(note.text), POLICY, standing)
        assert {check.code: check.reason for check in found}["signer_signature"] == reason


def test_a_key_that_the_contract_replaced_counts_only_where_it_has_this_head() -> None:
    keys = (AppointedSigner(signer(1).address, 0), AppointedSigner(bytes([9]) * 20, 11))
    note = SignedNote.parse(signed_note(HEAD))
    head = check_head(
        note, Checkpoint.parse(note.text), POLICY, replace(standing_of(), signers=keys)
    )
    tiles = Check("tiles", State.PASSED, "all-lead-to-root")
    for latest, answer in (
        (HEAD, (Outcome.MATCH, "log-agrees")),
        (TreeHead(9, ROOTS[9]), (Outcome.COULD_NOT_CHECK, "key-retired")),
    ):
        contract = check_contract(POLICY, [node(latest)], HEAD, ROOTS)
        assert decide(judge_keys([*head, tiles, contract]), POLICY) == answer


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("standing-not-asked", Outcome.MATCH),
        ("log-forked", Outcome.COULD_NOT_CHECK),
        ("one-side-of-fork", Outcome.COULD_NOT_CHECK),
        ("nodes-disagree", Outcome.COULD_NOT_CHECK),
    ],
)
def test_what_nodes_say_against_a_log_is_no_match(reason: str, outcome: Outcome) -> None:
    standing = Check("standing", State.NOT_CHECKED, reason)
    assert decide([*PASSED, standing], POLICY)[0] is outcome


# --- facts --------------------------------------------------------------------------------------


def test_what_the_memory_is_compared_with_is_told() -> None:
    assert check_memory(HEAD, LogMemory(ORIGIN), {}) == Check(
        "memory", State.NOT_CHECKED, "first-sight", {"size": 10, "heads": 0}
    )
    memory = remembered(TreeHead(3, ROOTS[3]), TreeHead(7, ROOTS[7]))
    facts: JsonObject = {"size": 10, "heads": 2, "since": NOON}
    assert check_memory(HEAD, memory, ROOTS) == Check(
        "memory", State.PASSED, "extends-what-was-seen", facts
    )
    forked = remembered(TreeHead(3, ROOTS[3]), TreeHead(7, bytes(32)))
    seen: JsonObject = {"seen_size": 7, "seen_at": NOON, "note": forked.heads[1].note}
    assert check_memory(HEAD, forked, ROOTS) == Check(
        "memory", State.FAILED, "history-forked", {**facts, **seen}
    )


def test_what_the_contract_said_is_told() -> None:
    asked = {"size": 10, "nodes": ["node"]}
    roots = {"contract": bytes(32).hex(), "log": ROOTS[7].hex()}
    both = [bytes(32).hex(), ROOTS[7].hex()]
    fork, good, ahead = TreeHead(7, bytes(32)), TreeHead(7, ROOTS[7]), TreeHead(12, bytes(32))
    expected: list[tuple[list[NodeAnswer], State, str, dict[str, Any]]] = [
        ([], State.NOT_CHECKED, "no-node-asked", {}),
        ([node(NONE_ANCHORED)], State.NOT_CHECKED, "nothing-anchored", asked),
        ([node(good)], State.PASSED, "anchored-heads-agree", {**asked, "anchored": 7}),
        ([node(ahead)], State.NOT_CHECKED, "log-behind-contract", {**asked, "anchored": 12}),
        ([node(fork)], State.FAILED, "another-head-in-contract", {**asked, "anchored": 7, **roots}),
        (
            [node(good), node(fork)],
            State.NOT_CHECKED,
            "nodes-disagree",
            {"size": 10, "nodes": ["node", "node"], "anchored": 7, "answers": both},
        ),
    ]
    for nodes, state, reason, facts in expected:
        check = check_contract(POLICY, nodes, HEAD, ROOTS)
        assert check == Check("contract", state, reason, facts)


PASSED = [
    Check(code, State.PASSED, "fine")
    for code in ("origin", "log_signature", "signer_signature", "tiles", "memory", "contract")
]


def test_everything_passed_is_a_match() -> None:
    assert decide(PASSED, POLICY) == (Outcome.MATCH, "log-agrees")


@pytest.mark.parametrize("failed", range(6))
def test_one_check_that_fails_is_different(failed: int) -> None:
    checks = [*PASSED]
    checks[failed] = replace(checks[failed], state=State.FAILED)
    assert decide(checks, POLICY) == (Outcome.DIFFERENT, checks[failed].code)


@pytest.mark.parametrize("left_out", range(4))
def test_a_required_check_that_was_not_done_is_no_match(left_out: int) -> None:
    without = [check for i, check in enumerate(PASSED) if i != left_out]
    assert decide(without, POLICY)[0] is Outcome.COULD_NOT_CHECK
    open_check = replace(PASSED[left_out], state=State.NOT_CHECKED, reason="open")
    assert decide([*without, open_check], POLICY) == (Outcome.COULD_NOT_CHECK, "open")


@pytest.mark.parametrize(
    ("code", "reason", "outcome"),
    [
        ("memory", "first-sight", Outcome.MATCH),
        ("contract", "no-node-asked", Outcome.MATCH),
        ("contract", "nothing-anchored", Outcome.MATCH),
        ("contract", "node-unreachable", Outcome.COULD_NOT_CHECK),
        ("contract", "nodes-disagree", Outcome.COULD_NOT_CHECK),
        ("contract", "log-behind-contract", Outcome.COULD_NOT_CHECK),
    ],
)
def test_what_was_asked_for_and_could_not_be_had_is_no_match(
    code: str, reason: str, outcome: Outcome
) -> None:
    checks = [check for check in PASSED if check.code != code]
    checks.append(Check(code, State.NOT_CHECKED, reason))
    assert decide(checks, POLICY)[0] is outcome


def test_witnesses_decide_only_where_the_policy_asks_for_a_quorum() -> None:
    missing = Check("witnesses", State.NOT_CHECKED, "cosignatures-missing")
    assert decide([*PASSED, missing], POLICY)[0] is Outcome.MATCH
    asking = replace(POLICY, quorum=1)
    assert decide([*PASSED, missing], asking)[0] is Outcome.COULD_NOT_CHECK
