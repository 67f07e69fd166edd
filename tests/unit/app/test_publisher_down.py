"""A signer of txs that is slow or down: no nonce is used, no attempt is stored, and it is told."""

import pytest

from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_loop import AnchorLoop, Pace
from liuhen.app.anchor_rules import AnchorRules, Progress
from liuhen.app.final_block import NewestFinalBlock
from liuhen.core.errors import Unavailable
from liuhen.ports import AnchorTx, TransactionSigner
from tests.fakes.anchor_store import MemoryAnchorLease, MemoryAnchorStore
from tests.fakes.anchored_log import GrowingLog
from tests.fakes.chain import PUBLISHER, TARGET, FakeChain, FakeSigner
from tests.fakes.clock import FakeClock

RULES = AnchorRules(
    development=True, polls_before_resend=2, polls_before_replace=3, blocks_before_replace=0
)
TROUBLE = "the signer at signer.example:9000 has not answered within 5 seconds"


class DownSigner:
    """A `TransactionSigner` that is down for so many calls."""

    def __init__(self, times: int) -> None:
        self.address, self._left = PUBLISHER, times
        self.asked: list[AnchorTx] = []

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        self.asked.append(tx)
        if len(self.asked) <= self._left:
            raise Unavailable(TROUBLE)
        return FakeSigner().sign_anchor(tx)


class World:
    """A log to anchor."""

    def __init__(self, signer: TransactionSigner, rules: AnchorRules = RULES) -> None:
        self.chain, self.store = FakeChain(), MemoryAnchorStore(TARGET)
        self.told: list[tuple[str, dict[str, object]]] = []
        self.anchorer = Anchorer(
            store=self.store,
            lease=MemoryAnchorLease(),
            clock=FakeClock(),
            chain=self.chain,
            signer=signer,
            log=GrowingLog(5).anchored(),
            expected=self.chain.known,
            rules=rules,
            final_block=NewestFinalBlock(TARGET.chain_id),
        )

    def run(self) -> None:
        while self.anchorer.step() is not Progress.IDLE:
            pass


def test_a_signer_that_is_down_uses_no_nonce_and_stores_no_attempt() -> None:
    signer = DownSigner(times=4)
    world = World(signer)
    assert world.anchorer.step() is Progress.MOVED  # planned
    for _ in range(4):
        with pytest.raises(Unavailable, match="has not answered within 5 seconds"):
            world.anchorer.step()
        assert not world.store.tries
        assert not world.chain.sent
        assert world.chain.next_nonce(PUBLISHER) == 0
    world.run()
    assert world.chain.anchors() == [6]
    assert [tx.nonce for tx in signer.asked] == [0] * 5
    assert [each.nonce for each in world.store.tries.values()] == [0]


def test_a_signer_that_is_down_leaves_the_attempt_that_was_to_be_replaced_alive() -> None:
    world = World(DownSigner(times=0))
    world.chain.automine = False
    while not world.chain.sent:
        world.anchorer.step()
    world.anchorer.signer = DownSigner(times=1)
    for _ in range(2):
        assert world.anchorer.step() is Progress.WAITING
    with pytest.raises(Unavailable, match="has not answered"):
        world.anchorer.step()
    assert [str(each.state) for each in world.store.tries.values()] == ["sent"]
    world.chain.mine()
    world.run()
    assert world.chain.anchors() == [6]
    assert [str(each.state) for each in world.store.tries.values()] == ["final"]


def test_the_anchorer_tells_which_signer_it_waits_for() -> None:
    told: list[tuple[str, dict[str, object]]] = []
    world = World(DownSigner(times=10**6))
    loop = AnchorLoop(world.anchorer, Pace(), lambda event, facts: told.append((event, facts)))
    for _ in range(4):
        loop._once()
    assert str(loop.failure) == TROUBLE
    assert [facts["why"] for event, facts in told if event == "anchor.waiting"] == [TROUBLE]
