"""What goes on beside a log: map heads on request, and a final block that stays fresh."""

import threading
from concurrent.futures import Future
from typing import Any, cast

import pytest

from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.follow_loop import FollowLoop
from liuhen.app.log_writer import LogWriter
from liuhen.core.errors import Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.wiring import anchoring
from liuhen.wiring.anchoring import map_head_of_writer
from tests.fakes.assembled_log import AssembledLog
from tests.fakes.chain import FakeChain


def test_a_map_head_is_waited_for_until_it_is_signed() -> None:
    log = AssembledLog().open()
    log.append("A-1")
    assert map_head_of_writer(log.writer)() == log.writer.published.tree
    log.close()
    assert log.check() == 3


def test_a_map_head_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy:
        def request_map_head(self) -> "Future[TreeHead]":
            return Future()

    monkeypatch.setattr(anchoring, "_MAP_HEAD_SECONDS", 0.001)
    with pytest.raises(Unavailable, match="in time"):
        map_head_of_writer(cast("LogWriter", Busy()))()


def test_a_bug_does_not_end_following() -> None:
    told: list[str] = []
    crashed, works = threading.Event(), threading.Event()

    class Chain(FakeChain):
        def final_block(self) -> Any:
            if not crashed.is_set():
                crashed.set()
                raise ZeroDivisionError
            return super().final_block()

    class Writer:
        def request_map_head(self) -> "Future[TreeHead]":
            works.set()
            raise Unavailable("the service is stopping")

    final_block = NewestFinalBlock(1)
    loop = FollowLoop(
        Chain(),
        map_head_of_writer(cast("LogWriter", Writer())),
        final_block,
        0.001,
        lambda event, _: told.append(event),
    )
    loop.start()
    assert works.wait(20)
    loop.stop()
    assert told == ["follow.crashed", "follow.waiting"]
    assert final_block.get() is not None
    assert isinstance(loop.failure, Unavailable)


def test_following_pauses_where_time_is_no_reason_to_anchor() -> None:
    loop = FollowLoop(FakeChain(), Future, NewestFinalBlock(1), 0.0, lambda *_: None)  # type: ignore[arg-type]
    assert [loop._once(), loop._once()] == [30.0, 30.0]
