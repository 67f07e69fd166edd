"""The queue in front of the writer: its bounds, its groups, its end."""

import asyncio
import time
from concurrent.futures import Future
from typing import Any, cast

import pytest

from liuhen.app.grouping import AppendRequest, Replayed
from liuhen.app.waiting import LoopSink, Outcome, QueueLimits, ThreadSink, Waiting, WaitingRoom
from liuhen.core.errors import Unavailable
from liuhen.core.submission import Draft

LIMITS = QueueLimits(waiting_records=5, waiting_bytes=100, group_records=3, group_bytes=50)


def waiting(size: int) -> Waiting:
    return Waiting(AppendRequest(cast("Draft", None), size, ()), ThreadSink(), None)


def sizes(room: WaitingRoom) -> list[int]:
    batch = room.take()
    assert batch is not None
    return [each.request.body_bytes for each in batch.waiting]


def test_a_group_is_bounded_in_records_and_in_bytes() -> None:
    room = WaitingRoom(LIMITS)
    for size in (1, 2, 3, 4):
        room.put(waiting(size))
    assert sizes(room) == [1, 2, 3]
    assert sizes(room) == [4]
    for size in (30, 20, 1):
        room.put(waiting(size))
    assert sizes(room) == [30, 20]
    assert sizes(room) == [1]


def test_one_large_record_goes_alone() -> None:
    room = WaitingRoom(LIMITS)
    room.put(waiting(1))
    room.put(waiting(99))
    assert sizes(room) == [1]
    assert sizes(room) == [99]


def test_a_record_larger_than_the_queue_may_wait_alone() -> None:
    room = WaitingRoom(LIMITS)
    room.put(waiting(1000))
    with pytest.raises(Unavailable):
        room.put(waiting(1))
    assert sizes(room) == [1000]
    room.put(waiting(1))


def test_the_queue_is_bounded_in_records_and_in_bytes() -> None:
    room = WaitingRoom(LIMITS)
    for _ in range(5):
        room.put(waiting(1))
    with pytest.raises(Unavailable, match="5 records, 5 bytes"):
        room.put(waiting(1))
    sizes(room)
    room.put(waiting(98))
    with pytest.raises(Unavailable, match="nothing was stored"):
        room.put(waiting(1))


def test_a_map_head_waits_for_what_came_before_it() -> None:
    room = WaitingRoom(LIMITS)
    for _ in range(4):
        room.put(waiting(1))
    room.ask_for_map_head(Future())
    first, second = room.take(), room.take()
    assert first is not None
    assert second is not None
    assert (len(first.waiting), len(first.map_heads)) == (3, 0)
    assert (len(second.waiting), len(second.map_heads)) == (1, 1)


def test_patience_ends_in_an_empty_batch() -> None:
    batch = WaitingRoom(LIMITS).take(0.001)
    assert batch is not None
    assert not batch.waiting


def test_only_after_a_large_group_the_next_one_waits_a_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    room = WaitingRoom(QueueLimits(busy_records=2, busy_seconds=7))
    for count, expected in [(1, 0), (2, 0), (1, 1), (1, 1)]:
        for _ in range(count):
            room.put(waiting(1))
        assert len(sizes(room)) == count
        assert slept == [7] * expected


def test_a_closed_queue_is_emptied_and_then_ends() -> None:
    room = WaitingRoom(LIMITS)
    room.put(waiting(1))
    room.close()
    with pytest.raises(Unavailable):
        room.put(waiting(1))
    assert sizes(room) == [1]
    assert room.take() is None


def test_threads_that_went_away_are_passed_over() -> None:
    gone: Future[Any] = Future()
    gone.cancel()
    here: Future[Any] = Future()
    ThreadSink().deliver([(gone, Replayed("a")), (here, Replayed("b"))])
    assert here.result() == Replayed("b")


def test_a_loop_gets_a_whole_group_at_one_wake_up() -> None:
    async def wait() -> list[Any]:
        loop = asyncio.get_running_loop()
        tickets = [loop.create_future() for _ in range(4)]
        tickets[3].cancel()
        outcomes: list[Outcome] = [Replayed("a"), Replayed("b"), Unavailable("no"), Replayed("d")]
        sink = LoopSink(loop)
        await asyncio.to_thread(sink.deliver, list(zip(tickets, outcomes, strict=True)))
        return await asyncio.gather(*tickets[:3], return_exceptions=True)

    first, second, third = asyncio.run(wait())
    assert (first, second) == (Replayed("a"), Replayed("b"))
    assert isinstance(third, Unavailable)


def test_a_closed_loop_is_no_failure() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    LoopSink(loop).deliver([(None, Replayed("a"))])
