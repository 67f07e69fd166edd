"""The verdict table of evidence §6, row by row, and every bent byte of a receipt."""

import dataclasses
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from liuhen.core.canonical import canonical
from liuhen.core.chain_view import AnchoredHead, NodeSilence
from liuhen.core.disclosure import Shown
from liuhen.core.errors import Malformed, MalformedReceipt
from liuhen.core.examine import question
from liuhen.core.file_check import FileDigest
from liuhen.core.keccak import keccak256
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.merkle import TreeHead, root_hash
from liuhen.core.policy import Life, SizeRange, TrustPolicy
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.verdict import Outcome, State, Verdict, fact_text
from tests.receipt_corpus import evidence, with_evidence
from tests.receipt_kit import (
    AFTER_BLOCK,
    ANCHOR_BLOCK,
    ANCHOR_TIME,
    DATA,
    NOW,
    RECORDED_AT,
    Kit,
    judge,
)

KIT = Kit()
OTHER = Kit(seed=2, origin="other.example/logs/kit")
FORK = Kit(data={"seat": "E1", "scores": []})
SEALED, ANCHORED = KIT.receipt(), KIT.receipt(5, 9)
EVIDENCED = with_evidence(evidence(kit=KIT), ANCHORED)
BLOCK_HASH = keccak256(evidence(kit=KIT).header)
NODE = KIT.node(block_hashes={AFTER_BLOCK.number: None, ANCHOR_BLOCK: BLOCK_HASH})


def bound(verdict: Verdict, name: str) -> dict[str, Any]:
    found = verdict.facts[name]
    assert isinstance(found, dict)
    return found


def states(verdict: Verdict) -> dict[str, State]:
    return {check.code: check.state for check in verdict.checks}


# --- match --------------------------------------------------------------------------------------


def test_an_anchored_receipt_matches_against_a_node() -> None:
    verdict = judge(ANCHORED, KIT.policy(), KIT.node())
    assert (verdict.outcome, verdict.life) == (Outcome.MATCH, Life.FINAL)
    open_checks = [c.code for c in verdict.checks if c.state is not State.PASSED]
    assert open_checks == ["chain_evidence"]
    assert bound(verdict, "not_after")["time"] == ANCHOR_TIME
    assert verdict.check("not_before").facts["block"] == AFTER_BLOCK.number


def test_a_checkpoint_that_is_anchored_itself_needs_no_consistency_proof() -> None:
    assert judge(KIT.receipt(9, 9), KIT.policy(), KIT.node()).outcome is Outcome.MATCH


@pytest.mark.parametrize("index", range(9))
def test_every_place_in_the_log_matches(index: int) -> None:
    kit = Kit(index=index)
    verdict = judge(kit.receipt(9, 9), kit.policy(), kit.node())
    assert verdict.outcome is Outcome.MATCH


def test_a_policy_that_asks_for_a_seal_needs_no_chain() -> None:
    verdict = judge(SEALED, KIT.policy(Life.SEALED))
    assert (verdict.outcome, verdict.life) == (Outcome.MATCH, Life.SEALED)


def test_a_verdict_is_no_boolean() -> None:
    with pytest.raises(TypeError, match="one of five"):
        bool(judge(SEALED, KIT.policy(Life.SEALED)))
    with pytest.raises(KeyError):
        judge(SEALED, KIT.policy()).check("nonsense")


def test_a_verdict_is_plain_json() -> None:
    document = judge(ANCHORED, KIT.policy(), KIT.node()).to_json()
    assert json.loads(canonical(document)) == document
    assert document["schema"] == "audit-verdict/v1"


