"""Alarms: what somebody must look at is handed to a hook, once and not in a burst.

    event told ─► book, by event and log ─► hook        at once, if nothing was said of it lately
                        └── kept, newest first ──► hook  when the quiet time is over

An alarm is said again at most once in a quiet time, with how often it came meanwhile; what is over
is said too. Nothing waits for a hook: it has a thread of its own, and what it has not taken is
offered again.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from liuhen.app.describe_anchor import moment_text
from liuhen.app.events import BY_NAME, EVENTS, Event, Severity
from liuhen.app.tell import Tell
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.errors import Unavailable
from liuhen.core.json_number import MAX_SAFE_INTEGER
from liuhen.ports import AlarmHook, Clock

SCHEMA: Final = "alarm/v1"
_LONGEST_FACT: Final = 500
_RETRY_SECONDS: Final = 60.0
_NEVER: Final = float("-inf")
_URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^\s/?#]*@)?(?P<host>[^\s/?#@]+)\S*"
)


@dataclass(slots=True)
class _Matter:
    """One kind of event of one log, and what was said of it."""

    event: Event
    origin: str
    is_over: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None
    times: int = 0
    """How often it came since it was said last."""

    said_times: int = 0
    """The same of what was said last, until the hook has taken it."""

    is_news: bool = False
    due: float = _NEVER
    """When it may be said again."""


class AlarmBook:
    """What is to be said, and when. At most one matter for each kind of event and log."""

    def __init__(self, quiet_seconds: float) -> None:
        """Begin with nothing to say.

        Args:
            quiet_seconds: How long nothing more is said of a matter once something was said.
        """
        self._quiet = quiet_seconds
        self._matters: dict[tuple[str, str], _Matter] = {}

    def note(self, name: str, facts: Mapping[str, object], at: datetime) -> None:
        """Take an event; most are nothing to say anything about."""
        origin = str(facts.get("origin", ""))
        event = BY_NAME.get(name)
        if event is not None and event.severity is Severity.ALARM:
            matter = self._matters.setdefault((name, origin), _Matter(event, origin))
            matter.is_over, matter.times = False, matter.times + 1
            self._renew(matter, facts, at)
        for ended in EVENTS:
            found = self._matters.get((ended.name, origin))
            if found is not None and name in ended.ended_by and not found.is_over:
                found.is_over = True
                self._renew(found, facts, at)

    def take_due(self, now: float) -> list[tuple[_Matter, bytes]]:
        """Return what is to be said now, as said."""
        due = [each for each in self._matters.values() if each.is_news and each.due <= now]
        taken = [(matter, canonical(_describe(matter))) for matter in due]
        for matter in due:
            matter.is_news, matter.due = False, now + self._quiet
            matter.times, matter.said_times = 0, matter.times
        return taken

    def next_due(self) -> float | None:
        """Return when there is something to say; None as long as nothing more is noted."""
        return min((each.due for each in self._matters.values() if each.is_news), default=None)

    def give_back(self, matter: _Matter, now: float) -> None:
        """Say a matter again soon: the hook has not taken it."""
        matter.is_news, matter.due = True, now + min(self._quiet, _RETRY_SECONDS)
        matter.times += matter.said_times

    def _renew(self, matter: _Matter, facts: Mapping[str, object], at: datetime) -> None:
        matter.facts, matter.at, matter.is_news = facts, at, True


class Alarms:
    """Says what is in its book to one hook, in a thread of its own."""

    def __init__(
        self,
        hook: AlarmHook,
        quiet_seconds: float,
        clock: Clock,
        tell: Tell,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; `start` begins.

        Args:
            hook: Takes the alarms.
            quiet_seconds: As the book has it.
            clock: The time.
            tell: Is told of a hook that fails; must not lead back here.
            seconds: Seconds that only grow.
        """
        self._hook, self._clock, self._tell, self._seconds = hook, clock, tell, seconds
        self._book = AlarmBook(quiet_seconds)
        self._changed = threading.Condition()
        self._stopping, self._fails = False, False
        self._thread = threading.Thread(target=self._run, name="alarm", daemon=True)

    def take(self, event: str, facts: Mapping[str, object]) -> None:
        """Note an event; never waits for the hook."""
        with self._changed:
            self._book.note(event, facts, self._clock.now())
            self._changed.notify()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End once what is due has been said; what is still quiet then is not said any more."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(seconds)

    def _run(self) -> None:
        while (due := self._wait()) is not None:
            for matter, alarm in due:
                self._deliver(matter, alarm)

    def _wait(self) -> list[tuple[_Matter, bytes]] | None:
        """Wait until there is something to say; None if it is time to end."""
        with self._changed:
            while not (due := self._book.take_due(self._seconds())):
                if self._stopping:
                    return None
                next_due = self._book.next_due()
                self._changed.wait(
                    None if next_due is None else max(0.0, next_due - self._seconds())
                )
            return due

    def _deliver(self, matter: _Matter, alarm: bytes) -> None:
        why = ""
        try:
            self._hook.deliver(alarm)
        except Unavailable as error:
            why = str(error)
        except Exception as error:  # noqa: BLE001 -- a bug of ours must not end the alarms
            why = f"an error in the program ({type(error).__name__})"
        if why:
            with self._changed:
                self._book.give_back(matter, self._seconds())
            if not self._fails:
                self._tell("alarm.failed", {"hook": self._hook.name, "why": why})
        self._fails = bool(why)


def _describe(matter: _Matter) -> JsonObject:
    assert matter.at is not None, "a matter is made with its first event"
    return {
        "schema": SCHEMA,
        "event": matter.event.name,
        "state": "recovered" if matter.is_over else "raised",
        "origin": matter.origin,
        "at": moment_text(matter.at),
        "meaning": {"zh": matter.event.zh, "en": matter.event.en},
        "facts": {name: _plain(name, fact) for name, fact in _told(matter.facts)},
        "suppressed": max(0, matter.times - 1),
    }


def _told(facts: Mapping[str, object]) -> list[tuple[str, object]]:
    return [
        ("error", type(fact).__name__) if name == "exc_info" else (name, fact)
        for name, fact in facts.items()
        if name != "origin"
    ]


def _plain(name: str, fact: object) -> JsonValue:
    """Return a fact as JSON that keeps it exactly, without what an address may hide."""
    if isinstance(fact, bool) or fact is None:
        return fact
    if isinstance(fact, int):
        return str(fact) if name.endswith("wei") or abs(fact) > MAX_SAFE_INTEGER else fact
    if isinstance(fact, (list, tuple)):
        return [_plain(name, each) for each in fact]
    if not isinstance(fact, str):
        return f"{fact:g}" if isinstance(fact, float) else type(fact).__name__
    # Half of a surrogate pair has no UTF-8 form, and would keep the whole alarm from being said.
    text = fact.encode("utf-8", "replace").decode()
    return _URL.sub(r"\g<scheme>://\g<host>/…", text)[:_LONGEST_FACT]
