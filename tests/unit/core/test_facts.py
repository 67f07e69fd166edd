"""What a verdict tells beside its codes: programs read it, so each fact is held to its value."""

import dataclasses
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_checks import check_anchor
from liuhen.core.chain_evidence import EvidencedBlock
from liuhen.core.chain_view import AnchoredHead, NodeAnswer, NodeSilence
from liuhen.core.disclosure import Shown
from liuhen.core.examine import question
from liuhen.core.file_check import FileDigest, check_file
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import Life
from liuhen.core.verdict import SCHEMA, Check, Outcome, State, Verdict, fact_text
from tests.detached_kit import content_of, detached_receipt
from tests.receipt_corpus import evidence, with_evidence
from tests.receipt_kit import (
    AFTER_BLOCK,
    ANCHOR_BLOCK,
    ANCHOR_TIME,
    CHAIN_ID,
    CODE_HASH,
    CONTRACT,
    DATA,
    DEPTH,
    GENESIS,
    ORIGIN,
    RECORDED_AT,
    RECORDED_AT_TEXT,
    Kit,
    judge,
)

KIT = Kit()
SEALED, ANCHORED = KIT.receipt(), KIT.receipt(5, 9)
EVIDENCED = with_evidence(evidence(kit=KIT), ANCHORED)
HEADER_HASH = keccak256(evidence(kit=KIT).header)
ROOT = KIT.tree.root(9)
EVIDENT = {"block": ANCHOR_BLOCK, "block_hash": "0x" + HEADER_HASH.hex(), "timestamp": ANCHOR_TIME}


def facts_of(check: str, *nodes: NodeAnswer | NodeSilence, **beside: Any) -> tuple[str, Any]:
    receipt = beside.pop("receipt", ANCHORED)
    policy = beside.pop("policy", KIT.policy())
    found = judge(receipt, policy, *nodes, **beside).check(check)
    facts = dict(found.facts)
    facts.pop("answers", None)
    return found.reason, facts


# --- what nodes are asked, and whose log it is ---------------------------------------------------


def test_nodes_are_asked_about_anchors_evidence_known_blocks_and_the_named_one() -> None:
    policy = KIT.policy(known_blocks=((18, b"\7" * 32), (3, b"\x08" * 32)))
    asked = question(EVIDENCED, policy)
    assert (asked.contract, asked.log_id) == (CONTRACT, KIT.log_id)
    assert asked.sizes == (9,)
    assert asked.blocks == (3, AFTER_BLOCK.number, 18, ANCHOR_BLOCK)
    assert question(ANCHORED, KIT.policy()).blocks == (AFTER_BLOCK.number,)
    assert question(SEALED, KIT.policy()).sizes == ()


def test_a_block_that_is_not_named_or_of_another_chain_is_not_asked_for() -> None:
    elsewhere = KIT.policy(chain=dataclasses.replace(KIT.policy().chain, id=7))
    assert question(SEALED, elsewhere).blocks == ()
    rows = tuple(
        dataclasses.replace(row, value=None)
        if isinstance(row, Shown) and row.path[0] == "after_block"
        else row
        for row in SEALED.rows
    )
    assert rows != SEALED.rows
    assert question(dataclasses.replace(SEALED, rows=rows), KIT.policy()).blocks == ()


def test_the_names_of_the_log_stand_beside_each_other() -> None:
    other = "log.example/logs/other"
    same = {"record": ORIGIN, "checkpoint": ORIGIN, "policy": ORIGIN}
    check = judge(SEALED, KIT.policy()).check("origin")
    assert check == Check("origin", State.PASSED, "same-origin", same)
    check = judge(SEALED, KIT.policy(origin=other)).check("origin")
    facts = {**same, "policy": other}
    assert check == Check("origin", State.NOT_CHECKED, "origin-not-in-policy", facts)
    foreign = dataclasses.replace(SEALED, checkpoint=Kit(origin=other).checkpoint(5))
    check = judge(foreign, KIT.policy()).check("origin")
    facts = {**same, "checkpoint": other}
    assert check == Check("origin", State.FAILED, "origins-differ", facts)