def test_numbers_that_json_readers_round_are_strings_in_a_verdict() -> None:
    deep = KIT.node(tip=2**200)
    large = SEALED.checkpoint.replace("\n5\n", f"\n{2**60}\n", 1)
    for verdict, code, fact, value in [
        (judge(ANCHORED, KIT.policy(), deep), "finality", "tip", 2**200),
        (
            judge(dataclasses.replace(SEALED, checkpoint=large), KIT.policy()),
            "inclusion",
            "size",
            2**60,
        ),
    ]:
        document: Any = json.loads(canonical(verdict.to_json()))
        check = next(check for check in document["checks"] if check["code"] == code)
        assert check["facts"][fact] == str(value)
        assert verdict.check(code).facts[fact] == value
    assert fact_text(2**60) == str(2**60)
    assert fact_text(2**53 - 1) == str(2**53 - 1)
    assert fact_text([{"root": None, "block": 2**53}]) == f'[{{"block":"{2**53}","root":null}}]'
    assert fact_text(True) == "true"


# --- different ----------------------------------------------------------------------------------


def test_a_changed_value_is_different() -> None:
    for position, row in enumerate(ANCHORED.rows):
        assert isinstance(row, Shown)
        if row.path[0] != "data":
            continue
        rows = list(ANCHORED.rows)
        rows[position] = dataclasses.replace(row, value="43.01")
        verdict = judge(dataclasses.replace(ANCHORED, rows=tuple(rows)), KIT.policy(), KIT.node())
        assert (verdict.outcome, verdict.reason) == (Outcome.DIFFERENT, "inclusion")


def different(receipt: Receipt, *nodes: Any, **policy: Any) -> str:
    verdict = judge(receipt, KIT.policy(**policy), *nodes)
    assert verdict.outcome is Outcome.DIFFERENT
    return verdict.reason


def test_parts_of_two_good_receipts_are_different() -> None:
    of_fork = FORK.receipt(5, 9)
    mixed = dataclasses.replace(ANCHORED, checkpoint=of_fork.checkpoint)
    assert different(mixed, KIT.node()) == "inclusion"
    mixed = dataclasses.replace(ANCHORED, rows=of_fork.rows)
    assert different(mixed, KIT.node()) == "inclusion"
    mixed = dataclasses.replace(ANCHORED, inclusion=KIT.receipt(9).inclusion)
    assert different(mixed, KIT.node()) == "inclusion"
    mixed = dataclasses.replace(ANCHORED, anchors=of_fork.anchors)
    assert different(mixed, KIT.node()) == "consistency"
    mixed = dataclasses.replace(ANCHORED, entry_index=3)
    assert different(mixed, KIT.node()) == "inclusion"


def test_a_record_of_another_log_under_our_checkpoint_is_different() -> None:
    mixed = dataclasses.replace(OTHER.receipt(5), checkpoint=KIT.checkpoint(5))
    assert different(mixed) == "origin"


def test_a_signature_line_of_another_log_does_not_make_it_ours() -> None:
    foreign = OTHER.checkpoint(5).split("\n\n")[1]
    ours = KIT.checkpoint(5).split("\n\n")[0]
    receipt = dataclasses.replace(SEALED, checkpoint=f"{ours}\n\n{foreign}")
    assert different(receipt) == "origin"


def test_a_line_by_a_policy_key_that_fails_poisons_the_receipt() -> None:
    for line in (1, 2):
        parts = KIT.checkpoint(5).split("\n\u2014 ")
        other = KIT.checkpoint(6).split("\n\u2014 ")
        parts[line] = other[line].rstrip("\n") + ("\n" if line == 2 else "")
        receipt = dataclasses.replace(SEALED, checkpoint="\n\u2014 ".join(parts))
        assert different(receipt) == ("log_signature" if line == 1 else "signer_signature")


def test_a_contract_with_another_head_is_different() -> None:
    head = AnchoredHead(FORK.tree.root(9), ANCHOR_BLOCK, ANCHOR_TIME)
    assert different(ANCHORED, KIT.node(heads={9: head})) == "anchor"


