"""The process is killed before and after every single thing that anchoring does.

A kill is an exception that nobody catches, thrown by the port that was called: before it did
anything, or after it did. Between two calls nothing has an effect, so these are all the moments
there are. Then a new process takes over what is stored.
"""

from collections.abc import Callable
from typing import Any, cast

import pytest

from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchorRules, Progress
from liuhen.app.final_block import NewestFinalBlock
from liuhen.core.errors import AuditError
from liuhen.ports import AnchorStore, Chain, TransactionSigner
from tests.fakes.anchor_store import MemoryAnchorLease, MemoryAnchorStore
from tests.fakes.anchored_log import GrowingLog
from tests.fakes.chain import TARGET, FakeChain, FakeSigner
from tests.fakes.clock import FakeClock

RULES = AnchorRules(
    development=True, polls_before_resend=2, polls_before_replace=4, blocks_before_replace=0
)
STEPS = 80


class Killed(BaseException):
    """kill -9."""


class Countdown:
    """Kills at call number `left`, counted over all ports of a process."""

    def __init__(self, left: int, *, after: bool) -> None:
        self.left, self.after = left, after

    def call(self, method: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        result = method(*args, **named)
        if self.left == 0:
            raise Killed
        return result


class Mortal:
    """A port whose calls may be the last thing that the process does."""

    def __init__(self, port: object, countdown: Countdown) -> None:
        self._port, self._countdown = port, countdown

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return lambda *args, **named: self._countdown.call(found, args, named)


class World:
    """What outlives a process: log, store and chain."""

    def __init__(self) -> None:
        self.log, self.store, self.chain = GrowingLog(5), MemoryAnchorStore(TARGET), FakeChain()
        self.has_happened = False

    def process(self, countdown: Countdown) -> Anchorer:
        log = cast("GrowingLog", Mortal(self.log, countdown))
        return Anchorer(
            store=cast("AnchorStore", Mortal(self.store, countdown)),
            lease=MemoryAnchorLease(),
            clock=FakeClock(),
            chain=cast("Chain", Mortal(self.chain, countdown)),
            signer=cast("TransactionSigner", Mortal(FakeSigner(), countdown)),
            log=GrowingLog.anchored(log),
            expected=self.chain.known,
            rules=RULES,
            final_block=NewestFinalBlock(TARGET.chain_id),
        )

    def run(self, anchorer: Anchorer, event: Callable[["World"], None]) -> None:
        """Run to the end; `event` happens to the world after every step."""
        for _ in range(STEPS):
            try:
                if anchorer.step() is Progress.IDLE:
                    return
            except AuditError:
                continue
            event(self)
        pytest.fail("the anchorer does not come to an end")


def nothing(_: World) -> None:
    """All goes well."""


def reorganisation(world: World) -> None:
    """The block of the anchor is dropped once."""
    if len(world.chain.anchors()) == 2 and not world.has_happened:
        world.has_happened = True
        world.chain.reorganise(1)


def stuck_pool(world: World) -> None:
    """The first tx does not move until it is replaced."""
    world.chain.automine = len(world.store.tries) != 2


def lost_pool(world: World) -> None:
    """What was sent first is forgotten."""
    if len(world.chain.sent) == 2:
        world.chain.drop_pool()
    world.chain.automine = len(world.chain.sent) != 1


def foreign_tx(world: World) -> None:
    """Somebody uses our nonce for something else, once."""
    if len(world.store.tries) == 2 and not world.has_happened:
        world.has_happened = True
        if len(world.chain.anchors()) == 1:
            world.chain.spend_nonce()


EVENTS = [nothing, reorganisation, stuck_pool, lost_pool, foreign_tx]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("event", EVENTS)
def test_a_kill_at_any_moment_loses_and_doubles_nothing(
    event: Callable[[World], None], *, after: bool
) -> None:
    moment, ended = 0, False
    while not ended:
        moment += 1
        world = World()
        world.run(world.process(Countdown(0, after=False)), nothing)
        world.log.append(4)
        try:
            world.run(world.process(Countdown(moment, after=after)), event)
            ended = True
        except Killed:
            world.run(world.process(Countdown(0, after=False)), event)
        check(world)
    assert moment > 20


def test_a_process_that_dies_at_every_second_call_still_gets_there() -> None:
    world = World()
    for life in range(1, 60):
        try:
            world.run(world.process(Countdown(life, after=bool(life % 2))), nothing)
        except Killed:
            continue
    world.run(world.process(Countdown(0, after=False)), nothing)
    assert world.chain.anchors() == [6]
    assert len(set(world.chain.sent)) == 1


def check(world: World) -> None:
    """Check that both heads stand once, are known to be final, and that no tx was paid in vain."""
    assert world.chain.anchors() == [6, 11]
    assert [str(each.state) for each in world.store.anchors.values()] == ["final", "final"]
    receipts = world.chain.state().receipts.values()
    assert sum(each.anchored is not None for each in receipts) == 2
    assert sum(not each.succeeded for each in receipts) <= 1  # the foreign tx anchors nothing
    for anchor in world.store.anchors.values():
        assert anchor.mined_in == world.chain.state().anchored_in[anchor.head.size]
        assert anchor.head.root == world.log.tree().root(anchor.head.size)
        assert anchor.evidence is not None
