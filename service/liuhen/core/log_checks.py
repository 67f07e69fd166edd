"""What a monitor concludes about a whole log, once it has read it.

    origin            the checkpoint is of the policy's log
    log_signature     an Ed25519 line by a policy key good for this size
    signer_signature  an EIP-712 line by a policy key good for this size, which is the contract's
                      key for it where nodes were asked; where one of the two keys is retired, the
                      head must stand in the contract (evidence §8)
    witnesses         as the policy asks
    tiles             every tile and every entry lead to the signed root hash
    memory            every head seen before is a prefix of this log
    contract          every head that the contract has is a prefix of this log
    standing          nobody has shown the contract a fork of this log, and it has not grown past
                      its end; see `standing_checks.py`

Pure: heads, roots and nodes' answers come in as values. `roots` are the root hashes that the log
itself has at the sizes in question, found from tiles that were all checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_checks import doubt_nodes
from liuhen.core.chain_view import NodeAnswer, NodeReport
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_checks import (
    check_log_signature,
    check_signer_signature,
    without_retired_keys,
)
from liuhen.core.log_memory import LogMemory
from liuhen.core.log_standing import LogStanding
from liuhen.core.merkle import TreeHead
from liuhen.core.note import SignedNote
from liuhen.core.policy import TrustPolicy
from liuhen.core.standing_checks import BEYOND_END, agreed_standing, check_standing
from liuhen.core.verdict import Check, Outcome, State
from liuhen.core.witness_checks import check_witnesses

REQUIRED = ("origin", "log_signature", "signer_signature", "tiles")
"""What must have passed before anything is said for the log."""

NOTHING_ANCHORED = "nothing-anchored"

_SAYS_NOTHING = {"first-sight", "no-node-asked", NOTHING_ANCHORED, "standing-not-asked"}
"""Reasons for not having checked that leave the answer as it is."""


def check_head(
    note: SignedNote,
    checkpoint: Checkpoint,
    policy: TrustPolicy,
    standing: LogStanding | None = None,
) -> list[Check]:
    """Check whose head it is: origin, both signatures, witnesses."""
    facts: dict[str, JsonValue] = {"checkpoint": checkpoint.origin, "policy": policy.origin}
    if checkpoint.origin != policy.origin:
        return [Check("origin", State.NOT_CHECKED, "origin-not-in-policy", facts)]
    return [
        Check("origin", State.PASSED, "same-origin", facts),
        check_log_signature(note, checkpoint, policy),
        check_signer_signature(note, checkpoint, policy, standing),
        *check_witnesses(note, checkpoint, policy),
    ]


def check_memory(head: TreeHead, memory: LogMemory, roots: Mapping[int, bytes]) -> Check:
    """Compare with every head seen before; the first that contradicts is named."""
    facts: dict[str, JsonValue] = {"size": head.size, "heads": len(memory.heads)}
    if not memory.heads:
        return Check("memory", State.NOT_CHECKED, "first-sight", facts)
    facts["since"] = memory.heads[0].seen_at
    for seen in memory.heads:
        known = seen.head
        if known.size <= head.size and roots[known.size] == known.root:
            continue
        reason = "log-shrank" if known.size > head.size else "history-forked"
        seen_facts: dict[str, JsonValue] = {"seen_size": known.size, "seen_at": seen.seen_at}
        return Check("memory", State.FAILED, reason, {**facts, **seen_facts, "note": seen.note})
    return Check("memory", State.PASSED, "extends-what-was-seen", facts)


def check_contract(
    policy: TrustPolicy,
    nodes: Sequence[NodeReport],
    head: TreeHead,
    roots: Mapping[int, bytes],
) -> Check:
    """Compare every head that the nodes tell of with the log."""
    if not nodes:
        return Check("contract", State.NOT_CHECKED, "no-node-asked")
    doubt = doubt_nodes(policy, nodes)
    if doubt is not None:
        return replace(doubt, code="contract")
    told: dict[int, set[bytes]] = {}
    for answer in nodes:
        assert isinstance(answer, NodeAnswer)  # `doubt_nodes` has refused silence
        for size, root in _heads_of(answer):
            told.setdefault(size, set()).add(root)
    return _compare(head, told, roots, [node.node for node in nodes])


def check_log_standing(
    policy: TrustPolicy, nodes: Sequence[NodeReport], head: TreeHead, roots: Mapping[int, bytes]
) -> Check:
    """Check what nodes say of a log that was read as a whole.

    A fork leaves it open, for even the side that was anchored is signed by a key that signs two
    histories. But a log on neither side of it, or one that grew past its end, contradicts the
    contract, where every node that was asked says so.

    Args:
        policy: What the verifier believes.
        nodes: What each node said.
        head: The log's signed head.
        roots: Root hashes of the log itself, among them that at the size of a fork it has reached.
    """
    standing = agreed_standing(policy, nodes)
    check = check_standing(policy, nodes, head.size, anchored=False)
    if standing is None or doubt_nodes(policy, nodes) is not None:
        return check
    mark = standing.mark
    if mark is not None and mark.size <= head.size:
        own = roots[mark.size]
        facts: dict[str, JsonValue] = {**check.facts, "log": own.hex(), "forked_at": mark.size}
        if own not in (mark.root, mark.other_root):
            return Check("standing", State.FAILED, "neither-side-of-fork", facts)
        check = replace(check, reason="one-side-of-fork", facts=facts)
    if standing.closing is not None and head.size > standing.closing.final_size:
        facts = {**check.facts, "claimed": head.size, "final_size": standing.closing.final_size}
        return Check("standing", State.FAILED, BEYOND_END, facts)
    return check


def judge_keys(checks: Sequence[Check]) -> list[Check]:
    """Count signatures by retired keys only where the contract has this very head (evidence §8)."""
    in_contract = any(
        check.code == "contract"
        and check.state is State.PASSED
        and check.facts["anchored"] == check.facts["size"]
        for check in checks
    )
    return list(checks) if in_contract else without_retired_keys(checks)


def decide(checks: Sequence[Check], policy: TrustPolicy) -> tuple[Outcome, str]:
    """Return the answer, and the check or reason that decided it."""
    for check in checks:
        if check.state is State.FAILED:
            return Outcome.DIFFERENT, check.code
    state = {check.code: check for check in checks}
    for code in REQUIRED:
        if code not in state or state[code].state is not State.PASSED:
            return Outcome.COULD_NOT_CHECK, state[code].reason if code in state else code
    for check in checks:
        asked = check.code != "witnesses" or policy.quorum > 0
        if check.state is State.NOT_CHECKED and asked and check.reason not in _SAYS_NOTHING:
            return Outcome.COULD_NOT_CHECK, check.reason
    return Outcome.MATCH, "log-agrees"


def _heads_of(answer: NodeAnswer) -> list[tuple[int, bytes]]:
    """Return the anchored heads that a node tells of."""
    heads = [(size, head.root) for size, head in answer.heads.items() if head is not None]
    if answer.latest.size:
        heads.append((answer.latest.size, answer.latest.root))
    return heads


def _compare(
    head: TreeHead,
    told: Mapping[int, set[bytes]],
    roots: Mapping[int, bytes],
    nodes: Sequence[str],
) -> Check:
    asked: list[JsonValue] = [*nodes]
    facts: dict[str, JsonValue] = {"size": head.size, "nodes": asked}
    if not told:
        return Check("contract", State.NOT_CHECKED, NOTHING_ANCHORED, facts)
    for size, answers in sorted(told.items()):
        if len(answers) > 1:
            told_roots: list[JsonValue] = [root.hex() for root in sorted(answers)]
            facts |= {"anchored": size, "answers": told_roots}
            return Check("contract", State.NOT_CHECKED, "nodes-disagree", facts)
    for size, (root,) in sorted(told.items()):
        if size <= head.size and roots[size] != root:
            facts |= {"anchored": size, "contract": root.hex(), "log": roots[size].hex()}
            return Check("contract", State.FAILED, "another-head-in-contract", facts)
    facts["anchored"] = max(told)
    if max(told) > head.size:
        return Check("contract", State.NOT_CHECKED, "log-behind-contract", facts)
    return Check("contract", State.PASSED, "anchored-heads-agree", facts)