def test_a_verdict_tells_the_lower_bound_only_where_the_block_is_on_the_chain() -> None:
    lower = judge(SEALED, KIT.policy(), KIT.node()).facts["not_before"]
    assert isinstance(lower, dict)
    assert lower["block"] == AFTER_BLOCK.number
    assert judge(SEALED, KIT.policy()).facts["not_before"] is None


def test_a_file_is_looked_for_in_the_content_of_the_receipt_too() -> None:
    kept = content_of()
    without = detached_receipt(kept)
    file = FileDigest("f", bytes.fromhex("3e" * 32))
    found = judge(kept.complete(without), KIT.policy(), files=(file,)).check("file")
    assert found.reason == "digest-in-record"
    assert judge(without, KIT.policy(), files=(file,)).check("file").reason == "content-not-here"


# --- consistency and evidence --------------------------------------------------------------------


def test_consistency_names_both_sizes() -> None:
    assert facts_of("consistency") == ("same-history", {"from_size": 5, "to_size": 9})
    (anchor,) = ANCHORED.anchors
    bent = dataclasses.replace(anchor, consistency=anchor.consistency[1:])
    reason, facts = facts_of("consistency", receipt=KIT.receipt(anchors=(bent,)))
    assert reason == "proof-mismatch"
    assert (facts.pop("from_size"), facts.pop("to_size")) == (5, 9)
    assert "consistency proof" in facts.pop("detail")
    assert facts == {}


def test_evidence_names_its_block_or_what_is_wrong() -> None:
    block = {"number": ANCHOR_BLOCK, "hash": "0x" + HEADER_HASH.hex()}
    found = facts_of("chain_evidence", receipt=EVIDENCED)
    assert found == ("event-in-block", {"blocks": [block]})
    (anchor,) = EVIDENCED.anchors
    assert anchor.evidence is not None
    other = dataclasses.replace(anchor.evidence, log_position=anchor.evidence.log_position + 1)
    receipt = KIT.receipt(anchors=(dataclasses.replace(anchor, evidence=other),))
    reason, facts = facts_of("chain_evidence", receipt=receipt)
    assert (reason, facts.pop("size")) == ("proof-mismatch", 9)
    assert "no event at this position" in facts.pop("detail")
    assert facts == {}


# --- the anchor ----------------------------------------------------------------------------------


def test_an_anchor_that_nodes_confirm_names_them_and_the_block() -> None:
    first, second = KIT.node(node="a:1"), KIT.node(node="b:2")
    facts = {
        "size": 9,
        "block": ANCHOR_BLOCK,
        "timestamp": ANCHOR_TIME,
        "nodes": ["a:1", "b:2"],
    }
    assert facts_of("anchor", first, second) == ("head-in-contract", facts)


def test_what_each_node_said_stands_side_by_side() -> None:
    other = {9: AnchoredHead(bytes(32), 4, 5)}
    told = [KIT.node(node="a:1"), KIT.node(node="b:2", heads=other), NodeSilence("c:3", "why")]
    answers = judge(EVIDENCED, KIT.policy(), *told).check("anchor").facts["answers"]  # type: ignore[arg-type]
    alike = {
        "chain_id": CHAIN_ID,
        "genesis": "0x" + GENESIS.hex(),
        "code_hash": "0x" + CODE_HASH.hex(),
        "latest": 9,
        "tip": ANCHOR_BLOCK + DEPTH,
        "size": 9,
        "block_hash": None,
    }
    mine = {"node": "a:1", "root": ROOT.hex(), "block": ANCHOR_BLOCK, "timestamp": ANCHOR_TIME}
    theirs = {"node": "b:2", "root": "00" * 32, "block": 4, "timestamp": 5}
    assert answers == [alike | mine, alike | theirs, {"node": "c:3", "why": "why"}]


def answer_of(verdict: Verdict) -> dict[str, JsonValue]:
    answers = verdict.check("anchor").facts["answers"]
    assert isinstance(answers, list)
    (said,) = answers
    assert isinstance(said, dict)
    return said


def test_a_node_without_the_head_says_nothing_of_it() -> None:
    hashes = {ANCHOR_BLOCK: HEADER_HASH}
    node = KIT.node(None, block_hashes=hashes)
    said = answer_of(judge(EVIDENCED, KIT.policy(), node))
    assert [said[name] for name in ("root", "block", "timestamp")] == [None, None, None]
    assert (said["size"], said["latest"]) == (9, 0)
    assert said["block_hash"] == "0x" + HEADER_HASH.hex()


