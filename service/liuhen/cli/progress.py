"""How far a long work has come: on standard error, on a terminal, after half a second."""

import sys
import time
from typing import Final

_PATIENCE_SECONDS: Final = 0.5
_AGAIN_SECONDS: Final = 0.1


class Progress:
    """A line that is written over again, and wiped out at the end."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Begin to count the time.

        Args:
            quiet: Show nothing.
        """
        self._shows = not quiet and sys.stderr.isatty()
        self._next = time.monotonic() + _PATIENCE_SECONDS
        self._length = 0

    def __call__(self, done: int, size: int) -> None:
        """Be told how much is done, of how much."""
        if not self._shows or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _AGAIN_SECONDS
        self._write(f"{done:,} / {size:,}  {100 * done // max(size, 1)} %")

    def end(self) -> None:
        """Wipe the line out."""
        if self._length:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _write(self, text: str) -> None:
        sys.stderr.write("\r" + text.ljust(self._length))
        sys.stderr.flush()
        self._length = len(text)
