"""Several nodes as one chain: who is asked, who is left alone, and what is concluded from whom."""

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest

from liuhen.adapters.chain.endpoint import PinnedChain
from liuhen.adapters.chain.several_nodes import SeveralNodes
from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchorRules, Progress
from liuhen.app.final_block import NewestFinalBlock
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.ports import NodeRefused
from tests.fakes.anchor_store import MemoryAnchorLease, MemoryAnchorStore
from tests.fakes.anchored_log import GrowingLog
from tests.fakes.chain import PUBLISHER, TARGET, FakeChain, FakeSigner
from tests.fakes.clock import FakeClock

DEPTH = 2


class Node(FakeChain):
    """A node that counts what it is asked."""

    def __init__(self) -> None:
        super().__init__(DEPTH)
        self.asked: Counter[str] = Counter()
        self.refuses = ""

    @contextmanager
    def _answering(self, method: str) -> Iterator[None]:
        self.asked[method] += 1
        if method == self.refuses:
            raise NodeRefused(f"{method} is refused")
        with super()._answering(method):
            yield


class World:
    """Nodes that hold one chain, seen through `SeveralNodes`, and a clock that is moved by hand."""

    def __init__(self, count: int = 2, blocks: int = 10) -> None:
        self.nodes = [Node() for _ in range(count)]
        for node in self.nodes[1:]:
            node.blocks, node.pool = self.nodes[0].blocks, self.nodes[0].pool
        for _ in range(blocks):
            self.nodes[0].add_block()
        self.now = 0.0
        self.told: list[tuple[str, dict[str, object]]] = []
        self.chain = self.connect()

    def connect(self) -> SeveralNodes:
        """Begin anew with the nodes as they are."""
        known = self.nodes[0].known
        return SeveralNodes(
            list(zip(("one", "two"), self.nodes, strict=False)),
            PinnedChain(known.chain_id, known.genesis_hash, known.code_hash),
            DEPTH,
            lambda event, facts: self.told.append((event, facts)),
            lambda: self.now,
        )

    def fork(self, depth: int) -> Node:
        """Give the second node a chain of its own, which leaves the other's so many blocks ago."""
        node = self.nodes[1]
        node.blocks, node.pool = copy.copy(node.blocks), {}
        node.reorganise(depth)
        return node

    def conditions(self) -> list[str]:
        return [str(state.condition) for state in self.chain.nodes()]

    def events(self) -> list[str]:
        return [event for event, _ in self.told]


def test_the_first_node_is_asked_as_long_as_it_answers() -> None:
    world = World()
    assert world.chain.newest_block().number == 10
    assert world.chain.next_nonce(PUBLISHER) == 0
    assert world.chain.balance_wei(PUBLISHER) == 10**18
    assert world.chain.tip_wei() == 1
    assert not world.nodes[1].asked
    assert world.conditions() == ["answering", "untried"]
    assert world.told == []


@pytest.mark.parametrize(
    "question",
    [
        SeveralNodes.identity,
        SeveralNodes.newest_block,
        SeveralNodes.final_block,
        SeveralNodes.anchored_head,
        SeveralNodes.tip_wei,
        SeveralNodes.mine,
        lambda chain: chain.block(3),
        lambda chain: chain.head_at(3),
        lambda chain: chain.find_anchoring(3),
        lambda chain: chain.next_nonce(PUBLISHER),
        lambda chain: chain.balance_wei(PUBLISHER),
        lambda chain: chain.tx_receipt(bytes(32)),
    ],
)
def test_where_the_first_is_silent_the_next_one_answers(
    question: Callable[[SeveralNodes], object],
) -> None:
    world, alone = World(), World()
    world.nodes[0].down = True
    assert question(world.chain) == question(alone.chain)
    assert world.conditions() == ["silent", "answering"]
    assert world.events() == ["node.trouble"]


def test_a_silent_node_is_left_alone_for_longer_and_longer() -> None:
    world = World()
    world.nodes[0].down = True
    asked = []
    for _ in range(1_000):
        before = sum(world.nodes[0].asked.values())
        world.chain.final_block()
        if sum(world.nodes[0].asked.values()) > before:
            asked.append(world.now)
        world.now += 1.0
    pauses = [later - sooner for sooner, later in pairwise(asked)]
    assert pauses[:7] == [5.0, 10.0, 20.0, 40.0, 80.0, 120.0, 120.0]
    assert world.events() == ["node.trouble"]
    assert world.chain.nodes()[0].failures == len(asked)


def test_the_preferred_node_is_returned_to_once_it_answers() -> None:
    world = World()
    world.nodes[0].down = True
    world.chain.final_block()
    world.nodes[0].down = False
    world.chain.newest_block()
    assert world.conditions() == ["silent", "answering"]
    world.now += 5.0
    before = world.nodes[1].asked["newest_block"]
    world.chain.newest_block()
    assert world.nodes[1].asked["newest_block"] == before
    assert world.conditions() == ["answering", "answering"]
    assert world.events() == ["node.trouble", "node.recovered"]
    assert "down" in world.chain.nodes()[0].trouble


