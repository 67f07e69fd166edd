"""Why anybody should believe a receipt: the numbered list of evidence §6.

Everything is compared with the trust policy; nothing is taken from the receipt itself.

    1 origin            first line of the checkpoint = name in its signature lines = origin in the
                        record = origin of the policy
    2 commitment        the rows are those of a record, and lead to one commitment
      inclusion         … (→ slot) → entry → root of the checkpoint, at this index and size
    3 log_signature     an Ed25519 line by a policy key good for this size
      signer_signature  an EIP-712 line by a policy key good for this size, and by the key that the
                        contract has for it, where nodes were asked
      witnesses         as many witnesses of the policy as it asks for have cosigned the head
    4 consistency       the checkpoint's tree is a prefix of the anchored one
    5 chain_evidence    the block in the receipt holds the event of the policy's contract
    6 anchor            the contract has that head: nodes say so, or the evidence does and its
                        block hash is vouched for
      finality          enough blocks follow
      standing          nodes say that the log was not shown to have forked, or the receipt is under
                        an anchored head; and that it did not end before (never required)
    7 not_before        the block named in the record is on the chain (never required)
      content           beside a detached record: the content is what it commits to
      file              what the caller holds is what was entered

Pure: clock, nodes' answers and files come in as values. The portal's script implements the same
list over the same vectors.
"""

from dataclasses import dataclass
from datetime import datetime

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_checks import (
    check_anchor,
    check_consistency,
    check_evidence,
    check_finality,
    own_anchors,
)
from liuhen.core.chain_evidence import read_header
from liuhen.core.chain_view import ChainQuestion, NodeReport
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.content_check import check_content
from liuhen.core.entry_check import check_entry, check_inclusion
from liuhen.core.file_check import FileDigest, check_file, not_compared
from liuhen.core.head_checks import check_log_signature, check_signer_signature
from liuhen.core.note import SignedNote
from liuhen.core.policy import TrustPolicy
from liuhen.core.receipt import Receipt
from liuhen.core.shown import ShownRecord
from liuhen.core.standing_checks import agreed_standing, check_standing, warnings_of
from liuhen.core.time_bounds import check_not_before, not_after
from liuhen.core.verdict import Check, State, Verdict
from liuhen.core.verdict_table import decide, life_of
from liuhen.core.witness_checks import check_witnesses


@dataclass(frozen=True, slots=True)
class Beside:
    """What a verifier has beside receipt and policy.

    Attributes:
        now: The verifier's clock, aware.
        nodes: What each node said that the caller named; empty when offline.
        block_hashes: Block hashes that the caller vouches for.
        files: Digests of the files to compare.
    """

    now: datetime
    nodes: tuple[NodeReport, ...] = ()
    block_hashes: frozenset[bytes] = frozenset()
    files: tuple[FileDigest, ...] = ()


def question(receipt: Receipt, policy: TrustPolicy) -> ChainQuestion:
    """Return what to ask each node before `examine`."""
    record = ShownRecord.of(receipt.rows)
    anchors = own_anchors(receipt, policy)
    blocks = {number for number, _ in policy.known_blocks}
    blocks |= {read_header(a.evidence.header)[0].number for a in anchors if a.evidence is not None}
    if record.after_block is not None and record.after_block.chain_id == policy.chain.id:
        blocks.add(record.after_block.number)
    sizes = tuple(anchor.size for anchor in anchors)
    return ChainQuestion(policy.contract, policy.log_id, sizes, tuple(sorted(blocks)))


def examine(receipt: Receipt, policy: TrustPolicy, beside: Beside) -> Verdict:
    """Examine a receipt: every check of the list, then the verdict table.

    Raises:
        Malformed: The checkpoint, a row or the chain evidence is not what it claims to be.

    Source: evidence §6.
    """
    note = SignedNote.parse(receipt.checkpoint)
    checkpoint = Checkpoint.parse(note.text)
    record = ShownRecord.of(receipt.rows)
    entry, commitment = check_entry(receipt)
    evidence, blocks = check_evidence(receipt, policy)
    anchor, anchored = check_anchor(receipt, policy, blocks, beside.nodes, beside.block_hashes)
    consistency = check_consistency(receipt, checkpoint, policy)
    witnesses = check_witnesses(note, checkpoint, policy)
    # What nodes say of the policy's log is nothing about a receipt of another one.
    asked = beside.nodes if checkpoint.origin == policy.origin else ()
    standing = agreed_standing(policy, asked)
    claimed = max([checkpoint.size, *(each.size for each in own_anchors(receipt, policy))])
    is_anchored = {consistency.state, anchor.state} == {State.PASSED}
    not_before, lower = check_not_before(record, policy, beside.nodes, beside.block_hashes)
    checks = (
        _check_origin(record, checkpoint, note, policy),
        commitment,
        check_inclusion(entry, receipt.entry_index, checkpoint, receipt.inclusion),
        check_log_signature(note, checkpoint, policy),
        check_signer_signature(note, checkpoint, policy, standing),
        *witnesses,
        consistency,
        evidence,
        anchor,
        check_finality(policy, anchored, beside.nodes),
        check_standing(policy, asked, claimed, anchored=is_anchored),
        not_before,
        *check_content(receipt, record),
        *(check_file(file, receipt.rows, receipt.content) for file in beside.files),
    )
    upper = not_after(anchored, blocks, policy, beside.nodes, beside.block_hashes)
    life = life_of(checks)
    outcome, reason = decide(
        checks, policy, record.recorded_at, checkpoint, beside.now, beside.nodes
    )
    facts: dict[str, JsonValue] = {
        "warnings": warnings_of(standing),
        **record.facts(),
        "entry_index": receipt.entry_index,
        "size": checkpoint.size,
        "chain_kind": str(policy.chain.kind),
        "require": str(policy.require),
        "chain_id": policy.chain.id,
        "not_before": None if lower is None else lower.to_json(),
        "not_after": None if upper is None else upper.to_json(),
        "seen_not_later": witnesses[0].facts.get("seen_not_later") if witnesses else None,
        "not_compared": not_compared(receipt.told, beside.files),
    }
    return Verdict(outcome, reason, checks, life, facts)


def _check_origin(
    record: ShownRecord, checkpoint: Checkpoint, note: SignedNote, policy: TrustPolicy
) -> Check:
    facts: dict[str, JsonValue] = {
        "record": record.origin,
        "checkpoint": checkpoint.origin,
        "policy": policy.origin,
    }
    own_lines = any(line.name == checkpoint.origin for line in note.signatures)
    if record.origin != checkpoint.origin or not own_lines:
        return Check("origin", State.FAILED, "origins-differ", facts)
    if checkpoint.origin != policy.origin:
        return Check("origin", State.NOT_CHECKED, "origin-not-in-policy", facts)
    return Check("origin", State.PASSED, "same-origin", facts)
