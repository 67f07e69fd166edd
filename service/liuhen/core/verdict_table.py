"""From checks to the verdict: the table of evidence §6, the same in every verifier."""

from collections.abc import Sequence
from datetime import datetime

from liuhen.core.chain_view import NodeAnswer, NodeReport
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.policy import Life, TrustPolicy
from liuhen.core.verdict import Check, Outcome, State

_NOT_YET = frozenset({"not-anchored-yet", "contract-behind", "not-final-yet"})
"""Reasons for which a required check may pass later: the entry is young, nothing is wrong."""

_NOT_IN_CONTRACT = frozenset({"not-anchored-yet", "contract-behind"})
"""Of these, those that say nothing while the contract is still below the checkpoint."""

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
    open_checks = [
        check for check in checks if _is_required(check, policy) and check.state is not State.PASSED
    ]
    for check in open_checks:
        if check.reason not in _NOT_YET:
            return Outcome.COULD_NOT_CHECK, check.reason
    if not open_checks:
        return Outcome.MATCH, "all-required-checks-passed"
    reason = open_checks[0].reason
    if reason in _NOT_IN_CONTRACT and _is_overtaken(checkpoint, nodes):
        return Outcome.COULD_NOT_CHECK, "operator-owes-proof"
    return _wait(reason, policy, (now - recorded_at).total_seconds())


def _wait(reason: str, policy: TrustPolicy, age_seconds: float) -> tuple[Outcome, str]:
    """Tell an ordinary wait from one that has no end in sight."""
    if age_seconds < -CLOCK_TOLERANCE_SECONDS:  # it would be young for ever
        return Outcome.COULD_NOT_CHECK, "recorded-in-the-future"
    if age_seconds >= policy.max_anchor_age_seconds:
        return Outcome.COULD_NOT_CHECK, "anchoring-overdue"
    return Outcome.WAITING, reason


def _is_required(check: Check, policy: TrustPolicy) -> bool:
    """Return whether a match needs this check; files and witnesses are asked for by name."""
    if check.code in ("file", "witnesses"):
        return True
    levels = [life for life in Life if life.rank <= policy.require.rank]
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