def test_a_sealed_receipt_asks_nodes_about_no_size() -> None:
    said = answer_of(judge(SEALED, KIT.policy(), KIT.node()))
    assert [said[name] for name in ("size", "root", "block_hash")] == [None, None, None]


def test_a_silent_node_is_named_with_the_reason() -> None:
    facts = {"node": "c:3", "why": "no answer"}
    assert facts_of("anchor", NodeSilence("c:3", "no answer")) == ("node-unreachable", facts)


IDENTITY: dict[str, JsonValue] = {
    "node": "127.0.0.1:8545",
    "chain_id": CHAIN_ID,
    "genesis": "0x" + GENESIS.hex(),
    "code_hash": "0x" + CODE_HASH.hex(),
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"chain_id": 7}, {"chain_id": 7}),
        ({"genesis": bytes(32)}, {"genesis": "0x" + "00" * 32}),
        ({"code_hash": b"\1" * 32}, {"code_hash": "0x" + "01" * 32}),
    ],
)
def test_a_node_on_another_chain_is_told_from_ours(
    change: dict[str, Any], told: dict[str, JsonValue]
) -> None:
    expected = ("node-on-another-chain", IDENTITY | told)
    assert facts_of("anchor", KIT.node(**change)) == expected


def test_a_node_with_another_known_block_is_named_with_it() -> None:
    policy = KIT.policy(known_blocks=((7, b"\7" * 32), (8, b"\x08" * 32)))
    for told, reason in ((b"\6" * 32, "node-on-another-chain"), (b"\7" * 32, "head-in-contract")):
        node = KIT.node(block_hashes={7: told})
        found, facts = facts_of("anchor", node, policy=policy)
        assert found == reason
        if reason == "node-on-another-chain":
            assert facts == IDENTITY | {"block": 7}


def test_a_contract_that_is_behind_is_told_from_one_without_the_head() -> None:
    behind = KIT.node(None, latest=TreeHead(8, bytes(32)))
    assert facts_of("anchor", behind) == ("contract-behind", {"size": 9})
    for latest in (9, 10):
        passed = KIT.node(None, latest=TreeHead(latest, bytes(32)))
        assert facts_of("anchor", passed) == ("head-not-in-contract", {"size": 9})
    one_is_behind = (KIT.node(None, latest=TreeHead(9, bytes(32))), behind)
    assert facts_of("anchor", *one_is_behind)[0] == "contract-behind"


def test_another_head_in_the_contract_is_told_beside_the_receipts() -> None:
    node = KIT.node(heads={9: AnchoredHead(b"\5" * 32, 4, 5)})
    facts = {"size": 9, "receipt": ROOT.hex(), "contract": "05" * 32}
    assert facts_of("anchor", node) == ("another-head-in-contract", facts)


def test_nodes_that_disagree_are_told_about_which_size() -> None:
    nodes = KIT.node(), KIT.node(heads={9: AnchoredHead(ROOT, ANCHOR_BLOCK + 1, ANCHOR_TIME)})
    facts = {"size": 9, "receipt": ROOT.hex()}
    assert facts_of("anchor", *nodes) == ("nodes-disagree", facts)


def test_a_block_that_is_not_on_the_nodes_chain_is_named() -> None:
    facts = {"block": ANCHOR_BLOCK, "hash": "0x" + HEADER_HASH.hex()}
    for told in ({ANCHOR_BLOCK: bytes(32)}, {}):
        node = KIT.node(block_hashes=told)
        found = facts_of("anchor", node, receipt=EVIDENCED)
        assert found == ("block-not-on-this-chain", facts)


def test_without_a_node_the_verifier_is_told_what_to_ask_for() -> None:
    facts = {
        "contract": "0x" + CONTRACT.hex(),
        "log_id": "0x" + KIT.log_id.hex(),
        "size": 9,
        "root": ROOT.hex(),
    }
    assert facts_of("anchor") == ("no-node-asked", facts)
    found = facts_of("anchor", receipt=EVIDENCED)
    assert found == ("block-hash-to-compare", {"size": 9, **EVIDENT})


