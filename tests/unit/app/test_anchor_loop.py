"""The loop around an anchorer: it goes on after failures, tells them once, and stops when told."""

import itertools
import threading
from dataclasses import replace

import pytest

from liuhen.app.anchor_loop import AnchorLoop, Pace
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.domain.anchor_schedule import AnchorSchedule
from tests.unit.app.test_anchor import World

AT_ONCE = AnchorSchedule(entries=1)
FAST = Pace(poll=0.001, schedule=AT_ONCE, retry=0.001, longest_retry=0.002)


class Told(list[tuple[str, dict[str, object]]]):
    """What was told, and a signal for what a test waits for."""

    def __init__(self, awaited: str) -> None:
        super().__init__()
        self.awaited, self.heard = awaited, threading.Event()

    def __call__(self, event: str, facts: dict[str, object]) -> None:
        self.append((event, facts))
        if event == self.awaited:
            self.heard.set()


def test_an_anchor_gets_to_its_end_in_the_background() -> None:
    world, told = World(), Told("anchor.finished")
    loop = AnchorLoop(world.anchorer, FAST, told)
    loop.start()
    assert told.heard.wait(20)
    assert loop.stop()
    world.check(6)
    states = [facts["state"] for event, facts in told if event == "anchor.moved"]
    assert states == ["planned", "signed", "sent", "mined"]


def test_a_failure_is_told_once_and_tried_again() -> None:
    world, told = World(), Told("anchor.waiting")
    world.chain.down = True
    loop = AnchorLoop(world.anchorer, FAST, told)
    loop.start()
    assert told.heard.wait(20)
    told.awaited = "anchor.finished"
    told.heard.clear()
    world.chain.down = False
    assert told.heard.wait(20)
    assert loop.stop()
    assert loop.failure is None
    assert [event for event, _ in told].count("anchor.waiting") == 1
    assert "anchor.recovered" in [event for event, _ in told]
    world.check(6)


def test_a_contradiction_is_told_as_a_refusal() -> None:
    world, told = World(), Told("anchor.refused")
    world.chain.told = replace(world.chain.known, chain_id=1)
    loop = AnchorLoop(world.anchorer, FAST, told)
    loop.start()
    assert told.heard.wait(20)
    assert loop.stop()
    assert isinstance(loop.failure, HistoryMismatch)
    assert not world.chain.sent


@pytest.mark.parametrize("bug", [ZeroDivisionError, OverflowError, KeyError])
def test_a_bug_is_told_once_and_tried_again(
    bug: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, told = World(), Told("anchor.crashed")

    def crash() -> None:
        raise bug

    loop = AnchorLoop(world.anchorer, FAST, told)
    with monkeypatch.context() as broken:
        broken.setattr(world.chain, "final_block", crash)
        loop.start()
        assert told.heard.wait(20)
        assert loop.is_alive
        told.awaited = "anchor.finished"
        told.heard.clear()
    assert told.heard.wait(20)
    assert loop.stop()
    assert [event for event, _ in told].count("anchor.crashed") == 1
    world.check(6)


def test_a_store_that_fails_after_a_step_does_not_end_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    loop = AnchorLoop(world.anchorer, FAST, Told(""))
    unfinished, calls = world.store.unfinished, itertools.count()

    def fail_second() -> object:
        if next(calls) == 1:
            raise Unavailable("the database does not do its work")
        return unfinished()

    monkeypatch.setattr(world.store, "unfinished", fail_second)
    assert loop._once() == FAST.retry
    assert isinstance(loop.failure, Unavailable)


def test_the_interval_holds_back_the_next_anchor() -> None:
    world, told = World(), Told("anchor.finished")
    hourly = AnchorSchedule(interval_seconds=3600.0)
    loop = AnchorLoop(world.anchorer, replace(FAST, schedule=hourly), told)
    loop.start()
    assert told.heard.wait(20)
    world.log.append(3)
    height = world.chain.height
    told.heard.clear()
    assert not told.heard.wait(0.1)
    assert loop.stop()
    assert world.chain.height == height
    world.check(6)


def test_the_failure_can_be_looked_at_while_it_lasts() -> None:
    world = World()
    world.chain.down = True
    loop = AnchorLoop(world.anchorer, FAST, Told(""))
    loop._once()
    assert str(loop.failure) == "the chain is down"
    assert not loop.is_alive


def test_a_loop_that_never_started_can_be_stopped() -> None:
    assert AnchorLoop(World().anchorer, FAST, Told("")).stop()


@pytest.mark.parametrize("failures", [1, 5, 50])
def test_waits_after_failures_grow_to_a_limit(failures: int) -> None:
    world = World()
    world.chain.down = True
    loop = AnchorLoop(world.anchorer, Pace(retry=1.0, longest_retry=8.0), Told(""))
    waits = [loop._once() for _ in range(failures)]
    assert waits[-1] == min(8.0, 2.0 ** (failures - 1))
