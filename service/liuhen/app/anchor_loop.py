"""Let an anchorer run in a thread of its own, at its own pace, until it is stopped."""

import threading
import time
from dataclasses import dataclass

from liuhen.app.anchor import Anchorer, Progress
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


class AnchorLoop:
    """Runs `Anchorer.step` again and again.

    Failures, bugs among them, are kept and told, and it goes on trying: records are accepted
    meanwhile, and nothing is sent while chain and log contradict each other.
    """

    def __init__(self, anchorer: Anchorer, pace: Pace, tell: Tell) -> None:
        """Prepare; `start` begins."""
        self._anchorer, self._pace, self._tell = anchorer, pace, tell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="anchor", daemon=True)
        self._failures = 0
        self._began = float("-inf")
        self.failure: AuditError | None = None
        """Why the last step failed; None if it did not."""

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> bool:
        """End after the present step.

        Args:
            seconds: Time allowed.

        Returns:
            Whether it has ended.
        """
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; one that was started and is not alive has met a bug of ours."""
        return self._thread.is_alive()

    def run(self) -> None:
        """Take steps until `stop`, in the calling thread."""
        while not self._stopping.is_set():
            self._stopping.wait(self._once())

    def _once(self) -> float:
        """Take a step and return the seconds to wait after it."""
        try:
            return self._step(time.monotonic())
        except AuditError as error:
            kind = "anchor.waiting" if isinstance(error, Unavailable) else "anchor.refused"
            return self._failed(error, kind, {"code": error.code, "why": str(error)})
        except Exception as error:  # noqa: BLE001 -- a bug of ours must not end it without a word
            failure = Unavailable(f"an error in the program ({type(error).__name__})")
            return self._failed(failure, "anchor.crashed", {"exc_info": error})

    def _step(self, now: float) -> float:
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

    def _failed(self, error: AuditError, kind: str, facts: dict[str, object]) -> float:
        if self.failure is None or str(self.failure) != str(error):
            self._tell(kind, facts)
        self.failure = error
        self._failures += 1
        doubled = self._pace.retry * 2.0 ** min(self._failures - 1, 16)
        return min(self._pace.longest_retry, doubled)
