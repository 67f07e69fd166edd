"""Alarms: who must look is told, once and not in a burst, and nothing waits for the hook."""

import threading
from typing import Any

import pytest

from liuhen.app.alarm import AlarmBook, Alarms
from liuhen.app.events import BY_NAME, EVENTS, Severity
from liuhen.core.strict_json import parse_json
from tests.fakes.alarm_hook import MemoryHook
from tests.fakes.clock import FakeClock

QUIET = 600.0
LOW = "anchor.low_balance"
ORIGIN = "log.example/logs/jyg"
CLOCK = FakeClock()


class Book:
    """A book, and what it says at moments of the test's choice."""

    def __init__(self) -> None:
        self.book = AlarmBook(QUIET)

    def note(self, event: str, origin: str = ORIGIN, **facts: object) -> None:
        self.book.note(event, {"origin": origin, **facts}, CLOCK.now())

    def say(self, now: float) -> list[Any]:
        return [parse_json(alarm) for _, alarm in self.book.take_due(now)]

    def states(self, now: float) -> list[tuple[str, str, int]]:
        return [(each["event"], each["state"], each["suppressed"]) for each in self.say(now)]


def test_an_alarm_says_what_happened_where_and_what_it_means() -> None:
    book = Book()
    book.note(LOW, wei=5, needed_wei=2**70, size=9, why="x")
    (alarm,) = book.say(0)
    assert alarm == {
        "schema": "alarm/v1",
        "event": LOW,
        "state": "raised",
        "origin": ORIGIN,
        "at": "2026-03-02T06:05:07Z",
        "meaning": {"zh": BY_NAME[LOW].zh, "en": BY_NAME[LOW].en},
        "facts": {"wei": "5", "needed_wei": str(2**70), "size": 9, "why": "x"},
        "suppressed": 0,
    }


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_only_what_somebody_must_look_at_is_an_alarm(event: Any) -> None:
    book = Book()
    book.note(event.name)
    assert len(book.say(0)) == (event.severity is Severity.ALARM)


def test_an_event_that_no_table_knows_is_no_alarm() -> None:
    book = Book()
    book.note("anchor.unheard_of")
    assert book.say(0) == []


def test_a_burst_is_one_alarm_and_then_one_that_counts_the_rest() -> None:
    book = Book()
    for _ in range(5):
        book.note("anchor.nonce_taken")
    assert book.states(0) == [("anchor.nonce_taken", "raised", 4)]
    for size in range(3):
        book.note("anchor.nonce_taken", size=size)
        assert book.say(QUIET - 1) == []
    assert book.book.next_due() == QUIET
    (alarm,) = book.say(QUIET)
    assert (alarm["suppressed"], alarm["facts"]) == (2, {"size": 2})
    assert book.book.next_due() is None


def test_each_kind_and_each_log_has_an_alarm_of_its_own() -> None:
    book = Book()
    book.note(LOW)
    book.note(LOW, origin="log.example/logs/other")
    book.note("anchor.refused")
    assert len(book.say(0)) == 3


def test_what_is_over_is_said_once_its_quiet_time_is() -> None:
    book = Book()
    book.note(LOW)
    assert book.states(0) == [(LOW, "raised", 0)]
    book.note("anchor.moved", origin="log.example/logs/other")
    book.note("anchor.recovered")
    assert book.say(QUIET) == []  # neither of them ends it
    book.note("anchor.moved")
    assert book.states(QUIET) == [(LOW, "recovered", 0)]
    book.note("anchor.moved")
    assert book.say(3 * QUIET) == []


