"""Boards kept in memory: they follow the log, and a new one says the same."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from liuhen.app import board as board_module
from liuhen.app.board import BoardKeeper
from liuhen.core.canonical import JsonObject, canonical
from liuhen.core.errors import RecordRefused
from tests.fakes.assembled_log import AssembledLog

DAY = date(2026, 4, 30)


@pytest.fixture
def log() -> Iterator[AssembledLog]:
    made = AssembledLog().open()
    yield made
    made.close()


def enter(log: AssembledLog, case: str, action: str, kind: str = "finding", **data: Any) -> None:
    body: dict[str, Any] = {
        "type": kind,
        "case": case,
        "occurred_at": "2026-04-01T09:00:00+08:00",
        "data": {"action": action, **data},
    }
    log.appender.append_here(canonical(body))


def keeper(log: AssembledLog) -> BoardKeeper:
    return BoardKeeper(log.store, log.rules.context)


def states(kept: BoardKeeper, kind: str = "finding", size: int | None = None) -> dict[str, str]:
    return {line.case: line.state for line in kept.board(kind, DAY, size).lines}


def test_a_board_follows_the_log(log: AssembledLog) -> None:
    kept = keeper(log)
    assert states(kept) == {}
    enter(log, "FX-1", "opened", due_on="2026-05-01")
    log.append(score="1")
    assert states(kept) == {"FX-1": "opened"}
    enter(log, "FX-2", "opened", due_on="2026-05-01")
    enter(log, "FX-1", "notified")
    assert states(kept) == {"FX-1": "notified", "FX-2": "opened"}
    assert states(keeper(log)) == states(kept)


def test_findings_and_tasks_of_one_number_are_apart(log: AssembledLog) -> None:
    enter(log, "T-1", "opened", due_on="2026-05-01")
    enter(log, "T-1", "opened", "task", due_on="2026-05-01")
    enter(log, "T-1", "notified", "task")
    kept = keeper(log)
    assert (states(kept), states(kept, "task")) == ({"T-1": "opened"}, {"T-1": "notified"})


@pytest.mark.parametrize("marks", [{}, {"imported": {"source": "ledger"}}])
def test_a_finding_without_a_case_is_refused_for_no_board_would_show_it(
    log: AssembledLog, marks: JsonObject
) -> None:
    with pytest.raises(RecordRefused) as caught:
        log.appender.append_here(canonical({"type": "finding", "data": {"summary": "x", **marks}}))
    assert (caught.value.field, caught.value.rule_code) == ("/case", "record-without-case")
    assert "案卷" in caught.value.rule_zh
    assert states(keeper(log)) == {}


@pytest.mark.parametrize("at_once", [1, 2, 3, 500])
def test_every_size_shows_what_was_known_then(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(board_module, "AT_ONCE", at_once)
    kept, known = keeper(log), {}
    for number in range(5):
        enter(log, f"FX-{number}", "opened", due_on="2026-05-01")
        known[kept.board("finding", DAY).size] = states(kept)
    assert len(known) == 5
    assert {size: states(keeper(log), size=size) for size in known} == known
    assert keeper(log).board("finding", DAY, 10**6).size == log.store.head().tree.size


def test_many_may_ask_while_the_log_grows(log: AssembledLog) -> None:
    kept = keeper(log)
    with ThreadPoolExecutor(8) as pool:
        asked = []
        for number in range(40):
            enter(log, f"FX-{number}", "opened", due_on="2026-05-01")
            asked.append(pool.submit(states, kept))
        sizes = [len(each.result()) for each in asked]
    assert all(size > number for number, size in enumerate(sizes))
    assert states(kept) == states(keeper(log))


def test_a_board_holds_no_text_that_could_be_erased(log: AssembledLog) -> None:
    enter(log, "FX-1", "opened", due_on="2026-05-01", summary="张三", department="见证科")
    (line,) = keeper(log).board("finding", DAY).lines
    assert line.about == {"action": "opened", "due_on": "2026-05-01"}
