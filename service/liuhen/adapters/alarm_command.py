"""An alarm as a run of a program: the alarm is its standard input.

No shell is between: what is in an alarm can never become a command. The program is run in a session
of its own, and killed with everything it has started when its time is over.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from liuhen.core.errors import Unavailable


class AlarmCommand:
    """An `AlarmHook` that runs a program."""

    def __init__(self, words: Sequence[str], seconds: float) -> None:
        """Prepare; nothing is run yet.

        Args:
            words: The program and its arguments; at least the program.
            seconds: Time allowed to one run.
        """
        self._words, self._seconds = tuple(words), seconds
        self.name = os.path.basename(words[0])  # noqa: PTH119 -- a name, no path that is looked at

    def deliver(self, alarm: bytes) -> None:
        """Run the program."""
        try:
            process = subprocess.Popen(  # noqa: S603 -- the operator's own program, and no shell
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise Unavailable(f"the alarm command {self.name} cannot be run: {why}") from error
        try:
            process.communicate(alarm + b"\n", self._seconds)
        except subprocess.TimeoutExpired as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Unavailable(
                f"the alarm command {self.name} was not done within {self._seconds:g} seconds"
            ) from error
        finally:
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.close()
        if process.returncode:
            raise Unavailable(f"the alarm command {self.name} ended with {process.returncode}")