def test_the_hash_to_compare_is_that_of_the_first_anchor_with_evidence() -> None:
    sealed, evident = KIT.anchor(8, 5), EVIDENCED.anchors[0]
    receipt = KIT.receipt(anchors=(sealed, evident))
    assert facts_of("anchor", receipt=receipt) == ("block-hash-to-compare", {"size": 9, **EVIDENT})
    given = {"block_hashes": frozenset([HEADER_HASH])}
    found = facts_of("anchor", receipt=receipt, **given)
    assert found == ("block-vouched-for", {"size": 9, **EVIDENT})


def test_a_block_is_vouched_for_by_caller_or_policy_and_by_no_other() -> None:
    vouched = ("block-vouched-for", {"size": 9, **EVIDENT})
    given = frozenset([HEADER_HASH, bytes(32)])
    assert facts_of("anchor", receipt=EVIDENCED, block_hashes=given) == vouched
    other = ("another-block-hash-given", EVIDENT)
    assert facts_of("anchor", receipt=EVIDENCED, block_hashes=frozenset([bytes(32)])) == other
    for number, known, expected in (
        (ANCHOR_BLOCK, HEADER_HASH, vouched),
        (ANCHOR_BLOCK, bytes(32), other),
        (ANCHOR_BLOCK + 1, HEADER_HASH, ("block-hash-to-compare", {"size": 9, **EVIDENT})),
    ):
        policy = KIT.policy(known_blocks=((number, known),))
        assert facts_of("anchor", receipt=EVIDENCED, policy=policy) == expected


def test_a_contract_that_has_reached_the_checkpoint_leaves_a_debt_and_no_wait() -> None:
    for latest, expected in (
        (4, (Outcome.WAITING, "contract-behind")),
        (5, (Outcome.COULD_NOT_CHECK, "operator-owes-proof")),
        (6, (Outcome.COULD_NOT_CHECK, "operator-owes-proof")),
    ):
        node = KIT.node(None, latest=TreeHead(latest, bytes(32)))
        verdict = judge(ANCHORED, KIT.policy(), node)
        assert (verdict.outcome, verdict.reason) == expected


# --- finality and time ---------------------------------------------------------------------------


@pytest.mark.parametrize(("above", "reason"), [(1, "not-final-yet"), (2, "deep-enough")])
def test_finality_counts_from_the_lowest_tip(above: int, reason: str) -> None:
    nodes = KIT.node(tip=ANCHOR_BLOCK + above), KIT.node(tip=ANCHOR_BLOCK + 50)
    facts = {"block": ANCHOR_BLOCK, "tip": ANCHOR_BLOCK + above, "depth": DEPTH}
    assert facts_of("finality", *nodes) == (reason, facts)


def test_a_block_that_is_vouched_for_is_final_by_that_word() -> None:
    found = facts_of("finality", receipt=EVIDENCED, block_hashes=frozenset([HEADER_HASH]))
    assert found == ("block-vouched-for", {"block": ANCHOR_BLOCK})


def test_the_lower_bound_names_its_block() -> None:
    facts = {"block": AFTER_BLOCK.number, "hash": AFTER_BLOCK.hash}
    assert facts_of("not_before", KIT.node()) == ("block-on-chain", facts)
    assert facts_of("not_before") == ("block-not-vouched-for", facts)
    other = KIT.node(block_hashes={AFTER_BLOCK.number: bytes(32)})
    assert facts_of("not_before", other) == ("another-block-at-this-height", facts)


# --- states --------------------------------------------------------------------------------------

P, F, N = State.PASSED, State.FAILED, State.NOT_CHECKED
CHAIN_CHECKS = ("consistency", "chain_evidence", "anchor", "finality")


def bent_evidence() -> Any:
    (anchor,) = EVIDENCED.anchors
    assert anchor.evidence is not None
    other = dataclasses.replace(anchor.evidence, log_position=anchor.evidence.log_position + 1)
    return KIT.receipt(anchors=(dataclasses.replace(anchor, evidence=other),))