def test_a_contract_that_never_had_this_size_is_different() -> None:
    head = TreeHead(12, root_hash([b"grown"]))
    assert different(ANCHORED, KIT.node(heads={9: None}, latest=head)) == "anchor"


def test_rows_that_make_no_record_are_different() -> None:
    rows = tuple(
        dataclasses.replace(row, value="yesterday")
        if isinstance(row, Shown) and row.path == ("occurred_at",)
        else row
        for row in SEALED.rows
    )
    verdict = judge(dataclasses.replace(SEALED, rows=rows), KIT.policy())
    assert verdict.outcome is Outcome.DIFFERENT
    assert verdict.check("commitment").reason == "not-a-record"


def test_a_head_signed_for_another_log_of_the_contract_is_different() -> None:
    assert different(ANCHORED, KIT.node(), log_id=bytes(32)) == "signer_signature"


# --- could not check ----------------------------------------------------------------------------


def unsure(receipt: Receipt, policy: Any, *nodes: Any, **beside: Any) -> str:
    verdict = judge(receipt, policy, *nodes, **beside)
    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    return verdict.reason


def test_another_origin_key_chain_or_contract_is_not_ours_to_judge() -> None:
    theirs = OTHER.policy(origin=KIT.origin)
    assert unsure(ANCHORED, OTHER.policy(), OTHER.node()) == "origin-not-in-policy"
    assert unsure(SEALED, theirs) == "no-line-by-a-policy-key"
    foreign = dataclasses.replace(ANCHORED.anchors[0], chain_id=1)
    receipt = dataclasses.replace(ANCHORED, anchors=(foreign,))
    assert unsure(receipt, KIT.policy(), KIT.node()) == "anchor-not-in-policy"


def test_a_key_that_was_not_good_at_this_size_signs_nothing() -> None:
    for member in ("log_keys", "signers"):

        def policy(sizes: SizeRange, member: str = member) -> TrustPolicy:
            key: Any = getattr(KIT.policy(), member)[0][0]
            change: dict[str, Any] = {member: ((key, sizes),)}
            return dataclasses.replace(KIT.policy(), **change)

        for sizes in (SizeRange(6), SizeRange(0, 4)):
            assert unsure(ANCHORED, policy(sizes), KIT.node()) == "key-not-for-this-size"
        assert judge(ANCHORED, policy(SizeRange(5, 5)), KIT.node()).outcome is Outcome.MATCH


def test_without_a_node_the_anchor_is_open_and_says_what_to_compare() -> None:
    assert unsure(ANCHORED, KIT.policy()) == "no-node-asked"
    facts = judge(ANCHORED, KIT.policy()).check("anchor").facts
    assert (facts["size"], facts["root"]) == (9, KIT.tree.root(9).hex())


def test_a_silent_node_is_never_a_difference() -> None:
    silent = NodeSilence("127.0.0.1:1", "connection refused")
    for receipt in (SEALED, ANCHORED):
        for nodes in ([silent], [KIT.node(), silent], [silent, KIT.node()]):
            assert unsure(receipt, KIT.policy(), *nodes) == "node-unreachable"


@pytest.mark.parametrize("member", ["chain_id", "genesis", "code_hash"])
def test_a_node_of_another_chain_says_nothing(member: str) -> None:
    change: dict[str, Any] = {member: 5 if member == "chain_id" else bytes(32)}
    node = dataclasses.replace(KIT.node(), **change)
    assert unsure(ANCHORED, KIT.policy(), node) == "node-on-another-chain"
    assert judge(ANCHORED, KIT.policy(), node).check("not_before").state is State.NOT_CHECKED


def test_nodes_that_disagree_leave_it_open_and_both_are_shown() -> None:
    head = AnchoredHead(FORK.tree.root(9), ANCHOR_BLOCK, ANCHOR_TIME)
    lying = KIT.node(node="127.0.0.2:8545", heads={9: head})
    for nodes in ([KIT.node(), lying], [lying, KIT.node()]):
        assert unsure(ANCHORED, KIT.policy(), *nodes) == "nodes-disagree"
    said = judge(ANCHORED, KIT.policy(), KIT.node(), lying).check("anchor").facts["answers"]
    assert isinstance(said, list)
    assert len(said) == 2


