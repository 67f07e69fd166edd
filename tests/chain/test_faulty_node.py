"""A real node behind a proxy that misbehaves: each anchor is made once, nothing waits for ever."""

import asyncio
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eth_account import Account

from liuhen.adapters.chain.deploy import fund
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.adapters.chain.web3_chain import Finality, Web3Chain
from liuhen.core.errors import HistoryMismatch, Unavailable
from liuhen.ports import NodeRefused
from tests.chain.conftest import Life, RunningChain, with_deployer
from tests.chain.test_anchor_life import check
from tests.fakes.fault_proxy import PASSING, Fault, FaultProxy, fault_proxy

SEND, RECEIPT = "eth_sendRawTransaction", "eth_getTransactionReceipt"


@pytest.fixture
def proxy(chain: RunningChain) -> Iterator[FaultProxy]:
    with fault_proxy(chain.url) as proxy:
        yield proxy


def behind(proxy: FaultProxy, chain: RunningChain, call_seconds: float = 20.0) -> Life:
    """Return a log whose anchorer knows only the proxy."""
    life = Life(chain)
    life.chain = life.connect_all(proxy.url, call_seconds=call_seconds)
    life.start()
    return life


def test_a_tx_whose_answer_is_lost_is_mined_once_and_sent_once(
    chain: RunningChain, proxy: FaultProxy
) -> None:
    life = behind(proxy, chain)
    proxy.misbehave(Fault.DROP_REPLY, SEND)
    life.run()
    check(life, 6)
    assert life.attempts() == ["final"]
    assert proxy.forwarded[SEND] == 1
    assert proxy.faults == {Fault.DROP_REPLY: 1}
    assert life.chain.next_nonce(life.signer.address) == 1


def test_a_tx_that_never_reached_the_node_is_sent_again(
    chain: RunningChain, proxy: FaultProxy
) -> None:
    life = behind(proxy, chain)
    proxy.misbehave(Fault.DROP, SEND)
    life.run()
    check(life, 6)
    assert life.attempts() == ["final"]
    assert (proxy.asked[SEND], proxy.forwarded[SEND]) == (2, 1)


def test_whatever_is_wrong_with_some_answers_an_anchor_is_made_once(
    chain: RunningChain, proxy: FaultProxy
) -> None:
    life = behind(proxy, chain)
    for fault in PASSING:
        method, every = (RECEIPT, 2) if fault is Fault.NO_RECEIPT else (None, 17)
        proxy.misbehave(fault, method, times=None, every=every)
        life.run(patiently=True)
        proxy.behave()
        assert proxy.faults[fault] > 0
        life.log.append(1)
    check(life, *range(6, 6 + 2 * len(PASSING), 2))
    assert len(life.attempts()) == len(PASSING)
    assert life.chain.next_nonce(life.signer.address) == len(PASSING)


def test_anchors_are_made_once_each_whatever_goes_wrong_at_random(
    chain: RunningChain, proxy: FaultProxy
) -> None:
    life = behind(proxy, chain)
    proxy.misbehave_at_random(random.Random(1), 0.05)
    life.run(patiently=True)
    life.log.append(2)
    life.run(patiently=True)
    proxy.behave()
    check(life, 6, 9)
    assert life.chain.next_nonce(life.signer.address) == len(life.attempts()) == 2
    assert len(proxy.faults) > 2


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP])
def test_a_node_that_does_not_get_to_its_end_is_not_waited_for(
    chain: RunningChain, proxy: FaultProxy, fault: Fault
) -> None:
    life = behind(proxy, chain)
    life.run(until="signed")
    life.chain = life.connect_all(proxy.url, call_seconds=0.5)
    life.start()
    proxy.drip_seconds = 0.2
    proxy.misbehave(fault, times=None)
    with pytest.raises(Unavailable, match=r"within 0.5 seconds|Timeout"):
        life.anchorer.step()
    proxy.behave()
    life.chain = life.connect_all(proxy.url)
    life.start()
    life.run()
    check(life, 6)
    assert life.attempts() == ["final"]


