"""Let an anchorer run at its own pace, until it is stopped."""

import time
from dataclasses import dataclass
from typing import Final

from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import Progress
from liuhen.app.loop import Loop
from liuhen.app.tell import Tell
from liuhen.core.errors import AuditError, Unavailable
from liuhen.domain.anchor_life import ON_CHAIN
from liuhen.domain.anchor_schedule import AnchorSchedule, Pending

_EVERY_SECOND: Final = AnchorSchedule(interval_seconds=1.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often an anchorer looks and anchors; all in seconds.

    Attributes:
        poll: Between two looks at the chain.
        schedule: When an anchor is due.
        retry: After a failure; doubled at each further one.
        longest_retry: Where the doubling ends.
    """

    poll: float = 0.5
    schedule: AnchorSchedule = _EVERY_SECOND
    retry: float = 0.5
    longest_retry: float = 30.0


class AnchorLoop(Loop):
    """Runs `Anchorer.step` again and again.

    While it fails, records are accepted all the same, and nothing is sent while chain and log
    contradict each other.
    """

    def __init__(self, anchorer: Anchorer, pace: Pace, tell: Tell) -> None:
        """Prepare; `start` begins."""
        super().__init__("anchor", tell)
        self._anchorer, self._pace = anchorer, pace
        self._failures = 0
        self._size, self._grew = -1, time.monotonic()
        self.progress: Progress | None = None
        """What the last step came to; None before the first, and after one that failed."""

    def stop(self, seconds: float = 30.0) -> bool:
        """End after the present turn, and let another anchorer take over."""
        ended = super().stop(seconds)
        if ended:
            try:
                self._anchorer.lease.release()
            except Unavailable as error:  # it expires by itself
                self._tell("anchor.waiting", {"code": error.code, "why": str(error)})
        return ended

    def _turn(self) -> float:
        before = self.progress
        try:
            progress = self._anchorer.step(may_plan=self._is_due())
        except Exception:
            self.progress = None
            raise
        self.progress = progress
        if self.failure is not None:
            self._tell("anchor.recovered", {})
        self.failure, self._failures = None, 0
        if progress is Progress.ELSEWHERE and before is not Progress.ELSEWHERE:
            self._tell("anchor.standing_by", {})
        return self._moved() if progress is Progress.MOVED else self._pace.poll

    def _is_due(self) -> bool:
        anchorer = self._anchorer
        size, now = anchorer.log.reading.head().tree.size, time.monotonic()
        if size != self._size:
            self._size, self._grew = size, now
        on_chain = anchorer.store.newest(ON_CHAIN)
        newest = next(iter(anchorer.store.page(None, 1)), None)
        pending = Pending(
            entries=size - (0 if on_chain is None else on_chain.head.size),
            quiet_seconds=now - self._grew,
            begun_at=None if newest is None else newest.created_at,
        )
        return self._pace.schedule.is_due(pending, anchorer.clock.now())

    def _moved(self) -> float:
        anchor = next(iter(self._anchorer.store.unfinished()), None)
        if anchor is None:
            self._tell("anchor.finished", {})
        else:
            facts = {"size": anchor.head.size, "root": anchor.head.root.hex()}
            self._tell("anchor.moved", {**facts, "state": str(anchor.state)})
        return 0.0

    def _kind(self, error: AuditError) -> str:
        return "waiting" if isinstance(error, Unavailable) else "refused"

    def _patience(self) -> float:
        self._failures += 1
        doubled = self._pace.retry * 2.0 ** min(self._failures - 1, 16)
        return min(self._pace.longest_retry, doubled)