def test_an_operator_who_anchored_past_the_checkpoint_owes_a_proof() -> None:
    assert unsure(SEALED, KIT.policy(), KIT.node()) == "operator-owes-proof"


def test_an_old_receipt_without_an_anchor_is_overdue() -> None:
    late = NOW + timedelta(hours=1)
    assert unsure(SEALED, KIT.policy(), now=late) == "anchoring-overdue"
    assert unsure(SEALED, KIT.policy(), KIT.node(None), now=late) == "anchoring-overdue"
    shallow = KIT.node(tip=ANCHOR_BLOCK)
    assert unsure(ANCHORED, KIT.policy(), shallow, now=late) == "anchoring-overdue"


def test_an_age_that_is_exactly_reached_is_overdue() -> None:
    reached = RECORDED_AT + timedelta(seconds=3600)
    assert unsure(SEALED, KIT.policy(), now=reached) == "anchoring-overdue"
    shallow = KIT.node(tip=ANCHOR_BLOCK)
    assert unsure(ANCHORED, KIT.policy(), shallow, now=reached) == "anchoring-overdue"
    before = reached - timedelta(milliseconds=1)
    assert judge(SEALED, KIT.policy(), now=before).outcome is Outcome.WAITING
    assert judge(ANCHORED, KIT.policy(), shallow, now=before).outcome is Outcome.WAITING


def test_a_bent_anchored_size_never_waits_once_the_contract_has_the_checkpoint() -> None:
    """RFC 9162 does not bind the new size: what leads from 4 to 5 leads to 6, 7 and 8 too."""
    reasons = set()
    for old in range(3, 9):
        for size in range(old + 1, 10):
            receipt = KIT.receipt(old, size)
            for bent in {*range(1, 80), *(size ^ 1 << bit for bit in range(62))} - {size}:
                anchor = dataclasses.replace(receipt.anchors[0], size=bent)
                other = dataclasses.replace(receipt, anchors=(anchor,))
                for node in (KIT.node(size), KIT.node(9)):
                    verdict = judge(other, KIT.policy(), node)
                    if bent in node.heads:  # an honest receipt after all, or another root
                        assert verdict.outcome is Outcome.DIFFERENT
                        continue
                    assert verdict.outcome in (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK)
                    reasons.add(verdict.reason)
    assert reasons == {"consistency", "anchor", "operator-owes-proof"}


def test_a_record_of_the_future_does_not_wait_for_ever() -> None:
    early, tolerated = RECORDED_AT - timedelta(minutes=5, seconds=1), timedelta(minutes=5)
    assert unsure(SEALED, KIT.policy(), now=early) == "recorded-in-the-future"
    assert unsure(ANCHORED, KIT.policy(), KIT.node(None), now=early) == "recorded-in-the-future"
    verdict = judge(SEALED, KIT.policy(), now=RECORDED_AT - tolerated)
    assert verdict.outcome is Outcome.WAITING
    assert judge(SEALED, KIT.policy(Life.SEALED), now=early).outcome is Outcome.MATCH


def test_a_block_hash_that_the_caller_gives_counts_beside_nodes_too() -> None:
    given = {"block_hashes": frozenset({BLOCK_HASH})}
    assert judge(EVIDENCED, KIT.policy(), NODE, **given).outcome is Outcome.MATCH
    several = {"block_hashes": frozenset({BLOCK_HASH, bytes(32)})}
    assert judge(EVIDENCED, KIT.policy(), NODE, **several).outcome is Outcome.MATCH
    other: dict[str, Any] = {"block_hashes": frozenset({bytes(32)})}
    for nodes in ((), (NODE,), (NODE, NODE)):
        assert unsure(EVIDENCED, KIT.policy(), *nodes, **other) == "another-block-hash-given"
    empty = KIT.node(None, heads={9: None})
    assert unsure(EVIDENCED, KIT.policy(), empty, **other) == "another-block-hash-given"
    assert judge(ANCHORED, KIT.policy(), KIT.node(), **other).outcome is Outcome.MATCH


