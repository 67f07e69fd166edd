"""From checks to the verdict: the table of evidence §6, the same in every verifier."""

from collections.abc import Sequence
from datetime import datetime

from liuhen.core.chain_view import NodeAnswer, NodeReport
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_checks import is_by_retired_key
from liuhen.core.policy import Life, TrustPolicy
from liuhen.core.standing_checks import AGAINST, CODE
from liuhen.core.verdict import Check, Outcome, State
from liuhen.core.witness_checks import MISSING

_NOT_YET = frozenset(
    {"not-anchored-yet", "contract-behind", "no-anchor-confirmed", "not-final-yet", MISSING}
)
"""Reasons for which a required check may pass later: the entry is young, nothing is wrong."""

_NOT_IN_CONTRACT = frozenset({"not-anchored-yet", "contract-behind"})
"""Of these, those that say nothing while the contract is still below the checkpoint."""

_CONTRADICTIONS = frozenset(
    {"anchor-not-in-policy", "nodes-disagree", "node-on-another-chain"}
    | {"block-not-on-this-chain", "another-block-hash-given"}
)
"""Open questions about the anchor that are none of time: whatever the policy requires, there is no
match while what the receipt says of the chain contradicts policy, caller or a named node, or while
those contradict each other."""

CLOCK_TOLERANCE_SECONDS = 300
"""A record may be so much younger than the verifier's clock says is possible."""

_REQUIRED = {
    Life.SEALED: ("origin", "commitment", "inclusion", "log_signature", "signer_signature"),
    Life.ANCHORED: ("consistency", "anchor"),
    Life.FINAL: ("finality",),
}


def life_of(checks: Sequence[Check]) -> Life | None:
    """Return how far the entry has been shown to have come."""
    passed = {check.code for check in checks if check.state is State.PASSED}
    reached: Life | None = None
    worthless = any(is_by_retired_key(check) or _is_against(check) for check in checks)
    if worthless and not passed.issuperset(_REQUIRED[Life.ANCHORED]):
        return None
    for life in Life:
        if not passed.issuperset(_REQUIRED[life]):
            break
        reached = life
    return reached


def decide(
    checks: Sequence[Check],
    policy: TrustPolicy,
    recorded_at: datetime,
    checkpoint: Checkpoint,
    now: datetime,
    nodes: Sequence[NodeReport],
) -> tuple[Outcome, str]:
    """Read the verdict table: different, could not check, waiting, match, in this order.

    Args:
        checks: Every check, in the order of the list.
        policy: What the verifier believes.
        recorded_at: When the log says it took the record.
        checkpoint: The receipt's.
        now: The verifier's clock, aware.
        nodes: What each node said.

    Returns:
        The outcome, and the stable code of what decided it.
    """
    for check in checks:
        if check.state is State.FAILED:
            return Outcome.DIFFERENT, check.code
    require = policy.require
    if require is Life.SEALED and any(map(is_by_retired_key, checks)):
        require = Life.ANCHORED
    open_checks = [
        check
        for check in checks
        if _is_required(check, policy, require) and check.state is not State.PASSED
    ]
    for check in open_checks:
        if check.reason not in _NOT_YET:
            return Outcome.COULD_NOT_CHECK, check.reason
    for check in checks:
        if _is_against(check) or (check.code == "anchor" and check.reason in _CONTRADICTIONS):
            return Outcome.COULD_NOT_CHECK, check.reason
    if not open_checks:
        return Outcome.MATCH, "all-required-checks-passed"
    reasons = [check.reason for check in open_checks]
    if not _NOT_IN_CONTRACT.isdisjoint(reasons) and _is_overtaken(checkpoint, nodes):
        return Outcome.COULD_NOT_CHECK, "operator-owes-proof"
    return _wait(reasons[0], policy, (now - recorded_at).total_seconds())


def _is_against(check: Check) -> bool:
    """Return whether nodes say of the whole log what leaves its signatures without worth."""
    return check.code == CODE and check.reason in AGAINST


def _wait(reason: str, policy: TrustPolicy, age_seconds: float) -> tuple[Outcome, str]:
    """Tell an ordinary wait from one that has no end in sight."""
    if age_seconds < -CLOCK_TOLERANCE_SECONDS:  # it would be young for ever
        return Outcome.COULD_NOT_CHECK, "recorded-in-the-future"
    if age_seconds >= policy.max_anchor_age_seconds:
        overdue = "cosignatures-overdue" if reason == MISSING else "anchoring-overdue"
        return Outcome.COULD_NOT_CHECK, overdue
    return Outcome.WAITING, reason


def _is_required(check: Check, policy: TrustPolicy, require: Life) -> bool:
    """Return whether a match needs this check; files and witnesses are asked for by name."""
    if check.code == "witnesses":
        return policy.quorum > 0
    if check.code == "file":
        return True
    levels = [life for life in Life if life.rank <= require.rank]
    return any(check.code in _REQUIRED[life] for life in levels)


def _is_overtaken(checkpoint: Checkpoint, nodes: Sequence[NodeReport]) -> bool:
    """Return whether a node says that the contract's head has reached the checkpoint.

    Then a consistency proof to an anchored head exists, and a receipt without one is the
    operator's debt. So is one to a size beyond: RFC 9162 does not bind the new size (the proof
    from 4 to 5 is also one to 6, 7 and 8), hence a bent size looks like a contract that is behind.
    Nodes of another chain have been sorted out by the check of the anchor.
    """
    return any(
        isinstance(node, NodeAnswer) and node.latest.size >= checkpoint.size for node in nodes
    )
