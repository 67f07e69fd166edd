"""The table of events: everything that is told is in it, and nothing else."""

import re
from pathlib import Path

import liuhen
from liuhen.app.events import BY_NAME, EVENTS, Severity, severity_of

PACKAGE = Path(liuhen.__file__).parent
LOOPS = ("anchor", "cosign", "watch", "follow")
"""Names of `Loop`, and of what tells its failures like one."""


def told_in_source() -> set[str]:
    """Return every event that the source names where it tells something."""
    names = {f"{loop}.{kind}" for loop in LOOPS for kind in ("waiting", "crashed")}
    names.add("anchor.refused")  # `AnchorLoop._kind`
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call in re.finditer(r"(?:[_.]tell|\btell|_tell_state|Shortage)\((?P<args>[^)]*)", text):
            names |= set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)+|cosigned)"', call["args"]))
    return names


def test_everything_that_is_told_is_in_the_table_and_nothing_else() -> None:
    assert told_in_source() == set(BY_NAME)


def test_no_name_stands_twice() -> None:
    assert len(BY_NAME) == len(EVENTS)


def test_what_ends_an_alarm_is_an_event_that_is_none() -> None:
    for event in EVENTS:
        for name in event.ended_by:
            assert BY_NAME[name].severity is Severity.INFO
        assert not event.ended_by or event.severity is Severity.ALARM


def test_what_is_not_in_the_table_is_not_overlooked() -> None:
    assert severity_of("anchor.unheard_of") is Severity.WARNING
    assert severity_of("anchor.refused") is Severity.ALARM
    assert severity_of("anchor.moved") is Severity.INFO
