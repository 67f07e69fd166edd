"""The checks of a signed head: number 3 of `examine.py`, for receipts and for whole logs alike."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from liuhen.core.canonical import JsonValue
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import SignatureMismatch
from liuhen.core.head_signature import HeadSignerKey, LogKey
from liuhen.core.log_standing import LogStanding
from liuhen.core.note import NoteSignature, SignedNote
from liuhen.core.policy import SizeRange, TrustPolicy
from liuhen.core.verdict import Check, State

_Key = TypeVar("_Key", LogKey, HeadSignerKey)

RETIRED_AT = "key_good_to_size"
"""The fact of a signature check that tells of a retired key, and of no other check."""


def check_log_signature(note: SignedNote, checkpoint: Checkpoint, policy: TrustPolicy) -> Check:
    """Check 3, first half: an Ed25519 line by a policy key good for this size."""
    return _check_lines(
        "log_signature",
        note,
        checkpoint,
        policy.log_keys,
        lambda key, line: key.verify(note.text, line),
    )


def check_signer_signature(
    note: SignedNote,
    checkpoint: Checkpoint,
    policy: TrustPolicy,
    standing: LogStanding | None = None,
) -> Check:
    """Check 3, second half: an EIP-712 line by a policy key good for this size.

    Where nodes tell which key the contract has for this size, it must be that one, and it is good
    only as far as the contract says too. A policy may be older than the day a key was replaced:
    whoever stole the old one must gain nothing by that.

    Args:
        note: The signed head.
        checkpoint: What it says.
        policy: What the verifier believes.
        standing: What nodes say of the log alike; None where nobody was asked or they differ.
    """

    def check(keys: Sequence[tuple[HeadSignerKey, SizeRange]]) -> Check:
        return _check_lines(
            "signer_signature",
            note,
            checkpoint,
            keys,
            lambda key, line: key.verify(checkpoint, policy.log_id, line),
        )

    by_policy = check(policy.signers)
    if standing is None or by_policy.state is not State.PASSED:
        return by_policy
    by_contract = check(_as_appointed(policy, standing, checkpoint.size))
    if by_contract.state is State.PASSED:
        return by_contract
    appointed = {each.signer for each in standing.signers}
    signers = {key.to_text(): key.signer for key, _ in policy.signers}
    known = signers[str(by_policy.facts["key"])] in appointed
    reason = "signer-not-for-this-size" if known else "signer-not-in-contract"
    facts: dict[str, JsonValue] = {"key": by_policy.facts["key"], "size": checkpoint.size}
    return Check("signer_signature", State.NOT_CHECKED, reason, facts)


def _as_appointed(
    policy: TrustPolicy, standing: LogStanding, size: int
) -> list[tuple[HeadSignerKey, SizeRange]]:
    """Return the policy's entries for the contract's key of this size, in the narrower range."""
    found = standing.signer_for(size)
    if found is None:
        return []
    signer, appointed = found
    return [
        (key, SizeRange(max(sizes.first, appointed.first), _earlier(sizes.last, appointed.last)))
        for key, sizes in policy.signers
        if key.signer == signer
    ]


def _earlier(one: int | None, other: int | None) -> int | None:
    """Return the smaller of two last sizes; None is open."""
    return min((last for last in (one, other) if last is not None), default=None)


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
                if passed is None or is_by_retired_key(passed):
                    passed = Check(code, State.PASSED, "signed", key_facts(key, sizes))
            else:
                reason = "key-not-for-this-size"
    return passed or Check(code, State.NOT_CHECKED, reason)


def key_facts(key: LogKey | HeadSignerKey, sizes: SizeRange) -> dict[str, JsonValue]:
    """Name the key that signed and, where it was retired, the last size that it is good for."""
    facts: dict[str, JsonValue] = {"key": key.to_text()}
    return facts if sizes.last is None else {**facts, RETIRED_AT: sizes.last}


def is_by_retired_key(check: Check) -> bool:
    """Return whether a signature is valid and by a key that is good up to some size only.

    Who steals such a key can sign another history of that time at any later time. So it counts only
    for a head that leads to an anchored one (evidence §8).
    """
    return check.state is State.PASSED and RETIRED_AT in check.facts


def without_retired_keys(checks: Sequence[Check]) -> list[Check]:
    """Return the checks with signatures by retired keys as not checked."""
    return [
        replace(check, state=State.NOT_CHECKED, reason="key-retired")
        if is_by_retired_key(check)
        else check
        for check in checks
    ]