@pytest.mark.parametrize(
    ("receipt", "nodes", "beside", "states", "reasons"),
    [
        (
            SEALED,
            (),
            {},
            (N, N, N, N),
            (
                "not-anchored-yet",
                "no-evidence-in-receipt",
                "not-anchored-yet",
                "no-anchor-confirmed",
            ),
        ),
        (
            KIT.receipt(anchors=(dataclasses.replace(KIT.anchor(9, 5), chain_id=7),)),
            (),
            {},
            (N, N, N, N),
            (
                "anchor-not-in-policy",
                "no-evidence-in-receipt",
                "anchor-not-in-policy",
                "no-anchor-confirmed",
            ),
        ),
        (
            ANCHORED,
            (KIT.node(tip=ANCHOR_BLOCK + DEPTH - 1),),
            {},
            (P, N, P, N),
            ("same-history", "no-evidence-in-receipt", "head-in-contract", "not-final-yet"),
        ),
        (
            EVIDENCED,
            (KIT.node(block_hashes={}),),
            {},
            (P, P, N, N),
            (
                "same-history",
                "event-in-block",
                "block-not-on-this-chain",
                "no-anchor-confirmed",
            ),
        ),
        (
            EVIDENCED,
            (),
            {"block_hashes": frozenset([HEADER_HASH])},
            (P, P, P, P),
            ("same-history", "event-in-block", "block-vouched-for", "block-vouched-for"),
        ),
        (
            bent_evidence(),
            (),
            {},
            (P, F, N, N),
            ("same-history", "proof-mismatch", "no-node-asked", "no-anchor-confirmed"),
        ),
    ],
)
def test_each_check_of_the_chain_has_a_state_and_a_reason(
    receipt: Any, nodes: Any, beside: Any, states: Any, reasons: Any
) -> None:
    verdict = judge(receipt, KIT.policy(), *nodes, **beside)
    found = [verdict.check(code) for code in CHAIN_CHECKS]
    assert tuple(check.reason for check in found) == reasons
    assert tuple(check.state for check in found) == states


def test_a_block_that_is_vouched_for_bounds_the_time_and_has_the_anchored_root() -> None:
    verdict = judge(EVIDENCED, KIT.policy(), block_hashes=frozenset([HEADER_HASH]))
    upper = verdict.facts["not_after"]
    assert isinstance(upper, dict)
    assert (upper["block"], upper["time"]) == (ANCHOR_BLOCK, ANCHOR_TIME)
    blocks = {9: EvidencedBlock(HEADER_HASH, ANCHOR_BLOCK, ANCHOR_TIME)}
    check, head = check_anchor(EVIDENCED, KIT.policy(), blocks, [], frozenset([HEADER_HASH]))
    assert check.state is State.PASSED
    assert head == AnchoredHead(ROOT, ANCHOR_BLOCK, ANCHOR_TIME)


# --- files ---------------------------------------------------------------------------------------

ROWS = SEALED.rows
DATA_DIGEST = hashlib.sha256(KIT.sealed.record_bytes).digest()


def test_a_file_is_named_with_its_digest_and_its_place() -> None:
    video = bytes.fromhex("3e" * 32)
    check = check_file(FileDigest("v.mp4", video), ROWS)
    facts = {"name": "v.mp4", "sha256": "3e" * 32, "field": "/data/video_sha256"}
    assert check == Check("file", State.PASSED, "digest-in-record", facts)


@pytest.mark.parametrize(
    ("file", "state", "reason"),
    [
        (FileDigest("f", b"\1" * 32, DATA_DIGEST), State.PASSED, "whole-record"),
        (FileDigest("f", b"\1" * 32), State.FAILED, "file-not-in-record"),
        (FileDigest("f", b"\1" * 32, None, too_long=True), State.NOT_CHECKED, "file-too-long"),
    ],
)
def test_every_answer_about_a_file_names_it(file: FileDigest, state: State, reason: str) -> None:
    facts = {"name": "f", "sha256": "01" * 32}
    assert check_file(file, ROWS) == Check("file", state, reason, facts)
    hidden = tuple(row.withheld() if isinstance(row, Shown) else row for row in ROWS)
    unknown = Check("file", State.NOT_CHECKED, "part-of-record-hidden", facts)
    assert check_file(file, hidden) == unknown


