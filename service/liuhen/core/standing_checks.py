"""The check of a log's standing: what nodes say of the log as a whole (evidence §6 table, §8).

A log that was shown to have forked proves nothing by its signatures alone: only what leads to an
anchored head is in the one history that the contract keeps. A log that has ended has no head
beyond its last size. Both are told as warnings whatever the answer is.

What speaks against a log counts although other nodes are silent: silence must not be a way to hide
a fork. What speaks for it counts only when every node that was asked says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_checks import doubt_nodes
from liuhen.core.chain_view import NodeAnswer, NodeReport
from liuhen.core.log_standing import LogStanding
from liuhen.core.policy import TrustPolicy
from liuhen.core.time_bounds import is_of
from liuhen.core.verdict import Check, State

CODE = "standing"
"""The name of this check."""

FORKED, CLOSED = "log-forked", "log-closed"
"""Codes of warnings, and reasons of the check."""

BEYOND_END, DISAGREE = "beyond-final-size", "nodes-disagree"

AGAINST = frozenset({FORKED, BEYOND_END, DISAGREE})
"""Reasons that leave no match and nothing to wait for, whatever the policy requires."""


def agreed_standing(policy: TrustPolicy, nodes: Sequence[NodeReport]) -> LogStanding | None:
    """Return what every answering node of the policy's chain says; None where they differ."""
    told = {node.standing for node in _of_chain(policy, nodes)}
    return told.pop() if len(told) == 1 else None


def check_standing(
    policy: TrustPolicy, nodes: Sequence[NodeReport], size: int, *, anchored: bool
) -> Check:
    """Check what nodes say of the log as a whole; never required, and never passed over.

    Args:
        policy: What the verifier believes.
        nodes: What each node said.
        size: The largest size that is claimed of the log.
        anchored: Whether what is checked is under an anchored head.
    """
    if not nodes:
        return Check("standing", State.NOT_CHECKED, "standing-not-asked")
    answers = _of_chain(policy, nodes)
    doubt = doubt_nodes(policy, nodes)
    standing = agreed_standing(policy, nodes)
    if standing is None:
        return _not_agreed(answers, doubt)
    asked: list[JsonValue] = [node.node for node in answers]
    facts: dict[str, JsonValue] = {"nodes": asked, **standing.to_json()}
    if standing.mark is not None and not anchored:
        return Check("standing", State.NOT_CHECKED, FORKED, facts)
    if standing.closing is not None and size > standing.closing.final_size:
        facts |= {"claimed": size, "final_size": standing.closing.final_size}
        return Check("standing", State.NOT_CHECKED, BEYOND_END, facts)
    if doubt is not None:
        return replace(doubt, code=CODE)
    return Check("standing", State.PASSED, _passed(standing), facts)


def warnings_of(standing: LogStanding | None) -> list[JsonValue]:
    """Return what a reader must see first, as stable codes with their facts."""
    found: list[JsonValue] = []
    if standing is not None and standing.mark is not None:
        found.append({"code": FORKED, **standing.mark.to_json()})
    if standing is not None and standing.closing is not None:
        found.append({"code": CLOSED, **standing.closing.to_json()})
    return found


def _passed(standing: LogStanding) -> str:
    if standing.mark is not None:
        return "forked-and-anchored"
    return "no-fork-proven" if standing.closing is None else CLOSED


def _of_chain(policy: TrustPolicy, nodes: Sequence[NodeReport]) -> list[NodeAnswer]:
    return [node for node in nodes if isinstance(node, NodeAnswer) and is_of(node, policy)]


def _not_agreed(answers: Sequence[NodeAnswer], doubt: Check | None) -> Check:
    """Put different answers side by side; without any, say why there is none."""
    if not answers:
        assert doubt is not None  # nodes were asked, and none answered for the policy's chain
        return replace(doubt, code=CODE)
    said: list[JsonValue] = [{"node": node.node, **node.standing.to_json()} for node in answers]
    return Check("standing", State.NOT_CHECKED, DISAGREE, {"standings": said})
