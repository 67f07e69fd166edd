"""The life of an anchor, and everything that a chain can do to it."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchorRules, Progress
from liuhen.app.compare import compare_history
from liuhen.app.final_block import NewestFinalBlock
from liuhen.core.chain_evidence import ChainEvidence
from liuhen.core.errors import AnchorMismatch, HistoryMismatch, Unavailable
from liuhen.core.keccak import keccak256
from liuhen.core.merkle import TreeHead
from liuhen.core.record import AfterBlock
from liuhen.ports import AnchorTx, Block, ChainIdentity, MinedIn, TransactionSigner
from tests.fakes.anchor_store import MemoryAnchorLease, MemoryAnchorStore
from tests.fakes.anchored_log import GrowingLog
from tests.fakes.chain import FEE_WEI, TARGET, FakeChain, FakeSigner
from tests.fakes.clock import FakeClock

RULES = AnchorRules(
    development=True,
    polls_before_resend=2,
    polls_before_replace=5,
    blocks_before_replace=0,
    max_reverts=2,
)
QUIET = replace(RULES, development=False)


class World:
    """A log, a store, a chain, and an anchorer that can be started anew."""

    def __init__(self, size: int = 5, rules: AnchorRules = RULES) -> None:
        self.rules = rules
        self.chain = FakeChain()
        self.log = GrowingLog(size)
        self.clock = FakeClock()
        self.store = MemoryAnchorStore(TARGET, self.clock)
        self.told: list[tuple[str, dict[str, object]]] = []
        self.signer: TransactionSigner = FakeSigner()
        self.anchorer = self.start()

    def start(self) -> Anchorer:
        """Start a process; the one before is gone."""
        self.final_block = NewestFinalBlock(TARGET.chain_id)
        self.lease = MemoryAnchorLease()
        self.store.lease = self.lease
        self.anchorer = Anchorer(
            store=self.store,
            lease=self.lease,
            chain=self.chain,
            signer=self.signer,
            log=self.log.anchored(),
            expected=self.chain.known,
            rules=self.rules,
            final_block=self.final_block,
            clock=self.clock,
            tell=lambda event, facts: self.told.append((event, facts)),
        )
        return self.anchorer

    def run(self, until: str = "", steps: int = 60) -> None:
        """Take steps until there is nothing to do, or until an anchor has come to a state."""
        for _ in range(steps):
            if until and until in self.states():
                return
            try:
                if self.anchorer.step() is Progress.IDLE and not until:
                    return
            except Unavailable:
                continue
        pytest.fail(f"not {until or 'idle'} after {steps} steps: {self.states()}")

    def states(self) -> list[str]:
        return [str(anchor.state) for anchor in self.store.anchors.values()]

    def attempts(self) -> list[str]:
        return [str(attempt.state) for attempt in self.store.tries.values()]

    def check(self, *sizes: int) -> None:
        """Check that exactly these sizes are anchored, final, known, and consistent."""
        assert self.chain.anchors() == list(sizes)
        final = [each for each in self.store.anchors.values() if each.state == "final"]
        assert sorted(each.head.size for each in final) == list(sizes)
        state = self.chain.state()
        for anchor in final:
            assert anchor.head.root == self.log.tree().root(anchor.head.size)
            assert anchor.head.root == state.heads[anchor.head.size].root
            assert anchor.mined_in == state.anchored_in[anchor.head.size]
            assert anchor.evidence is not None


def test_an_anchor_becomes_final_without_outside_traffic() -> None:
    world = World()
    world.run()
    world.check(6)
    assert world.attempts() == ["final"]
    assert world.store.messages == [("anchor.mined", 1), ("anchor.final", 1)]


def test_each_further_anchor_is_proven_from_the_one_before() -> None:
    world = World()
    for count in (1, 7, 300):
        world.run()
        world.log.append(count)
    world.run()
    world.check(6, 8, 16, 317)


def test_nothing_new_means_nothing_is_sent() -> None:
    world = World()
    world.run()
    world.run()
    assert world.anchorer.step() is Progress.IDLE
    assert len(world.chain.sent) == 1
    assert world.chain.height == 2


def test_a_head_that_witnesses_hold_back_is_not_even_planned() -> None:
    world = World()
    held: list[TreeHead] = []

    def hold_back(head: TreeHead) -> None:
        held.append(head)
        raise Unavailable("too few witnesses")

    world.anchorer.log = replace(world.anchorer.log, check_cosigned=hold_back)
    with pytest.raises(Unavailable, match="too few"):
        world.anchorer.step()
    assert held == [world.log.head().tree]
    assert not world.store.anchors
    assert not world.chain.sent
    world.start().step()
    assert world.states() == ["planned"]


def test_an_empty_log_is_not_anchored() -> None:
    world = World(size=0)
    assert world.anchorer.step() is Progress.IDLE
    assert not world.store.anchors


def test_a_map_head_alone_is_no_reason_to_anchor() -> None:
    world = World()
    world.run()
    world.log.map_head = 6
    world.log.entries.append(b"map head")
    assert world.anchorer.step() is Progress.IDLE


def test_a_new_anchor_waits_until_it_may_be_planned() -> None:
    world = World()
    assert world.anchorer.step(may_plan=False) is Progress.IDLE
    world.anchorer.step()
    while world.anchorer.step(may_plan=False) is not Progress.IDLE:
        pass
    world.check(6)


def test_on_a_chain_with_traffic_no_block_is_asked_for() -> None:
    world = World(rules=QUIET)
    for _ in range(10):
        world.anchorer.step()
    assert world.states() == ["mined"]
    assert world.chain.height == 1
    world.chain.add_block()
    world.run()
    world.check(6)


def test_the_newest_final_block_is_kept_for_the_writer() -> None:
    world = World()
    assert world.final_block.get() is None
    world.run()
    final = world.chain.blocks[1].block
    expected = AfterBlock(TARGET.chain_id, 1, "0x" + final.hash.hex())
    assert world.final_block.get() == expected


def test_the_newest_final_block_follows_the_chain_also_back() -> None:
    block = NewestFinalBlock(TARGET.chain_id)
    for number in (7, 2**53 - 1, 8):
        block.renew(Block(number, bytes([number % 256]) * 32, 0, 0))
        found = block.get()
        assert found is not None
        assert found.number == number
    block.renew(None)
    block.renew(Block(2**53, bytes(32), 0, 0))
    assert block.get() == found


# What a chain does to a tx ----------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_error_of_sending_says_nothing(moment: str) -> None:
    world = World()
    world.chain.failures["send"] = moment
    world.run()
    world.check(6)
    assert len(world.store.tries) == 1


def test_a_tx_that_the_pool_forgot_is_sent_again_unchanged() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    world.chain.drop_pool()
    world.chain.automine = True
    world.run()
    world.check(6)
    assert len(set(world.chain.sent)) == 1
    assert len(world.chain.sent) == 2


def test_a_stuck_tx_is_replaced_by_one_with_both_fees_raised() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    while len(world.store.tries) == 1:
        world.anchorer.step()
    first, second = world.store.tries.values()
    assert first.nonce == second.nonce
    assert second.max_fee_wei * 8 >= first.max_fee_wei * 9
    assert second.tip_wei * 8 >= first.tip_wei * 9
    world.chain.automine = True
    world.run()
    world.check(6)
    assert world.attempts() == ["replaced", "final"]


def test_a_replaced_tx_may_be_the_one_that_is_mined() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    while len(world.store.tries) == 1:
        world.anchorer.step()
    assert len(world.chain.pool) == 1
    world.chain.add_block()
    world.run()
    world.check(6)
    assert world.attempts() == ["final", "replaced"]


def test_a_spike_of_the_base_fee_is_outbid() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    world.chain.base_fee_wei = 100_000
    world.chain.drop_pool()
    world.chain.automine = True
    world.run()
    world.check(6)


def test_a_late_receipt_is_waited_for() -> None:
    world = World()
    world.chain.forgetting["tx_receipt"] = 3
    world.run()
    world.check(6)
    assert len(world.store.tries) == 1


@pytest.mark.parametrize("again", [False, True])
def test_a_reorganised_anchor_is_anchored_again_with_the_same_bytes(*, again: bool) -> None:
    world = World()
    world.run(until="mined")
    place = world.store.anchors[1].mined_in
    world.chain.reorganise(1, again=again)
    world.run()
    world.check(6)
    assert world.store.anchors[1].mined_in != place
    assert len(set(world.chain.sent)) == 1


def test_a_reorganisation_to_a_shorter_chain_loses_no_anchor() -> None:
    world = World()
    world.run(until="mined")
    world.chain.reorganise(1, shorter=True)
    world.run()
    world.check(6)


def test_the_second_anchor_survives_a_reorganisation_too() -> None:
    world = World()
    world.run()
    world.log.append(3)
    world.run(until="mined")
    world.chain.reorganise(1)
    world.run()
    world.check(6, 10)


def test_a_proof_gone_stale_by_anothers_anchor_is_made_anew() -> None:
    world = World()
    world.run()
    world.log.append(3)
    small = world.log.request_map_head()
    proof = world.log.tree().consistency(6, small.size)
    world.log.append(3)
    world.run(until="signed")
    world.chain.anchor_by_another(small, proof)
    world.run()
    assert world.chain.anchors() == [6, 10, 14]
    assert world.attempts()[1:] == ["replaced", "final"]


def test_a_refused_tx_is_followed_by_one_from_the_contracts_head() -> None:
    world = World()
    world.signer = StaleOnce()
    world.start()
    world.run()
    world.check(6)
    assert world.attempts() == ["reverted", "final"]


def test_a_contract_that_refuses_again_and_again_is_not_paid_for_ever() -> None:
    world = World()
    world.signer = StaleOnce(times=100)
    world.start()
    with pytest.raises(AnchorMismatch, match="keeps refusing"):
        world.run()
    sent = len(world.chain.sent)
    for _ in range(5):
        with pytest.raises(AnchorMismatch):
            world.anchorer.step()
    assert len(world.chain.sent) == sent == RULES.max_reverts


def test_a_nonce_used_by_another_tx_is_followed_by_a_new_one() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    world.chain.spend_nonce()
    world.chain.automine = True
    world.run()
    world.check(6)
    assert [each.nonce for each in world.store.tries.values()] == [0, 1]
    assert world.attempts() == ["replaced", "final"]


def test_a_used_nonce_is_no_proof_until_the_node_had_time() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    world.chain.spend_nonce()
    assert world.anchorer.step() is Progress.WAITING
    assert len(world.store.tries) == 1
    world.anchorer.step()
    assert len(world.store.tries) == 2


def test_a_refused_tx_ends_its_replacement_too() -> None:
    world = World()
    world.signer = StaleOnce(times=2)
    world.start()
    world.chain.automine = False
    world.run(until="sent")
    while len(world.store.tries) == 1:
        world.anchorer.step()
    world.anchorer.step()
    world.chain.pool.pop(world.store.tries[2].tx_hash, None)
    world.chain.automine = True
    world.chain.add_block()
    world.run()
    world.check(6)
    assert world.attempts() == ["reverted", "replaced", "final"]


def test_a_refused_tx_may_be_mined_well_after_a_reorganisation() -> None:
    world = World()
    world.chain.refusing = True
    world.run(until="reverted")
    world.chain.refusing = False
    world.chain.reorganise(1, again=True)
    world.run()
    world.check(6)
    assert world.attempts() == ["final"]


def test_a_refused_tx_may_be_mined_well_after_its_successor_was_signed() -> None:
    world = World()
    world.chain.refusing = True
    world.run(until="reverted")
    world.chain.refusing = False
    world.chain.automine = False
    world.anchorer.step()
    assert world.states() == ["signed"]
    world.chain.reorganise(1, again=True)
    world.run()
    world.check(6)
    assert world.attempts() == ["final", "signed"]


@pytest.mark.parametrize("until", ["signed", "sent"])
def test_a_refused_tx_may_be_refused_once_more_in_another_block(until: str) -> None:
    world = World()
    world.signer = StaleOnce()
    world.start()
    world.run(until="reverted")
    world.chain.automine = False
    first = world.chain.blocks[-1].txs
    world.chain.reorganise(1)
    world.run(until=until)
    assert [each.nonce for each in world.store.tries.values()] == [0, 0]
    world.chain._add(b"", first)
    world.chain.drop_pool()
    world.chain.automine = True
    world.run()
    world.check(6)


def test_a_nonce_that_a_reorganisation_has_freed_is_used_again() -> None:
    world = World()
    world.signer = StaleOnce()
    world.start()
    world.run(until="reverted")
    world.chain.automine = False
    world.run(until="sent")
    assert [each.nonce for each in world.store.tries.values()] == [0, 1]
    world.chain.reorganise(1)
    world.chain.automine = True
    world.run()
    world.check(6)


def test_a_head_anchored_by_another_after_ours_was_refused_is_taken_over() -> None:
    world = World()
    world.chain.refusing = True
    world.run(until="reverted")
    world.chain.anchor_by_another(world.log.head().tree, [])
    world.run()
    world.check(6)
    assert world.attempts() == ["reverted"]


def test_a_head_that_is_in_the_contract_already_is_taken_over() -> None:
    world = World()
    world.run(until="planned")
    world.chain.anchor_by_another(world.log.head().tree, [])
    world.run()
    world.check(6)
    assert not world.chain.sent


def test_a_head_anchored_by_another_while_ours_waits_is_taken_over() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    world.chain.drop_pool()
    world.chain.anchor_by_another(world.log.head().tree, [])
    world.chain.automine = True
    world.run()
    world.check(6)


def test_a_larger_head_anchored_by_another_makes_ours_superfluous() -> None:
    world = World()
    world.run(until="planned")
    world.log.append(2)
    world.chain.anchor_by_another(world.log.request_map_head(), [])
    world.run()
    world.check(9)
    assert world.states() == ["replaced", "final"]


def test_a_larger_head_of_another_is_known_although_the_log_has_grown() -> None:
    world = World()
    world.run(until="planned")
    world.log.append(2)
    world.chain.anchor_by_another(world.log.request_map_head(), [])
    world.log.append(3)
    world.run()
    world.check(9, 13)


def test_a_larger_head_that_is_not_of_this_log_stops_anchoring() -> None:
    world = World()
    world.run(until="planned")
    world.log.append(9)
    world.chain.anchor_by_another(TreeHead(9, hashlib.sha256(b"other").digest()), [])
    with pytest.raises(HistoryMismatch):
        world.anchorer.step()
    assert world.states() == ["planned"]


def test_a_head_taken_over_is_waited_for_until_its_event_is_known() -> None:
    world = World()
    world.run(until="planned")
    world.chain.anchor_by_another(world.log.head().tree, [])
    world.chain.forgetting["find_anchoring"] = 2
    assert world.anchorer.step() is Progress.WAITING
    world.run()
    world.check(6)


def test_anchors_that_the_store_has_lost_are_taken_over_from_the_contract() -> None:
    world = World()
    world.run()
    world.store = MemoryAnchorStore(TARGET)
    world.start()
    world.run()
    world.check(6)


def test_a_log_that_has_grown_too_far_is_anchored_on_the_way() -> None:
    world = World(rules=replace(RULES, max_growth=10))
    world.run()
    for _ in range(5):
        world.log.append(3)
        world.log.request_map_head()
    world.log.append(1)
    world.log.failing = True  # on the way the writer is not asked for anything
    for _ in range(20):
        with suppress(Unavailable):
            world.anchorer.step()
    world.check(6, 14, 22)
    world.log.failing = False
    world.run()
    world.check(6, 14, 22, 28)


def test_a_log_that_grows_too_far_while_a_map_head_is_made_is_anchored_on_the_way() -> None:
    world = World(rules=replace(RULES, max_growth=10))
    world.log.request_map_head()
    request = world.log.request_map_head

    def slow() -> TreeHead:
        world.log.append(6)
        return request()

    world.log.append(1)
    world.log.request_map_head = slow  # type: ignore[method-assign]
    world.start()
    world.run(until="final")
    assert world.chain.anchors() == [6]


def test_without_a_map_head_on_the_way_nothing_is_anchored() -> None:
    world = World(size=20, rules=replace(RULES, max_growth=10))
    with pytest.raises(AnchorMismatch, match="no checkpoint"):
        world.anchorer.step()
    assert not world.store.anchors


def test_a_head_that_ends_in_no_map_head_is_not_for_receipts() -> None:
    world = World()
    world.chain.anchor_by_another(world.log.head().tree, [])
    world.run()
    world.check(5, 6)
    assert [each.has_checkpoint for each in world.store.anchors.values()] == [False, True]
    found = world.store.covering(0)
    assert found is not None
    assert found.head.size == 6
    assert world.anchorer.step() is Progress.IDLE


def test_fees_end_at_the_cap_and_the_same_bytes_are_sent_on() -> None:
    attempt = replace(RULES.attempt, most_fee_wei=250)
    world = World(rules=replace(RULES, attempt=attempt))
    world.chain.automine = False
    for _ in range(60):
        world.chain.drop_pool()
        world.anchorer.step()
    assert [each.max_fee_wei for each in world.store.tries.values()] == [201, 227]
    assert [event for event, _ in world.told] == ["anchor.at_fee_cap"]
    sent = len(world.chain.sent)
    world.chain.automine = True
    world.run()
    world.check(6)
    assert len(world.chain.sent) > sent > 10


def test_a_first_offer_ends_at_the_cap_too() -> None:
    world = World(rules=replace(RULES, attempt=replace(RULES.attempt, most_fee_wei=150)))
    world.chain.suggested_tip_wei = 2**70
    world.run()
    world.check(6)
    (attempt,) = world.store.tries.values()
    assert (attempt.max_fee_wei, attempt.tip_wei) == (150, 150)


# A chain that lies, or is another ----------------------------------------------------------


def test_evidence_that_a_verifier_would_refuse_is_not_kept() -> None:
    bent: list[Callable[[ChainEvidence], ChainEvidence | None]] = [
        lambda _: None,
        lambda each: replace(each, header=b"header"),
        lambda each: replace(each, log_position=1),
        lambda each: replace(each, receipt_proof=()),
    ]
    for bend in bent:
        world = World()
        world.chain.bend_evidence = bend
        world.run()
        assert world.states() == ["final"]
        assert world.store.anchors[1].evidence is None
        assert [event for event, _ in world.told] == ["anchor.without_evidence"]


def test_evidence_of_another_block_is_not_kept() -> None:
    world = World(rules=QUIET)
    world.run(until="mined")
    other = FakeChain()
    other.add_block(salt=b"other")
    other._add(b"", world.chain.blocks[1].txs)
    world.chain.bend_evidence = lambda _: other.evidence(MinedIn(2, b"", 0, 0, 0))
    world.chain.add_block()
    world.run()
    assert world.store.anchors[1].evidence is None
    assert world.told == [
        ("anchor.without_evidence", {"size": 6, "why": "it is evidence of another block"})
    ]


def test_an_event_of_another_head_is_refused() -> None:
    world = World()
    world.chain.event_of = TreeHead(6, hashlib.sha256(b"other").digest())
    with pytest.raises(AnchorMismatch, match="another event"):
        world.run()
    assert "mined" not in world.states()


def test_a_tx_without_the_event_of_our_contract_is_refused() -> None:
    world = World()
    world.chain.event_of = None
    with pytest.raises(AnchorMismatch, match="another event"):
        world.run()


def test_a_contract_that_keeps_another_root_is_refused() -> None:
    world = World()
    world.run(until="sent")
    world.chain.lying_root = hashlib.sha256(b"other").digest()
    with pytest.raises(AnchorMismatch, match="another root"):
        world.run()
    assert "final" not in world.states()


def test_a_receipt_without_the_head_in_the_contract_is_not_believed_yet() -> None:
    world = World()
    world.run(until="sent")
    world.chain.forgetting["head_at"] = 4  # asked twice in each step
    for _ in range(2):
        world.anchorer.step()
        assert world.states() == ["sent"]
    world.run()
    world.check(6)


def test_a_deep_block_without_the_head_in_the_contract_is_not_final() -> None:
    world = World(rules=QUIET)
    world.run(until="mined")
    world.chain.add_block()
    world.chain.forgetting["head_at"] = 1
    assert world.anchorer.step() is Progress.WAITING
    assert world.states() == ["mined"]
    world.run()
    world.check(6)


def test_a_contract_whose_last_head_is_another_now_gets_no_tx() -> None:
    world = World()
    world.run()
    world.log.append(3)
    world.anchorer.step()
    world.chain.lying_root = hashlib.sha256(b"other").digest()
    with pytest.raises(HistoryMismatch):
        world.anchorer.step()
    assert len(world.chain.sent) == 1


def test_no_block_is_asked_for_while_others_come() -> None:
    world = World()
    world.chain.depth = 3
    world.run(until="mined")
    for _ in range(3):
        world.anchorer.step()
        world.chain.add_block()
    assert world.chain.height == 4
    world.anchorer.step()
    world.check(6)


def test_a_node_that_lags_behind_makes_no_anchor_final() -> None:
    world = World(rules=QUIET)
    world.run(until="mined")
    world.chain.add_block()
    world.chain.add_block()
    world.chain.behind = 2
    for _ in range(6):
        world.anchorer.step()
    assert "final" not in world.states()
    world.chain.behind = 0
    world.run()
    world.check(6)
    assert len(set(world.chain.sent)) == 1


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (lambda known: replace(known, chain_id=1), "chain 1"),
        (lambda known: replace(known, genesis_hash=bytes(32)), "another block"),
        (lambda known: replace(known, code_hash=bytes(32)), "another contract"),
        (lambda known: replace(known, code_hash=keccak256(b"")), "no contract"),
        (lambda known: replace(known, publisher=bytes(20)), "publisher"),
        (lambda known: replace(known, signer=bytes(20)), "signer"),
    ],
)
def test_nothing_is_sent_to_a_chain_that_is_not_the_expected_one(
    bend: Callable[[ChainIdentity], ChainIdentity], reason: str
) -> None:
    world = World()
    world.chain.told = bend(world.chain.known)
    for _ in range(3):
        with pytest.raises(HistoryMismatch, match=reason):
            world.anchorer.step()
    assert not world.chain.sent
    assert not world.store.anchors
    assert world.final_block.get() is None


def test_a_contract_ahead_of_the_log_is_a_database_from_a_backup() -> None:
    world = World()
    world.run()
    del world.log.entries[4:]
    world.start()
    with pytest.raises(HistoryMismatch, match="old copy"):
        world.anchorer.step()


def test_a_contract_with_another_history_is_refused() -> None:
    world = World()
    world.run()
    world.log.entries[2] = b"rewritten"
    world.log.append(3)
    world.start()
    with pytest.raises(HistoryMismatch, match="not one of this log"):
        world.anchorer.step()
    assert len(world.chain.sent) == 1


def test_a_log_rewritten_after_planning_is_not_anchored() -> None:
    world = World()
    world.run(until="planned")
    world.log.entries[2] = b"rewritten"
    with pytest.raises(HistoryMismatch):
        world.anchorer.step()
    assert not world.chain.sent


def test_a_final_anchor_that_is_gone_stops_anchoring() -> None:
    world = World()
    world.run()
    world.log.append(3)
    world.chain.reorganise(2)
    world.start()
    with pytest.raises(HistoryMismatch, match="--accept-lost-anchors"):
        world.anchorer.step()
    assert world.states() == ["final"]
    assert len(world.chain.sent) == 1


def test_after_a_failure_the_chain_is_compared_again() -> None:
    world = World()
    world.run()
    world.log.append(3)
    world.chain.down = True
    with pytest.raises(Unavailable):
        world.anchorer.step()
    world.chain.down = False
    world.chain.told = replace(world.chain.known, code_hash=bytes(32))
    with pytest.raises(HistoryMismatch):
        world.anchorer.step()
    assert len(world.chain.sent) == 1


def test_a_chain_that_is_down_is_waited_for() -> None:
    world = World()
    world.chain.down = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            world.anchorer.step()
    world.chain.down = False
    world.run()
    world.check(6)


def test_a_writer_that_does_not_answer_is_asked_again() -> None:
    world = World()
    world.log.failing = True
    with pytest.raises(Unavailable):
        world.anchorer.step()
    assert not world.store.anchors
    world.log.failing = False
    world.run()
    world.check(6)


def test_what_the_node_said_is_kept_for_people() -> None:
    world = World()
    world.chain.failures["send"] = "before"
    world.run(until="sent")
    assert "failed before doing" in world.anchorer.last_refusal
    world.run()
    assert world.anchorer.last_refusal == ""


METHODS = [
    name for name in vars(FakeChain) if not name.startswith("_") and name not in {"mine", "state"}
]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("method", METHODS)
def test_one_failure_of_any_call_loses_nothing(method: str, moment: str) -> None:
    world = World()
    world.run()
    world.log.append(2)
    world.chain.failures[method] = moment
    world.run()
    world.check(6, 9)
    assert len(world.chain.sent) <= 3


class StaleOnce(FakeSigner):
    """Signs its first txs for a size that the contract does not have: they will be refused."""

    def __init__(self, times: int = 1) -> None:
        super().__init__()
        self.times = times

    def sign_anchor(self, tx: AnchorTx) -> tuple[bytes, bytes]:
        self.times -= 1
        return super().sign_anchor(replace(tx, old_size=999) if self.times >= 0 else tx)


def test_a_log_that_grows_while_the_chain_is_asked_does_not_contradict_it() -> None:
    world = World()
    world.run()
    tell_identity = world.chain.identity

    def identity() -> ChainIdentity:
        said = tell_identity()
        world.log.append(3)
        world.run()  # another process writes and anchors
        return said

    world.chain.identity = identity  # type: ignore[method-assign]
    assert compare_history(world.chain, world.chain.known, world.log.tree).size == 10


def test_what_the_contract_refuses_is_not_paid_for_ever_while_the_log_grows() -> None:
    world = World(rules=QUIET)
    world.chain.refusing = True
    for _ in range(30):
        world.log.append(1)
        world.clock.move(seconds=40)  # every other head is stale when it is signed anew
        with suppress(AnchorMismatch):
            world.anchorer.step()
    assert world.attempts() == ["reverted", "reverted"]


def test_a_final_anchor_is_noticed_as_lost_after_the_chain_was_cut_back() -> None:
    world = World(rules=QUIET)
    world.run(until="mined")
    world.chain.add_block()
    world.run()
    world.chain.add_block()
    world.run()
    height = world.chain.height
    del world.chain.blocks[1:]
    with pytest.raises(Unavailable, match="which was final"):
        world.anchorer.step()
    assert world.final_block.get() == AfterBlock(
        TARGET.chain_id, 0, "0x" + world.chain.known.genesis_hash.hex()
    )
    while world.chain.height < height:
        world.chain.add_block(salt=b"other")
    world.run(until="mined")
    world.chain.add_block()
    world.run()
    world.check(6)
    assert ("chain.lost_final_block", {"anchors": [6]}) in world.told


def test_what_was_refused_is_paid_for_and_counts_also_when_its_receipt_comes_late() -> None:
    world = World(rules=QUIET)
    world.chain.refusing = True
    for _ in range(40):
        waits = world.attempts()[-1:] == ["sent"]
        world.chain.forgetting["tx_receipt"] = 9 if waits else 0
        with suppress(AnchorMismatch):
            world.anchorer.step()
    assert world.attempts() == ["reverted", "reverted", "reverted"]
    assert len(set(world.chain.sent)) == 3
    assert world.store.totals().fee_wei == 3 * FEE_WEI
