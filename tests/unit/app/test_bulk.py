"""Many records that came together: shared groups, and an order that holds where writing fails."""

import asyncio
from collections.abc import Callable

import pytest

from liuhen.app import bulk as bulk_module
from liuhen.app.append import Answer, Body
from liuhen.app.bulk import Answered
from liuhen.app.waiting import QueueLimits, ThreadSink
from liuhen.core.canonical import canonical
from liuhen.core.errors import AuditError, RecordRefused, Unavailable
from liuhen.core.record import parse_record
from tests.fakes.assembled_log import AssembledLog, submission

Assemble = Callable[..., AssembledLog]


def send(log: AssembledLog, contents: list[bytes]) -> list[Answered]:
    async def scenario() -> list[Answered]:
        return [each async for some in log.bulk.append(contents) for each in some]

    return asyncio.run(scenario())


def stored(log: AssembledLog) -> list[object]:
    """Return what the records after the first say, in the order of the log."""
    bodies = [parse_record(record.body or b"") for record in log.store.records(0, 500)]
    return [body["data"] for body in bodies if body["type"] == "generic"]


def of_case(*numbers: int) -> list[bytes]:
    return [submission("A-1", n=n) for n in numbers]


def test_records_share_groups(log: AssembledLog) -> None:
    log.faults.calls.clear()
    answers = send(log, of_case(*range(60)))
    numbers = [answer.record_id for answer in answers if isinstance(answer, Answer)]
    assert log.check(numbers) == 61
    assert stored(log) == [{"n": n} for n in range(60)]
    assert log.faults.calls.count("advance") == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_after_one_that_could_not_be_written_nothing_is_stored(
    log: AssembledLog, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(bulk_module, "SLAB_RECORDS", 2)
    log.faults.plan("commit", when)
    contents = of_case(0, 1, 2, 3, 4)
    contents[3] = b"{"
    answers = send(log, contents)
    assert [isinstance(answer, Unavailable) for answer in answers] == [True] * 3 + [False, True]
    # The second slab joins the group of the first where it comes before the writer has begun.
    kept = len(stored(log))
    assert kept in ((0,) if when == "before" else (2, 3))
    assert stored(log) == [{"n": n} for n in range(kept)]
    again = send(log, of_case(0, 1, 2, 3, 4))
    replayed = [answer.replayed for answer in again if isinstance(answer, Answer)]
    assert replayed == [True] * kept + [False] * (5 - kept)
    assert stored(log) == [{"n": n} for n in range(5)]


def test_a_group_that_the_writer_parts_keeps_its_order(assemble: Assemble) -> None:
    log = assemble(limits=QueueLimits(group_records=3))
    log.open()
    log.faults.plan("commit", "before")
    first = send(log, of_case(*range(8)))
    assert all(isinstance(answer, Unavailable) for answer in first)
    assert stored(log) == []
    second = send(log, of_case(*range(8)))
    assert [answer.replayed for answer in second if isinstance(answer, Answer)] == [False] * 8
    assert stored(log) == [{"n": n} for n in range(8)]


def test_a_queue_that_is_full_takes_none(assemble: Assemble) -> None:
    full = assemble(limits=QueueLimits(waiting_records=3))
    full.writer.start = lambda: None  # type: ignore[method-assign]
    full.writer.check_ready = lambda: None  # type: ignore[method-assign]
    full.open()
    for n in range(2):
        full.writer.submit(full.appender.prepare(Body(submission(n=n))), ThreadSink(), None)
    answers = send(full, of_case(2, 3))
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    assert "nothing was stored" in str(answers[0])


def test_a_log_that_has_ended_refuses_them_as_a_whole(log: AssembledLog) -> None:
    log.appender._ended = "the log has ended"
    with pytest.raises(RecordRefused, match="ended"):
        send(log, of_case(1))


def test_a_record_that_came_twice_is_one(log: AssembledLog) -> None:
    first, other, again = send(log, [*of_case(1, 2), b'{ "data":{"n":1.0},"case":"A-1"}'])
    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert (again.record_id, again.replayed) == (first.record_id, True)
    assert again.receipt
    assert not isinstance(other, AuditError)
    assert canonical(stored(log)) == b'[{"n":1},{"n":2}]'  # type: ignore[arg-type]