def test_a_node_that_holds_many_calls_open_is_asked_nothing_more(
    chain: RunningChain, proxy: FaultProxy
) -> None:
    node = Life(chain).connect(proxy.url, call_seconds=1.0)
    proxy.drip_seconds = 0.05  # so that no single byte is late
    proxy.misbehave(Fault.DRIP, times=None)
    for _ in range(4):
        with pytest.raises(Unavailable, match="within"):
            node.newest_block()
    asked = proxy.asked.total()
    with pytest.raises(Unavailable, match="holds earlier calls open"):
        node.newest_block()
    assert proxy.asked.total() == asked


def test_an_address_with_a_late_node_behind_it_makes_one_attempt(
    chain: RunningChain, proxy: FaultProxy
) -> None:
    life = behind(proxy, chain)
    life.run()
    for _ in range(5):
        life.chain.mine()
    proxy.behind = 4
    proxy.misbehave_at_random(random.Random(0), 0.3, [Fault.STALE])
    life.log.append(3)
    life.run(patiently=True)
    proxy.behave()
    check(life, 6, 10)
    assert len(life.attempts()) == 2
    assert proxy.faults[Fault.STALE] > 5


def test_an_address_with_a_late_node_behind_it_is_noticed(
    chain: RunningChain, proxy: FaultProxy
) -> None:
    life = behind(proxy, chain)
    for _ in range(5):
        life.chain.mine()
    height = life.chain.newest_block().number
    life.chain.final_block()
    proxy.misbehave(Fault.STALE, times=None)
    with pytest.raises(Unavailable, match=f"went back from block {height} to {height - 3}"):
        life.chain.final_block()
    assert [event for event, _ in life.told] == ["node.trouble"]
    proxy.behave()
    assert life.chain.final_block() is not None


def test_two_nodes_of_one_chain_behind_one_address(tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "one" / "state.json") as first:
        node = with_deployer("anvil", first.url, 20231)
        life = Life(node)
        life.run()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    with (
        DevChain.start(tmp_path / "one" / "state.json") as fresh,
        DevChain.start(tmp_path / "two" / "state.json") as stale,
        fault_proxy(fresh.url, stale.url) as proxy,
    ):
        life.node = RunningChain("anvil", fresh.url, 20231, node.deployer_key)
        life.chain = life.connect_all(proxy.url)
        for _ in range(5):
            life.ask("evm_mine")
        reads = ("eth_getBlockByNumber", RECEIPT, "eth_call", "eth_getTransactionCount")
        proxy.misbehave_at_random(random.Random(0), 0.3, [Fault.OTHER_NODE], reads)
        life.log.append(3)
        life.start()
        life.run(patiently=True)
        proxy.behave()
        check(life, 6, 10)
        assert len(life.attempts()) == 2


# Chain id, gas, money, finality -----------------------------------------------------------------


def raw_tx(chain: RunningChain, **change: int) -> bytes:
    """Sign a tx of an account that can pay."""
    key = bytes.fromhex("77" * 32)
    account = Account.from_key(key)
    fund(chain.url, bytes.fromhex(account.address[2:]))
    life = Life(chain)
    tx = {
        "type": 2,
        "chainId": chain.chain_id,
        "to": "0x" + "99" * 20,
        "value": 0,
        "gas": 100_000,
        "nonce": life.chain.next_nonce(bytes.fromhex(account.address[2:])),
        "maxPriorityFeePerGas": 10**9,
        "maxFeePerGas": 10**11,
        **change,
    }
    return bytes(account.sign_transaction(tx).raw_transaction)


def test_a_tx_for_another_chain_is_refused_by_the_node(chain: RunningChain) -> None:
    life = Life(chain)
    with pytest.raises(NodeRefused):
        life.chain.send(raw_tx(chain, chainId=chain.chain_id + 1))
    life.chain.send(raw_tx(chain))


