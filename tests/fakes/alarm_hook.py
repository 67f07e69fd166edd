"""An alarm hook in memory, which can fail before taking an alarm and after."""

import threading
from collections.abc import Callable
from typing import Any

from liuhen.core.errors import Unavailable
from liuhen.core.strict_json import parse_json


class MemoryHook:
    """An `AlarmHook`; `failing` is "", "before" or "after"."""

    def __init__(self) -> None:
        self.name = "memory"
        self.failing = ""
        self.taken: list[Any] = []
        self._heard = threading.Condition()

    def deliver(self, alarm: bytes) -> None:
        if self.failing == "before":
            raise Unavailable("nobody there")
        with self._heard:
            self.taken.append(parse_json(alarm))
            self._heard.notify_all()
        if self.failing == "after":
            raise Unavailable("no answer")

    def wait(self, until: Callable[[list[Any]], bool]) -> list[Any]:
        """Wait for alarms."""
        with self._heard:
            assert self._heard.wait_for(lambda: until(self.taken), 20), self.taken
            return list(self.taken)
