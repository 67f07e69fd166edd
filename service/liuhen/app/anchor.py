"""Anchor the log: one head at a time, from the intention until it is final (architecture §6).

    planned ─► signed ─► sent ─► mined ─► final
                 ▲  ▲      │       │
                 │  └──────┤ reverted: signed anew, from the head that the contract has
                 └─────────┴ reorged: the same bytes are sent again

`Anchorer.step` does one next thing. What it is going to do is stored before it is done, and every
step begins by reading what is stored, so a process that dies anywhere is continued by the next.
Only one nonce is under way, and no further head until the last one is final: it would have to be
proven from a head that may yet go. A tx that is stuck is replaced, at the same nonce, by one with
higher fees that carries the newest head there is; either of them may win, and both are watched.
"""

from datetime import datetime, timedelta
from typing import Final

from liuhen.app.anchor_plan import next_head
from liuhen.app.anchor_rules import AnchoredLog, AnchorRules, Progress
from liuhen.app.attempt import Shortage, make_offer, sign_attempt
from liuhen.app.compare import (
    check_nothing_lost,
    check_root,
    compare_history,
    find_lost,
)
from liuhen.app.final_block import FinalWatch, NewestFinalBlock
from liuhen.app.follow import Follower, find_live
from liuhen.app.tell import Tell, tell_nobody
from liuhen.core.errors import AnchorMismatch, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import ON_CHAIN, AnchorState
from liuhen.ports import (
    AnchorLease,
    AnchorStore,
    Block,
    Chain,
    ChainIdentity,
    Clock,
    StoredAnchor,
    StoredAttempt,
    TransactionSigner,
)

_DAY: Final = timedelta(days=1)
_BALANCE_AGE: Final = timedelta(minutes=1)