def test_a_node_on_another_chain_than_the_policys_is_refused_at_the_start(
    chain: RunningChain,
) -> None:
    life = Life(chain)
    life.deployment = replace(life.deployment, chain_id=7)
    life.chain = life.connect_all(chain.url)
    with pytest.raises(HistoryMismatch, match=f"on chain {chain.chain_id} in place of 7"):
        life.start().step()
    assert life.store.anchors == {}


def test_no_node_is_asked_how_much_gas_a_tx_needs(chain: RunningChain, proxy: FaultProxy) -> None:
    life = behind(proxy, chain)
    life.run()
    check(life, 6)
    assert proxy.asked[SEND] == 1
    assert not [method for method in proxy.asked if "stimate" in method]


@pytest.mark.parametrize("name", ["anvil", "hardhat"])
def test_more_gas_than_any_tx_may_use_is_refused_by_the_node(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if name == "hardhat":
        check_gas_cap(request.getfixturevalue(name))
        return
    with DevChain.start(tmp_path / "state.json", options=["--enable-tx-gas-limit"]) as chain:
        check_gas_cap(with_deployer(name, chain.url, 20231))


def check_gas_cap(chain: RunningChain) -> None:
    life = Life(chain)
    with pytest.raises(NodeRefused):
        life.chain.send(raw_tx(chain, gas=2**24 + 1))
    life.chain.send(raw_tx(chain, gas=2**24))


def test_what_anchors_cost_is_what_the_account_has_lost(chain: RunningChain) -> None:
    life = Life(chain)
    before = life.chain.balance_wei(life.signer.address)
    life.run()
    life.log.append(40)
    life.run()
    found = [life.chain.tx_receipt(each.tx_hash) for each in life.store.tries.values()]
    fees = [each.fee_wei for each in found if each is not None]
    assert len(fees) == 2
    assert min(fees) > 0
    assert life.chain.balance_wei(life.signer.address) == before - sum(fees)


def mine(life: Life, count: int) -> None:
    for _ in range(count):
        life.chain.mine()


def test_where_the_final_tag_lags_it_is_waited_for(tmp_path: Path) -> None:
    options = ["--slots-in-an-epoch", "1"]
    with DevChain.start(tmp_path / "state.json", options=options) as chain:
        life = Life(with_deployer("anvil", chain.url, 20231))
        mine(life, 5)
        height = life.chain.newest_block().number
        for depth, follow, lag in [(0, True, 2), (1, True, 2), (4, True, 4), (1, False, 1)]:
            node = Web3Chain(chain.url, life.target, Finality(depth, follow_tag=follow))
            final = node.final_block()
            assert final is not None
            assert height - final.number == lag
        life.chain = Web3Chain(chain.url, life.target, Finality(0, follow_tag=True))
        life.start()
        life.run()
        check(life, 6)
        place = life.store.anchors[1].mined_in
        assert place is not None
        assert life.chain.newest_block().number >= place.number + 2


def test_where_nothing_is_tagged_final_yet_only_block_0_is(tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "state.json") as chain:
        life = Life(with_deployer("anvil", chain.url, 20231))
        final = Web3Chain(chain.url, life.target, Finality(1, follow_tag=True)).final_block()
        assert final is not None
        assert (final.number, final.hash) == (0, life.deployment.genesis_hash)


def test_where_the_final_tag_is_the_newest_block_the_depth_decides(hardhat: RunningChain) -> None:
    life = Life(hardhat)
    mine(life, 5)
    final = Web3Chain(hardhat.url, life.target, Finality(3, follow_tag=True)).final_block()
    assert final is not None
    assert life.chain.newest_block().number - final.number == 3


def test_calls_that_nobody_waits_for_any_more_hold_nobody_up(chain: RunningChain) -> None:
    life = Life(chain)

    async def burst() -> None:
        asked = [asyncio.to_thread(life.connect(chain.url).newest_block) for _ in range(20)]
        tasks = [asyncio.create_task(each) for each in asked]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    for _ in range(5):
        asyncio.run(burst())
        assert life.chain.newest_block().number > 0
    life.run()
    check(life, 6)
