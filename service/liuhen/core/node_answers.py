"""What each node said, side by side, for whoever has to judge which of them to believe."""

from collections.abc import Mapping, Sequence

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_evidence import EvidencedBlock
from liuhen.core.chain_view import NodeReport, NodeSilence
from liuhen.core.receipt import Anchor


def side_by_side(
    nodes: Sequence[NodeReport],
    anchors: Sequence[Anchor],
    blocks: Mapping[int, EvidencedBlock],
) -> list[JsonValue]:
    """Return the answers about the first anchor that nodes tell differently, else about the first.

    Args:
        nodes: What each node said.
        anchors: The receipt's anchors on the policy's contract.
        blocks: Blocks that the receipt proves, by anchored size.
    """
    anchor = next((each for each in anchors if _differ(nodes, each, blocks)), None)
    if anchor is None and anchors:
        anchor = anchors[0]
    size = None if anchor is None else anchor.size
    evidence = blocks.get(size) if size is not None else None
    return [_said(node, size, evidence) for node in nodes]


def _differ(
    nodes: Sequence[NodeReport], anchor: Anchor, blocks: Mapping[int, EvidencedBlock]
) -> bool:
    evidence = blocks.get(anchor.size)
    said = [_said(node, anchor.size, evidence) for node in nodes]
    about = ("root", "block", "timestamp", "block_hash")
    return len({tuple(str(each.get(name)) for name in about) for each in said}) > 1


def _said(
    node: NodeReport, size: int | None, evidence: EvidencedBlock | None
) -> dict[str, JsonValue]:
    if isinstance(node, NodeSilence):
        return {"node": node.node, "why": node.why}
    head = None if size is None else node.heads.get(size)
    told = None if evidence is None else node.block_hashes.get(evidence.number)
    return {
        "node": node.node,
        "chain_id": node.chain_id,
        "genesis": "0x" + node.genesis.hex(),
        "code_hash": "0x" + node.code_hash.hex(),
        "latest": node.latest.size,
        "tip": node.tip,
        "size": size,
        "root": None if head is None else head.root.hex(),
        "block": None if head is None else head.block,
        "timestamp": None if head is None else head.timestamp,
        "block_hash": None if told is None else "0x" + told.hex(),
    }
