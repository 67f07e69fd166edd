"""Anchoring under pressure: stuck txs, money, a second anchorer, and chains that take back."""

from dataclasses import replace

import pytest

from liuhen.app.anchor_rules import AnchorRules, Progress
from liuhen.app.attempt import AttemptRules
from liuhen.app.compare import find_lost
from liuhen.core.errors import AnchorMismatch, HistoryMismatch, Unavailable
from liuhen.core.merkle import TreeHead
from tests.fakes.anchor_store import MemoryAnchorLease
from tests.fakes.chain import FEE_WEI, PUBLISHER, FakeSigner
from tests.unit.app.test_anchor import QUIET, RULES, World

PATIENT = replace(RULES, development=False, blocks_before_replace=2)


def until_stuck(world: World, tries: int = 2) -> None:
    """Let empty blocks come by until so many attempts were made."""
    for _ in range(100):
        if len(world.store.tries) == tries:
            return
        world.chain.add_block()
        world.anchorer.step()
    pytest.fail("no further attempt was made")


def stuck(rules: AnchorRules = PATIENT) -> World:
    """Return a world whose first tx waits, because blocks have become dear."""
    world = World(rules=rules)
    world.chain.automine = False
    world.run(until="sent")
    world.chain.base_fee_wei = 100_000
    return world


# The newest head goes first ----------------------------------------------------------------


def test_a_stuck_tx_is_replaced_by_one_that_carries_the_newest_head() -> None:
    world = stuck()
    world.log.append(7)
    until_stuck(world)
    first, second = world.store.tries.values()
    assert (first.nonce, first.old_size) == (second.nonce, second.old_size) == (0, 0)
    assert second.max_fee_wei * 8 >= first.max_fee_wei * 9
    assert second.tip_wei * 8 >= first.tip_wei * 9
    assert world.states() == ["replaced", "signed"]
    world.chain.automine = True
    world.anchorer.rules = RULES
    world.run()
    world.check(14)
    assert world.attempts() == ["replaced", "final"]


def test_a_stuck_tx_without_anything_newer_keeps_its_head() -> None:
    world = stuck()
    until_stuck(world)
    assert world.states() == ["signed"]
    assert world.attempts() == ["replaced", "signed"]
    assert len({each.anchor_id for each in world.store.tries.values()}) == 1


def test_either_of_two_heads_of_one_nonce_may_win() -> None:
    world = stuck()
    world.log.append(7)
    until_stuck(world)
    world.chain.base_fee_wei = 1  # the first one is taken after all
    world.chain.add_block()
    world.chain.automine = True
    world.anchorer.rules = RULES
    world.run()
    world.check(6, 14)
    assert world.attempts() == ["final", "replaced", "final"]
    assert [each.old_size for each in world.store.tries.values()] == [0, 0, 6]
    assert [each.nonce for each in world.store.tries.values()] == [0, 0, 1]


def test_after_a_reorganisation_the_other_head_may_win() -> None:
    world = stuck()
    world.log.append(7)
    until_stuck(world)
    world.anchorer.step()
    second = world.chain.pool[world.store.tries[2].tx_hash]
    world.chain.base_fee_wei = 1
    world.chain.pool.pop(second.hash)
    world.chain.add_block()
    world.run(until="mined")
    assert world.states() == ["mined", "sent"]
    world.chain.reorganise(1)
    world.chain._add(b"", (second,))
    world.chain.automine = True
    world.anchorer.rules = RULES
    world.run()
    world.check(14)
    assert world.attempts() == ["replaced", "final"]
    assert world.states() == ["replaced", "final"]


def test_without_new_blocks_no_fee_is_raised() -> None:
    world = stuck()
    for _ in range(100):
        assert world.anchorer.step() is Progress.WAITING
    assert len(world.store.tries) == 1
    assert len(set(world.chain.sent)) == 1


def test_a_replacement_need_not_wait_for_writer_or_witnesses() -> None:
    world = stuck()
    world.log.append(7)
    world.log.failing = True
    until_stuck(world)
    assert world.states() == ["signed"]
    assert [event for event, _ in world.told] == ["anchor.kept_head"]
    world.log.failing = False
    world.chain.base_fee_wei = 10**7

    def hold_back(head: TreeHead) -> None:
        raise Unavailable(f"too few witnesses for {head.size}")

    world.anchorer.log = replace(world.anchorer.log, check_cosigned=hold_back)
    until_stuck(world, 3)
    assert world.states() == ["signed"]


def test_a_head_that_was_planned_long_ago_gives_way_to_the_newest() -> None:
    world = World()
    world.anchorer.step()
    world.log.append(7)
    world.clock.move(seconds=RULES.stale_seconds)
    world.run()
    world.check(14)
    assert world.states() == ["replaced", "final"]