class Anchorer:
    """Anchors one log in one contract. For one thread."""

    def __init__(
        self,
        *,
        store: AnchorStore,
        lease: AnchorLease,
        chain: Chain,
        signer: TransactionSigner,
        log: AnchoredLog,
        expected: ChainIdentity,
        rules: AnchorRules,
        final_block: NewestFinalBlock,
        clock: Clock,
        tell: Tell = tell_nobody,
    ) -> None:
        """Join the parts; nothing is asked or sent yet.

        Args:
            store: The anchors.
            lease: Says whether this anchorer is the one that works.
            chain: The chain, with the contract and the log in it.
            signer: Signs txs as the log's publisher.
            log: The log.
            expected: What the chain must say of itself.
            rules: How patiently to treat the chain.
            final_block: Where the newest final block is kept for the writer.
            clock: The time.
            tell: Takes what the operator should know.
        """
        self.store, self.chain, self.signer, self.log = store, chain, signer, log
        self.lease, self.expected, self.rules = lease, expected, rules
        self.final_block, self.clock = final_block, clock
        self.last_refusal = ""
        """What the node said when it last refused a tx; for people, never to decide by."""
        self.shortage: Shortage | None = None
        """What keeps a tx from being made now; None where nothing does."""
        self.balance_wei: int | None = None
        """What the publisher has to pay with, as looked up last; None before that."""
        self._tell = tell
        self._follower = Follower(store, chain, tell)
        self._compared = self._holding = self._ever_held = False
        self._final_watch = FinalWatch(chain, final_block)
        self._polls = self._taken = 0
        self._height = self._since_height = -1
        self._balance_seen: datetime | None = None

    @property
    def holds_lease(self) -> bool:
        """Whether this anchorer was the one that works, when it last looked."""
        return self._holding

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
            compare_history(self.chain, self.expected, self.log.tree)
            self._compared = True
        final = self.chain.final_block()
        if not self.lease.hold():
            self._holding = False
            self._final_watch.keep(final)
            return Progress.ELSEWHERE
        lost_block = self._final_watch.is_lost(final, may_rewind=self.rules.development)
        if lost_block or not self._holding:
            self._look_for_lost(seen=lost_block)
            self._take_over(self.chain.anchored_head())
            self._holding = self._ever_held = True
        self._final_watch.keep(final)
        self._look_at_balance()
        unfinished = self.store.unfinished()
        if not unfinished:
            return self._plan() if may_plan else Progress.IDLE
        mined = [each for each in unfinished if each.state is AnchorState.MINED]
        anchor = (mined or unfinished)[0]
        match anchor.state:
            case AnchorState.PLANNED:
                return self._sign(anchor)
            case AnchorState.MINED:
                return self._confirm(anchor, final)
            case _:
                return self._carry(anchor)

    def _look_at_balance(self) -> None:
        """Keep the balance for whoever watches, now and then."""
        now = self.clock.now()
        if self._balance_seen is None or abs(now - self._balance_seen) >= _BALANCE_AGE:
            self.balance_wei = self.chain.balance_wei(self.signer.address)
            self._balance_seen = now

    def _look_for_lost(self, *, seen: bool) -> None:
        """Take back what was called final and is not on the chain any more.

        A process that saw this same chain before takes it for a reorganisation, deeper than the
        policy thought possible, and goes on. One that has just started cannot know, and asks.

        Raises:
            HistoryMismatch: It was lost while nobody watched.
        """
        lost = find_lost(self.chain, self.store, may_rewind=self.rules.development)
        if not (seen or self._ever_held or self.rules.accept_lost):
            check_nothing_lost(lost)
        self._follower.take_back(lost)
        if seen or lost:
            self._tell("chain.lost_final_block", {"anchors": [each.head.size for each in lost]})

    def _take_over(self, head: TreeHead) -> None:
        """Make the contract's head an anchor of ours if the store does not know it."""
        check_root(self.log.tree(), head)
        if head.size and self.store.find(head.size) is None:
            kept = self.log.reading.checkpoint(head.size) is not None
            self.store.plan(head, has_checkpoint=kept)

    def _plan(self) -> Progress:
        head = self._next_head()
        if head is None:
            return Progress.IDLE
        self.log.check_cosigned(head)
        self.store.plan(head)
        return self._moved()

    def _next_head(self) -> TreeHead | None:
        newest, last = self.store.newest(ON_CHAIN), self.rules.final_size
        if last is not None and newest is not None and newest.head.size >= last:
            return None  # what came after the end (an erasure, say) is never anchored
        head = next_head(self.log.reading, self.log.request_map_head, newest, self.rules.max_growth)
        return None if head is not None and last is not None and head.size > last else head

    def _sign(self, anchor: StoredAnchor, replaced: StoredAttempt | None = None) -> Progress:
        """Store an attempt that starts from the head that the contract has now."""
        old = self.chain.anchored_head()
        if old.size >= anchor.head.size:
            return self._adopt(anchor, old)
        head = self._newest_or(anchor, replaced)
        tree = self.log.tree()
        check_root(tree, old)
        check_root(tree, head)
        sender = self.signer.address
        nonce = self.chain.next_nonce(sender) if replaced is None else replaced.nonce
        self._check_refusals(nonce, old)
        proof = tree.consistency(old.size, head.size)
        spent = self.store.spent_since(self.clock.now() - _DAY)
        offer = make_offer(self.chain, sender, self.rules.attempt, len(proof), spent, replaced)
        if isinstance(offer, Shortage):
            return self._wait_for_money(offer, anchor)
        attempt = sign_attempt(self.chain, self.signer, offer, head, old.size, proof, nonce)
        target = anchor if head == anchor.head else self.store.plan(head)
        self.store.add_attempt(target.anchor_id, attempt)
        return self._moved()

    def _newest_or(self, anchor: StoredAnchor, replaced: StoredAttempt | None) -> TreeHead:
        """Return the newest head in place of one that is stuck or stale; else its own."""
        age = (self.clock.now() - anchor.created_at).total_seconds()
        if replaced is None and age < self.rules.stale_seconds:
            return anchor.head
        try:
            head = self._next_head()
            if head is not None and head.size > anchor.head.size:
                self.log.check_cosigned(head)
                return head
        except Unavailable as error:  # writer or witnesses; the anchor need not wait for them
            facts: dict[str, object] = {"size": anchor.head.size, "why": str(error)}
            self._tell("anchor.kept_head", facts)
        return anchor.head

    def _wait_for_money(self, shortage: Shortage, anchor: StoredAnchor) -> Progress:
        """Tell what is short, once; what was sent before goes on being sent."""
        if self.shortage is None or self.shortage.event != shortage.event:
            self._tell(shortage.event, {"size": anchor.head.size, **shortage.facts})
        self.shortage = shortage
        return Progress.WAITING

    def _carry(self, anchor: StoredAnchor) -> Progress:
        """Bring a signed anchor into a block."""
        if self._follower.settle(anchor):
            return self._moved()
        attempt = find_live(self.store.attempts(anchor.anchor_id))
        if attempt is None:
            return self._sign(anchor)
        if attempt.sender != self.signer.address:  # the owner has appointed another publisher
            self._follower.give_up(attempt)
            return self._moved()
        if anchor.state is AnchorState.SENT:
            return self._wait(anchor, attempt)
        self._send(attempt)
        self.store.move_attempt(attempt.attempt_id, AnchorState.SENT)
        return self._moved()

    def _wait(self, anchor: StoredAnchor, attempt: StoredAttempt) -> Progress:
        self._polls += 1
        nonce = self.chain.next_nonce(attempt.sender)
        if nonce > attempt.nonce:
            return self._find_lost_nonce(anchor, attempt)
        if nonce < attempt.nonce and not self._can_close_gap(attempt, nonce):
            return self._sign(anchor)
        if self._is_stuck() and self._sign(anchor, replaced=attempt) is Progress.MOVED:
            return Progress.MOVED
        if self._polls % self.rules.polls_before_resend == 0:
            self._send_again(attempt, nonce)
        return Progress.WAITING

    def _can_close_gap(self, attempt: StoredAttempt, nonce: int) -> bool:
        """Return whether we have a tx for a nonce that a reorganisation has freed again.

        It may have been another's who has the same key; then nothing with a later nonce will ever
        be mined.
        """
        earlier = self.store.attempts_with(attempt.sender, nonce)
        return any(each.nonce == nonce for each in earlier)

    def _is_stuck(self) -> bool:
        """Return whether a tx has waited long enough, and blocks have come by without it."""
        is_time = self._polls % self.rules.polls_before_replace == 0
        if self._polls > 1 and not is_time:
            return False
        height = self.chain.newest_block().number
        if self._polls == 1 or height < self._since_height:
            self._since_height = height
        return is_time and height - self._since_height >= self.rules.blocks_before_replace

    def _send_again(self, attempt: StoredAttempt, nonce: int) -> None:
        """Send an attempt again, after those that a reorganisation has taken from before it."""
        newest: dict[int, StoredAttempt] = {}
        for earlier in self.store.attempts_with(attempt.sender, nonce):
            if earlier.nonce < attempt.nonce:
                newest[earlier.nonce] = earlier
        for earlier in newest.values():
            self._send(earlier)
        self._send(attempt)

    def _find_lost_nonce(self, anchor: StoredAnchor, attempt: StoredAttempt) -> Progress:
        """The nonce is used, and no tx receipt is there: a late node, or another's tx."""
        if self._polls < self.rules.polls_before_resend:
            return Progress.WAITING
        old = self.chain.anchored_head()
        if old.size >= anchor.head.size:
            return self._adopt(anchor, old)
        if self._taken >= self.rules.max_taken:
            raise AnchorMismatch(
                f"{self._taken} nonces of the publisher were used up by what no node gives a tx"
                " receipt of: somebody else has the key, or the nodes hide what became of ours"
            )
        self._taken += 1
        self._follower.give_up(attempt)
        self._tell("anchor.nonce_taken", {"size": anchor.head.size, "nonce": attempt.nonce})
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
        attempt = find_live(self.store.attempts(anchor.anchor_id))
        if attempt is not None and attempt.nonce < self.chain.next_nonce(attempt.sender):
            self._follower.give_up(attempt)
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
        self._taken = 0
        deep = final is not None and final.number >= place.number
        if deep and self._follower.stands(anchor.head):
            self._follower.keep_evidence(anchor, place)
            self._follower.move(anchor, AnchorState.FINAL, place)
            return self._moved()
        if self.rules.development:
            self._ask_for_block()
        return Progress.WAITING

    def _check_refusals(self, nonce: int, old: TreeHead) -> None:
        """Do not pay for ever for what the contract refuses for a reason unknown to us.

        Whichever head it was: while one is refused, a newer one takes its place. Of the last of
        them it may not be known yet.
        """
        first = nonce - 2 * self.rules.max_reverts
        attempts = self.store.attempts_with(self.signer.address, first)
        refused = [each for each in attempts if each.state is AnchorState.REVERTED]
        if sum(each.old_size == old.size for each in refused) >= self.rules.max_reverts:
            raise AnchorMismatch(f"the contract keeps refusing to anchor anything after {old.size}")

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
        self._polls, self.shortage = 0, None
        return Progress.MOVED
