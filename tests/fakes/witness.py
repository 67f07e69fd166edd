"""A witness in memory: it really checks what it signs, and it can lie."""

import threading
from collections.abc import Callable

from liuhen.core.errors import HistoryMismatch, ProofMismatch, Unavailable
from liuhen.core.merkle import TreeHead, verify_consistency
from liuhen.core.note import NoteSignature
from liuhen.core.witness_request import AddCheckpoint
from liuhen.ports import OtherSize
from tests.witness_kit import W1, KnownWitness, head_of


class MemoryWitness:
    """A `Witness` that follows one log. Checking and storing its size are one step.

    Attributes:
        known: Its keys.
        heads: Every head it cosigned, in order.
        requests: Everything it was asked.
        time: Its clock.
        lie: Makes another answer out of the honest one.
        lost: So many answers from now on are lost after the head was stored.
    """

    def __init__(self, known: KnownWitness = W1) -> None:
        self.known = known
        self.heads: list[TreeHead] = []
        self.requests: list[AddCheckpoint] = []
        self.time = 1_800_000_000
        self.lost = 0
        self.down = False
        self.lie: Callable[[tuple[NoteSignature, ...]], tuple[NoteSignature, ...] | OtherSize] = (
            lambda lines: lines
        )
        self._turn = threading.Lock()

    @property
    def size(self) -> int:
        return self.heads[-1].size if self.heads else 0

    def add_checkpoint(self, request: AddCheckpoint) -> tuple[NoteSignature, ...] | OtherSize:
        if self.down:
            raise Unavailable("the witness is down")
        with self._turn:
            self.requests.append(request)
            answer = self._answer(request)
            if not isinstance(answer, OtherSize) and self.lost:
                self.lost -= 1
                raise Unavailable("the answer was lost")
        return answer if isinstance(answer, OtherSize) else self.lie(answer)

    def _answer(self, request: AddCheckpoint) -> tuple[NoteSignature, ...] | OtherSize:
        checkpoint = head_of(request.note)
        if request.old_size > checkpoint.size:
            raise Unavailable("old is larger than the checkpoint")
        if request.old_size != self.size:
            return OtherSize(self.size)
        self._check(checkpoint.head, request.consistency)
        self.heads.append(checkpoint.head)
        self.time += 1
        return (self.known.line(checkpoint, self.time),)

    def _check(self, head: TreeHead, proof: tuple[bytes, ...]) -> None:
        if not self.size:
            if proof:
                raise HistoryMismatch("a proof from nothing")
            return
        try:
            verify_consistency(self.heads[-1], head, proof)
        except ProofMismatch as error:
            raise HistoryMismatch("not an extension of what was cosigned") from error
