"""The checks of a receipt that concern the chain: numbers 4 to 6 of `examine.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_evidence import EvidencedBlock, verify_evidence
from liuhen.core.chain_view import AnchoredHead, NodeAnswer, NodeReport, NodeSilence
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import ProofMismatch
from liuhen.core.merkle import TreeHead, verify_consistency
from liuhen.core.node_answers import side_by_side
from liuhen.core.policy import TrustPolicy
from liuhen.core.receipt import Anchor, Receipt
from liuhen.core.time_bounds import is_of
from liuhen.core.verdict import Check, State

Blocks = Mapping[int, EvidencedBlock]
"""Blocks that passed check 5, by anchored size."""


def own_anchors(receipt: Receipt, policy: TrustPolicy) -> tuple[Anchor, ...]:
    """Return the anchors on the policy's chain, contract and log; others prove nothing to us."""
    own = (policy.chain.id, policy.contract, policy.log_id)
    return tuple(a for a in receipt.anchors if (a.chain_id, a.contract, a.log_id) == own)


def check_consistency(receipt: Receipt, checkpoint: Checkpoint, policy: TrustPolicy) -> Check:
    """Check 4: the checkpoint's tree is a prefix of every anchored one."""
    anchors = own_anchors(receipt, policy)
    if not anchors:
        reason = "anchor-not-in-policy" if receipt.anchors else "not-anchored-yet"
        return Check("consistency", State.NOT_CHECKED, reason)
    for anchor in anchors:
        facts: dict[str, JsonValue] = {"from_size": checkpoint.size, "to_size": anchor.size}
        try:
            verify_consistency(
                checkpoint.head, TreeHead(anchor.size, anchor.root), anchor.consistency
            )
        except ProofMismatch as error:
            return Check("consistency", State.FAILED, error.code, {**facts, "detail": str(error)})
    return Check("consistency", State.PASSED, "same-history", facts)


def check_evidence(receipt: Receipt, policy: TrustPolicy) -> tuple[Check, Blocks]:
    """Check 5: each block in the receipt holds the event of the policy's contract."""
    blocks: dict[int, EvidencedBlock] = {}
    for anchor in own_anchors(receipt, policy):
        if anchor.evidence is None:
            continue
        try:
            blocks[anchor.size] = verify_evidence(
                anchor.evidence, policy.contract, policy.log_id, anchor.size, anchor.root
            )
        except ProofMismatch as error:
            failed = Check(
                "chain_evidence",
                State.FAILED,
                error.code,
                {"size": anchor.size, "detail": str(error)},
            )
            return failed, {}
    if not blocks:
        return Check("chain_evidence", State.NOT_CHECKED, "no-evidence-in-receipt"), {}
    facts: dict[str, JsonValue] = {
        "blocks": [{"number": b.number, "hash": "0x" + b.hash.hex()} for b in blocks.values()]
    }
    return Check("chain_evidence", State.PASSED, "event-in-block", facts), blocks


def check_anchor(
    receipt: Receipt,
    policy: TrustPolicy,
    blocks: Blocks,
    nodes: Sequence[NodeReport],
    block_hashes: frozenset[bytes],
) -> tuple[Check, AnchoredHead | None]:
    """Check 6: somebody whom the caller or policy names vouches for the anchor.

    Returns:
        The check, with what each node said; and the anchored head where it passed.
    """
    anchors = own_anchors(receipt, policy)
    check, head = _judge_anchors(receipt, policy, anchors, blocks, nodes, block_hashes)
    if not nodes:
        return check, head
    facts = {**check.facts, "answers": side_by_side(nodes, anchors, blocks)}
    return replace(check, facts=facts), head


def _judge_anchors(
    receipt: Receipt,
    policy: TrustPolicy,
    anchors: Sequence[Anchor],
    blocks: Blocks,
    nodes: Sequence[NodeReport],
    block_hashes: frozenset[bytes],
) -> tuple[Check, AnchoredHead | None]:
    doubt = doubt_nodes(policy, nodes)
    if doubt is not None:
        return doubt, None
    if not anchors:
        return _open("anchor-not-in-policy" if receipt.anchors else "not-anchored-yet")
    if nodes:
        check, head = _by_nodes(anchors, blocks, _answers(nodes))
    else:
        check, head = _by_block_hash(anchors, policy, blocks, block_hashes)
    if check.state is not State.FAILED:
        other = _other_block(policy, blocks, block_hashes)
        if other is not None:
            return _open("another-block-hash-given", **_block_facts(other))
    return check, head


def check_finality(
    policy: TrustPolicy, anchored: AnchoredHead | None, nodes: Sequence[NodeReport]
) -> Check:
    """Check 6, second half: enough blocks follow the anchor's.

    A block hash that policy or caller vouch for is final by their word.
    """
    if anchored is None:
        return Check("finality", State.NOT_CHECKED, "no-anchor-confirmed")
    if not nodes:
        return Check("finality", State.PASSED, "block-vouched-for", {"block": anchored.block})
    tip = min(node.tip for node in nodes if isinstance(node, NodeAnswer))
    facts: dict[str, JsonValue] = {
        "block": anchored.block,
        "tip": tip,
        "depth": policy.chain.finality_depth,
    }
    if tip - anchored.block < policy.chain.finality_depth:
        return Check("finality", State.NOT_CHECKED, "not-final-yet", facts)
    return Check("finality", State.PASSED, "deep-enough", facts)


