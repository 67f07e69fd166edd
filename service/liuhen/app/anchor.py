"""Anchor the log: one head at a time, from the intention until it is final (architecture §6).

    planned ─► signed ─► sent ─► mined ─► final
                 ▲  ▲      │       │
                 │  └──────┤ reverted: signed anew, from the head that the contract has
                 └─────────┴ reorged: the same bytes are sent again

`Anchorer.step` does one next thing. What it is going to do is stored before it is done, and every
step begins by reading what is stored, so a process that dies anywhere is continued by the next.
Only one anchor is under way: a second one would have to be proven from a head that may yet go.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from liuhen.app.anchor_plan import next_head
from liuhen.app.attempt import AttemptRules, can_outbid, make_attempt
from liuhen.app.compare import TreeReader, check_root, compare_history
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.follow import Follower, find_live
from liuhen.app.tell import Tell, tell_nobody
from liuhen.core.errors import AnchorMismatch, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import (
    AnchoredReading,
    AnchorStore,
    Block,
    Chain,
    ChainIdentity,
    StoredAnchor,
    StoredAttempt,
    TransactionSigner,
)


class Progress(Enum):
    """What a step has come to."""

    MOVED = auto()
    """Something was stored: take the next step at once."""

    WAITING = auto()
    """The chain has to do something first."""

    IDLE = auto()
    """There is nothing to anchor."""


@dataclass(frozen=True, slots=True)
class AnchoredLog:
    """The log, as much of it as anchoring needs.

    Attributes:
        reading: The log as it is durable.
        tree: Gives its tree, to prove consistency from.
        request_map_head: Asks the writer to end the log in a map head, and returns that head once
            it is durable and signed; the present one if the log ends in a map head already.
        check_cosigned: Raises `Unavailable` for a head that must not be anchored before witnesses
            have cosigned it.
    """

    reading: AnchoredReading
    tree: TreeReader
    request_map_head: Callable[[], TreeHead]
    check_cosigned: Callable[[TreeHead], None] = field(default=lambda _: None)


@dataclass(frozen=True, slots=True)
class AnchorRules:
    """How patiently a chain is treated. A poll is a step that ends with `WAITING`.

    Attributes:
        development: The chain is ours and makes blocks on request: ask for those that an anchor
            waits for, since there may be no other traffic.
        polls_before_resend: Polls without a tx receipt after which the same bytes are sent again.
        polls_before_replace: Polls after which a tx with higher fees takes the place of the first.
        max_reverts: Attempts from one and the same head that the contract may refuse.
        max_growth: Entries by which the contract lets a log grow at once.
        attempt: Fees and gas.
    """

    development: bool
    polls_before_resend: int = 20
    polls_before_replace: int = 120
    max_reverts: int = 3
    max_growth: int = 2**24
    attempt: AttemptRules = field(default_factory=AttemptRules)


class Anchorer:
    """Anchors one log in one contract. For one thread, in one process at a time."""

    def __init__(
        self,
        *,
        store: AnchorStore,
        chain: Chain,
        signer: TransactionSigner,
        log: AnchoredLog,
        expected: ChainIdentity,
        rules: AnchorRules,
        final_block: NewestFinalBlock,
        tell: Tell = tell_nobody,
    ) -> None:
        """Join the parts; nothing is asked or sent yet.

        Args:
            store: The anchors.
            chain: The chain, with the contract and the log in it.
            signer: Signs txs as the log's publisher.
            log: The log.
            expected: What the chain must say of itself.
            rules: How patiently to treat the chain.
            final_block: Where the newest final block is kept for the writer.
            tell: Takes what the operator should know.
        """
        self.store, self.chain, self.signer, self.log = store, chain, signer, log
        self.expected, self.rules, self.final_block = expected, rules, final_block
        self.last_refusal = ""
        """What the node said when it last refused a tx; for people, never to decide by."""
        self._tell = tell
        self._follower = Follower(store, chain, tell)
        self._compared = False
        self._polls = 0
        self._height = -1
        self._at_fee_cap = -1

    def step(self, *, may_plan: bool = True) -> Progress:
        """Do the next thing.

        Args:
            may_plan: Whether a new anchor may be begun.

        Raises:
            HistoryMismatch: Chain and log contradict each other; nothing was sent.
            AnchorMismatch: The chain does not do what the contract promises.
            Unavailable: Chain, store, key or writer does not answer; call again later.
        """
        try:
            return self._step(may_plan=may_plan)
        except Exception:
            # Whatever answers after a failure may be another node, or a chain started anew.
            self._compared = False
            raise

    def _step(self, *, may_plan: bool) -> Progress:
        if not self._compared:
            tree = self.log.tree()
            self._take_over(compare_history(self.chain, self.expected, self.store, tree))
            self._compared = True
        final = self.chain.final_block()
        self.final_block.renew(final)
        unfinished = self.store.unfinished()
        if not unfinished:
            return self._plan() if may_plan else Progress.IDLE
        anchor = unfinished[0]
        match anchor.state:
            case AnchorState.PLANNED:
                return self._sign(anchor)
            case AnchorState.MINED:
                return self._confirm(anchor, final)
            case _:
                return self._carry(anchor)

    def _take_over(self, head: TreeHead) -> None:
        """Make the contract's head an anchor of ours if the store does not know it."""
        if head.size and self.store.find(head.size) is None:
            kept = self.log.reading.checkpoint(head.size) is not None
            self.store.plan(head, has_checkpoint=kept)

    def _plan(self) -> Progress:
        head = next_head(
            self.log.reading,
            self.log.request_map_head,
            self.store.newest(ON_CHAIN),
            self.rules.max_growth,
        )
        if head is None:
            return Progress.IDLE
        self.log.check_cosigned(head)
        self.store.plan(head)
        return self._moved()

    def _sign(self, anchor: StoredAnchor, replaced: StoredAttempt | None = None) -> Progress:
        """Store an attempt that starts from the head that the contract has now."""
        old = self.chain.anchored_head()
        if old.size >= anchor.head.size:
            return self._adopt(anchor, old)
        tree = self.log.tree()
        check_root(tree, old)
        check_root(tree, anchor.head)
        self._check_refusals(anchor, old)
        proof = tree.consistency(old.size, anchor.head.size)
        attempt = make_attempt(
            self.chain, self.signer, self.rules.attempt, anchor.head, old.size, proof, replaced
        )
        self.store.add_attempt(anchor.anchor_id, attempt)
        if replaced is not None:
            self.store.move_attempt(replaced.attempt_id, AnchorState.REPLACED)
        return self._moved()

    def _carry(self, anchor: StoredAnchor) -> Progress:
        """Bring a signed anchor into a block."""
        attempts = self.store.attempts(anchor.anchor_id)
        if self._follower.settle(anchor, attempts):
            return self._moved()
        attempt = find_live(attempts)
        if attempt is None:
            return self._sign(anchor)
        if anchor.state is AnchorState.SENT:
            return self._wait(anchor, attempt)
        self._send(attempt)
        self.store.move_attempt(attempt.attempt_id, AnchorState.SENT)
        return self._moved()

    def _wait(self, anchor: StoredAnchor, attempt: StoredAttempt) -> Progress:
        self._polls += 1
        nonce = self.chain.next_nonce(attempt.sender)
        if nonce > attempt.nonce:
            return self._find_lost(anchor, attempt)
        if self._polls % self.rules.polls_before_replace == 0:
            if can_outbid(attempt, self.rules.attempt):
                return self._sign(anchor, replaced=attempt)
            self._tell_fee_cap(anchor, attempt)
        if self._polls % self.rules.polls_before_resend == 0:
            self._send_again(anchor, attempt, nonce)
        return Progress.WAITING

    def _send_again(self, anchor: StoredAnchor, attempt: StoredAttempt, nonce: int) -> None:
        """Send an attempt again, after those that a reorganisation has taken from before it."""
        for earlier in self.store.attempts(anchor.anchor_id):
            if nonce <= earlier.nonce < attempt.nonce:
                self._send(earlier)
        self._send(attempt)

    def _tell_fee_cap(self, anchor: StoredAnchor, attempt: StoredAttempt) -> None:
        if self._at_fee_cap != attempt.attempt_id:
            self._at_fee_cap = attempt.attempt_id
            facts: dict[str, object] = {"size": anchor.head.size, "wei": attempt.max_fee_wei}
            self._tell("anchor.at_fee_cap", facts)

    def _find_lost(self, anchor: StoredAnchor, attempt: StoredAttempt) -> Progress:
        """The nonce is used, and no tx receipt is there: a late node, or another's tx."""
        old = self.chain.anchored_head()
        if old.size >= anchor.head.size:
            return self._adopt(anchor, old)
        if self._polls < self.rules.polls_before_resend:
            return Progress.WAITING
        self._follower.give_up(anchor, attempt.nonce)
        return self._sign(anchor)

    def _adopt(self, anchor: StoredAnchor, newest: TreeHead) -> Progress:
        """The contract has this head already, or a larger one, by no attempt that we know."""
        check_root(self.log.tree(), newest)
        stands = self._follower.stands(anchor.head)
        if not stands and newest.size > anchor.head.size:
            self._take_over(newest)
            self.store.move_anchor(anchor.anchor_id, AnchorState.REPLACED)
            return self._moved()
        place = self.chain.find_anchoring(anchor.head.size)
        if not stands or place is None:
            return Progress.WAITING  # two answers that contradict each other: one came late
        self.store.move_anchor(anchor.anchor_id, AnchorState.MINED, place)
        return self._moved()

    def _confirm(self, anchor: StoredAnchor, final: Block | None) -> Progress:
        """See whether the block is still there, and deep enough."""
        place = anchor.mined_in
        assert place is not None, "the store keeps the block of what is mined"
        block = self.chain.block(place.number)
        if block is None or block.hash != place.hash:
            self._follower.move(anchor, AnchorState.REORGED)
            return self._moved()
        deep = final is not None and final.number >= place.number
        if deep and self._follower.stands(anchor.head):
            self._follower.keep_evidence(anchor, place)
            self._follower.move(anchor, AnchorState.FINAL, place)
            return self._moved()
        if self.rules.development:
            self._ask_for_block()
        return Progress.WAITING

    def _check_refusals(self, anchor: StoredAnchor, old: TreeHead) -> None:
        """Do not pay for ever for what the contract refuses for a reason unknown to us."""
        attempts = self.store.attempts(anchor.anchor_id)
        refused = [each for each in attempts if each.state is AnchorState.REVERTED]
        if sum(each.old_size == old.size for each in refused) >= self.rules.max_reverts:
            raise AnchorMismatch(
                f"the contract keeps refusing to anchor {anchor.head.size} entries after {old.size}"
            )

    def _send(self, attempt: StoredAttempt) -> None:
        try:
            self.chain.send(attempt.raw_tx)
        except Unavailable as error:
            self.last_refusal = str(error)
        else:
            self.last_refusal = ""

    def _ask_for_block(self) -> None:
        """Ask for a block if there was none since the last poll."""
        height = self.chain.newest_block().number
        if height == self._height:
            self.chain.mine()
        self._height = height

    def _moved(self) -> Progress:
        self._polls = 0
        return Progress.MOVED