def test_a_known_block_of_the_policy_counts_beside_nodes_too() -> None:
    def policy(number: int, known: bytes) -> TrustPolicy:
        return KIT.policy(known_blocks=((7, bytes(32)), (number, known)))

    assert judge(EVIDENCED, policy(ANCHOR_BLOCK, BLOCK_HASH), NODE).outcome is Outcome.MATCH
    other = policy(ANCHOR_BLOCK, bytes(32))
    assert unsure(EVIDENCED, other) == "another-block-hash-given"
    assert unsure(EVIDENCED, other, block_hashes=frozenset({BLOCK_HASH})) == (
        "another-block-hash-given"
    )
    ignorant = dataclasses.replace(NODE, block_hashes={ANCHOR_BLOCK: BLOCK_HASH})
    assert unsure(EVIDENCED, other, ignorant) == "node-on-another-chain"
    lacking = KIT.node(block_hashes={5: None})
    assert judge(ANCHORED, policy(5, bytes(32)), lacking).outcome is Outcome.MATCH
    forked = KIT.node(block_hashes={5: b"\1" * 32})
    assert unsure(ANCHORED, policy(5, bytes(32)), forked) == "node-on-another-chain"


def test_nodes_are_asked_for_the_blocks_that_the_policy_knows() -> None:
    policy = KIT.policy(known_blocks=((7, bytes(32)), (5, bytes(32))))
    assert question(ANCHORED, policy).blocks == (5, 7, AFTER_BLOCK.number)
    assert question(EVIDENCED, policy).blocks == (5, 7, AFTER_BLOCK.number, ANCHOR_BLOCK)


# --- waiting ------------------------------------------------------------------------------------


def waits(receipt: Receipt, policy: Any, *nodes: Any) -> str:
    verdict = judge(receipt, policy, *nodes)
    assert verdict.outcome is Outcome.WAITING
    return verdict.reason


def test_a_young_receipt_without_an_anchor_waits() -> None:
    assert waits(SEALED, KIT.policy()) == "not-anchored-yet"
    assert waits(SEALED, KIT.policy(), KIT.node(None)) == "not-anchored-yet"
    assert waits(SEALED, KIT.policy(), KIT.node(4)) == "not-anchored-yet"


def test_a_shallow_anchor_waits_for_finality_only_where_that_is_required() -> None:
    node = KIT.node(tip=ANCHOR_BLOCK + 1)
    assert waits(ANCHORED, KIT.policy(), node) == "not-final-yet"
    verdict = judge(ANCHORED, KIT.policy(Life.ANCHORED), node)
    assert (verdict.outcome, verdict.life) == (Outcome.MATCH, Life.ANCHORED)


def test_an_anchor_that_a_reorganisation_took_away_waits() -> None:
    assert waits(ANCHORED, KIT.policy(), KIT.node(None, heads={9: None})) == "contract-behind"


# --- not before ---------------------------------------------------------------------------------


def test_another_block_at_the_named_height_only_takes_the_lower_bound_away() -> None:
    node = KIT.node(block_hashes={AFTER_BLOCK.number: bytes(32)})
    verdict = judge(ANCHORED, KIT.policy(), node)
    assert verdict.outcome is Outcome.MATCH
    assert verdict.check("not_before").reason == "another-block-at-this-height"