def test_a_node_that_was_well_for_long_is_left_alone_for_a_short_time_again() -> None:
    world = World()
    for _ in range(4):
        world.nodes[0].down = True
        world.chain.newest_block()
        world.nodes[0].down = False
        world.now += 5.0
        world.chain.newest_block()
        assert world.conditions()[0] == "answering"
        world.now += 6.0


def test_a_node_that_comes_and_goes_is_left_alone_for_longer() -> None:
    world = World()
    for pause in (5.0, 10.0, 20.0):
        world.nodes[0].down = True
        world.chain.newest_block()
        world.nodes[0].down = False
        world.now += pause - 0.5
        world.chain.newest_block()
        assert world.conditions()[0] == "silent"
        world.now += 0.5
        world.chain.newest_block()
        assert world.conditions()[0] == "answering"


def test_a_single_node_is_asked_at_every_call_however_often_it_failed() -> None:
    world = World(count=1)
    world.nodes[0].down = True
    for _ in range(3):
        with pytest.raises(Unavailable, match="down"):
            world.chain.newest_block()
    world.nodes[0].down = False
    assert world.chain.newest_block().number == 10


def test_with_all_nodes_silent_each_is_named() -> None:
    world = World()
    world.nodes[0].failures["identity"] = "before"
    world.nodes[1].down = True
    with pytest.raises(Unavailable, match=r"identity failed before doing; .*down"):
        world.chain.newest_block()


def test_an_error_of_the_node_ends_the_call_and_the_next_call_goes_elsewhere() -> None:
    world = World()
    world.nodes[0].refuses = "tip_wei"
    with pytest.raises(NodeRefused):
        world.chain.tip_wei()
    assert world.nodes[1].asked["tip_wei"] == 0
    assert world.chain.tip_wei() == 1
    assert world.conditions() == ["refusing", "answering"]


# Txs ---------------------------------------------------------------------------------------


def signed(world: World) -> bytes:
    """Return a tx that anchors 4 entries, not yet sent."""
    store = MemoryAnchorStore(TARGET)
    anchorer = anchorer_of(world, GrowingLog(3), store)
    while not store.tries:
        anchorer.step()
    return store.tries[1].raw_tx


def anchorer_of(world: World, log: GrowingLog, store: MemoryAnchorStore) -> Anchorer:
    return Anchorer(
        store=store,
        lease=MemoryAnchorLease(),
        clock=FakeClock(),
        chain=world.chain,
        signer=FakeSigner(),
        log=log.anchored(),
        expected=world.nodes[0].known,
        rules=AnchorRules(development=True, polls_before_resend=2, polls_before_replace=50),
        final_block=NewestFinalBlock(TARGET.chain_id),
    )


def test_a_tx_goes_to_every_node_that_answers() -> None:
    world = World()
    raw = signed(world)
    world.chain.send(raw)
    assert [node.asked["send"] for node in world.nodes] == [1, 1]
    assert world.conditions() == ["answering", "answering"]


def test_a_tx_that_one_node_refuses_and_another_takes_is_sent() -> None:
    world = World()
    raw = signed(world)
    world.nodes[0].refuses = "send"
    world.chain.send(raw)
    assert world.chain.anchored_head().size == 4
    assert world.conditions() == ["answering", "answering"]


def test_a_tx_that_no_node_takes_is_an_error_and_says_nothing_of_the_nodes() -> None:
    world = World()
    raw = signed(world)
    world.chain.send(raw)
    with pytest.raises(NodeRefused, match="too low"):
        world.chain.send(raw)
    assert world.conditions() == ["answering", "answering"]


def test_a_tx_whose_answer_is_lost_goes_to_the_other_nodes_too() -> None:
    world = World()
    raw = signed(world)
    world.nodes[0].failures["send"] = "after"
    with pytest.raises(NodeRefused, match="too low"):  # the second knows it from the first
        world.chain.send(raw)
    assert world.conditions() == ["silent", "answering"]
    assert world.chain.anchored_head().size == 4


# Heights -----------------------------------------------------------------------------------


def test_a_node_that_goes_back_further_than_a_reorganisation_is_not_believed() -> None:
    world = World()
    world.chain.final_block()
    world.nodes[0].behind = DEPTH
    world.chain.final_block()
    assert world.conditions() == ["answering", "answering"]
    world.nodes[0].behind = DEPTH + 1
    found = world.chain.final_block()
    assert found is not None
    assert found.number == 10 - DEPTH
    assert world.conditions() == ["behind", "answering"]
    assert world.chain.nodes()[0].trouble == "node one went back from block 10 to 7"
    world.nodes[0].behind = 0
    world.chain.final_block()
    assert world.events() == ["node.trouble", "node.recovered"]


