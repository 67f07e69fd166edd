"""The log of reads: one a reader, case and hour, whatever is started anew."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liuhen.app.access import log_board_read, log_case_read
from liuhen.core.errors import Unavailable
from liuhen.domain.facts import NO_FACTS, Facts
from liuhen.domain.reader import Reader
from liuhen.domain.role import Role
from liuhen.domain.stage import Stage
from tests.fakes.assembled_log import AssembledLog

NOON = datetime(2026, 3, 31, 4, 10, tzinfo=UTC)
OPEN: Facts = {"stage": int(Stage.OPENED)}
READER = Reader(Role.AUDITOR, "王某")


def read(
    log: AssembledLog, reader: Reader = READER, facts: Facts = OPEN, now: datetime = NOON
) -> None:
    log_case_read(log.appender, log.rules, reader, "A-1", facts, now)


def logged(log: AssembledLog) -> list[Any]:
    found = log.store.records_of_types(["access_event"], 0, 100)
    return [json.loads(record.body or b"") for record in found]


def test_a_restart_does_not_log_a_read_again(assemble: Callable[..., AssembledLog]) -> None:
    log = assemble().open()
    read(log)
    log.close()
    log.restart()
    log.open()
    read(log)
    (told,) = logged(log)
    assert told["case"] == "A-1"
    assert told["data"] == {
        "hour": "2026-03-31T12+0800",
        "of_case": "A-1",
        "reader": "王某",
        "role": "auditor",
    }
    log.check()


def test_another_hour_role_or_name_is_another_read(assemble: Callable[..., AssembledLog]) -> None:
    log = assemble().open()
    read(log)
    read(log, now=NOON + timedelta(minutes=49))
    assert len(logged(log)) == 1
    read(log, now=NOON + timedelta(minutes=50))
    read(log, Reader(Role.SUPERVISOR, "王某"))
    read(log, Reader(Role.AUDITOR, "李某"))
    assert len(logged(log)) == 4


@pytest.mark.parametrize("stage", [Stage.PREPARATION, Stage.BIDDING])
def test_a_read_of_a_sealed_case_is_entered_outside_of_it(
    assemble: Callable[..., AssembledLog], stage: Stage
) -> None:
    log = assemble().open()
    read(log, facts={"live_from": 0, "stage": int(stage)})
    read(log, facts=OPEN)
    (told,) = logged(log)
    assert told["case"] is None
    assert log.store.case_state("A-1") is None


def test_a_client_cannot_take_the_key_of_a_read(assemble: Callable[..., AssembledLog]) -> None:
    """Keys that can be made from what a client knows are not those of reads."""
    log = assemble().open()
    read(log)
    for key in ("access-", "access-王某", 'access-["access_event","auditor","王某","A-1"]'):
        log.append("A-1", key=key, n=1)
    read(log, Reader(Role.AUDITOR, "李某"))
    assert len(logged(log)) == 2


def test_a_read_that_the_log_refuses_is_a_reason_to_show_nothing(
    assemble: Callable[..., AssembledLog],
) -> None:
    log = assemble().open()
    with pytest.raises(Unavailable):
        read(log, Reader(Role.AUDITOR, ""), NO_FACTS)
    assert logged(log) == []


def test_boards_of_two_kinds_are_two_reads_outside_of_any_case(
    assemble: Callable[..., AssembledLog],
) -> None:
    log = assemble().open()
    for kind in ("finding", "task", "finding"):
        log_board_read(log.appender, log.rules, READER, kind, NOON)
    told = logged(log)
    assert [each["data"]["of_board"] for each in told] == ["finding", "task"]
    assert {each["case"] for each in told} == {None}
    assert not any("of_case" in each["data"] for each in told)


def test_a_case_named_like_a_board_is_another_read(assemble: Callable[..., AssembledLog]) -> None:
    log = assemble().open()
    log_board_read(log.appender, log.rules, READER, "finding", NOON)
    log_case_read(log.appender, log.rules, READER, "finding", OPEN, NOON)
    assert len(logged(log)) == 2
