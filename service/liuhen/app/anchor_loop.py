"""Let an anchorer run at its own pace, until it is stopped."""

import time
from dataclasses import dataclass

from liuhen.app.anchor import Anchorer, Progress
from liuhen.app.loop import Loop
from liuhen.app.tell import Tell
from liuhen.core.errors import AuditError, Unavailable


@dataclass(frozen=True, slots=True)
class Pace:
    """How often an anchorer looks and anchors; all in seconds.

    Attributes:
        poll: Between two looks at the chain.
        interval: Least time from one anchor's beginning to the next one's.
        retry: After a failure; doubled at each further one.
        longest_retry: Where the doubling ends.
    """

    poll: float = 0.5
    interval: float = 1.0
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
        self._began = float("-inf")

    def _turn(self) -> float:
        now = time.monotonic()
        may_plan = now - self._began >= self._pace.interval
        progress = self._anchorer.step(may_plan=may_plan)
        if self.failure is not None:
            self._tell("anchor.recovered", {})
        self.failure, self._failures = None, 0
        if progress is Progress.MOVED:
            return self._moved(now)
        return self._pace.poll

    def _moved(self, now: float) -> float:
        anchor = next(iter(self._anchorer.store.unfinished()), None)
        if anchor is None:
            self._tell("anchor.finished", {})
        else:
            if anchor.state == "planned":
                self._began = now
            facts = {"size": anchor.head.size, "root": anchor.head.root.hex()}
            self._tell("anchor.moved", {**facts, "state": str(anchor.state)})
        return 0.0

    def _kind(self, error: AuditError) -> str:
        return "waiting" if isinstance(error, Unavailable) else "refused"

    def _patience(self) -> float:
        self._failures += 1
        doubled = self._pace.retry * 2.0 ** min(self._failures - 1, 16)
        return min(self._pace.longest_retry, doubled)