def test_what_flickers_is_said_as_it_is_in_the_end() -> None:
    book = Book()
    book.note("anchor.refused")
    book.say(0)
    for _ in range(3):
        book.note("anchor.recovered")
        book.note("anchor.refused")
    assert book.states(QUIET) == [("anchor.refused", "raised", 2)]
    book.note("anchor.recovered")
    assert book.states(QUIET + 1) == []
    assert book.states(2 * QUIET) == [("anchor.refused", "recovered", 0)]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("http://user:secret@node.example:8545/v3/secret?key=secret", "http://node.example:8545/…"),
        ("at https://node.example/secret: no", "at https://node.example/… no"),
        ("wss://secret@node.example.", "wss://node.example./…"),
        ("half a pair \ud800", "half a pair ?"),
        ("x" * 900, "x" * 500),
    ],
)
def test_facts_keep_no_secret_of_an_address(why: str, said: str) -> None:
    book = Book()
    book.note("anchor.refused", why=why, nested=[why], number=2**60, ratio=0.5, raw=b"secret")
    ((_, alarm),) = book.book.take_due(0)
    assert b"secret" not in alarm
    facts: Any = parse_json(alarm)
    assert facts["facts"] == {
        "why": said,
        "nested": [said],
        "number": str(2**60),
        "ratio": "0.5",
        "raw": "bytes",
    }


def test_of_a_bug_only_its_kind_is_told() -> None:
    book = Book()
    book.note("anchor.crashed", exc_info=KeyError("secret"))
    (alarm,) = book.say(0)
    assert alarm["facts"] == {"error": "KeyError"}


class Running:
    """Alarms that run, with a clock of the test's."""

    def __init__(self, quiet: float = QUIET) -> None:
        self.hook, self.told = MemoryHook(), threading.Event()
        self.events: list[tuple[str, dict[str, object]]] = []
        self.now = 0.0
        self.alarms = Alarms(self.hook, quiet, CLOCK, self.tell, lambda: self.now)
        self.alarms.start()

    def tell(self, event: str, facts: dict[str, object]) -> None:
        self.events.append((event, facts))
        self.told.set()


def test_what_is_due_is_said_before_the_end() -> None:
    running = Running()
    running.alarms.take(LOW, {"origin": ORIGIN})
    running.alarms.stop(20)
    assert [alarm["event"] for alarm in running.hook.taken] == [LOW]


@pytest.mark.parametrize("failing", ["before", "after"])
def test_what_a_hook_has_not_taken_is_offered_again(failing: str) -> None:
    running = Running()
    running.hook.failing = failing
    running.alarms.take(LOW, {"origin": ORIGIN})
    assert running.told.wait(20)
    running.hook.failing = ""
    running.now += 60
    running.alarms.take("anchor.nonce_taken", {"origin": ORIGIN})  # wakes it up
    taken = running.hook.wait(
        lambda taken: [each["event"] for each in taken[-2:]] == [LOW, "anchor.nonce_taken"]
    )
    running.alarms.stop(20)
    assert len(taken) == (2 if failing == "before" else 3)
    why = "nobody there" if failing == "before" else "no answer"
    assert running.events == [("alarm.failed", {"hook": "memory", "why": why})]


def test_a_hook_that_stays_broken_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(quiet=0)
    tried = threading.Semaphore(0)

    def crash(alarm: bytes) -> None:
        del alarm
        tried.release()
        if tried._value > 3:
            running.alarms._stopping = True
        raise ZeroDivisionError

    monkeypatch.setattr(running.hook, "deliver", crash)
    for _ in range(3):
        running.alarms.take(LOW, {"origin": ORIGIN})
        assert tried.acquire(timeout=20)
    monkeypatch.undo()
    running.alarms.stop(20)
    assert running.events == [
        ("alarm.failed", {"hook": "memory", "why": "an error in the program (ZeroDivisionError)"})
    ]


def test_nobody_waits_for_a_hook_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running()
    hangs, goes_on = threading.Event(), threading.Event()
    deliver = running.hook.deliver

    def hang(alarm: bytes) -> None:
        hangs.set()
        assert goes_on.wait(20)
        deliver(alarm)

    monkeypatch.setattr(running.hook, "deliver", hang)
    running.alarms.take(LOW, {"origin": ORIGIN})
    assert hangs.wait(20)
    for _ in range(10_000):  # in this thread, while the hook hangs
        running.alarms.take("anchor.nonce_taken", {"origin": ORIGIN})
    goes_on.set()
    running.alarms.stop(20)
    assert [(each["event"], each["suppressed"]) for each in running.hook.taken] == [
        (LOW, 0),
        ("anchor.nonce_taken", 9_999),
    ]
