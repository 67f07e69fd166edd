"""An EVM chain, and the key that sends txs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final, Protocol

from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.chain_view import AnchoredHead
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead

MOST_GAS: Final = 2**24
"""Gas that no tx may exceed (EIP-7825)."""


class NodeRefused(Unavailable):
    """A node answered a call with an error of its own.

    Nothing follows from its text. Any other `Unavailable` of a chain means that the node gave no
    answer at all, so that another may be asked.
    """


@dataclass(frozen=True, slots=True)
class ChainTarget:
    """The contract that heads of a log are anchored in.

    Attributes:
        chain_id: EIP-155 chain id.
        contract: Address of the contract, 20 bytes.
        log_id: The log's identifier in the contract, 32 bytes.
    """

    chain_id: int
    contract: bytes
    log_id: bytes


@dataclass(frozen=True, slots=True)
class MinedIn:
    """The block that holds a tx.

    Attributes:
        number: Block number.
        hash: Block hash, 32 bytes.
        time: Block time, seconds since 1970.
        tx_index: Position of the tx in the block.
        log_position: Position of the `HeadAnchored` event in its tx receipt; -1 if it has none.
    """

    number: int
    hash: bytes
    time: int
    tx_index: int
    log_position: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block as a node tells it.

    Attributes:
        number: Block number.
        hash: 32 bytes.
        time: Seconds since 1970.
        base_fee_wei: Base fee per gas.
    """

    number: int
    hash: bytes
    time: int
    base_fee_wei: int


@dataclass(frozen=True, slots=True)
class TxReceipt:
    """What became of a mined tx.

    Attributes:
        succeeded: Status 1.
        mined_in: Its block and its place there.
        anchored: The head named by its `HeadAnchored` event, at `mined_in.log_position`; None if
            it has none of our contract and our log.
        fee_wei: What it cost.
    """

    succeeded: bool
    mined_in: MinedIn
    anchored: TreeHead | None
    fee_wei: int


@dataclass(frozen=True, slots=True)
class ChainIdentity:
    """What a node says we are talking to.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis_hash: Hash of block 0, 32 bytes.
        code_hash: keccak-256 of the contract's code, 32 bytes.
        publisher: Who may anchor heads of the log, 20 bytes; zero if the log is not registered.
        signer: Whose key signs heads of the log, 20 bytes; zero if it is not registered.
    """

    chain_id: int
    genesis_hash: bytes
    code_hash: bytes
    publisher: bytes
    signer: bytes


class NodeCondition(StrEnum):
    """What is to be thought of a node for now."""

    UNTRIED = auto()
    """It was asked nothing yet, or nothing since it last failed."""

    ANSWERING = auto()
    """It is believed."""

    SILENT = auto()
    """It does not answer, answers late, or what is no answer."""

    REFUSING = auto()
    """It answered with an error of its own."""

    BEHIND = auto()
    """It is far behind the others, or behind what it said before."""

    FOREIGN = auto()
    """It is on another chain, or there is another contract."""


@dataclass(frozen=True, slots=True)
class NodeState:
    """One node as the operator should see it.

    Attributes:
        host: Host and port, never credentials.
        condition: What is to be thought of it for now.
        height: Number of its newest block when it was last asked; None before the first answer.
        trouble: What was last wrong with it; it may be over since.
        failures: How often something was, since the start.
    """

    host: str
    condition: NodeCondition
    height: int | None
    trouble: str
    failures: int


@dataclass(frozen=True, slots=True)
class AnchorTx:
    """An unsigned call of `anchor`.

    Attributes:
        target: Contract and log.
        old_size: Anchored size that it starts from.
        head: The head to anchor.
        consistency: Proof from the anchored head to `head`.
        nonce: Nonce of the sender's account.
        max_fee_wei: Fee cap per gas.
        tip_wei: Priority fee per gas.
        gas_limit: Gas it may use, at most `MOST_GAS`; computed, never estimated by a node.
    """

    target: ChainTarget
    old_size: int
    head: TreeHead
    consistency: Sequence[bytes]
    nonce: int
    max_fee_wei: int
    tip_wei: int
    gas_limit: int

    def __post_init__(self) -> None:
        """Refuse what no node would take."""
        if not 0 < self.gas_limit <= MOST_GAS:
            raise ValueError(f"a gas limit of {self.gas_limit}")


class TransactionSigner(Protocol):
    """Signs anchor txs with the publisher's key: only calls of `anchor`, of value 0."""

    address: bytes
    """The sender, 20 bytes."""

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        """Return the raw signed tx and its hash; low s, and by `address`.

        Raises:
            Unavailable: The key cannot be used now, or what came back is not this tx, signed.
        """
        ...


class Chain(Protocol):
    """One EVM chain as a node tells it.

    NOT trusted: it answers late, twice, or not at all, and forgets blocks. Every call may raise
    `Unavailable`, which means "unknown"; after `send` it means "look for the tx, do not
    conclude". No call takes longer than its time, and nothing is retried behind the caller's back.
    """

    target: ChainTarget

    def identity(self) -> ChainIdentity:
        """Return what the node says it is, and whose log this is."""
        ...

    def block(self, number: int) -> Block | None:
        """Return the block with this number on the chain as it is now."""
        ...

    def newest_block(self) -> Block:
        """Return the newest block."""
        ...

    def final_block(self) -> Block | None:
        """Return the newest block that is final by the policy's depth and the node's own tag."""
        ...

    def anchored_head(self) -> TreeHead:
        """Return the log's head in the contract; size 0 before the first."""
        ...

    def head_at(self, size: int) -> AnchoredHead | None:
        """Return the head that the contract keeps for exactly this size."""
        ...

    def find_anchoring(self, size: int) -> MinedIn | None:
        """Return where the event stands that anchored this size, whoever sent the tx."""
        ...

    def evidence(self, place: MinedIn) -> ChainEvidence | None:
        """Return the evidence that a block holds the tx at a place.

        None if what the node answers does not lead to the hash of that block.
        """
        ...

    def next_nonce(self, sender: bytes) -> int:
        """Return the number of mined txs of the sender."""
        ...

    def balance_wei(self, sender: bytes) -> int:
        """Return what the sender's account holds."""
        ...

    def tip_wei(self) -> int:
        """Return the priority fee per gas that the node suggests."""
        ...

    def send(self, raw_tx: bytes) -> None:
        """Hand a signed tx to the node; one that it already knows may be an error or not."""
        ...

    def tx_receipt(self, tx_hash: bytes) -> TxReceipt | None:
        """Return what became of a tx, or None if it is not in a block now."""
        ...

    def mine(self) -> None:
        """Ask a development chain for one more block."""
        ...