def test_a_single_node_that_goes_back_is_not_believed_either() -> None:
    world = World(count=1)
    world.chain.final_block()
    world.nodes[0].behind = 5
    with pytest.raises(Unavailable, match="went back from block 10 to 5"):
        world.chain.final_block()
    with pytest.raises(Unavailable):
        world.chain.tx_receipt(bytes(32))
    world.nodes[0].behind = 0
    assert world.chain.identity() == world.nodes[0].known


def test_a_chain_that_was_cut_back_for_good_is_believed_after_a_while() -> None:
    world = World(count=1, blocks=60)
    world.chain.final_block()
    world.nodes[0].behind = 50
    for _ in range(6):
        with pytest.raises(Unavailable):
            world.chain.final_block()
        world.nodes[0].add_block()
        world.now += 10.0
    assert world.chain.final_block() is not None


def test_two_nodes_of_different_height_behind_one_address_are_never_believed_when_low() -> None:
    world = World(count=1)
    for turn in range(30):
        world.now += 50.0
        world.nodes[0].behind = 5 if turn % 2 else 0
        if world.nodes[0].behind:
            with pytest.raises(Unavailable):
                world.chain.final_block()
        else:
            assert world.chain.final_block() is not None


def test_a_node_far_behind_the_others_is_not_asked() -> None:
    world = World(blocks=20)
    world.nodes[0].behind = 9
    world.chain.final_block()
    found = world.chain.final_block()
    assert found is not None
    assert found.number == 20 - DEPTH
    assert world.conditions() == ["behind", "answering"]
    assert world.chain.nodes()[0].trouble == "node one is 9 blocks behind another one"
    assert [state.height for state in world.chain.nodes()] == [11, 20]
    world.nodes[0].behind = 0
    world.chain.final_block()
    assert world.conditions() == ["answering", "answering"]


def test_one_impossible_height_takes_the_other_nodes_away_for_one_look_only() -> None:
    world = World()
    node, newest = world.nodes[0], world.nodes[0].blocks[-1]
    true_blocks = node.blocks
    node.blocks = [*true_blocks, replace(newest, block=replace(newest.block, number=10**9))]
    world.chain.final_block()
    assert world.conditions() == ["answering", "behind"]
    node.blocks = true_blocks
    assert world.chain.final_block() == true_blocks[10 - DEPTH].block
    assert world.conditions() == ["behind", "answering"]


# Other chains, and disagreement ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"chain_id": 7}, "is on chain 7 in place of 20231"),
        ({"genesis_hash": bytes(32)}, "begins with another block"),
        ({"code_hash": bytes(32)}, "no contract, or another one"),
    ],
)
def test_a_node_that_is_not_on_the_chain_of_the_policy_is_left_out(
    change: dict[str, object], why: str
) -> None:
    world = World()
    world.nodes[0].told = replace(world.nodes[0].known, **change)  # type: ignore[arg-type]
    assert world.chain.identity() == world.nodes[1].known
    assert world.chain.final_block() is not None
    assert world.conditions() == ["foreign", "answering"]
    assert why in world.chain.nodes()[0].trouble
    assert world.nodes[0].asked["final_block"] == 0
    world.nodes[0].told = world.nodes[0].known
    world.now += 200.0
    world.chain.final_block()
    assert world.conditions() == ["answering", "answering"]


def test_where_all_nodes_are_on_another_chain_the_anchorer_is_told_which() -> None:
    world = World()
    for node in world.nodes:
        node.told = replace(node.known, chain_id=7)
    anchorer = anchorer_of(world, GrowingLog(3), MemoryAnchorStore(TARGET))
    for _ in range(2):
        with pytest.raises(HistoryMismatch, match="on chain 7 in place of"):
            anchorer.step()


def test_where_the_right_node_is_silent_a_foreign_one_does_not_speak_for_it() -> None:
    world = World()
    world.nodes[0].down = True
    world.nodes[1].told = replace(world.nodes[1].known, chain_id=7)
    with pytest.raises(Unavailable, match=r"down; node two is on chain 7"):
        world.chain.identity()


def test_two_blocks_at_a_final_height_are_told_once_and_nothing_is_final() -> None:
    world = World()
    world.fork(DEPTH + 1)
    for _ in range(3):
        with pytest.raises(Unavailable, match="one and two disagree about final block 8"):
            world.chain.final_block()
    assert world.told == [
        ("nodes.disagree", {"one": "one", "other": "two", "about": "final block", "number": 8})
    ]
    world.nodes[1].blocks = world.nodes[0].blocks
    assert world.chain.final_block() is not None
    world.fork(DEPTH + 1)
    with pytest.raises(Unavailable):
        world.chain.final_block()
    assert world.events() == ["nodes.disagree", "nodes.agree", "nodes.disagree"]


