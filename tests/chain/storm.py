"""A service in a storm: what chain, network, operator and machine can do to it, at random.

    python -m tests.chain.storm --seed 7 --steps 300       (scripts/storm)

A service and a second anchorer, processes of their own on one database, talk through two proxies
to one anvil. Step by step something happens: records, kills, reorganisations, dear blocks, a node
that restarts, freezes, forgets, answers late or wrong, a stranger with the publisher's key, an
empty account. Then the storm ends, and everything must be well: `Storm.check` says what that is.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from eth_account import Account

from liuhen.adapters.chain.dev_chain import DevChain, free_port
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.keys_file import PUBLISHER_KEY, load_key
from liuhen.adapters.rpc import RpcNode
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs
from liuhen.app.audit.finding import Finding
from liuhen.client.log_check import check_log
from liuhen.client.log_source import UrlSource
from liuhen.core.canonical import canonical, canonical_text
from liuhen.core.chain_view import ChainQuestion, NodeReport
from liuhen.core.errors import Unavailable
from liuhen.core.examine import Beside, examine, question
from liuhen.core.log_memory import LogMemory
from liuhen.core.policy import TrustPolicy, parse_policy
from liuhen.core.receipt import parse_receipt
from liuhen.core.verdict import Outcome
from liuhen.domain.anchor_life import AnchorState
from liuhen.wiring.audit import audit_logs
from liuhen.wiring.development import set_up_logs
from liuhen.wiring.nodes import chain_target
from liuhen.wiring.settings import load_settings
from tests.fakes.fault_proxy import FaultProxy

ROOT = Path(__file__).parents[2]
DEPTH = 3
BUDGET_GWEI = 10**9
PATIENCE_SECONDS = 180.0
RUN = "from liuhen.cli.main import main; main()"
GWEI = 10**9


class Program:
    """A command of ours as a process of its own, that may be killed at any time."""

    def __init__(self, output: Path, *arguments: str) -> None:
        self._arguments, self._output = arguments, output
        self._process: subprocess.Popen[bytes] | None = None
        self.refusals: list[str] = []

    @property
    def runs(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            self.refusals.append(self._output.read_text(errors="replace")[-600:])
            self._process = None
        return self._process is not None

    def start(self) -> None:
        with self._output.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-c", RUN, *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, "PYTHONPATH": str(ROOT / "service")},
                cwd=ROOT,
            )

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None


class Storm:
    """The world and what may happen to it. One seed, one course of events."""

    def __init__(self, folder: Path, seed: int, stack: ExitStack) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.did: Counter[str] = Counter()
        self.acknowledged: list[str] = []
        self.unknown = 0
        self._chain_port = free_port()
        self._start_node()
        stack.callback(lambda: self.chain.stop())  # noqa: PLW0108 -- another one by then
        self.proxies = [FaultProxy(self.chain.url) for _ in range(2)]
        for proxy in self.proxies:
            stack.callback(proxy.close)
        self.policy = self._set_up()
        self.publisher = Account.from_key(load_key(folder / "keys" / PUBLISHER_KEY))
        self._start_height = 0
        self.ask("anvil_mine", "0x14")
        self.port = free_port()
        settings = self._write_settings()
        common = ("--settings", str(settings), "--development", "--accept-lost-anchors")
        self.service = Program(folder / "serve.out", "serve", *common)
        self.anchorer = Program(folder / "anchor.out", "anchor", *common)
        stack.callback(self.service.kill)
        stack.callback(self.anchorer.kill)
        self.client = stack.enter_context(
            httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20, trust_env=False)
        )

    # The world ------------------------------------------------------------------------------

    def _start_node(self) -> None:
        self.chain = DevChain.start(
            self.folder / "chain" / "state.json",
            port=self._chain_port,
            options=("--preserve-historical-states",),
        )

    def _set_up(self) -> TrustPolicy:
        file = set_up_logs(self.folder, self.chain.url)
        policy = parse_policy(file.read_bytes())
        policy = replace(policy, chain=replace(policy.chain, finality_depth=DEPTH))
        file.write_bytes(canonical(policy.to_json()))
        return policy

    def _write_settings(self) -> Path:
        values: dict[str, Any] = {
            "data_dir": str(self.folder / "data"),
            "register_dir": str(self.folder / "register"),
            "keys_dir": str(self.folder / "keys"),
            "policy_file": str(self.folder / "policy.json"),
            "rpc_url": [proxy.url for proxy in self.proxies],
            "rpc_timeout_seconds": 2,
            "port": self.port,
            "anchor_interval_seconds": 0.3,
            "poll_seconds": 0.1,
            "anchor_daily_budget_gwei": BUDGET_GWEI,
            "anchor_lease_seconds": 2,
        }
        file = self.folder / "liuhen.toml"
        lines = [f"{name} = {canonical_text(value)}" for name, value in values.items()]
        file.write_text("\n".join(lines))
        return file

    def ask(self, method: str, *params: Any) -> Any:
        """Ask the node itself, past the proxies."""
        with closing(RpcNode(self.chain.url, timeout=30.0)) as node:
            return node._call(method, list(params))

    def wait_ready(self, seconds: float = 60.0) -> bool:
        deadline = time.monotonic() + seconds
        while self.service.runs and time.monotonic() < deadline:
            with suppress(httpx2.HTTPError):
                if self.client.get("/healthz").status_code == 200:
                    return True
            time.sleep(0.05)
        return False

    # What may happen ------------------------------------------------------------------------

    def append(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            number = len(self.acknowledged) + self.unknown
            body = canonical({"data": {"n": number}, "case": f"P-{number % 7}"})
            try:
                answer = self.client.post("/v1/records", content=body)
            except httpx2.HTTPError:
                self.unknown += 1
                return
            if answer.status_code == 201:
                self.acknowledged.append(answer.headers["Liuhen-Record-Id"])
            else:
                self.unknown += 1

    def toggle_service(self) -> None:
        if self.service.runs:
            self.service.kill()
        else:
            self.service.start()
            self.wait_ready()

    def toggle_anchorer(self) -> None:
        if self.anchorer.runs:
            self.anchorer.kill()
        else:
            self.anchorer.start()

    def reorganise(self, depth: int | None = None) -> None:
        height = int(self.ask("eth_blockNumber"), 16)
        # anvil loses the whole state when it is to go back behind its own start.
        depth = min(depth or self.random.randint(1, DEPTH), height - self._start_height)
        if depth < 1:
            return
        again = []
        if self.random.random() < 0.5:  # the txs come again, in another block
            for number in range(height - depth + 1, height + 1):
                block = self.ask("eth_getBlockByNumber", hex(number), False)
                raws = [self.ask("eth_getRawTransactionByHash", tx) for tx in block["transactions"]]
                place = self.random.randrange(number - height + depth - 1, depth)
                again += [[raw, place] for raw in raws]
        self.ask("anvil_reorg", depth, sorted(again, key=lambda each: int(each[1])))

    def reorganise_beyond_the_depth(self) -> None:
        self.reorganise(DEPTH + self.random.randint(1, 3))

    def spike(self) -> None:
        """Blocks become dear, and txs of yesterday's price wait."""
        self.ask("evm_setAutomine", False)
        fee = int(self.ask("eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
        self.ask("hardhat_setNextBlockBaseFeePerGas", hex(min(max(fee, GWEI) * 50, 80 * GWEI)))
        for _ in range(self.random.randint(1, 6)):
            self.ask("evm_mine")
            self.pause()

    def calm_fees(self) -> None:
        self.ask("evm_setAutomine", True)
        self.ask("hardhat_setNextBlockBaseFeePerGas", hex(GWEI))
        self.ask("evm_mine")

    def stop_mining(self) -> None:
        self.ask("evm_setAutomine", False)

    def mine(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.ask("evm_mine")

    def restart_node(self) -> None:
        self.chain.stop()
        self.pause()
        self._start_node()
        self._start_height = int(self.ask("eth_blockNumber"), 16)

    def freeze_node(self) -> None:
        os.kill(self.chain.pid, signal.SIGSTOP)
        try:
            self.append()
            self.pause()
        finally:
            os.kill(self.chain.pid, signal.SIGCONT)

    def forget_pool(self) -> None:
        self.ask("anvil_dropAllTransactions")

    def disturb(self) -> None:
        proxy = self.random.choice(self.proxies)
        proxy.misbehave_at_random(
            random.Random(self.random.random()), self.random.uniform(0.02, 0.15)
        )

    def soothe(self) -> None:
        for proxy in self.proxies:
            proxy.behave()

    def stranger(self) -> None:
        """Somebody with the publisher's key sends a tx of his own."""
        address = self.publisher.address
        nonce = int(self.ask("eth_getTransactionCount", address, "latest"), 16)
        signed = self.publisher.sign_transaction(
            {
                "type": 2,
                "chainId": self.policy.chain.id,
                "to": address,
                "value": 0,
                "gas": 21_000,
                "nonce": nonce,
                "maxPriorityFeePerGas": 40 * GWEI,
                "maxFeePerGas": 400 * GWEI,
            }
        )
        with suppress(Unavailable):
            self.ask("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex())

    def impoverish(self) -> None:
        self.ask("hardhat_setBalance", self.publisher.address, "0x0")

    def enrich(self) -> None:
        self.ask("hardhat_setBalance", self.publisher.address, hex(10**21))

    def pause(self) -> None:
        time.sleep(self.random.uniform(0.05, 0.8))

    # The course of events -------------------------------------------------------------------

    def run(self, steps: int) -> None:
        self.service.start()
        self.anchorer.start()
        assert self.wait_ready(), self.service.refusals
        events: list[tuple[int, Callable[[], None]]] = [
            *((30, self.append), (30, self.pause), (5, self.mine)),
            *((10, self.reorganise), (4, self.spike), (10, self.calm_fees), (1, self.stop_mining)),
            *((2, self.restart_node), (2, self.freeze_node), (3, self.forget_pool)),
            *((3, self.disturb), (4, self.soothe), (2, self.stranger)),
            *((1, self.impoverish), (6, self.enrich)),
            *((2, self.toggle_service), (3, self.toggle_anchorer)),
        ]
        rare = {steps // 3, 2 * steps // 3}
        for step in range(steps):
            (event,) = self.random.choices([e for _, e in events], [weight for weight, _ in events])
            if step in rare:
                event = self.reorganise_beyond_the_depth
            elif not self.service.runs and self.random.random() < 0.3:
                event = self.toggle_service
            self.did[event.__name__] += 1
            event()

    def end(self) -> None:
        """Let the storm pass, and wait until everything acknowledged is final."""
        self.soothe()
        self.enrich()
        self.calm_fees()
        if not self.service.runs:
            self.toggle_service()
        if not self.anchorer.runs:
            self.anchorer.start()
        assert self.wait_ready(), self.service.refusals
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = list(self.acknowledged)
        while waiting:
            # Dear blocks of before are forgotten, and a chain with traffic goes on.
            self.ask("evm_mine")
            lives = {each: self.client.get(f"/v1/records/{each}").json() for each in waiting[-3:]}
            waiting = [each for each in waiting if lives.get(each, {}).get("life") != "final"]
            assert time.monotonic() < deadline, (len(waiting), self.client.get("/readyz").text)
            time.sleep(0.05)

    def check(self) -> dict[str, object]:
        """Check that nothing was lost, doubled, forked, left over or overspent.

        Returns:
            Counts, for people.
        """
        for number in self.acknowledged:
            self._verify(number)
        self._check_whole_log()
        self._check_database()
        return {**self._check_account(), "records": len(self.acknowledged)}

    def _ask_for(self, asked: ChainQuestion) -> Sequence[NodeReport]:
        with closing(RpcNode(self.chain.url)) as node:
            return [node.ask(asked)]

    def _verify(self, number: str) -> None:
        body = self.client.get(f"/v1/records/{number}/receipt").content
        receipt = parse_receipt(body)
        nodes = tuple(self._ask_for(question(receipt, self.policy)))
        verdict = examine(receipt, self.policy, Beside(datetime.now(UTC), nodes))
        assert verdict.outcome is Outcome.MATCH, (number, verdict.reason)

    def _check_whole_log(self) -> None:
        """Check every entry, and every head of the contract against the log."""
        url = f"http://127.0.0.1:{self.port}/logs/dev/"
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with closing(UrlSource(url)) as source:
            memory = LogMemory(self.policy.origin)
            report = check_log(source, self.policy, memory, now, ask=self._ask_for)
        assert report.outcome is Outcome.MATCH, report

    def _check_database(self) -> None:
        """Check every row against log and chain, while the service goes on."""
        found: list[Finding] = []
        settings = load_settings(self.folder / "liuhen.toml")
        done = audit_logs(
            settings, rpc_urls=[self.chain.url], found=found.append, progress=lambda _: None
        )
        assert list(done)
        assert not found, found

    def _check_account(self) -> dict[str, object]:
        """Check what the publisher has sent and paid."""
        with closing(Database(sqlite_url(self.folder / "data"))) as database:
            log = SqlLogs(database).find(self.policy.origin)
            assert log is not None
            target = chain_target(self.policy)
            store = SqlAnchorStore(database, log.log_id, target, SystemClock())
            anchors = _all(store)
            sender = bytes.fromhex(self.publisher.address[2:])
            attempts = store.attempts_with(sender, 0)
            spent = store.spent_since(datetime.now(UTC) - timedelta(days=1))
        latest, pending = (
            int(self.ask("eth_getTransactionCount", self.publisher.address, tag), 16)
            for tag in ("latest", "pending")
        )
        pool = self.ask("txpool_status")
        assert latest == pending, "something of the publisher's is left over"
        assert {int(count, 16) for count in pool.values()} == {0}, f"a nonce has a gap: {pool}"
        used = {a.nonce for a in attempts if a.state in {AnchorState.FINAL, AnchorState.REVERTED}}
        assert used <= set(range(latest))
        assert all(each.raw_tx for each in attempts)
        assert spent <= BUDGET_GWEI * GWEI
        final = [anchor.head for anchor in anchors if anchor.state is AnchorState.FINAL]
        told = self._ask_for(
            ChainQuestion(target.contract, target.log_id, tuple(h.size for h in final), ())
        )[0]
        heads = getattr(told, "heads", {})
        assert all(heads[head.size].root == head.root for head in final)
        return {
            "anchors": dict(Counter(str(anchor.state) for anchor in anchors)),
            "attempts": dict(Counter(str(attempt.state) for attempt in attempts)),
            "reorgs": sum(anchor.reorgs for anchor in anchors),
            "nonces": latest,
            "spent_gwei": spent // GWEI,
            "faults": sum(sum(proxy.faults.values()) for proxy in self.proxies),
            "unknown answers": self.unknown,
        }


def _all(store: SqlAnchorStore) -> list[Any]:
    anchors: list[Any] = []
    while page := store.page(anchors[-1].anchor_id if anchors else None, 200):
        anchors += page
    return anchors


def weather(folder: Path, seed: int, steps: int) -> dict[str, object]:
    """Run a storm from beginning to end; return what happened."""
    with ExitStack() as stack:
        storm = Storm(folder, seed, stack)
        storm.run(steps)
        storm.end()
        counts = storm.check()
        return {"seed": seed, "steps": steps, "events": dict(storm.did), **counts}


def main() -> None:
    """Run storms from the command line, and print a line for each fact."""
    parser = argparse.ArgumentParser(description="The service in a storm, from a seed.")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--steps", type=int, default=300)
    asked = parser.parse_args()
    sys.stdout.write(f"seed {asked.seed}, {asked.steps} steps\n")
    with tempfile.TemporaryDirectory() as folder:
        for name, fact in weather(Path(folder), asked.seed, asked.steps).items():
            sys.stdout.write(f"{name:16} {fact}\n")


if __name__ == "__main__":
    main()
