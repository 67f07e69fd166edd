"""The development chain as a process: it ends with us, and its state survives."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from liuhen.adapters.chain.dev_chain import DevChain, find_anvil
from liuhen.adapters.rpc import RpcNode
from liuhen.core.errors import Unavailable

HOLDER = """
import sys, time
from pathlib import Path
from liuhen.adapters.chain.dev_chain import DevChain
chain = DevChain.start(Path(sys.argv[1]))
print(chain.pid, chain.url, flush=True)
time.sleep(600)
"""


def height(url: str) -> int:
    """Return the height of a chain."""
    node = RpcNode(url)
    newest = node.block("latest")
    node.close()
    assert newest is not None
    return newest.number


def mine(url: str, blocks: int) -> None:
    """Make blocks."""
    node = RpcNode(url)
    for _ in range(blocks):
        node._call("evm_mine", [])
    node.close()


def is_running(pid: int) -> bool:
    """Return whether a process is there and is no zombie."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process."""
    for _ in range(500):
        if not is_running(pid):
            return
        time.sleep(0.02)
    pytest.fail(f"process {pid} is still there")


def test_a_stopped_chain_continues_where_it_was(tmp_path: Path) -> None:
    state = tmp_path / "chain" / "state.json"
    with DevChain.start(state) as chain:
        mine(chain.url, 3)
        node = RpcNode(chain.url)
        genesis = node.genesis_hash()
        node.close()
    assert not is_running(chain.pid)
    with DevChain.start(state) as again:
        assert height(again.url) == 3
        node = RpcNode(again.url)
        assert node.genesis_hash() == genesis
        assert node.chain_id() == 20231
        node.close()


def test_stopping_twice_is_harmless(tmp_path: Path) -> None:
    chain = DevChain.start(tmp_path / "state.json")
    chain.stop()
    chain.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_the_chain_ends_with_a_parent_that_was_killed_and_keeps_its_state(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(state)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    ) as holder:
        assert holder.stdout is not None
        pid, url = holder.stdout.readline().split()
        mine(url, 2)
        os.kill(holder.pid, signal.SIGKILL)
    wait_until_gone(int(pid))
    with DevChain.start(state) as chain:
        assert height(chain.url) == 2


def test_a_state_file_torn_by_a_kill_is_taken_from_the_copy(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with DevChain.start(state) as chain:
        mine(chain.url, 2)
    with DevChain.start(state):
        pass
    state.write_bytes(state.read_bytes()[:100])
    with DevChain.start(state) as chain:
        assert height(chain.url) == 2


def test_a_program_that_is_no_chain_is_reported(tmp_path: Path) -> None:
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(Unavailable, match="code 3"):
        DevChain.start(tmp_path / "state.json", anvil=program)


def test_the_platform_binary_is_found_and_not_the_wrapper() -> None:
    assert find_anvil().read_bytes()[:4] == b"\x7fELF" or sys.platform != "linux"


def test_a_chain_keeps_its_first_block_however_often_it_is_started(tmp_path: Path) -> None:
    """Anvil saves the block 0 of every start; the order in its file must not decide."""
    state, genesis = tmp_path / "state.json", set[bytes]()
    for _ in range(5):
        with DevChain.start(state) as chain:
            node = RpcNode(chain.url)
            genesis.add(node.genesis_hash())
            node.close()
            mine(chain.url, 1)
        time.sleep(1.1)  # the next block 0 has another second, and so another hash
    assert len(genesis) == 1
