"""Check a proof of an entry against the trust policy: a `.tlog-proof` or a COSE receipt.

These files are for other people's tools; ours checks them too, so that nobody has to install one
to be sure. The entry is what the caller brings, from a receipt or in hex. The checks are those of
`examine.py` as far as such a file can go:

                      tlog-proof                            COSE receipt
    origin            checkpoint, its lines, the policy     issuer and policy
    commitment        the receipt's rows lead to the entry  the same, where a receipt is given
    inclusion         entry → root, at this index and size  entry → some root
    log_signature     a line by a policy key for this size  that root and the size, by such a key
    signer_signature  a line by a policy key for this size  (has none, so it is never *sealed*)
    witnesses         as many as the policy asks for        (has none: cannot be checked)

So a match of a tlog-proof says *sealed* and nothing about the chain, whatever the policy requires
of receipts. That of a COSE receipt says less: membership, not position (evidence §9), by the word
of the Ed25519 key alone. A sealed head has both signatures (evidence §6, number 3), so that a
contract can judge it; hence such a match comes with no life at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from liuhen.core.canonical import JsonValue
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cose_receipt import CoseReceipt
from liuhen.core.entry_check import check_entry, check_inclusion
from liuhen.core.errors import MalformedProof, ProofMismatch, SignatureMismatch
from liuhen.core.head_checks import (
    check_log_signature,
    check_signer_signature,
    key_facts,
    without_retired_keys,
)
from liuhen.core.note import SignedNote
from liuhen.core.policy import Life, TrustPolicy
from liuhen.core.receipt import Receipt
from liuhen.core.shown import ShownRecord
from liuhen.core.tlog_proof import HEADER, MAX_CHARACTERS, TlogProof
from liuhen.core.verdict import Check, Outcome, State, Verdict
from liuhen.core.witness_checks import check_witnesses

MAX_PROOF_BYTES = 4 * MAX_CHARACTERS
"""The longest file that may be a proof."""

MEMBERSHIP, POSITION = "membership", "position"
"""What a proof claims of the entry: the fact `claims` of the verdict."""

NO_SIGNER_LINE = "no-place-for-signer-line"
"""The second signature of a head has no place in a COSE receipt: what it shows is not *sealed*."""


@dataclass(frozen=True, slots=True)
class ClaimedEntry:
    """The entry that a proof is to be about, and where the caller has it from.

    Attributes:
        entry: The entry's bytes.
        origin: The log that the record names; None where only the entry is known.
        checks: What was found out about the record it was made from.
        facts: What the record says of itself.
    """

    entry: bytes
    origin: str | None = None
    checks: tuple[Check, ...] = ()
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @staticmethod
    def of(receipt: Receipt) -> "ClaimedEntry":
        """Make the entry from a receipt's rows; its own proofs and signatures are not looked at.

        Raises:
            MalformedReceipt: A row that must be shown is not.
        """
        record = ShownRecord.of(receipt.rows)
        entry, commitment = check_entry(receipt)
        return ClaimedEntry(entry, record.origin, (commitment,), record.facts())


def parse_proof(body: bytes) -> TlogProof | CoseReceipt:
    """Read a proof of either kind; the first line of a tlog-proof tells them apart.

    Raises:
        MalformedProof: Neither, or not in its one form.
        MalformedNote: The checkpoint of a tlog-proof is not a signed note.
        MalformedCheckpoint: It is, and not a checkpoint.
    """
    if not body.startswith(HEADER.encode()):
        return CoseReceipt.parse(body)
    try:
        return TlogProof.parse(body.decode())
    except UnicodeDecodeError as error:
        raise MalformedProof("a proof must be UTF-8") from error


def check_proof(
    proof: TlogProof | CoseReceipt, claimed: ClaimedEntry, policy: TrustPolicy
) -> Verdict:
    """Check a proof against the trust policy: match, different or could not check.

    A signature by a retired key proves nothing here: such a file leads to no anchored head.
    """
    if isinstance(proof, CoseReceipt):
        size, claims = proof.signed.size, MEMBERSHIP
        checks = _cose_checks(proof, claimed, policy)
    else:
        note = SignedNote.parse(proof.checkpoint)
        checkpoint = Checkpoint.parse(note.text)
        size, claims = checkpoint.size, POSITION
        checks = _tlog_checks(proof, note, checkpoint, claimed, policy)
    facts: dict[str, JsonValue] = {
        **claimed.facts,
        "claims": claims,
        "entry": claimed.entry.hex(),
        "entry_index": proof.index if claims == POSITION else None,
        "size": size,
        "log": policy.origin,
    }
    checks = tuple(without_retired_keys((*claimed.checks, *checks)))
    return _decide(checks, policy, facts)


def _decide(checks: tuple[Check, ...], policy: TrustPolicy, facts: dict[str, JsonValue]) -> Verdict:
    """Read the verdict table of evidence §6 for what such a proof can show."""
    for check in checks:
        if check.state is State.FAILED:
            return Verdict(Outcome.DIFFERENT, check.code, checks, None, facts)
    for check in checks:
        if check.state is State.NOT_CHECKED and _is_required(check, policy):
            return Verdict(Outcome.COULD_NOT_CHECK, check.reason, checks, None, facts)
    both = any(c.code == "signer_signature" and c.state is State.PASSED for c in checks)
    life = Life.SEALED if both else None
    return Verdict(Outcome.MATCH, "all-required-checks-passed", checks, life, facts)


def _is_required(check: Check, policy: TrustPolicy) -> bool:
    """Return whether a match needs this check: what a COSE receipt cannot hold is not asked."""
    if check.code == "witnesses":
        return policy.quorum > 0
    return check.reason != NO_SIGNER_LINE


def _tlog_checks(
    proof: TlogProof,
    note: SignedNote,
    checkpoint: Checkpoint,
    claimed: ClaimedEntry,
    policy: TrustPolicy,
) -> tuple[Check, ...]:
    own_line = any(line.name == checkpoint.origin for line in note.signatures)
    names = (checkpoint.origin, checkpoint.origin if own_line else None)
    return (
        _check_origin(names, claimed, policy),
        check_inclusion(claimed.entry, proof.index, checkpoint, proof.inclusion),
        check_log_signature(note, checkpoint, policy),
        check_signer_signature(note, checkpoint, policy),
        *check_witnesses(note, checkpoint, policy),
    )


def _check_origin(names: Sequence[str | None], claimed: ClaimedEntry, policy: TrustPolicy) -> Check:
    """Compare what the proof calls its log with the record, where there is one, and the policy."""
    facts: dict[str, JsonValue] = {
        "record": claimed.origin,
        "checkpoint": names[0],
        "policy": policy.origin,
    }
    if len(set(names)) > 1 or claimed.origin not in (None, names[0]):
        return Check("origin", State.FAILED, "origins-differ", facts)
    if names[0] != policy.origin:
        return Check("origin", State.NOT_CHECKED, "origin-not-in-policy", facts)
    named = claimed.origin is not None and len(names) > 1
    reason = "same-origin" if named else "proof-of-this-log"
    return Check("origin", State.PASSED, reason, facts)


def _cose_checks(
    receipt: CoseReceipt, claimed: ClaimedEntry, policy: TrustPolicy
) -> tuple[Check, ...]:
    origin = _check_origin((receipt.signed.origin,), claimed, policy)
    witnesses: tuple[Check, ...] = ()
    if policy.quorum:
        facts: dict[str, JsonValue] = {"quorum": policy.quorum}
        witnesses = (Check("witnesses", State.NOT_CHECKED, "no-place-for-cosignatures", facts),)
    unsigned = Check("signer_signature", State.NOT_CHECKED, NO_SIGNER_LINE)
    return origin, *_check_membership(receipt, claimed, policy), unsigned, *witnesses


def _check_membership(
    receipt: CoseReceipt, claimed: ClaimedEntry, policy: TrustPolicy
) -> tuple[Check, Check]:
    """Check signature and inclusion: one equation, for the receipt holds no root hash."""
    size = receipt.signed.size
    facts: dict[str, JsonValue] = {"entry": claimed.entry.hex(), "size": size}
    unsigned = Check("inclusion", State.NOT_CHECKED, "no-signed-root", facts)
    reason = "no-line-by-a-policy-key"
    for key, sizes in policy.log_keys:
        if key.key_id != receipt.signed.key_id:
            continue
        named: dict[str, JsonValue] = {"key": key.to_text(), "size": size}
        try:
            root = receipt.verify(key, claimed.entry).root
        except ProofMismatch as error:
            failed = Check("inclusion", State.FAILED, error.code, {**facts, "detail": str(error)})
            return Check("log_signature", State.NOT_CHECKED, "no-root-to-verify", named), failed
        except SignatureMismatch:
            return Check("log_signature", State.FAILED, "root-not-signed", named), unsigned
        if size in sizes:
            found = Check("inclusion", State.PASSED, "entry-in-log", {**facts, "root": root.hex()})
            signed = {**key_facts(key, sizes), "size": size}
            return Check("log_signature", State.PASSED, "root-signed", signed), found
        reason = "key-not-for-this-size"
    return Check("log_signature", State.NOT_CHECKED, reason), unsigned