def test_submitted_data_is_told_from_the_whole_record() -> None:
    from liuhen.core.canonical import canonical

    file = FileDigest("d", b"\1" * 32, hashlib.sha256(canonical(DATA)).digest())
    facts = {"name": "d", "sha256": "01" * 32}
    assert check_file(file, ROWS) == Check("file", State.PASSED, "data-of-record", facts)


# --- what the receipt is about --------------------------------------------------------------------


def test_a_match_tells_what_the_receipt_is_about() -> None:
    verdict = judge(ANCHORED, KIT.policy(), KIT.node())
    assert (verdict.reason, verdict.life) == ("all-required-checks-passed", Life.FINAL)
    about = {
        "origin": ORIGIN,
        "record_id": "01936b2e-7c00-7000-8000-000000000001",
        "type": "score_sheet",
        "case": "SLZX-2026-0031",
        "recorded_at": RECORDED_AT_TEXT,
        "entry_index": 2,
        "size": 5,
        "require": "final",
        "chain_id": CHAIN_ID,
        "chain_kind": "development",
        "withheld": 0,
        "withheld_fields": [],
        "closed": 0,
        "not_compared": [],
    }
    assert {name: verdict.facts[name] for name in about} == about


def test_withheld_fields_are_counted_and_named() -> None:
    hidden = (["data", "seat"], ["data", "scores", 0, "bid_id"])
    rows = tuple(
        row.withheld() if isinstance(row, Shown) and list(row.path) in hidden else row
        for row in ANCHORED.rows
    )
    facts = judge(KIT.receipt(5, 9, rows=rows), KIT.policy(), KIT.node()).facts
    assert (facts["withheld"], facts["closed"]) == (2, 0)
    assert facts["withheld_fields"] == ["/data/scores/0/bid_id", "/data/seat"]


def test_of_another_log_not_even_the_seal_is_shown() -> None:
    other = Kit(seed=2, origin="other.example/logs/kit")
    assert judge(ANCHORED, other.policy(), KIT.node()).life is None


@pytest.mark.parametrize(("early", "outcome"), [(1, Outcome.WAITING), (0, Outcome.COULD_NOT_CHECK)])
def test_a_wait_ends_at_the_age_that_the_policy_names(early: int, outcome: Outcome) -> None:
    age = timedelta(seconds=3600 - early)
    verdict = judge(SEALED, KIT.policy(), KIT.node(None), now=RECORDED_AT + age)
    assert verdict.outcome is outcome


# --- the verdict as JSON -------------------------------------------------------------------------


def test_a_verdict_prints_all_its_parts() -> None:
    check = Check("anchor", State.NOT_CHECKED, "why", {"size": 9, "list": [{"a": None}]})
    verdict = Verdict(Outcome.WAITING, "reason", (check,), Life.SEALED, {"x": "y"})
    told = {"code": "anchor", "state": "not_checked", "reason": "why"}
    facts: dict[str, JsonValue] = {"size": 9, "list": [{"a": None}]}
    assert verdict.to_json() == {
        "schema": SCHEMA,
        "outcome": "waiting",
        "reason": "reason",
        "life": "sealed",
        "facts": {"x": "y"},
        "checks": [{**told, "facts": facts}],
    }
    assert Verdict(Outcome.MATCH, "r").to_json()["life"] is None
    assert SCHEMA == "audit-verdict/v1"


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_readers_would_round_is_printed_as_text(sign: int) -> None:
    exact, beyond = sign * MAX_SAFE_INTEGER, sign * (MAX_SAFE_INTEGER + 1)
    facts: dict[str, JsonValue] = {"a": exact, "b": [beyond, {"c": beyond}]}
    told = Check("c", State.PASSED, "r", facts).to_json()["facts"]
    assert told == {"a": exact, "b": [str(beyond), {"c": str(beyond)}]}
    assert (fact_text(exact), fact_text(beyond), fact_text("t")) == (str(exact), str(beyond), "t")


def test_checks_are_found_by_their_code() -> None:
    first, second = Check("a", State.PASSED, "r"), Check("b", State.FAILED, "s")
    verdict = Verdict(Outcome.MATCH, "r", (first, second))
    assert (verdict.check("a"), verdict.check("b")) == (first, second)
    with pytest.raises(KeyError):
        verdict.check("c")