def test_a_node_far_behind_can_still_contradict() -> None:
    world = World(blocks=20)
    world.fork(12).blocks[19:] = []
    for _ in range(12):
        world.nodes[0].add_block()
    world.nodes[0].depth = 20
    with pytest.raises(Unavailable, match="disagree about final block"):
        world.chain.final_block()
    assert world.conditions() == ["answering", "behind"]


def test_two_blocks_at_a_lower_height_are_a_disagreement_too() -> None:
    world = World()
    world.chain.newest_block()
    world.fork(5)
    assert world.chain.block(5) is not None
    with pytest.raises(Unavailable, match="disagree about final block 7"):
        world.chain.block(7)
    assert world.chain.block(10) is not None


def test_different_blocks_that_are_not_final_are_nobodys_trouble() -> None:
    world = World()
    world.fork(DEPTH)
    assert world.chain.final_block() == world.nodes[0].blocks[8].block
    assert world.told == []


def test_a_silent_node_contradicts_nothing() -> None:
    world = World()
    world.fork(DEPTH + 1).down = True
    assert world.chain.final_block() is not None


def anchor(world: World, *sizes: int) -> GrowingLog:
    log, store = GrowingLog(), MemoryAnchorStore(TARGET)
    anchorer = anchorer_of(world, log, store)
    for size in sizes:
        log.append(size - 1 - len(log.entries))
        for _ in range(60):
            if anchorer.step() is Progress.IDLE:
                break
    assert world.nodes[0].anchors() == list(sizes)
    return log


def test_a_node_behind_the_newest_head_is_on_the_same_way() -> None:
    world = World()
    log = anchor(world, 4, 9)
    world.nodes[1].blocks = world.nodes[0].blocks[: world.nodes[0].state().heads[9].block]
    assert world.chain.anchored_head() == TreeHead(9, log.tree().root(9))
    world.nodes[0].blocks, world.nodes[1].blocks = world.nodes[1].blocks, world.nodes[0].blocks
    assert world.chain.anchored_head() == TreeHead(4, log.tree().root(4))
    assert world.told == []


@pytest.mark.parametrize("liar", [0, 1])
def test_heads_of_one_size_with_two_roots_are_a_disagreement(liar: int) -> None:
    world = World()
    anchor(world, 4, 9)
    world.nodes[liar].lying_root = bytes(32)
    with pytest.raises(Unavailable, match="one and two disagree about newest head 9"):
        world.chain.anchored_head()
    with pytest.raises(Unavailable, match="one and two disagree about head 4"):
        world.chain.head_at(4)
    assert world.events() == ["nodes.disagree", "nodes.disagree"]


@pytest.mark.parametrize("liar", [0, 1])
def test_a_smaller_head_that_the_other_never_had_is_a_disagreement(liar: int) -> None:
    world = World()
    anchor(world, 4)
    node = world.nodes[liar]
    node.blocks = copy.copy(node.blocks)
    other = GrowingLog(7)
    node.reorganise(node.height - 9)
    node.anchor_by_another(other.head().tree, [])
    with pytest.raises(Unavailable, match="disagree about newest head 4"):
        world.chain.anchored_head()


@pytest.mark.parametrize("liar", [0, 1])
def test_a_node_that_denies_a_head_it_must_have_seen_disagrees(liar: int) -> None:
    world = World()
    anchor(world, 4)
    world.chain.final_block()
    world.nodes[liar].forgetting["head_at"] = 1
    with pytest.raises(Unavailable, match="disagree about head 4"):
        world.chain.head_at(4)
    assert world.chain.head_at(4) is not None


def test_a_node_that_has_not_seen_a_head_yet_does_not_deny_it() -> None:
    world = World()
    anchor(world, 4)
    world.nodes[1].behind = 3
    world.chain = world.connect()
    world.chain.final_block()
    assert world.conditions() == ["answering", "answering"]
    assert world.chain.head_at(4) is not None
    assert world.told == []


# All together ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_an_anchor_is_made_once_whatever_the_nodes_fail_at(seed: int) -> None:
    source, world = random.Random(seed), World()
    log, store = GrowingLog(5), MemoryAnchorStore(TARGET)
    anchorer = anchorer_of(world, log, store)
    methods = ["identity", "newest_block", "final_block", "send", "tx_receipt", "head_at", "block"]
    for _ in range(400):
        for node in world.nodes:
            if source.random() < 0.3:
                node.failures[source.choice(methods)] = source.choice(["before", "after"])
        world.now += 3.0
        try:
            if anchorer.step() is Progress.IDLE:
                break
        except Unavailable:
            continue
    assert world.nodes[0].anchors() == [6]
    assert [str(each.state) for each in store.tries.values()] == ["final"]
