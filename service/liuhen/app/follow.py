"""Find out what became of the txs that were sent for an anchor, and store it.

Neither an answer nor an error to sending says what became of a tx. What counts is the tx receipt,
and that the contract keeps the head.
"""

from collections.abc import Sequence

from liuhen.app.tell import Tell
from liuhen.core.chain_evidence import ChainEvidence, verify_evidence
from liuhen.core.errors import AnchorMismatch, Malformed, Mismatch
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import LIVE, AnchorState
from liuhen.ports import AnchorStore, Chain, MinedIn, StoredAnchor, StoredAttempt, TxReceipt


def find_live(attempts: Sequence[StoredAttempt]) -> StoredAttempt | None:
    """Return the newest attempt that can still bring its anchor to the chain."""
    return next((attempt for attempt in reversed(attempts) if attempt.state in LIVE), None)


class Follower:
    """Reads from the chain what became of txs, and stores it."""

    def __init__(self, store: AnchorStore, chain: Chain, tell: Tell) -> None:
        """Join the parts."""
        self._store, self._chain, self._tell = store, chain, tell

    def settle(self, anchor: StoredAnchor) -> bool:
        """Store that a tx is mined, or refused, if one is that concerns the anchor.

        Every attempt of its nonces is asked for, whichever anchor it is for, also replaced and
        refused ones: whatever was sent may be mined at any time, and after a reorganisation once
        more.

        Returns:
            Whether anything was stored.

        Raises:
            AnchorMismatch: The tx is mined, and did something else.
        """
        own = self._store.attempts(anchor.anchor_id)
        found = [
            (attempt, tx_receipt)
            for attempt in self._in_play(own)
            if (tx_receipt := self._chain.tx_receipt(attempt.tx_hash)) is not None
        ]
        for attempt, tx_receipt in found:
            if tx_receipt.succeeded:
                return self._settle_mined(attempt, tx_receipt)
        live = find_live(own)
        for attempt, tx_receipt in found:
            uses_up = live is not None and attempt.nonce == live.nonce
            if uses_up or attempt.state is not AnchorState.REVERTED:
                # None of its nonce can be mined any more; the store marks the others. One that was
                # given up before its tx receipt came has cost as much, and counts as refused.
                place, fee = tx_receipt.mined_in, tx_receipt.fee_wei
                self._store.move_attempt(attempt.attempt_id, AnchorState.REVERTED, place, fee)
                return True
        return False

    def _in_play(self, own: Sequence[StoredAttempt]) -> list[StoredAttempt]:
        """Return all attempts from the first nonce of an anchor's on that are not settled."""
        first: dict[bytes, int] = {}
        for attempt in own:
            first[attempt.sender] = min(attempt.nonce, first.get(attempt.sender, attempt.nonce))
        return [
            attempt
            for sender, nonce in first.items()
            for attempt in self._store.attempts_with(sender, nonce)
            if attempt.state is not AnchorState.FINAL
        ]

    def stands(self, head: TreeHead) -> bool:
        """Return whether the contract keeps the head.

        Raises:
            AnchorMismatch: It keeps another root for this size.
        """
        kept = self._chain.head_at(head.size)
        if kept is None:
            return False
        if kept.root != head.root:
            raise AnchorMismatch(f"the contract keeps another root for {head.size} entries")
        return True

    def move(self, anchor: StoredAnchor, state: AnchorState, place: MinedIn | None = None) -> None:
        """Move an anchor that is in a block, with the attempt that did it if it was one of ours."""
        for attempt in self._store.attempts(anchor.anchor_id):
            if attempt.state is anchor.state:
                self._store.move_attempt(attempt.attempt_id, state, place)
                return
        self._store.move_anchor(anchor.anchor_id, state, place)

    def take_back(self, lost: Sequence[StoredAnchor]) -> None:
        """Mark anchors that were final and that the chain has lost: they are made again."""
        for anchor in lost:
            self.move(anchor, AnchorState.REORGED)

    def give_up(self, attempt: StoredAttempt) -> None:
        """Mark the attempts with a nonce that can bring nothing to the chain any more."""
        for other in self._store.attempts_with(attempt.sender, attempt.nonce):
            if other.nonce == attempt.nonce and other.state in LIVE:
                self._store.move_attempt(other.attempt_id, AnchorState.REPLACED)

    def keep_evidence(self, anchor: StoredAnchor, place: MinedIn) -> None:
        """Store the chain's evidence of an anchor that is about to be final.

        Not earlier: until then another block may come to hold the tx. Evidence that a verifier
        would refuse turns a good receipt into one that contradicts itself; without any, a receipt
        rests on what nodes say of the contract.
        """
        evidence = self._chain.evidence(place)
        if evidence is None:
            fault = "the node's answers do not lead to the block's hash"
        else:
            fault = _find_fault(evidence, anchor, place)
        if evidence is not None and not fault:
            self._store.put_evidence(anchor.anchor_id, evidence)
        else:
            self._tell("anchor.without_evidence", {"size": anchor.head.size, "why": fault})

    def _settle_mined(self, attempt: StoredAttempt, tx_receipt: TxReceipt) -> bool:
        head = self._store.get(attempt.anchor_id).head
        if tx_receipt.anchored != head:
            raise AnchorMismatch(
                f"the tx that anchors {head.size} entries was mined with another event"
            )
        if not self.stands(head):
            return False  # the answer is that of a node behind the one that knew the tx
        place, fee = tx_receipt.mined_in, tx_receipt.fee_wei
        self._store.move_attempt(attempt.attempt_id, AnchorState.MINED, place, fee)
        return True


def _find_fault(evidence: ChainEvidence, anchor: StoredAnchor, place: MinedIn) -> str:
    """Check evidence as a verifier will; return what is wrong with it, or nothing."""
    target, head = anchor.target, anchor.head
    try:
        block = verify_evidence(evidence, target.contract, target.log_id, head.size, head.root)
    except (Malformed, Mismatch) as error:
        return str(error)
    return "" if block.hash == place.hash else "it is evidence of another block"
