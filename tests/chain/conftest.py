"""Real development chains: anvil and `hardhat node`, one of each for the whole session.

Every test registers a log of its own, so tests share a chain and not a history.
"""

import itertools
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from liuhen.adapters.chain.deploy import Deployer, Deployment, fund
from liuhen.adapters.chain.dev_chain import DevChain, free_port, start_bound
from liuhen.adapters.chain.endpoint import PinnedChain
from liuhen.adapters.chain.node_calls import host_of
from liuhen.adapters.chain.several_nodes import SeveralNodes
from liuhen.adapters.chain.transaction_signer import LocalTransactionSigner
from liuhen.adapters.chain.web3_chain import Finality, Web3Chain
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.rpc import RpcNode
from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchorRules, Progress
from liuhen.app.final_block import NewestFinalBlock
from liuhen.core.errors import Unavailable
from liuhen.core.head_signature import chain_log_id
from liuhen.ports import Chain, ChainIdentity, ChainTarget, TransactionSigner
from tests.fakes.anchor_store import MemoryAnchorLease, MemoryAnchorStore
from tests.fakes.anchored_log import GrowingLog

ROOT = Path(__file__).parents[2]
HARDHAT_CHAIN_ID = 20232
HARDHAT = ROOT / "node_modules" / "hardhat" / "dist" / "src" / "cli.js"
NODE = ROOT / ".venv" / "bin" / "node"
SIGNER = bytes.fromhex("5e" * 20)
NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True)
class RunningChain:
    """A node that answers."""

    name: str
    url: str
    chain_id: int
    deployer_key: bytes


@pytest.fixture(scope="session")
def anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChain]:
    """Anvil as we run it."""
    state = tmp_path_factory.mktemp("anvil") / "state.json"
    with DevChain.start(state) as chain:
        yield with_deployer("anvil", chain.url, 20231)


@pytest.fixture
def own_anvil(tmp_path: Path) -> Iterator[RunningChain]:
    """An anvil for one test alone, which keeps old states so that it can reorganise."""
    options = ["--preserve-historical-states"]
    with DevChain.start(tmp_path / "state.json", options=options) as chain:
        yield with_deployer("anvil", chain.url, 20231)


@pytest.fixture(scope="session")
def hardhat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChain]:
    """`hardhat node`: stricter where anvil is lenient."""
    port = free_port()
    output = tmp_path_factory.mktemp("hardhat") / "hardhat.out"
    url = f"http://127.0.0.1:{port}"
    node = [node_binary(), str(HARDHAT), "node", "--hostname", "127.0.0.1", "--port", str(port)]
    process = start_bound(node, output, ROOT)
    try:
        wait_for(url, HARDHAT_CHAIN_ID, process)
        yield with_deployer("hardhat", url, HARDHAT_CHAIN_ID)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(params=["anvil", "hardhat"])
def chain(request: pytest.FixtureRequest) -> RunningChain:
    """Both chains, one after the other."""
    found: RunningChain = request.getfixturevalue(request.param)
    return found


def node_binary() -> str:
    """Return Node as scripts/setup installed it."""
    found = str(NODE) if NODE.exists() else shutil.which("node")
    assert found is not None, "Node is not installed: run scripts/setup"
    return found


