"""What the demo shows of cases: a late bid, a ledger, a check, a replay and a draw.

All by the command line, as a user of the service would do it; only the blocks that a draw waits for
are mined here, because a development chain mines none without a transaction.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2

from liuhen.adapters.rpc import RpcNode
from liuhen.client import Liuhen, problem_of
from liuhen.core.errors import RecordRefused
from liuhen.core.policy import Life
from scripts.samples import SAMPLE, project, refused

LIUHEN = Path(sys.executable).with_name("liuhen")
LEDGER = SAMPLE / "13-findings-ledger.csv"
LEDGER_DAY: Final = "2026-06-30"
LEDGER_COLOURS: Final = {"red": 10, "yellow": 3, "blue": 4, "closed": 6 + 1}
"""The ledger's, and one finding that the first project closed itself."""

CHECKED: Final = {"zc": "SLZX-2026-0031", "zb": "SLGC-2026-0107"}
LATE_CASE: Final = "LATE"
PARTIES: Final = ("采购人", "交易中心", "监督部门")
BLOCKS_AHEAD: Final = 30
FINAL_SECONDS: Final = 120
HISTORY_HOURS: Final = "800000"
"""The sample projects are of the past, so every record of them was logged late."""


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str

    def json(self) -> dict[str, Any]:
        """Read the object that it printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Cases:
    """The steps, against a running service.

    Attributes:
        url: Where the service is.
        rpc_url: Its chain.
        state: Folder of its keys and policy.
        folder: Where files of these steps go.
    """

    url: str
    rpc_url: str
    state: Path
    folder: Path

    def late_bid(self) -> str:
        """Send a bid after the deadline; return the number of the record that tells of it."""
        zc = {sample.key: sample.submission for sample in project("zc")}
        late = next(sample for sample in refused("zc") if sample.key == "zc-late-bid")
        with Liuhen(self.url) as client:
            for key in ("zc-project", "zc-document"):
                body = {**zc[key], "case": LATE_CASE}
                client.append_bytes(json.dumps(body).encode(), idempotency_key=f"late-{key}")
            body = {**late.submission, "case": LATE_CASE}
            try:
                client.append_bytes(json.dumps(body).encode(), idempotency_key="late-bid")
            except RecordRefused as refusal:
                problem = problem_of(refusal)
                return "" if problem is None else str(problem.members.get("record_id", ""))
        return ""

    def ledger(self) -> bool:
        """Import the ledger; return whether its colours come out, and its workbook again."""
        workbook = self.folder / f"ledger-{LEDGER_DAY}.xlsx"
        day = ("--day", LEDGER_DAY)
        entered = self.ask("ledger", "import", LEDGER)
        board = self.ask("ledger", "board", *day, "--json")
        exported = self.ask("ledger", "export", *day, "-o", workbook)
        checked = self.ask("ledger", "check", workbook)
        held = all(step.code == 0 for step in (entered, board, exported, checked))
        return held and board.json()["counts"] == LEDGER_COLOURS

    def check(self, project_name: str) -> bool:
        """Check a sample project; return whether it is complete."""
        words = (CHECKED[project_name], "--late-after", HISTORY_HOURS, "--contents")
        return self.ask("case", "check", *words).code == 0

    def replay(self, project_name: str) -> bool:
        """Compute an evaluation again; return whether its totals are the report's."""
        return self.ask("case", "replay", CHECKED[project_name]).code == 0

    def draw(self) -> bool:
        """Draw experts by a block that was not there when the draw was committed to."""
        return Draw(self, self._tip() + BLOCKS_AHEAD).run()

    def ask(self, *words: str | Path) -> Done:
        """Run a command that asks the service as its operator."""
        key = self.state / "keys" / "operator.key"
        return self.run(*words, "--url", self.url, "--operator-key", key)

    def run(self, *words: str | Path) -> Done:
        """Run a command."""
        done = subprocess.run([LIUHEN, *words], check=False, capture_output=True, text=True)
        return Done(done.returncode, done.stdout)

    def mine_to(self, number: int) -> str:
        """Mine blocks until one with this number is final; return its hash, 0x and 64 digits."""
        body = {"jsonrpc": "2.0", "id": 1, "method": "evm_mine", "params": []}
        while self._tip() <= number:
            httpx2.post(self.rpc_url, json=body, trust_env=False).raise_for_status()
        node = RpcNode(self.rpc_url)
        try:
            block = node.block(number)
        finally:
            node.close()
        return "" if block is None else "0x" + block.hash.hex()

    def chain_id(self) -> int:
        """Return the number of the chain."""
        node = RpcNode(self.rpc_url)
        try:
            return node.chain_id()
        finally:
            node.close()

    def _tip(self) -> int:
        node = RpcNode(self.rpc_url)
        try:
            block = node.block("latest")
        finally:
            node.close()
        assert block is not None
        return block.number


