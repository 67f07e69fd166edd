"""Not before and not after: between which blocks an entry was made (evidence §1, §6).

The record names a block that was there before it (check 7), and a block anchors a head that has
the entry in it (check 6). Both bound the time as the chain tells it: the time of a block is what
its producer wrote, and no better than whoever produces blocks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liuhen.core.canonical import JsonValue
from liuhen.core.chain_evidence import EvidencedBlock
from liuhen.core.chain_view import AnchoredHead, NodeAnswer, NodeReport, NodeSilence
from liuhen.core.policy import TrustPolicy
from liuhen.core.shown import NamedBlock, ShownRecord
from liuhen.core.verdict import Check, State


@dataclass(frozen=True, slots=True)
class TimeBound:
    """A block before or after which an entry was made.

    Attributes:
        block: Its number.
        hash: Its hash, 32 bytes; None where only the contract tells of it.
        time: Seconds since the epoch, as the block says; None where nobody told.
        nodes: The nodes that told of it.
        policy: Whether the policy vouches for it.
        caller: Whether the caller vouches for it.
    """

    block: int
    hash: bytes | None
    time: int | None
    nodes: tuple[str, ...]
    policy: bool
    caller: bool

    def to_json(self) -> dict[str, JsonValue]:
        """Return the bound as a fact of a verdict; `by` names who vouches for the block."""
        vouchers = {"nodes": self.nodes, "policy": self.policy, "caller": self.caller}
        by: list[JsonValue] = [name for name, vouches in vouchers.items() if vouches]
        return {
            "block": self.block,
            "hash": None if self.hash is None else "0x" + self.hash.hex(),
            "time": self.time,
            "by": by,
            "nodes": list(self.nodes),
        }


def check_not_before(
    record: ShownRecord,
    policy: TrustPolicy,
    nodes: Sequence[NodeReport],
    block_hashes: frozenset[bytes],
) -> tuple[Check, TimeBound | None]:
    """Check 7: the block that the record names is on the chain, so the record is younger.

    Never required: another block at that height means only that no lower bound is proven.

    Returns:
        The check, and the bound where it passed.
    """
    after = record.after_block
    if after is None or after.chain_id != policy.chain.id:
        return _open("no-block-of-this-chain-in-record")
    facts: dict[str, JsonValue] = {"block": after.number, "hash": "0x" + after.hash.hex()}
    asked = [node for node in nodes if isinstance(node, NodeAnswer) and is_of(node, policy)]
    known = {known for number, known in policy.known_blocks if number == after.number}
    told = {node.block_hashes.get(after.number) for node in asked} | known
    told |= {None for node in nodes if isinstance(node, NodeSilence)}
    told |= block_hashes & {after.hash}  # a hash that the caller gives is of no stated height
    if not told or None in told:
        return _open("block-not-vouched-for", facts)
    if told != {after.hash}:
        return _open("another-block-at-this-height", facts)
    bound = TimeBound(
        block=after.number,
        hash=after.hash,
        time=_told_time(after, asked),
        nodes=tuple(node.node for node in asked),
        policy=bool(known),
        caller=after.hash in block_hashes,
    )
    return Check("not_before", State.PASSED, "block-on-chain", facts), bound


def not_after(
    head: AnchoredHead | None,
    blocks: Mapping[int, EvidencedBlock],
    policy: TrustPolicy,
    nodes: Sequence[NodeReport],
    block_hashes: frozenset[bytes],
) -> TimeBound | None:
    """Return the bound from above: the block of an anchor that passed check 6.

    Args:
        head: The anchored head; None where the check did not pass.
        blocks: Blocks that passed check 5, by anchored size.
        policy: What the verifier believes.
        nodes: What each node said.
        block_hashes: Block hashes that the caller vouches for.
    """
    if head is None:
        return None
    digest = next((b.hash for b in blocks.values() if b.number == head.block), None)
    return TimeBound(
        block=head.block,
        hash=digest,
        time=head.timestamp,
        nodes=tuple(node.node for node in nodes),
        policy=(head.block, digest) in policy.known_blocks,
        caller=digest in block_hashes,
    )


def is_of(node: NodeAnswer, policy: TrustPolicy) -> bool:
    """Return whether a node serves the policy's chain with the policy's contract on it."""
    chain = (policy.chain.id, policy.chain.genesis, policy.code_hash)
    return (node.chain_id, node.genesis, node.code_hash) == chain


def _told_time(block: NamedBlock, nodes: Sequence[NodeAnswer]) -> int | None:
    """Return the time of a block that every node tells alike; a hash alone does not tell it."""
    times = {node.block_times.get(block.number) for node in nodes}
    return times.pop() if len(times) == 1 else None


def _open(reason: str, facts: dict[str, JsonValue] | None = None) -> tuple[Check, None]:
    return Check("not_before", State.NOT_CHECKED, reason, facts or {}), None
