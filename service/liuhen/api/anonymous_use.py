"""What nobody in particular asks for: counted since the start, never recorded."""

from collections import Counter
from threading import Lock


class AnonymousUse:
    """Two counters a log. Thread-safe; nothing is kept of who asked for what."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._lock = Lock()
        self._reads: Counter[str] = Counter()
        self._checks: Counter[str] = Counter()

    def count_read(self, log: str) -> None:
        """Count a read of a case of a log."""
        with self._lock:
            self._reads[log] += 1

    def count_check(self, log: str) -> None:
        """Count a verification that was about a log."""
        with self._lock:
            self._checks[log] += 1

    def reads(self, log: str) -> int:
        """Return how often cases of a log were read."""
        with self._lock:
            return self._reads[log]

    def checks(self, log: str) -> int:
        """Return how many verifications there were about a log."""
        with self._lock:
            return self._checks[log]
