"""Have witnesses cosign the log's heads: those that are anchored, and the published checkpoint.

A witness follows the log: it signs a head only if that extends the one it signed last. So heads
are offered in the order of their sizes, and choosing a head and offering it are one step here,
under one lock: a larger head offered in between would make the chosen one worthless.

Witnesses are strangers. Each answer is verified before it is used, a size that one claims is only
what the next proof starts from, and none can hold up more than its own time limit. Appending never
waits for them; anchoring waits for that limit, and *closed* for the quorum.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Final

from liuhen.app.ask_witness import AskedWitness, WitnessAnswer, ask_witness
from liuhen.app.compare import TreeReader
from liuhen.app.seal import Published
from liuhen.app.tell import Tell, tell_nobody
from liuhen.core.canonical import JsonValue
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.cosignature import WitnessKey
from liuhen.core.errors import AuditError, SignatureMismatch, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.note import SignedNote
from liuhen.ports import AnchoredReading, CosignedHead, CosignedStore

REFRESH_SECONDS: Final = 3600.0
"""A head that all have cosigned is offered again after this time, to show that they still look."""


@dataclass(frozen=True, slots=True)
class CosignRules:
    """When a head is cosigned enough, and what follows.

    Attributes:
        is_enough: Returns whether these witnesses together are enough.
        closed: Whether heads that too few have cosigned are neither anchored nor published.
    """

    is_enough: Callable[[Collection[WitnessKey]], bool]
    closed: bool


@dataclass(frozen=True, slots=True)
class WitnessedLog:
    """The log, as much of it as cosigning needs.

    Attributes:
        reading: The log as it is durable.
        tree: Gives its tree up to the newest signed head, to prove consistency from.
        published: Returns the newest signed head.
    """

    reading: AnchoredReading
    tree: TreeReader
    published: Callable[[], Published]


@dataclass(frozen=True, slots=True)
class _Round:
    """The last round."""

    size: int
    note: str
    complete: bool
    at: float


class Cosigner:
    """Collects the cosignatures of one log. Thread-safe; one in one process."""

    def __init__(
        self,
        log: WitnessedLog,
        witnesses: Sequence[AskedWitness],
        rules: CosignRules,
        store: CosignedStore,
        tell: Tell = tell_nobody,
    ) -> None:
        """Join the parts; nobody is asked yet.

        Args:
            log: The log.
            witnesses: Whom to ask, one or more.
            rules: When they are enough.
            store: Keeps what they gave.
            tell: Takes what the operator should know.
        """
        self._log, self._witnesses, self._rules = log, witnesses, rules
        self._store, self._tell = store, tell
        self._turn = Lock()
        self._last: _Round | None = None
        self._cosigned: str | None = None
        self._troubles: dict[WitnessKey, str] = {}
        self._told: dict[str, object] = {}

    # For anchoring

    def map_head(self, request: Callable[[], TreeHead]) -> TreeHead:
        """Request the head that is to be anchored, and have it cosigned as far as it goes.

        Args:
            request: Has the log end in a map head, and returns that.
        """
        with self._turn:
            head = request()
            note = self._log.reading.checkpoint(head.size)
            if note is not None:
                self._offer(note)
            return head

    def check(self, head: TreeHead) -> None:
        """Check that a head may be anchored: open, any; closed, one that the quorum has seen.

        It has seen every head up to the largest that it cosigned: the log is one tree.

        Raises:
            Unavailable: Too few witnesses have cosigned so much of the log.
        """
        check_cosigned(self._store, head, closed=self._rules.closed)

    # For publishing

    def cosign_newest(self) -> None:
        """Have the newest signed head cosigned, and publish it.

        Raises:
            Unavailable: Nothing is signed yet, or store or log do not answer.
        """
        with self._turn:
            published = self._log.published()
            if not self._is_fresh(published):
                self._offer(published.note)

    def checkpoint(self) -> str:
        """Return the checkpoint to publish, with its cosignatures.

        Open, the one of the last round; closed, the newest that enough have cosigned.

        Raises:
            Unavailable: Closed, and there is none yet.
        """
        if not self._rules.closed:
            last = self._last
            return self._log.published().note if last is None else last.note
        note = self._cosigned or self._store.newest()
        if note is None:
            raise Unavailable("no checkpoint has been cosigned by enough witnesses yet")
        return note

    def state(self) -> Mapping[str, JsonValue]:
        """Return how it stands with the witnesses, for people who watch over the service."""
        newest = self._store.newest()
        cosigned = 0 if newest is None else _checkpoint(SignedNote.parse(newest)).size
        witnesses: list[JsonValue] = [
            {
                "name": asked.key.name,
                "size": self._store.witness_size(asked.key),
                "trouble": self._troubles.get(asked.key),
            }
            for asked in self._witnesses
        ]
        mode = "closed" if self._rules.closed else "open"
        return {"mode": mode, "cosigned_size": cosigned, "witnesses": witnesses}

    # One round; the caller has the turn

    def _is_fresh(self, published: Published) -> bool:
        last = self._last
        return (
            last is not None
            and last.size == published.tree.size
            and last.complete
            and time.monotonic() - last.at < REFRESH_SECONDS
        )

    def _offer(self, text: str) -> None:
        """Offer a head to all at once, and keep what they gave."""
        note = SignedNote.parse(text)
        checkpoint = _checkpoint(note)
        own = [line for line in note.signatures if line.name == checkpoint.origin]
        bare = SignedNote(note.text, tuple(own)).to_text()
        try:
            with ThreadPoolExecutor(len(self._witnesses), "ask witnesses") as pool:
                answers = list(
                    pool.map(lambda asked: self._ask(asked, checkpoint, bare), self._witnesses)
                )
            lines = [answer.line for answer in answers if answer.line is not None]
            self._keep(SignedNote(note.text, (*own, *lines)), note, answers)
        except BaseException:
            self._last = None  # what was published last may be of any age
            raise

    def _keep(
        self, fresh: SignedNote, before: SignedNote, answers: Sequence[WitnessAnswer]
    ) -> None:
        """Keep the lines of this round, and those that others gave for the same head before."""
        checkpoint = _checkpoint(fresh)
        last = self._last
        earlier = before.signatures
        if last is not None and last.size == checkpoint.size:
            earlier = (*SignedNote.parse(last.note).signatures, *earlier)
        note = fresh.with_lines(earlier)
        signers = self._signers(note, checkpoint)
        enough = self._rules.is_enough(signers)
        keys = [asked.key for asked in self._witnesses]
        sizes = {key: answer.size for key, answer in zip(keys, answers, strict=True)}
        self._store.keep(CosignedHead(checkpoint.size, note.to_text(), enough, sizes))
        complete = len(signers) == len(self._witnesses)
        self._last = _Round(checkpoint.size, note.to_text(), complete, time.monotonic())
        if enough:
            self._cosigned = note.to_text()
        facts: dict[str, object] = {"size": checkpoint.size, "witnesses": len(signers)}
        if facts != self._told:
            self._told = facts
            self._tell("cosigned" if enough else "cosigned.too_few", facts)

    def _signers(self, note: SignedNote, checkpoint: Checkpoint) -> set[WitnessKey]:
        """Return whose lines verify; what comes from the database is no better than an answer."""
        signers = set()
        for asked in self._witnesses:
            for line in filter(asked.key.is_of, note.signatures):
                try:
                    asked.key.verify(checkpoint, line)
                except (SignatureMismatch, Unavailable):
                    continue
                signers.add(asked.key)
        return signers

    def _ask(self, asked: AskedWitness, checkpoint: Checkpoint, note: str) -> WitnessAnswer:
        size = self._store.witness_size(asked.key)
        answer = ask_witness(asked, size, checkpoint, note, self._log.tree)
        self._note(asked.key, answer.error)
        return answer

    def _note(self, key: WitnessKey, error: AuditError | None) -> None:
        """Remember and tell what is new about a witness."""
        before = self._troubles.pop(key, None)
        if error is not None:
            self._troubles[key] = str(error)
            if before != str(error):
                facts: dict[str, object] = {"code": error.code, "why": str(error)}
                self._tell("witness.trouble", {"witness": key.name, **facts})
        elif before is not None:
            self._tell("witness.recovered", {"witness": key.name})


def check_cosigned(store: CosignedStore, head: TreeHead, *, closed: bool) -> None:
    """Check that a head may be anchored, in a process that asks no witnesses itself.

    Raises:
        Unavailable: Closed, and too few witnesses have cosigned so much of the log.
    """
    if not closed:
        return
    newest = store.newest()
    seen = 0 if newest is None else _checkpoint(SignedNote.parse(newest)).size
    if seen < head.size:
        raise Unavailable(
            f"enough witnesses have cosigned {seen} entries of the log, not yet {head.size}"
        )


def _checkpoint(note: SignedNote) -> Checkpoint:
    return Checkpoint.parse(note.text)
