"""The anchors of one log in memory, with the moves that `domain.anchor_life` allows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime

from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import AnchorMismatch, Unavailable, Unknown
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import (
    LIVE,
    MAY_BE_REPLACED,
    ON_CHAIN,
    UNFINISHED,
    USES_NONCE,
    AnchorState,
    check_move,
    moves_anchor,
)
from liuhen.ports import (
    AnchorTotals,
    ChainTarget,
    Clock,
    MinedIn,
    NewAttempt,
    StoredAnchor,
    StoredAttempt,
)
from tests.fakes.clock import FakeClock

NOW = datetime(2026, 3, 2, 6, 5, tzinfo=UTC)


class MemoryAnchorLease:
    """An `AnchorLease`; `holder` is shared by those who compete for it."""

    def __init__(self, competing: "MemoryAnchorLease | None" = None) -> None:
        self.shared: list[object] = [None] if competing is None else competing.shared

    def hold(self) -> bool:
        if self.shared[0] is None:
            self.shared[0] = self
        return self.shared[0] is self

    def release(self) -> None:
        if self.shared[0] is self:
            self.shared[0] = None

    def lose(self) -> None:
        """Let it expire, and another take it."""
        self.shared[0] = object()


class MemoryAnchorStore:
    """An `AnchorStore`; `messages` is its outbox."""

    def __init__(self, target: ChainTarget, clock: Clock | None = None) -> None:
        self.target = target
        self.clock = clock or FakeClock(NOW)
        self.lease: MemoryAnchorLease | None = None
        self.anchors: dict[int, StoredAnchor] = {}
        self.tries: dict[int, StoredAttempt] = {}
        self.messages: list[tuple[str, int]] = []

    def plan(self, head: TreeHead, *, has_checkpoint: bool = True) -> StoredAnchor:
        self._check_held()
        known = self.find(head.size)
        if known is None:
            number, now = len(self.anchors) + 1, self.clock.now()
            known = StoredAnchor(
                anchor_id=number,
                target=self.target,
                head=head,
                state=AnchorState.PLANNED,
                mined_in=None,
                evidence=None,
                created_at=now,
                changed_at=now,
                reorgs=0,
                has_checkpoint=has_checkpoint,
            )
            self.anchors[number] = known
        if known.head != head:
            raise AnchorMismatch("this size is there with another root")
        return known

    def find(self, size: int) -> StoredAnchor | None:
        return next((each for each in self.anchors.values() if each.head.size == size), None)

    def get(self, anchor_id: int) -> StoredAnchor:
        if anchor_id not in self.anchors:
            raise Unknown("no such anchor")
        return self.anchors[anchor_id]

    def page(
        self, before: int | None, limit: int, states: frozenset[AnchorState] | None = None
    ) -> Sequence[StoredAnchor]:
        older = [
            number
            for number, anchor in self.anchors.items()
            if (before is None or number < before) and (states is None or anchor.state in states)
        ]
        return [self.anchors[number] for number in sorted(older, reverse=True)[:limit]]

    def unfinished(self) -> Sequence[StoredAnchor]:
        return self._in(UNFINISHED)

    def newest(
        self, states: frozenset[AnchorState], *, with_checkpoint: bool = False
    ) -> StoredAnchor | None:
        found = [each for each in self._in(states) if each.has_checkpoint or not with_checkpoint]
        return found[-1] if found else None

    def covering(self, entry_index: int) -> StoredAnchor | None:
        found = [each for each in self._in(ON_CHAIN) if each.has_checkpoint]
        return next((each for each in found if each.head.size > entry_index), None)

    def attempts(self, anchor_id: int) -> Sequence[StoredAttempt]:
        return [each for each in self.tries.values() if each.anchor_id == anchor_id]

    def attempts_with(self, sender: bytes, first_nonce: int) -> Sequence[StoredAttempt]:
        theirs = [each for each in self.tries.values() if each.sender == sender]
        found = [each for each in theirs if each.nonce >= first_nonce]
        return sorted(found, key=lambda each: (each.nonce, each.attempt_id))

    def spent_since(self, moment: datetime) -> int:
        return sum(each.fee_wei or 0 for each in self.tries.values() if each.changed_at >= moment)

    def totals(self) -> AnchorTotals:
        return AnchorTotals(
            Counter(each.state for each in self.anchors.values()),
            Counter(each.state for each in self.tries.values()),
            sum(each.reorgs for each in self.anchors.values()),
            sum(each.fee_wei or 0 for each in self.tries.values()),
        )

    def add_attempt(self, anchor_id: int, attempt: NewAttempt) -> StoredAttempt:
        self._check_held()
        anchor = self.anchors[anchor_id]
        self._replace_rivals(attempt.sender, attempt.nonce, 0)
        self._replace_smaller(anchor.head.size)
        self._move(anchor_id, AnchorState.SIGNED, None)
        assert attempt.tx_hash not in {each.tx_hash for each in self.tries.values()}
        number, now = len(self.tries) + 1, self.clock.now()
        values = {each.name: getattr(attempt, each.name) for each in fields(attempt)}
        made = StoredAttempt(
            attempt_id=number,
            anchor_id=anchor_id,
            state=AnchorState.SIGNED,
            mined_in=None,
            fee_wei=None,
            created_at=now,
            changed_at=now,
            **values,
        )
        self.tries[number] = made
        return made

    def move_attempt(
        self,
        attempt_id: int,
        state: AnchorState,
        mined_in: MinedIn | None = None,
        fee_wei: int | None = None,
    ) -> StoredAttempt:
        self._check_held()
        attempt = self.tries[attempt_id]
        anchor = self.anchors[attempt.anchor_id]
        check_move(attempt.state, state)
        if moves_anchor(anchor.state, state):
            check_move(anchor.state, state)  # all or nothing
        self._move_row(attempt, state, mined_in, fee_wei)
        if state in USES_NONCE:
            self._replace_rivals(attempt.sender, attempt.nonce, attempt_id)
        if state is AnchorState.MINED:
            self._replace_smaller(anchor.head.size)
        tries = self.attempts(anchor.anchor_id)
        goes_on = state is AnchorState.REVERTED and any(each.state in LIVE for each in tries)
        if moves_anchor(anchor.state, state) and not goes_on:
            self._move(anchor.anchor_id, state, mined_in)
        return self.tries[attempt_id]

    def move_anchor(
        self, anchor_id: int, state: AnchorState, mined_in: MinedIn | None = None
    ) -> StoredAnchor:
        self._check_held()
        self._move(anchor_id, state, mined_in)
        return self.anchors[anchor_id]

    def put_evidence(self, anchor_id: int, evidence: ChainEvidence) -> None:
        self._check_held()
        self.anchors[anchor_id] = replace(self.anchors[anchor_id], evidence=evidence)

    def _check_held(self) -> None:
        if self.lease is not None and self.lease.shared[0] is not self.lease:
            raise Unavailable("another anchorer has taken over")

    def _replace_rivals(self, sender: bytes, nonce: int, attempt_id: int) -> None:
        for rival in self.attempts_with(sender, nonce):
            same = rival.nonce == nonce and rival.attempt_id != attempt_id
            if same and rival.state in MAY_BE_REPLACED:
                self._move_row(rival, AnchorState.REPLACED, None, None)

    def _replace_smaller(self, size: int) -> None:
        for anchor in self._in(MAY_BE_REPLACED):
            if anchor.head.size < size:
                self._move(anchor.anchor_id, AnchorState.REPLACED, None)

    def _move_row(
        self,
        attempt: StoredAttempt,
        state: AnchorState,
        mined_in: MinedIn | None,
        fee_wei: int | None,
    ) -> None:
        check_move(attempt.state, state)
        fee_wei = attempt.fee_wei if state is AnchorState.FINAL else fee_wei
        self.tries[attempt.attempt_id] = replace(
            attempt,
            state=state,
            mined_in=mined_in,
            fee_wei=fee_wei,
            changed_at=self.clock.now(),
        )

    def _move(self, anchor_id: int, state: AnchorState, mined_in: MinedIn | None) -> None:
        anchor = self.anchors[anchor_id]
        check_move(anchor.state, state)
        if state in ON_CHAIN and anchor.state is not state:
            self.messages.append((f"anchor.{state}", anchor_id))
        self.anchors[anchor_id] = replace(
            anchor,
            state=state,
            mined_in=mined_in,
            changed_at=self.clock.now(),
            reorgs=anchor.reorgs + (state is AnchorState.REORGED),
        )

    def _in(self, states: frozenset[AnchorState]) -> list[StoredAnchor]:
        found = [each for each in self.anchors.values() if each.state in states]
        return sorted(found, key=lambda each: each.head.size)
