"""Alarms of a real service, by a real program."""

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from liuhen.core.strict_json import parse_json
from liuhen.wiring import alarming
from liuhen.wiring.alarming import open_alarms
from liuhen.wiring.service import open_service
from liuhen.wiring.settings import SettingsError
from tests.fakes.running_service import ORIGIN, settings_in, write_policy

PROGRAM = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"
PATIENCE_SECONDS = 30
Told = list[tuple[str, dict[str, object]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Return what goes to the diagnostics."""
    said: Told = []
    monkeypatch.setattr(alarming, "tell", lambda event, facts: said.append((event, facts)))
    return said


def alarms_in(file: Path, count: int) -> list[Any]:
    """Wait for alarms that the program has written."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        lines = file.read_bytes().splitlines() if file.exists() else []
        if len(lines) >= count:
            return [parse_json(line) for line in lines]
        assert time.monotonic() < deadline, lines
        time.sleep(0.05)


def test_a_record_that_waits_for_too_long_reaches_the_program_of_the_operator(
    tmp_path: Path,
) -> None:
    write_policy(tmp_path)
    file = tmp_path / "alarms"
    with open_service(settings_in(tmp_path), development=True, anchor=False) as logs:
        logs.get(None).append.append_here(b'{"data":1}')
    settings = settings_in(
        tmp_path,
        alarm_command=[sys.executable, "-c", PROGRAM, str(file)],
        alarm_overdue_seconds=0.001,
    )
    with open_service(settings, development=True, anchor=True):
        (alarm,) = alarms_in(file, 1)
    assert (alarm["event"], alarm["state"], alarm["origin"]) == (
        "anchor.overdue",
        "raised",
        ORIGIN,
    )
    assert alarm["facts"]["anchored_size"] == 0


def test_overdue_is_half_of_what_the_policy_allows_unless_it_is_set(tmp_path: Path) -> None:
    write_policy(tmp_path)
    for seconds, expected in ((0, 1800), (7.5, 7.5)):
        settings = settings_in(tmp_path, alarm_overdue_seconds=seconds)
        with open_service(settings, development=True, anchor=False) as logs:
            assert logs.get(None).anchoring.limits.overdue_seconds == expected


def test_every_event_is_told_with_its_log_and_only_alarms_go_further(
    tmp_path: Path, told: Told
) -> None:
    file = tmp_path / "alarms"
    settings = settings_in(tmp_path, alarm_command=[sys.executable, "-c", PROGRAM, str(file)])
    with ExitStack() as stack:
        tell = open_alarms(stack, settings)(ORIGIN)
        tell("anchor.moved", {"size": 1})
        tell("anchor.low_balance", {"wei": 1})
        assert [alarm["event"] for alarm in alarms_in(file, 1)] == ["anchor.low_balance"]
    assert [(event, facts["origin"]) for event, facts in told] == [
        ("anchor.moved", ORIGIN),
        ("anchor.low_balance", ORIGIN),
    ]


def test_a_hook_that_fails_changes_nothing_else(tmp_path: Path, told: Told) -> None:
    write_policy(tmp_path)
    settings = settings_in(
        tmp_path,
        alarm_command=[sys.executable, "-c", "import sys; sys.exit(9)"],
        alarm_url="http://user:hush@127.0.0.1:9/hush",
        alarm_overdue_seconds=0.001,
    )
    with open_service(settings, development=True, anchor=False) as logs:
        logs.get(None).append.append_here(b'{"data":1}')
    with open_service(settings, development=True, anchor=False) as logs:
        logs.get(None).append.append_here(b'{"data":2}')
        logs.get(None).check_ready()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sum(event == "alarm.failed" for event, _ in told) < 2:
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
    failed = {facts["hook"]: facts["why"] for event, facts in told if event == "alarm.failed"}
    assert failed == {
        Path(sys.executable).name: f"the alarm command {Path(sys.executable).name} ended with 9",
        "127.0.0.1:9": "127.0.0.1:9 cannot be reached: ConnectError",
    }
    assert "hush" not in str(told)


def test_a_program_that_is_not_there_is_seen_at_the_start(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, alarm_command=["/nowhere/alarm"])
    with ExitStack() as stack, pytest.raises(SettingsError, match="LIUHEN_ALARM_COMMAND"):
        open_alarms(stack, settings)