def wait_for(url: str, chain_id: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a node answers."""
    node = RpcNode(url, timeout=5.0)
    for _ in range(600):
        assert process.poll() is None, "the node has ended"
        try:
            assert node.chain_id() == chain_id
        except Unavailable:
            time.sleep(0.05)
        else:
            node.close()
            return
    pytest.fail("the node does not answer")


def with_deployer(name: str, url: str, chain_id: int) -> RunningChain:
    """Give a chain an account of ours that can pay."""
    key = secrets.token_bytes(32)
    fund(url, Deployer(url, key).address)
    return RunningChain(name, url, chain_id, key)


class MakeSigner(Protocol):
    """Makes a publisher for one contract on one chain."""

    def __call__(self, *, chain_id: int, contract: bytes) -> TransactionSigner: ...


class Life:
    """A log registered on a real chain, and its anchorer."""

    def __init__(
        self,
        chain: RunningChain,
        *,
        development: bool = True,
        depth: int = 1,
        make_signer: MakeSigner | None = None,
    ) -> None:
        self.node = chain
        self.origin = f"test.example/logs/number-{next(NUMBERS)}"
        self.publisher_key = secrets.token_bytes(32)
        self.log, self.final_block = GrowingLog(5), NewestFinalBlock(chain.chain_id)
        deployer = Deployer(chain.url, chain.deployer_key)
        contract = deployer.deploy()
        make = make_signer or partial(LocalTransactionSigner, self.publisher_key)
        self.signer: TransactionSigner = make(chain_id=chain.chain_id, contract=contract)
        fund(chain.url, self.signer.address)
        self.deployment: Deployment = deployer.set_up(self.origin, self.signer.address, SIGNER)
        log_id = chain_log_id(deployer.address, self.origin)
        self.target = ChainTarget(chain.chain_id, contract, log_id)
        self.store = MemoryAnchorStore(self.target, SystemClock())
        self.rules = AnchorRules(
            development=development,
            polls_before_resend=5,
            polls_before_replace=15,
            blocks_before_replace=0,
        )
        self.depth = depth
        self.told: list[tuple[str, dict[str, object]]] = []
        self.chain: Chain = self.connect(chain.url)
        self.anchorer = self.start()

    def connect(self, url: str, call_seconds: float = 20.0) -> Web3Chain:
        """Return a connection to a node."""
        return Web3Chain(url, self.target, Finality(self.depth), call_seconds=call_seconds)

    def connect_all(self, *urls: str, call_seconds: float = 20.0) -> SeveralNodes:
        """Return a connection to several nodes; what is told of them is in `told`."""
        found = self.deployment
        return SeveralNodes(
            [(host_of(url), self.connect(url, call_seconds)) for url in urls],
            PinnedChain(found.chain_id, found.genesis_hash, found.code_hash),
            self.depth,
            lambda event, facts: self.told.append((event, facts)),
        )

    def start(self) -> Anchorer:
        """Begin anew, as a new process does."""
        found = self.deployment
        self.anchorer = Anchorer(
            store=self.store,
            lease=MemoryAnchorLease(),
            clock=SystemClock(),
            chain=self.chain,
            signer=self.signer,
            log=self.log.anchored(),
            expected=ChainIdentity(
                found.chain_id, found.genesis_hash, found.code_hash, self.signer.address, SIGNER
            ),
            rules=self.rules,
            final_block=self.final_block,
            tell=lambda event, facts: self.told.append((event, facts)),
        )
        return self.anchorer

    def run(self, until: str = "idle", steps: int = 2000, *, patiently: bool = False) -> None:
        """Take steps until there is nothing to do, or the newest anchor has come to a state.

        Args:
            until: The state, or `idle`.
            steps: The most steps to take.
            patiently: Take the next step also after one that failed.
        """
        for _ in range(steps):
            newest = self.states()[-1:]
            if newest == [until]:
                return
            try:
                progress = self.anchorer.step()
            except Unavailable:
                if not patiently:
                    raise
                time.sleep(0.02)
                continue
            if progress is Progress.IDLE and until == "idle":
                return
            if progress is Progress.WAITING:
                time.sleep(0.02)
        pytest.fail(f"not {until}: {self.states()}, node said {self.anchorer.last_refusal!r}")

    def states(self) -> list[str]:
        return [str(each.state) for each in self.store.anchors.values()]

    def attempts(self) -> list[str]:
        return [str(each.state) for each in self.store.tries.values()]

    def ask(self, method: str, *params: object) -> object:
        """Call the node by hand, for what only a development chain can do."""
        node = RpcNode(self.node.url, timeout=20.0)
        try:
            return node._call(method, list(params))
        finally:
            node.close()
