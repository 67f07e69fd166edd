"""What the contract says of the log as a whole, against the log as the database has it.

A proven fork is a contradiction here, and not only an open question as for a reader of the log: of
two signed heads of one size at least one is not of this database, whoever signed it.
"""

from liuhen.app.audit.finding import Findings, Rule
from liuhen.core.chain_view import NodeReport, NodeSilence
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.core.time_bounds import is_of

_PLACE = "standing"


def check_standing(
    told: NodeReport | None, policy: TrustPolicy, head: TreeHead, found: Findings
) -> None:
    """Note what the node tells of a fork, of the log's end, and of another key.

    Args:
        told: What the node said; None where none was asked.
        policy: The log's trust policy.
        head: The newest head in the database.
        found: Takes findings.
    """
    if told is None:
        return  # that no node was asked is said about the anchors
    if isinstance(told, NodeSilence):
        found.note(Rule.NOT_CHECKED, _PLACE, "", told.why)
        return
    if not is_of(told, policy):
        return  # so is another chain
    mark, closing = told.standing.mark, told.standing.closing
    if mark is not None:
        roots = f"{mark.root.hex()} and {mark.other_root.hex()}"
        what = f"a fork was shown in block {mark.block}: for {mark.size} entries there are {roots}"
        found.note(Rule.CONTRACT, _PLACE, "", f"{what}, by 0x{mark.signer.hex()}")
    if closing is not None and head.size > closing.final_size:
        what = f"the log ended at {closing.final_size} entries in block {closing.block}"
        found.note(Rule.CONTRACT, _PLACE, "", f"{what}, and has {head.size}")
    appointed = told.standing.signer_for(head.size)
    if appointed is not None and appointed[0] not in _signers_of(policy, head.size):
        what = f"heads of {head.size} entries are signed there by 0x{appointed[0].hex()}"
        found.note(Rule.CONTRACT, _PLACE, "", what)


def _signers_of(policy: TrustPolicy, size: int) -> set[bytes]:
    return {key.signer for key, sizes in policy.signers if size in sizes}
