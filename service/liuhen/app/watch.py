"""Watch how long records wait for their anchor, and tell when that is too long."""

from collections.abc import Callable
from typing import Final

from liuhen.app.anchoring import AnchoredSizes
from liuhen.app.loop import Loop
from liuhen.app.tell import Tell
from liuhen.ports import Clock

LOOK_SECONDS: Final = 15.0


class AnchorWatch(Loop):
    """Tells `anchor.overdue` once, and `anchor.caught_up` when it is over.

    It runs where the log is written, also where another process anchors: one that is dead cannot
    tell that nothing is anchored.
    """

    def __init__(
        self,
        read: Callable[[], AnchoredSizes],
        overdue_seconds: float,
        clock: Clock,
        tell: Tell,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """Prepare; `start` begins.

        Args:
            read: Reads how far the log is anchored.
            overdue_seconds: A record that has waited for longer is overdue.
            clock: The time.
            tell: Takes what the operator should know.
            look_seconds: Between two looks.
        """
        super().__init__("watch", tell)
        self._read, self._overdue, self._clock = read, overdue_seconds, clock
        self._seconds = look_seconds
        self._is_overdue = False

    def _turn(self) -> float:
        sizes = self._read()
        waited = sizes.waited_seconds(self._clock.now())
        if (waited > self._overdue) is not self._is_overdue:
            self._is_overdue = not self._is_overdue
            facts: dict[str, object] = {
                "size": sizes.size,
                "anchored_size": sizes.anchored_size,
                "waited_seconds": round(waited),
                "overdue_seconds": round(self._overdue),
            }
            self._tell("anchor.overdue" if self._is_overdue else "anchor.caught_up", facts)
        self.failure = None
        return self._seconds

    def _patience(self) -> float:
        return self._seconds
