"""Why anybody should believe a receipt: the numbered list of evidence §6.

Everything is compared with the trust policy; nothing is taken from the receipt itself.

    1 origin            first line of the checkpoint = name in its signature lines = origin in the
                        record = origin of the policy
    2 commitment        the rows are those of a record, and lead to one commitment
      inclusion         … (→ slot) → entry → root of the checkpoint, at this index and size
    3 log_signature     an Ed25519 line by a policy key good for this size
      signer_signature  an EIP-712 line by a policy key good for this size
    4 consistency       the checkpoint's tree is a prefix of the anchored one
    5 chain_evidence    the block in the receipt holds the event of the policy's contract
    6 anchor            the contract has that head: nodes say so, or the evidence does and its
                        block hash is vouched for
      finality          enough blocks follow
    7 not_before        the block named in the record is on the chain (never required)
      file              what the caller holds is what was entered

Pure: clock, nodes' answers and files come in as values. The portal's script implements the same
list over the same vectors.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_checks import (
    check_anchor,
    check_consistency,
    check_evidence,
    check_finality,
    check_not_before,
    own_anchors,
)
from liuhen.core.chain_evidence import read_header
from liuhen.core.chain_view import ChainQuestion, NodeReport
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.disclosure import rows_commitment
from liuhen.core.errors import MalformedRecord, ProofMismatch, SignatureMismatch
from liuhen.core.file_check import FileDigest, check_file
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.log_entry import slot_entry
from liuhen.core.merkle import leaf_hash, verify_inclusion
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.policy import SizeRange, TrustPolicy
from liuhen.core.receipt import Receipt
from liuhen.core.row_rules import check_rows
from liuhen.core.shown import ShownRecord
from liuhen.core.verdict import Check, State, Verdict
from liuhen.core.verdict_table import decide, life_of

_Key = TypeVar("_Key", LogKey, HeadSignerKey)


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
    commitment, inclusion = _check_rows(receipt, checkpoint)
    evidence, blocks = check_evidence(receipt, policy)
    anchor, anchored = check_anchor(receipt, policy, blocks, beside.nodes, beside.block_hashes)
    checks = (
        _check_origin(record, checkpoint, note, policy),
        commitment,
        inclusion,
        _check_log_signature(note, checkpoint, policy),
        _check_signer_signature(note, checkpoint, policy),
        *_check_witnesses(policy),
        check_consistency(receipt, checkpoint, policy),
        evidence,
        anchor,
        check_finality(policy, anchored, beside.nodes),
        check_not_before(record, policy, beside.nodes, beside.block_hashes),
        *(check_file(file, receipt.rows) for file in beside.files),
    )
    life = life_of(checks)
    outcome, reason = decide(
        checks, policy, record.recorded_at, checkpoint, beside.now, beside.nodes
    )
    facts: dict[str, JsonValue] = {
        **record.facts(),
        "entry_index": receipt.entry_index,
        "size": checkpoint.size,
        "chain_kind": str(policy.chain.kind),
        "require": str(policy.require),
        "not_after": None if anchored is None else anchored.timestamp,
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


def _check_rows(receipt: Receipt, checkpoint: Checkpoint) -> tuple[Check, Check]:
    """Lead the rows to a commitment, the commitment to an entry, the entry to the root."""
    commitment = rows_commitment(receipt.rows)
    rows = _check_commitment(receipt, commitment)
    slot = receipt.slot
    entry = commitment if slot is None else slot_entry(slot.tick, slot.root(commitment))
    facts: dict[str, JsonValue] = {
        "entry": entry.hex(),
        "leaf_hash": leaf_hash(entry).hex(),
        "index": receipt.entry_index,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
    }
    try:
        verify_inclusion(
            leaf_hash(entry),
            receipt.entry_index,
            checkpoint.size,
            receipt.inclusion,
            checkpoint.root,
        )
    except ProofMismatch as error:
        return rows, Check("inclusion", State.FAILED, error.code, {**facts, "detail": str(error)})
    return rows, Check("inclusion", State.PASSED, "entry-in-tree", facts)


def _check_commitment(receipt: Receipt, commitment: bytes) -> Check:
    """A record must be able to have these rows; `parse_rows` has checked their form."""
    facts: dict[str, JsonValue] = {"commitment": commitment.hex(), "leaves": len(receipt.rows)}
    try:
        all_shown = check_rows(receipt.rows)
    except MalformedRecord as error:
        return Check("commitment", State.FAILED, "not-a-record", {**facts, "detail": str(error)})
    reason = "rows-commit" if all_shown else "rows-partly-hidden"
    return Check("commitment", State.PASSED, reason, facts)


def _check_log_signature(note: SignedNote, checkpoint: Checkpoint, policy: TrustPolicy) -> Check:
    return _check_lines(
        "log_signature",
        note,
        checkpoint,
        policy.log_keys,
        lambda key, line: key.verify(note.text, line),
    )


def _check_signer_signature(note: SignedNote, checkpoint: Checkpoint, policy: TrustPolicy) -> Check:
    return _check_lines(
        "signer_signature",
        note,
        checkpoint,
        policy.signers,
        lambda key, line: key.verify(checkpoint, policy.log_id, line),
    )


def _check_lines(
    code: str,
    note: SignedNote,
    checkpoint: Checkpoint,
    keys: Sequence[tuple[_Key, SizeRange]],
    verify: Callable[[_Key, NoteSignature], None],
) -> Check:
    """Find the lines by keys of the policy; one that fails poisons the whole note."""
    reason = "no-line-by-a-policy-key"
    passed: Check | None = None
    for key, sizes in keys:
        for line in note.signatures:
            if (line.name, line.key_id) != (key.name, key.key_id):
                continue
            try:
                verify(key, line)
            except SignatureMismatch as error:
                return Check(code, State.FAILED, error.code, {"key": key.to_text()})
            if checkpoint.size in sizes:
                passed = Check(code, State.PASSED, "signed", {"key": key.to_text()})
            else:
                reason = "key-not-for-this-size"
    return passed or Check(code, State.NOT_CHECKED, reason)


def _check_witnesses(policy: TrustPolicy) -> tuple[Check, ...]:
    """Say that cosignatures were not counted, where the policy asks for some."""
    if not policy.quorum:
        return ()
    facts: dict[str, JsonValue] = {"quorum": policy.quorum, "witnesses": len(policy.witnesses)}
    return (Check("witnesses", State.NOT_CHECKED, "cosignatures-not-supported", facts),)
