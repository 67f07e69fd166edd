"""Let any port fail, before doing and after doing.

    faults = Faults()
    store = Faulty(SqlLogStore(…), faults)
    faults.plan("store", "after")       # the next call does its work, and then fails

A session of the log store has steps of its own: begin, case_states, answered, store, commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from liuhen.core.errors import Unavailable

STEPS_OF_A_GROUP = ("begin", "store", "commit", "advance", "sign_text", "sign_head")
WHEN = ("before", "after")


@dataclass
class Faults:
    """What is to fail, and what was called."""

    planned: dict[tuple[str, str], int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def plan(self, step: str, when: str, times: int = 1) -> None:
        """Let the next calls of a step fail."""
        assert when in WHEN
        self.planned[step, when] = times

    def clear(self) -> None:
        """Let everything work again."""
        self.planned.clear()

    @contextmanager
    def around(self, step: str) -> Iterator[None]:
        """Fail before or after what is inside, if that is planned."""
        self.calls.append(step)
        self.hit(step, "before")
        yield
        self.hit(step, "after")

    def hit(self, step: str, when: str) -> None:
        """Fail here, if that is planned."""
        left = self.planned.get((step, when), 0)
        if left:
            self.planned[step, when] = left - 1
            raise Unavailable(f"planned failure {when} {step}")


class Faulty:
    """Any port, with faults around its methods."""

    def __init__(self, port: Any, faults: Faults) -> None:
        self._port, self._faults = port, faults

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found) or name == "appending":
            return found

        def call(*args: Any, **named: Any) -> Any:
            with self._faults.around(name):
                return found(*args, **named)

        return call


class FaultyLogStore(Faulty):
    """A log store whose sessions fail too."""

    @contextmanager
    def appending(self) -> Iterator[Any]:
        self._faults.hit("begin", "before")
        with self._port.appending() as session:
            self._faults.hit("begin", "after")
            yield Faulty(session, self._faults)
            self._faults.calls.append("commit")
            self._faults.hit("commit", "before")
        self._faults.hit("commit", "after")