class Draw:
    """A draw from a committed pool, in a case of its own, with every party's seed in a file."""

    def __init__(self, cases: Cases, number: int) -> None:
        """Begin one that waits for the block with a number."""
        self.cases, self.number = cases, number
        self.case = f"DRAW-{number}"
        self.folder = cases.folder / self.case
        self.receipts = self.folder / "receipts"
        self.receipts.mkdir(parents=True)
        drawn = {s.key: s.submission["data"] for s in project("zc") if "draw" in s.key}
        self.conditions = drawn["zc-draw-committed"]["conditions"]
        self.pool = drawn["zc-draw-revealed"]["pool"]
        self.pool_file = self.folder / "pool.json"
        self.pool_file.write_text(json.dumps({"pool": self.pool}), "utf-8")

    def run(self) -> bool:
        """Go the whole way; return whether the check of the draw gives a match."""
        committed = self._commit()
        block_hash = self.cases.mine_to(self.number)
        self._enter("drawn", self._call(committed, block_hash))
        told = [json.loads(file.read_bytes()) for file in map(self._seed_file, PARTIES)]
        seeds = [{"party": each["party"], "seed": each["seed"]} for each in told]
        self._enter("revealed", {"action": "revealed", "seeds": seeds, "pool": self.pool})
        trusted = ("--policy", self.cases.state / "policy.json", "--rpc", self.cases.rpc_url)
        words = (self.case, "--receipts", self.receipts, *trusted, "--quiet")
        return self.cases.run("draw", "check", *words).code == 0

    def _commit(self) -> Path:
        file = self.folder / "committed.json"
        words: list[str | Path] = [self.case, "--pool", self.pool_file, "--out", file]
        words += [f"--condition={each['major']}={each['count']}" for each in self.conditions]
        words += [f"--block={self.cases.chain_id()}:{self.number}"]
        for party in PARTIES:
            made = self.cases.run("draw", "seed", self.case, party, "--out", self._seed_file(party))
            words += ["--seed", f"{party}={made.out.strip()}"]
        self.cases.run("draw", "commit", *words)
        self._enter("committed", json.loads(file.read_bytes())["data"])
        return file

    def _call(self, committed: Path, block_hash: str) -> dict[str, Any]:
        """Call whom the draw names, one after the other; the first declines."""
        calls: list[dict[str, Any]] = []
        file = self.folder / "calls.json"
        seeds = [word for party in PARTIES for word in ("--seed", self._seed_file(party))]
        words = (committed, "--pool", self.pool_file, *seeds, "--block-hash", block_hash)
        while True:
            file.write_text(json.dumps({"calls": calls}), "utf-8")
            told = self.cases.run("draw", "select", *words, "--calls", file, "--json").json()
            if told["next"] is None:
                break
            result = "accepted" if calls else "declined"
            calls.append({"order": len(calls) + 1, **told["next"], "result": result})
        found = {"chain_id": self.cases.chain_id(), "number": self.number}
        block = {**found, "hash": block_hash.removeprefix("0x")}
        return {"action": "drawn", "block": block, "calls": calls}

    def _enter(self, name: str, data: dict[str, Any]) -> None:
        body = {"type": "expert_draw", "case": self.case, "data": data}
        with Liuhen(self.cases.url) as client:
            sent = client.append_bytes(json.dumps(body).encode())
            stored = client.wait_until(sent.record_id, Life.FINAL, timeout=FINAL_SECONDS)
        (self.receipts / f"{name}.receipt.json").write_bytes(stored.body)

    def _seed_file(self, party: str) -> Path:
        return self.folder / f"{party}.seed"
