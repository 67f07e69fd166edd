"""What nodes of the chain answered, as plain values for `examine.py`.

A verifier asks a node only for blocks, code, `headAt`, `latest` and the log's standing: never for a
leaf or an index, so no node learns which record is being checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from liuhen.core.log_standing import LogStanding
from liuhen.core.merkle import TreeHead


@dataclass(frozen=True, slots=True)
class ChainQuestion:
    """What to ask every node.

    Attributes:
        contract: Address, 20 bytes, from the trust policy.
        log_id: The log's identifier in it, 32 bytes, from the trust policy.
        sizes: Anchored sizes to look up with `headAt`.
        blocks: Numbers of blocks whose hash is wanted.
    """

    contract: bytes
    log_id: bytes
    sizes: tuple[int, ...]
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnchoredHead:
    """A head as the contract keeps it.

    Attributes:
        root: Root hash, 32 bytes.
        block: Number of the block that anchored it.
        timestamp: Time of that block, seconds since the epoch.
    """

    root: bytes
    block: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """One node's answers.

    Attributes:
        node: How to name the node to a reader (host, never credentials).
        chain_id: `eth_chainId`.
        genesis: Hash of block 0, 32 bytes.
        code_hash: keccak-256 of the code at the contract's address, 32 bytes.
        latest: Newest anchored head of the log; size 0 when there is none.
        heads: `headAt` by size; None where that size was never anchored.
        tip: Number of the newest block.
        standing: What the contract says of the log as a whole.
        block_hashes: Hash by block number; None where the node has no such block.
        block_times: Time by block number, seconds since the epoch, of the blocks it has.
    """

    node: str
    chain_id: int
    genesis: bytes
    code_hash: bytes
    latest: TreeHead
    tip: int
    standing: LogStanding
    heads: Mapping[int, AnchoredHead | None] = field(default_factory=dict)
    block_hashes: Mapping[int, bytes | None] = field(default_factory=dict)
    block_times: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeSilence:
    """A node that did not answer, or not sensibly.

    Attributes:
        node: How to name the node to a reader.
        why: What went wrong, in words.
    """

    node: str
    why: str


NodeReport = NodeAnswer | NodeSilence
