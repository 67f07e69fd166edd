"""Several endpoints with real nodes behind them: one is dead, frozen, forked, on another chain."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liuhen.adapters.chain.deploy import fund
from liuhen.adapters.chain.dev_chain import DevChain
from liuhen.core.errors import Unavailable
from liuhen.ports import NodeState
from tests.chain.conftest import Life, RunningChain, with_deployer
from tests.chain.test_anchor_life import check
from tests.chain.test_whole_way import Service, serving
from tests.fakes.fault_proxy import Fault, fault_proxy

NOBODY = "http://127.0.0.1:9"
SEND = "eth_sendRawTransaction"


def anchored_by(chain: RunningChain, *urls: str, call_seconds: float = 20.0) -> Life:
    """Anchor once through these endpoints."""
    life = Life(chain)
    life.chain = life.connect_all(*urls, call_seconds=call_seconds)
    life.start()
    life.run(patiently=True)
    check(life, 6)
    assert life.attempts() == ["final"]
    return life


def states(life: Life) -> list[NodeState]:
    """Return what the operator sees."""
    nodes = getattr(life.chain, "nodes")()  # noqa: B009 -- a `Chain` need not have them
    return list(nodes)


def conditions(life: Life) -> list[str]:
    return [str(state.condition) for state in states(life)]


@pytest.mark.parametrize("dead_first", [True, False])
def test_a_dead_endpoint_hinders_nobody(chain: RunningChain, dead_first: bool) -> None:
    urls = (NOBODY, chain.url) if dead_first else (chain.url, NOBODY)
    life = anchored_by(chain, *urls)
    assert sorted(conditions(life)) == ["answering", "silent"]
    assert [event for event, _ in life.told] == ["node.trouble"]


def test_a_frozen_endpoint_costs_its_time_once_and_not_at_every_step(chain: RunningChain) -> None:
    with fault_proxy(chain.url) as frozen:
        frozen.misbehave(Fault.HANG, times=None)
        life = anchored_by(chain, frozen.url, chain.url, call_seconds=2.0)
        assert conditions(life) == ["silent", "answering"]
        # Left alone for 5, 10, 20 … seconds: far fewer calls than the run has steps.
        assert frozen.asked.total() <= 1 + states(life)[0].failures
        assert frozen.forwarded.total() == 0


def test_an_endpoint_that_freezes_after_the_tx_was_sent_is_left_for_the_next(
    chain: RunningChain,
) -> None:
    with fault_proxy(chain.url) as first:
        life = Life(chain)
        life.chain = life.connect_all(first.url, chain.url, call_seconds=2.0)
        life.start()
        life.run(until="sent")
        first.misbehave(Fault.HANG, times=None)
        life.run(patiently=True)
        check(life, 6)
        assert life.attempts() == ["final"]
        assert conditions(life) == ["silent", "answering"]


def test_a_tx_is_given_to_all_endpoints_and_mined_once(chain: RunningChain) -> None:
    with fault_proxy(chain.url) as first, fault_proxy(chain.url) as second:
        first.misbehave(Fault.DROP_REPLY, SEND)
        life = anchored_by(chain, first.url, second.url)
        assert (first.forwarded[SEND], second.forwarded[SEND]) == (1, 1)
        assert life.chain.next_nonce(life.signer.address) == 1


def test_an_endpoint_on_another_chain_is_left_out(chain: RunningChain, tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "state.json", chain_id=20299) as other:
        life = anchored_by(chain, other.url, chain.url)
        assert conditions(life) == ["foreign", "answering"]
        assert "on chain 20299 in place of" in states(life)[0].trouble


def test_a_chain_of_the_same_number_that_began_otherwise_is_left_out(
    anvil: RunningChain, tmp_path: Path
) -> None:
    options = ["--timestamp", "1700000000"]
    with DevChain.start(tmp_path / "state.json", options=options) as other:
        life = anchored_by(anvil, anvil.url, other.url)
        assert conditions(life) == ["answering", "foreign"]
        assert "begins with another block" in states(life)[1].trouble


@contextmanager
def twins(folder: Path) -> Iterator[tuple[DevChain, DevChain, Life]]:
    """Run two nodes with the same history up to an anchor; each goes its own way from there."""
    with DevChain.start(folder / "one" / "state.json") as chain:
        life = Life(with_deployer("anvil", chain.url, 20231))
        life.run()
    shutil.copytree(folder / "one", folder / "two")
    with (
        DevChain.start(folder / "one" / "state.json") as one,
        DevChain.start(folder / "two" / "state.json") as two,
    ):
        life.node = RunningChain("anvil", one.url, 20231, life.node.deployer_key)
        life.chain = life.connect_all(one.url, two.url)
        life.start()
        yield one, two, life


def test_a_fork_between_two_endpoints_is_told_and_nothing_is_concluded(tmp_path: Path) -> None:
    with twins(tmp_path) as (_, two, life):
        life.run()
        assert conditions(life) == ["answering", "answering"]
        life.log.append(3)
        fund(two.url, bytes.fromhex("88" * 20))  # so that its next block is another one
        # Each of the two takes the tx and puts it into a block of its own.
        with pytest.raises(Unavailable, match="disagree about final block"):
            life.run()
        assert "nodes.disagree" in [event for event, _ in life.told]
        for _ in range(5):
            with pytest.raises(Unavailable, match="disagree"):
                life.anchorer.step()
        assert "final" not in life.states()[1:]


def test_an_endpoint_that_has_stopped_following_the_chain_is_not_believed(tmp_path: Path) -> None:
    with twins(tmp_path) as (one, two, life):
        life.chain = life.connect_all(two.url, one.url)
        for _ in range(10):
            life.ask("evm_mine")
        assert life.chain.final_block() is not None
        found = life.chain.final_block()
        assert found is not None
        assert found.number == life.connect(one.url).newest_block().number - 1
        assert conditions(life) == ["behind", "answering"]


def is_stopped(pid: int) -> bool:
    """Whether a process is stopped (Linux)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def trouble(service: Service) -> object:
    return service.client.get("/readyz").json()["logs"][0]["chain"]["trouble"]


