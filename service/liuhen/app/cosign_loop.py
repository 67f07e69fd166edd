"""Publish a cosigned checkpoint at an interval, until it is stopped."""

from collections.abc import Callable

from liuhen.app.loop import Loop
from liuhen.app.tell import Tell


class CosignLoop(Loop):
    """Runs a round again and again."""

    def __init__(self, cosign_newest: Callable[[], None], seconds: float, tell: Tell) -> None:
        """Prepare; `start` begins.

        Args:
            cosign_newest: One round.
            seconds: Between two rounds.
            tell: Takes what the operator should know.
        """
        super().__init__("cosign", tell)
        self._cosign_newest, self._seconds = cosign_newest, seconds

    def _turn(self) -> float:
        self._cosign_newest()
        self.failure = None
        return self._seconds

    def _patience(self) -> float:
        return self._seconds