def test_a_known_block_of_the_policy_bounds_from_below() -> None:
    known = bytes.fromhex(str(AFTER_BLOCK.hash)[2:])
    for blocks, state in [
        (((AFTER_BLOCK.number, known),), State.PASSED),
        (((AFTER_BLOCK.number, bytes(32)),), State.NOT_CHECKED),
        (((18, known),), State.NOT_CHECKED),
    ]:
        verdict = judge(SEALED, KIT.policy(known_blocks=blocks))
        assert verdict.check("not_before").state is state


def test_a_block_hash_of_the_caller_bounds_from_below() -> None:
    known = bytes.fromhex(str(AFTER_BLOCK.hash)[2:])
    for hashes, state in [({known, bytes(32)}, State.PASSED), ({bytes(32)}, State.NOT_CHECKED)]:
        verdict = judge(SEALED, KIT.policy(), block_hashes=frozenset(hashes))
        assert verdict.check("not_before").state is state


# --- files --------------------------------------------------------------------------------------


def as_file(content: bytes, canonical_form: bytes | None = None) -> FileDigest:
    form = None if canonical_form is None else hashlib.sha256(canonical_form).digest()
    return FileDigest("a file", hashlib.sha256(content).digest(), form)


def test_the_data_the_record_and_a_named_digest_are_recognised() -> None:
    for file, reason in [
        (as_file(b" re-formatted ", canonical(DATA)), "data-of-record"),
        (as_file(KIT.sealed.record_bytes, KIT.sealed.record_bytes), "whole-record"),
        (FileDigest("video", bytes.fromhex("3e" * 32)), "digest-in-record"),
    ]:
        verdict = judge(ANCHORED, KIT.policy(), KIT.node(), files=(file,))
        assert verdict.outcome is Outcome.MATCH
        assert verdict.check("file").reason == reason


def test_rows_without_data_are_compared_with_a_file_without_a_crash() -> None:
    rows = tuple(r for r in SEALED.rows if isinstance(r, Shown) and r.path[0] != "data")
    verdict = judge(
        dataclasses.replace(SEALED, rows=rows), KIT.policy(), files=(as_file(b"", b"null"),)
    )
    assert verdict.outcome is Outcome.DIFFERENT
    assert verdict.check("file").reason == "file-not-in-record"


def test_a_file_too_long_for_a_canonical_form_is_left_open() -> None:
    long = FileDigest("long.json", bytes(32), too_long=True)
    assert unsure(ANCHORED, KIT.policy(), KIT.node(), files=(long,)) == "file-too-long"
    named = FileDigest("video", bytes.fromhex("3e" * 32), too_long=True)
    assert judge(ANCHORED, KIT.policy(), KIT.node(), files=(named,)).outcome is Outcome.MATCH


def test_another_file_is_different() -> None:
    good, other = as_file(b"", canonical(DATA)), as_file(b"other", canonical([1]))
    verdict = judge(ANCHORED, KIT.policy(), KIT.node(), files=(good, other))
    assert (verdict.outcome, verdict.reason) == (Outcome.DIFFERENT, "file")


def test_a_file_that_may_be_in_the_hidden_part_leaves_it_open() -> None:
    rows = tuple(
        row.withheld() if isinstance(row, Shown) and row.path[0] == "data" else row
        for row in ANCHORED.rows
    )
    hidden = dataclasses.replace(ANCHORED, rows=rows)
    assert judge(hidden, KIT.policy(), KIT.node()).outcome is Outcome.MATCH
    file = as_file(b"", canonical(DATA))
    assert unsure(hidden, KIT.policy(), KIT.node(), files=(file,)) == "part-of-record-hidden"


# --- malformed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["format", "record_id", "origin", "recorded_at", "version"])
def test_a_receipt_that_hides_what_is_always_shown_is_malformed(name: str) -> None:
    rows = tuple(
        row.withheld() if isinstance(row, Shown) and row.path == (name,) else row
        for row in ANCHORED.rows
    )
    with pytest.raises(MalformedReceipt, match=name):
        judge(dataclasses.replace(ANCHORED, rows=rows), KIT.policy(), KIT.node())


