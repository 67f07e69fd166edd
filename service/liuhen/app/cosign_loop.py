"""Publish a cosigned checkpoint at an interval, in a thread of its own, until it is stopped."""

import threading
from collections.abc import Callable

from liuhen.app.tell import Tell
from liuhen.core.errors import AuditError, Unavailable


class CosignLoop:
    """Runs a round again and again. Failures, bugs among them, are kept and told."""

    def __init__(self, cosign_newest: Callable[[], None], seconds: float, tell: Tell) -> None:
        """Prepare; `start` begins.

        Args:
            cosign_newest: One round.
            seconds: Between two rounds.
            tell: Takes what the operator should know.
        """
        self._cosign_newest, self._seconds, self._tell = cosign_newest, seconds, tell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cosign", daemon=True)
        self.failure: AuditError | None = None
        """Why the last round failed; None if it did not."""

    def start(self) -> None:
        """Begin with a round at once, in a thread of its own."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> bool:
        """End after the present round.

        Args:
            seconds: Time allowed.

        Returns:
            Whether it has ended.
        """
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._once()
            self._stopping.wait(self._seconds)

    def _once(self) -> None:
        try:
            self._cosign_newest()
        except AuditError as error:
            self._failed(error, "cosign.waiting", {"code": error.code, "why": str(error)})
        except Exception as error:  # noqa: BLE001 -- a bug of ours must not end it without a word
            failure = Unavailable(f"an error in the program ({type(error).__name__})")
            self._failed(failure, "cosign.crashed", {"exc_info": error})
        else:
            self.failure = None

    def _failed(self, error: AuditError, event: str, facts: dict[str, object]) -> None:
        if self.failure is None or str(self.failure) != str(error):
            self._tell(event, facts)
        self.failure = error