def doubt_nodes(policy: TrustPolicy, nodes: Sequence[NodeReport]) -> Check | None:
    """Refuse to conclude anything while a named node is silent or serves another chain."""
    for node in nodes:
        if isinstance(node, NodeSilence):
            return _open("node-unreachable", node=node.node, why=node.why)[0]
        if not is_of(node, policy):
            return _open("node-on-another-chain", **_identity(node))[0]
        for number, known in policy.known_blocks:
            told = node.block_hashes.get(number)
            if told not in (None, known):
                facts: dict[str, JsonValue] = {**_identity(node), "block": number}
                return _open("node-on-another-chain", **facts)[0]
    return None


def _other_block(
    policy: TrustPolicy, blocks: Blocks, block_hashes: frozenset[bytes]
) -> EvidencedBlock | None:
    """Find a block of the evidence that policy or caller contradict.

    The policy vouches for a hash at a height. The caller vouches for hashes alone: they contradict
    when none of them is that of a block in the receipt.
    """
    for block in blocks.values():
        known = {known for number, known in policy.known_blocks if number == block.number}
        if known - {block.hash}:
            return block
    if block_hashes and block_hashes.isdisjoint(block.hash for block in blocks.values()):
        return next(iter(blocks.values()), None)
    return None


def _by_nodes(
    anchors: Sequence[Anchor], blocks: Blocks, answers: Sequence[NodeAnswer]
) -> tuple[Check, AnchoredHead | None]:
    """Compare every anchor with what all named nodes say of it."""
    for anchor in anchors:
        told = {node.heads.get(anchor.size) for node in answers}
        if len(told) > 1:
            return _open("nodes-disagree", size=anchor.size, receipt=anchor.root.hex())
        failed = _compare(anchor, answers, blocks.get(anchor.size))
        if failed is not None:
            return failed, None
    head = answers[0].heads[anchors[0].size]
    assert head is not None
    facts: dict[str, JsonValue] = {
        "size": anchors[0].size,
        "block": head.block,
        "timestamp": head.timestamp,
        "nodes": [node.node for node in answers],
    }
    return Check("anchor", State.PASSED, "head-in-contract", facts), head


def _compare(
    anchor: Anchor, answers: Sequence[NodeAnswer], block: EvidencedBlock | None
) -> Check | None:
    """Compare one anchor with what the nodes agree on; None when it is the same."""
    head = answers[0].heads.get(anchor.size)
    if head is None:
        behind = min(node.latest.size for node in answers) < anchor.size
        state, reason = (
            (State.NOT_CHECKED, "contract-behind")
            if behind
            else (State.FAILED, "head-not-in-contract")
        )
        return Check("anchor", state, reason, {"size": anchor.size})
    if head.root != anchor.root:
        facts: dict[str, JsonValue] = {
            "size": anchor.size,
            "receipt": anchor.root.hex(),
            "contract": head.root.hex(),
        }
        return Check("anchor", State.FAILED, "another-head-in-contract", facts)
    if block is not None and any(n.block_hashes.get(block.number) != block.hash for n in answers):
        facts = {"block": block.number, "hash": "0x" + block.hash.hex()}
        return Check("anchor", State.NOT_CHECKED, "block-not-on-this-chain", facts)
    return None


def _by_block_hash(
    anchors: Sequence[Anchor],
    policy: TrustPolicy,
    blocks: Blocks,
    block_hashes: frozenset[bytes],
) -> tuple[Check, AnchoredHead | None]:
    """Accept the first block whose hash is vouched for; else say which one to compare."""
    for anchor in anchors:
        block = blocks.get(anchor.size)
        if block is None:
            continue
        if block.hash in block_hashes or (block.number, block.hash) in policy.known_blocks:
            head = AnchoredHead(anchor.root, block.number, block.timestamp)
            facts = {"size": anchor.size, **_block_facts(block)}
            return Check("anchor", State.PASSED, "block-vouched-for", facts), head
    return _to_compare(anchors, blocks)


def _to_compare(anchors: Sequence[Anchor], blocks: Blocks) -> tuple[Check, None]:
    """Name the block hash to compare, or without one the head to ask the contract for."""
    anchor = next((each for each in anchors if each.size in blocks), anchors[0])
    block = blocks.get(anchor.size)
    if block is None:
        return _open(
            "no-node-asked",
            contract="0x" + anchor.contract.hex(),
            log_id="0x" + anchor.log_id.hex(),
            size=anchor.size,
            root=anchor.root.hex(),
        )
    return _open("block-hash-to-compare", size=anchor.size, **_block_facts(block))


def _block_facts(block: EvidencedBlock) -> dict[str, JsonValue]:
    return {
        "block": block.number,
        "block_hash": "0x" + block.hash.hex(),
        "timestamp": block.timestamp,
    }


def _open(reason: str, **facts: JsonValue) -> tuple[Check, None]:
    return Check("anchor", State.NOT_CHECKED, reason, facts), None


def _answers(nodes: Sequence[NodeReport]) -> list[NodeAnswer]:
    return [node for node in nodes if isinstance(node, NodeAnswer)]


def _identity(node: NodeAnswer) -> dict[str, JsonValue]:
    return {
        "node": node.node,
        "chain_id": node.chain_id,
        "genesis": "0x" + node.genesis.hex(),
        "code_hash": "0x" + node.code_hash.hex(),
    }
