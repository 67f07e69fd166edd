"""The anchors of one log in one contract, as rows (architecture §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import AnchorState
from liuhen.ports.chain import ChainTarget, MinedIn
from liuhen.ports.log import StoredHead


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """One signed tx for one anchor.

    Attributes:
        attempt_id: The store's number of it.
        anchor_id: The anchor it is for.
        old_size: Anchored size that it starts from.
        sender: Address, 20 bytes.
        nonce: Nonce of the sender's account.
        max_fee_wei: Fee cap per gas.
        tip_wei: Priority fee per gas.
        gas_limit: Gas it may use.
        raw_tx: The signed bytes.
        tx_hash: 32 bytes; unique.
        state: signed, sent, mined, final, replaced, reverted or reorged.
        mined_in: The block; set while mined, final or reverted.
        fee_wei: What it cost; set while mined, final or reverted.
        created_at: When it was stored.
        changed_at: When its state changed last.
    """

    attempt_id: int
    anchor_id: int
    old_size: int
    sender: bytes
    nonce: int
    max_fee_wei: int
    tip_wei: int
    gas_limit: int
    raw_tx: bytes
    tx_hash: bytes
    state: AnchorState
    mined_in: MinedIn | None
    fee_wei: int | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """A signed tx that is about to be sent; fields as in `StoredAttempt`."""

    old_size: int
    sender: bytes
    nonce: int
    max_fee_wei: int
    tip_wei: int
    gas_limit: int
    raw_tx: bytes
    tx_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredAnchor:
    """A head that is to stand, or stands, in the contract.

    Attributes:
        anchor_id: The store's number of it.
        target: Where.
        head: Size and root hash.
        state: Where it stands.
        mined_in: The block; set while mined or final.
        evidence: Chain evidence for receipts, once there is any.
        created_at: When it was planned.
        changed_at: When its state changed last.
        reorgs: How often a reorganisation has taken it back out of a block.
        has_checkpoint: Whether the log keeps a signed checkpoint of this size, so that receipts can
            rest on it. What we anchor ends in a map head and has one; a head that somebody else
            anchored with the publisher's key may have none.
    """

    anchor_id: int
    target: ChainTarget
    head: TreeHead
    state: AnchorState
    mined_in: MinedIn | None
    evidence: ChainEvidence | None
    created_at: datetime
    changed_at: datetime
    reorgs: int
    has_checkpoint: bool


@dataclass(frozen=True, slots=True)
class AnchorTotals:
    """All anchors of a log in a contract, added up.

    Attributes:
        anchors: How many are in each state; a state with none may be missing.
        attempts: The same of the attempts at them.
        reorgs: How often a reorganisation has taken one back out of a block.
        fee_wei: What the attempts cost that are in a block, well or in vain.
    """

    anchors: Mapping[AnchorState, int]
    attempts: Mapping[AnchorState, int]
    reorgs: int
    fee_wei: int


class AnchoredReading(Protocol):
    """What anchoring reads of the log; a part of every log store."""

    def head(self) -> StoredHead:
        """Return the head row."""
        ...

    def checkpoint(self, size: int) -> str | None:
        """Return the signed checkpoint of this size, if it was stored for good."""
        ...

    def last_checkpoint(self, most: int) -> str | None:
        """Return the signed checkpoint of the largest size up to `most` that is stored for good."""
        ...


class AnchorStore(Protocol):
    """The anchors of one log in one contract.

    Every call is durable when it returns, so what is about to be done is stored before it is done.

    Moves are checked against `domain.anchor_life`; an attempt's move and those of all that it
    decides are stored together. Moves to mined and final also leave a message in the outbox.

    Whoever stores holds the lease (`AnchorLease`): a call that stores raises `Unavailable`, and
    stores nothing, when somebody else has taken it meanwhile.
    """

    def plan(self, head: TreeHead, *, has_checkpoint: bool = True) -> StoredAnchor:
        """Intend to anchor a head; the same size again returns what is there.

        Raises:
            AnchorMismatch: This size is there with another root.
        """
        ...

    def find(self, size: int) -> StoredAnchor | None:
        """Return the anchor of exactly this size."""
        ...

    def get(self, anchor_id: int) -> StoredAnchor:
        """Return an anchor by its number.

        Raises:
            Unknown: This log has no such anchor.
        """
        ...

    def page(
        self, before: int | None, limit: int, states: frozenset[AnchorState] | None = None
    ) -> Sequence[StoredAnchor]:
        """Return anchors, newest first.

        Args:
            before: Number of an anchor; only older ones. None begins with the newest.
            limit: At most so many.
            states: Only those in one of them; None takes all.
        """
        ...

    def unfinished(self) -> Sequence[StoredAnchor]:
        """Return the anchors that are neither final nor replaced, by ascending size."""
        ...

    def newest(
        self, states: frozenset[AnchorState], *, with_checkpoint: bool = False
    ) -> StoredAnchor | None:
        """Return the anchor of the largest size in one of the states.

        Args:
            states: The states.
            with_checkpoint: Only one that receipts can rest on.
        """
        ...

    def covering(self, entry_index: int) -> StoredAnchor | None:
        """Return the smallest mined or final anchor whose tree holds this leaf index.

        Only one that has a checkpoint: to a receipt the others are as if they were not there.
        """
        ...

    def attempts(self, anchor_id: int) -> Sequence[StoredAttempt]:
        """Return the attempts at an anchor, oldest first."""
        ...

    def attempts_with(self, sender: bytes, first_nonce: int) -> Sequence[StoredAttempt]:
        """Return the attempts of a sender from a nonce on, whichever anchor they are for.

        By ascending nonce, those of one nonce oldest first.
        """
        ...

    def spent_since(self, moment: datetime) -> int:
        """Return what the attempts cost that were mined since, well or in vain; in wei."""
        ...

    def totals(self) -> AnchorTotals:
        """Return all anchors and attempts, added up by the store."""
        ...

    def add_attempt(self, anchor_id: int, attempt: NewAttempt) -> StoredAttempt:
        """Store a signed tx before it is sent; the anchor becomes signed.

        What it takes the place of becomes replaced: live attempts of the same nonce, and smaller
        anchors that are not in a block.

        Raises:
            AnchorMismatch: The anchor's state does not allow it.
        """
        ...

    def move_attempt(
        self,
        attempt_id: int,
        state: AnchorState,
        mined_in: MinedIn | None = None,
        fee_wei: int | None = None,
    ) -> StoredAttempt:
        """Move an attempt, and its anchor with it.

        `replaced` leaves the anchor where it is, and `reverted` one that is replaced, or that has
        another attempt which can still be mined. An attempt that is mined or reverted has used its
        nonce: live ones of the same nonce become replaced. If it is mined, so do smaller anchors
        that are not in a block.

        Raises:
            AnchorMismatch: The attempt's state does not allow it.
        """
        ...

    def move_anchor(
        self, anchor_id: int, state: AnchorState, mined_in: MinedIn | None = None
    ) -> StoredAnchor:
        """Move an anchor alone: what became of it was no attempt's doing.

        Raises:
            AnchorMismatch: The anchor's state does not allow it.
        """
        ...

    def put_evidence(self, anchor_id: int, evidence: ChainEvidence) -> None:
        """Keep the chain evidence of an anchor."""
        ...


class AnchorLease(Protocol):
    """Who anchors a log: of all anchorers on one database, one.

    Held for a limited time, so that another takes over from one that has died. A clock that is
    wrong can hand it over too early; that is harmless, because an `AnchorStore` takes nothing from
    whoever does not hold it any more.
    """

    def hold(self) -> bool:
        """Take it, or keep it for longer; False while another holds it."""
        ...

    def release(self) -> None:
        """Let go of it, so that another need not wait."""
        ...
