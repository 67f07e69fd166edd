"""The anchors of one log in memory, with the moves that `domain.anchor_life` allows."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime

from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import AnchorMismatch
from liuhen.core.merkle import TreeHead
from liuhen.domain.anchor_life import ON_CHAIN, UNFINISHED, AnchorState, check_move
from liuhen.ports import ChainTarget, MinedIn, NewAttempt, StoredAnchor, StoredAttempt

NOW = datetime(2026, 3, 2, 6, 5, tzinfo=UTC)


class MemoryAnchorStore:
    """An `AnchorStore`; `messages` is its outbox."""

    def __init__(self, target: ChainTarget) -> None:
        self.target = target
        self.anchors: dict[int, StoredAnchor] = {}
        self.tries: dict[int, StoredAttempt] = {}
        self.messages: list[tuple[str, int]] = []

    def plan(self, head: TreeHead, *, has_checkpoint: bool = True) -> StoredAnchor:
        known = self.find(head.size)
        if known is None:
            number = len(self.anchors) + 1
            state = AnchorState.PLANNED
            known = StoredAnchor(number, self.target, head, state, None, None, NOW, has_checkpoint)
            self.anchors[number] = known
        if known.head != head:
            raise AnchorMismatch("this size is there with another root")
        return known

    def find(self, size: int) -> StoredAnchor | None:
        return next((each for each in self.anchors.values() if each.head.size == size), None)

    def unfinished(self) -> Sequence[StoredAnchor]:
        return self._in(UNFINISHED)

    def newest(self, states: frozenset[AnchorState]) -> StoredAnchor | None:
        found = self._in(states)
        return found[-1] if found else None

    def covering(self, entry_index: int) -> StoredAnchor | None:
        found = [each for each in self._in(ON_CHAIN) if each.has_checkpoint]
        return next((each for each in found if each.head.size > entry_index), None)

    def attempts(self, anchor_id: int) -> Sequence[StoredAttempt]:
        return [each for each in self.tries.values() if each.anchor_id == anchor_id]

    def add_attempt(self, anchor_id: int, attempt: NewAttempt) -> StoredAttempt:
        self.move_anchor(anchor_id, AnchorState.SIGNED)
        assert attempt.tx_hash not in {each.tx_hash for each in self.tries.values()}
        number = len(self.tries) + 1
        values = {each.name: getattr(attempt, each.name) for each in fields(attempt)}
        made = StoredAttempt(
            attempt_id=number,
            anchor_id=anchor_id,
            state=AnchorState.SIGNED,
            mined_in=None,
            created_at=NOW,
            **values,
        )
        self.tries[number] = made
        return made

    def move_attempt(
        self, attempt_id: int, state: AnchorState, mined_in: MinedIn | None = None
    ) -> StoredAttempt:
        attempt = self.tries[attempt_id]
        check_move(attempt.state, state)
        anchor = self.anchors[attempt.anchor_id]
        if state is not AnchorState.REPLACED and (
            anchor.state != state or state is AnchorState.MINED
        ):
            self.move_anchor(attempt.anchor_id, state, mined_in)
        self.tries[attempt_id] = replace(attempt, state=state, mined_in=mined_in)
        return self.tries[attempt_id]

    def move_anchor(
        self, anchor_id: int, state: AnchorState, mined_in: MinedIn | None = None
    ) -> StoredAnchor:
        anchor = self.anchors[anchor_id]
        check_move(anchor.state, state)
        if state in ON_CHAIN and anchor.state is not state:
            self.messages.append((f"anchor.{state}", anchor_id))
        self.anchors[anchor_id] = replace(anchor, state=state, mined_in=mined_in)
        return self.anchors[anchor_id]

    def put_evidence(self, anchor_id: int, evidence: ChainEvidence) -> None:
        self.anchors[anchor_id] = replace(self.anchors[anchor_id], evidence=evidence)

    def _in(self, states: frozenset[AnchorState]) -> list[StoredAnchor]:
        found = [each for each in self.anchors.values() if each.state in states]
        return sorted(found, key=lambda each: each.head.size)
