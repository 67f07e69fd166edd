"""Work that is taken up again and again, in a thread of its own, until it is stopped."""

import threading
from abc import ABC, abstractmethod

from liuhen.app.tell import Tell
from liuhen.core.errors import AuditError, Unavailable


class Loop(ABC):
    """Takes turn after turn. Failures, bugs among them, are kept and told, and it goes on.

    A failure is told once, and again when its reason changes.
    """

    def __init__(self, name: str, tell: Tell) -> None:
        """Prepare; `start` begins.

        Args:
            name: Of the thread; what is told begins with it.
            tell: Takes what the operator should know.
        """
        self._name, self._tell = name, tell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)
        self.failure: AuditError | None = None
        """Why the last turn failed; None if it did not."""

    def start(self) -> None:
        """Begin with a turn at once, in a thread of its own."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> bool:
        """End after the present turn.

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
        """Take turns until `stop`, in the calling thread."""
        while not self._stopping.is_set():
            self._stopping.wait(self._once())

    @abstractmethod
    def _turn(self) -> float:
        """Do the work once; return the seconds to wait after it."""

    @abstractmethod
    def _patience(self) -> float:
        """Return the seconds to wait after a turn that failed."""

    def _kind(self, error: AuditError) -> str:
        """Return what a failure is told as."""
        del error
        return "waiting"

    def _once(self) -> float:
        try:
            return self._turn()
        except AuditError as error:
            self._failed(error, self._kind(error), {"code": error.code, "why": str(error)})
        except Exception as error:  # noqa: BLE001 -- a bug of ours must not end it without a word
            failure = Unavailable(f"an error in the program ({type(error).__name__})")
            self._failed(failure, "crashed", {"exc_info": error})
        return self._patience()

    def _failed(self, error: AuditError, kind: str, facts: dict[str, object]) -> None:
        if self.failure is None or str(self.failure) != str(error):
            self._tell(f"{self._name}.{kind}", facts)
        self.failure = error