def test_a_day_without_the_chain_costs_nothing_but_waiting() -> None:
    world = World()
    world.run()
    world.chain.down = True
    for _ in range(200):
        world.log.append(3)
        world.clock.move(minutes=7)
        with pytest.raises(Unavailable):
            world.anchorer.step()
    assert len(world.store.anchors) == 1
    assert len(world.chain.sent) == 1
    world.chain.down = False
    world.run()
    world.check(6, 607)
    assert world.attempts() == ["final", "final"]


# Money ---------------------------------------------------------------------------------------


def with_budget(wei: int) -> AnchorRules:
    return replace(RULES, attempt=AttemptRules(daily_budget_wei=wei))


def test_what_was_spent_within_a_day_counts_against_the_budget() -> None:
    world = World(rules=with_budget(200 * 200_000))
    world.run()
    assert world.store.tries[1].max_fee_wei == 200  # not 201: the budget is all there is
    world.log.append(3)
    world.run()
    world.check(6, 10)
    world.log.append(3)
    for _ in range(20):
        world.anchorer.step()
    assert world.anchorer.chain is world.chain
    assert world.states()[-1] == "planned"
    assert [event for event, _ in world.told] == ["anchor.over_budget"]
    assert len(world.store.tries) == 2
    world.clock.move(hours=25)
    world.run()
    assert world.chain.anchors()[:2] == [6, 10]
    assert world.states()[-1] == "final"
    assert world.anchorer.shortage is None


def test_a_replacement_beyond_the_budget_is_not_made_and_the_first_goes_on() -> None:
    attempt = AttemptRules(daily_budget_wei=220 * 200_000)
    world = World(rules=replace(PATIENT, attempt=attempt))
    world.chain.automine = False
    world.run(until="sent")
    world.chain.base_fee_wei = 100_000
    for _ in range(40):
        world.chain.drop_pool()
        world.chain.add_block()
        world.anchorer.step()
    assert len(world.store.tries) == 1
    assert [event for event, _ in world.told] == ["anchor.over_budget"]
    assert len(world.chain.sent) > 10


def test_an_account_without_money_is_told_and_waited_for() -> None:
    world = World()
    world.chain.balances[PUBLISHER] = 1_000
    for _ in range(20):
        world.anchorer.step()
    assert not world.chain.sent
    assert not world.store.tries
    assert [event for event, _ in world.told] == ["anchor.low_balance"]
    assert world.anchorer.shortage is not None
    world.chain.balances[PUBLISHER] = 10**18
    world.run()
    world.check(6)
    assert world.anchorer.shortage is None


def test_where_gas_is_free_an_empty_account_is_enough() -> None:
    world = World(rules=with_budget(0))
    world.chain.balances.clear()
    world.chain.base_fee_wei = world.chain.suggested_tip_wei = 0
    world.run()
    world.check(6)


def test_what_a_tx_cost_is_kept_with_it() -> None:
    world = World()
    world.run()
    assert world.store.tries[1].fee_wei == FEE_WEI


# Another anchorer ----------------------------------------------------------------------------


def test_of_two_anchorers_one_works_and_the_other_takes_over() -> None:
    world = World()
    first = world.anchorer
    other = MemoryAnchorLease(competing=world.lease)
    world.run(until="sent")
    second = World(rules=RULES)
    second.store, second.chain, second.log = world.store, world.chain, world.log
    second.start()
    second.lease = second.anchorer.lease = other
    assert second.anchorer.step() is Progress.ELSEWHERE
    assert second.final_block.get() is not None
    first.lease.release()
    world.store.lease = other
    second.run()
    second.check(6)
    world.store.lease = world.lease
    with pytest.raises(Unavailable, match="taken over"):
        world.store.plan(TreeHead(9, b""))
    assert first.step() is Progress.ELSEWHERE
    assert len(set(world.chain.sent)) == 1


def test_an_anchorer_that_lost_its_place_in_a_step_stores_nothing() -> None:
    world = World()
    world.run(until="planned")
    anchored_head = world.chain.anchored_head

    def lose() -> TreeHead:
        world.lease.lose()
        return anchored_head()

    world.chain.anchored_head = lose  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="taken over"):
        world.anchorer.step()
    assert not world.store.tries
    assert not world.chain.sent
    assert world.anchorer.step() is Progress.ELSEWHERE


def test_nonce_after_nonce_that_vanishes_ends_the_spending() -> None:
    world = World(rules=replace(RULES, max_taken=4))
    world.chain.automine = False

    def go_on() -> None:
        for _ in range(200):
            world.anchorer.step()
            if "sent" in world.attempts():
                world.chain.spend_nonce()

    with pytest.raises(AnchorMismatch, match="4 nonces of the publisher"):
        go_on()
    assert len(world.store.tries) == 5
    for _ in range(3):
        with pytest.raises(AnchorMismatch):
            world.anchorer.step()
    assert len(world.store.tries) == 5
    world.start()
    world.chain.automine = True
    world.run()
    world.check(6)


# An end --------------------------------------------------------------------------------------