def test_records_are_taken_while_the_node_is_frozen(tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "chain" / "state.json") as node:
        chain = with_deployer("anvil", node.url, 20231)
        with serving(chain, tmp_path, rpc_timeout_seconds=1.0) as service:
            service.final_receipt(service.append({"type": "generic", "data": "first"}))
            os.kill(node.pid, signal.SIGSTOP)
            try:
                numbers = [service.append({"type": "generic", "data": n}) for n in range(20)]
                while trouble(service) is None:
                    numbers.append(service.append({"type": "generic", "data": "more"}))
                    time.sleep(0.05)
                assert is_stopped(node.pid)
            finally:
                os.kill(node.pid, signal.SIGCONT)
            for number in (numbers[0], numbers[-1]):
                service.final_receipt(number)


def test_records_become_final_while_one_of_two_endpoints_is_frozen(tmp_path: Path) -> None:
    with DevChain.start(tmp_path / "chain" / "state.json") as node:
        chain = with_deployer("anvil", node.url, 20231)
        with DevChain.start(tmp_path / "other" / "state.json") as frozen:
            urls = [frozen.url, node.url]
            os.kill(frozen.pid, signal.SIGSTOP)
            try:
                with serving(chain, tmp_path, rpc_url=urls, rpc_timeout_seconds=1.0) as service:
                    receipt = service.final_receipt(service.append({"type": "generic", "data": 1}))
                    answer = service.client.post("/v1/verify", content=receipt)
                    assert (answer.json()["outcome"], answer.json()["life"]) == ("match", "final")
                    assert is_stopped(frozen.pid)
            finally:
                os.kill(frozen.pid, signal.SIGCONT)