def test_an_always_shown_member_must_keep_its_rule() -> None:
    rows = tuple(
        dataclasses.replace(row, value="Log.Example/x") if row.path == ("origin",) else row
        for row in ANCHORED.rows
        if isinstance(row, Shown)
    )
    with pytest.raises(MalformedReceipt, match="origin"):
        judge(dataclasses.replace(ANCHORED, rows=rows), KIT.policy(), KIT.node())


# --- one byte bent anywhere ---------------------------------------------------------------------


TROUBLED = LogStanding(
    mark=ForkMark(KIT.signer_key.signer, 7, bytes(32), KIT.tree.root(7), 20),
    closing=LogClosing(9, bytes(32), 21),
    signers=(AppointedSigner(KIT.signer_key.signer, 0), AppointedSigner(bytes(20), 6)),
)
"""A log that forked, ended, and replaced its key; what is anchored still matches."""


def test_what_is_anchored_matches_in_a_troubled_log() -> None:
    assert judge(ANCHORED, KIT.policy(), KIT.node(standing=TROUBLED)).outcome is Outcome.MATCH
    assert unsure(SEALED, KIT.policy(Life.SEALED), KIT.node(standing=TROUBLED)) == "log-forked"


@pytest.mark.parametrize(
    ("receipt", "nodes"),
    [
        (SEALED, ()),
        (ANCHORED, (KIT.node(),)),
        (ANCHORED, (KIT.node(standing=TROUBLED),)),
    ],
)
@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_one_byte_bent_anywhere_is_never_a_match_and_never_waits(
    receipt: Receipt, nodes: Any, mask: int
) -> None:
    text, policy = receipt.to_text().encode(), KIT.policy()
    for position in range(len(text)):
        changed = bytearray(text)
        changed[position] ^= mask
        try:
            verdict = judge(parse_receipt(bytes(changed)), policy, *nodes)
        except Malformed:
            continue
        assert verdict.outcome in (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK), position


def test_nodes_that_contradict_each_other_or_the_receipt_leave_no_match_for_sealed() -> None:
    sealed, honest = KIT.policy(Life.SEALED), KIT.node()
    lying = KIT.node(heads={9: dataclasses.replace(KIT.anchored_head(9), root=bytes(32))})
    assert judge(ANCHORED, sealed, honest).outcome is Outcome.MATCH
    assert unsure(ANCHORED, sealed, honest, lying) == "nodes-disagree"
    assert unsure(ANCHORED, sealed, KIT.node(chain_id=5)) == "node-on-another-chain"
    elsewhere = (dataclasses.replace(ANCHORED.anchors[0], chain_id=5),)
    changed = dataclasses.replace(ANCHORED, anchors=elsewhere)
    assert unsure(changed, sealed) == "anchor-not-in-policy"


@pytest.mark.parametrize("role", ["log_keys", "signers"])
def test_a_retired_key_counts_only_for_a_head_that_leads_to_an_anchored_one(role: str) -> None:
    open_keys = {"log_keys": KIT.log_key, "signers": KIT.signer_key}
    retired = KIT.policy(Life.SEALED, **{role: ((open_keys[role], SizeRange(0, 6)),)})
    verdict = judge(SEALED, retired)
    assert (verdict.outcome, verdict.life) == (Outcome.WAITING, None)
    assert unsure(SEALED, retired, KIT.node()) == "operator-owes-proof"
    assert unsure(SEALED, retired, now=NOW + timedelta(days=1)) == "anchoring-overdue"
    assert unsure(ANCHORED, retired) == "no-node-asked"
    verdict = judge(ANCHORED, retired, KIT.node())
    assert (verdict.outcome, verdict.life) == (Outcome.MATCH, Life.FINAL)
    forged = Kit(data={"forged": True}).receipt(5, 9)
    assert judge(forged, retired, KIT.node()).outcome is Outcome.DIFFERENT