def test_what_comes_after_the_end_of_a_log_is_never_sent() -> None:
    world = World(rules=replace(RULES, final_size=6))
    world.run()
    world.check(6)
    world.log.append(3)
    for _ in range(5):
        assert world.anchorer.step() is Progress.IDLE
    assert len(world.chain.sent) == 1
    early = World(size=9, rules=replace(RULES, final_size=6))
    assert early.anchorer.step() is Progress.IDLE
    assert not early.store.anchors


# Keys ----------------------------------------------------------------------------------------


def test_a_tx_of_a_publisher_who_was_replaced_is_given_up() -> None:
    world = World()
    world.chain.automine = False
    world.run(until="sent")
    world.chain.drop_pool()
    world.chain.automine = True
    signer = FakeSigner(bytes.fromhex("a9" * 20))
    world.chain.balances[signer.address] = 10**18
    world.signer = signer
    world.start()
    world.run()
    world.check(6)
    assert world.attempts() == ["replaced", "final"]
    assert [each.sender for each in world.store.tries.values()][1] == signer.address


# A chain that takes back ----------------------------------------------------------------------


def test_a_nonce_freed_by_a_reorganisation_that_another_had_used_is_filled() -> None:
    world = World(rules=replace(RULES, development=False))
    world.chain.spend_nonce()
    world.chain.automine = False
    world.run(until="sent")
    assert world.store.tries[1].nonce == 1
    world.chain.reorganise(1)  # the other's tx is gone, and nobody will send it again
    world.chain.automine = True
    for _ in range(20):
        world.anchorer.step()
        world.chain.add_block()
    assert world.chain.anchors() == [6]
    assert world.states() == ["final"]
    assert world.store.tries[2].nonce == 0


def test_a_chain_that_takes_back_what_was_final_is_noticed_and_anchored_again() -> None:
    world = World()
    world.run()
    world.log.append(3)
    world.run()
    world.check(6, 10)
    before = world.final_block.get()
    world.chain.reorganise(4)
    world.chain.add_block()
    world.anchorer.step()
    assert world.final_block.get() != before
    assert [event for event, _ in world.told] == ["chain.lost_final_block"]
    assert world.told[0][1] == {"anchors": [10, 6]}
    assert "final" not in world.states()
    world.run()
    world.check(6, 10)
    assert [each.reorgs for each in world.store.anchors.values()] == [1, 1]
    assert len(set(world.chain.sent)) == 2


def test_a_lost_block_above_the_anchors_takes_back_the_block_and_nothing_else() -> None:
    world = World(rules=QUIET)
    world.run(until="mined")
    for _ in range(4):
        world.chain.add_block()
    world.run()
    before = world.final_block.get()
    world.chain.reorganise(3)
    world.anchorer.step()
    assert world.final_block.get() != before
    assert world.told == [("chain.lost_final_block", {"anchors": []})]
    world.check(6)


def test_a_restarted_process_anchors_lost_heads_again_only_when_it_is_told_to() -> None:
    world = World(rules=replace(RULES, accept_lost=True))
    world.run()
    world.chain.reorganise(2)
    world.start()
    world.run()
    world.check(6)
    assert len(set(world.chain.sent)) == 1


def test_a_node_behind_a_final_anchor_says_nothing_about_it() -> None:
    world = World(rules=QUIET)
    world.run(until="mined")
    world.chain.add_block()
    world.run()
    world.chain.behind = 2
    world.start()
    for _ in range(3):
        with pytest.raises(Unavailable, match="behind"):
            world.anchorer.step()
    assert world.states() == ["final"]
    world.chain.behind = 0
    assert world.anchorer.step() is Progress.IDLE


def test_a_development_chain_that_was_killed_and_lost_blocks_is_anchored_again() -> None:
    world = World(rules=replace(RULES, accept_lost=True))
    world.run()
    del world.chain.blocks[1:]
    world.start()
    world.run()
    world.check(6)
    assert world.store.anchors[1].reorgs == 1


def test_a_final_head_that_the_contract_has_lost_without_a_reorganisation_is_a_lie() -> None:
    world = World()
    world.run()
    world.start()
    world.chain.forgetting["head_at"] = 1
    with pytest.raises(HistoryMismatch, match="no longer in the contract"):
        world.anchorer.step()


def test_a_head_of_anothers_that_was_found_late_does_not_hide_what_is_lost() -> None:
    world = World(rules=QUIET)
    world.chain.add_block()
    world.chain.anchor_by_another(TreeHead(4, world.log.tree().root(4)), [])
    for _ in range(4):
        world.chain.add_block()
    world.log.append(2)
    world.run(until="sent")
    world.chain.add_block()
    world.run()
    assert [each.head.size for each in world.store.anchors.values()] == [4, 8]
    stored = world.store.anchors  # as if ours had been known first
    first, second = replace(stored[1], anchor_id=2), replace(stored[2], anchor_id=1)
    world.store.anchors = {1: second, 2: first}
    world.chain.reorganise(3)
    assert find_lost(world.chain, world.store) == [second]
