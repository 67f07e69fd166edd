"""A draw of experts on a real chain: committed to, drawn by a later block, revealed, checked."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from liuhen.adapters.rpc import RpcNode
from tests.chain.conftest import RunningChain
from tests.chain.test_whole_way import Service, serving
from tests.draw_kit import CASE, VECTOR

PARTIES = ("采购人", "交易中心", "监督部门")
AHEAD = 40


def run(*words: str | Path) -> tuple[int, str]:
    """Run the program apart: the service in this process writes to its stdout too."""
    program = Path(sys.executable).with_name("liuhen")
    done = subprocess.run(
        [program, "draw", *words], check=False, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout or done.stderr


def out(*words: str | Path) -> str:
    code, text = run(*words)
    assert code == 0, text
    return text.strip()


def tip(chain: RunningChain) -> int:
    node = RpcNode(chain.url)
    newest = node.block("latest")
    node.close()
    assert newest is not None
    return newest.number


def mine_to(chain: RunningChain, number: int) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "evm_mine", "params": []}
    with httpx2.Client(trust_env=False) as client:
        while tip(chain) < number:
            assert "error" not in client.post(chain.url, json=body).json()


@dataclass
class Draw:
    """A draw on its way, in a folder of files as the parties hold them."""

    service: Service
    folder: Path

    def commit(self, number: int) -> None:
        """Make the seeds, and enter the commitment; it is final before the block is there."""
        pool = self.folder / "pool.json"
        pool.write_text(json.dumps({"pool": VECTOR["pool"]}), "utf-8")
        seeds: list[str] = []
        for party in PARTIES:
            told = out("seed", CASE, party, "--out", self.folder / f"{party}.seed")
            seeds += ["--seed", f"{party}={told}"]
        conditions = [f"--condition={major}=1" for major in VECTOR["orders"]]
        block = f"--block={self.service.chain.chain_id}:{number}"
        unit = "--recuse-unit=示例市第三人民医院"
        file = self.folder / "committed.json"
        out("commit", CASE, "--pool", pool, *conditions, *seeds, block, unit, "--out", file)
        self.enter("1-committed", json.loads(file.read_bytes())["data"])

    def enter(self, name: str, data: Any) -> None:
        """Enter a record, and keep its final receipt."""
        number = self.service.append({"type": "expert_draw", "case": CASE, "data": data})
        receipts = self.folder / "receipts"
        receipts.mkdir(exist_ok=True)
        (receipts / f"{name}.receipt.json").write_bytes(self.service.final_receipt(number))

    def draw(self, block_hash: str, refusing: int) -> dict[str, Any]:
        """Call one expert after the other as `liuhen draw select` says."""
        calls: list[dict[str, Any]] = []
        file = self.folder / "calls.json"
        while True:
            file.write_text(json.dumps({"calls": calls}), "utf-8")
            following = self.select(block_hash, "--calls", file)["next"]
            if following is None:
                return {"action": "drawn", "calls": calls}
            result = "declined" if len(calls) < refusing else "accepted"
            calls.append({"order": len(calls) + 1, **following, "result": result})

    def select(self, block_hash: str, *more: str | Path) -> Any:
        seeds = [word for party in PARTIES for word in ("--seed", self.folder / f"{party}.seed")]
        pool = self.folder / "pool.json"
        receipt = self.folder / "receipts" / "1-committed.receipt.json"
        words = (receipt, "--pool", pool, *seeds, "--block-hash", block_hash, *more, "--json")
        return json.loads(out("select", *words))

    def reveal(self) -> None:
        told = [json.loads((self.folder / f"{party}.seed").read_bytes()) for party in PARTIES]
        seeds = [{"party": each["party"], "seed": each["seed"]} for each in told]
        data = {"action": "revealed", "seeds": seeds, "pool": VECTOR["pool"]}
        self.enter("3-revealed", data)

    def check(self, *words: str | Path) -> tuple[int, Any]:
        policy = ("--policy", self.service.policy_file)
        records = ("--receipts", self.folder / "receipts")
        code, text = run("check", CASE, *records, *policy, "--json", *words)
        return code, json.loads(text)


def block_hash_of(chain: RunningChain, number: int) -> str:
    node = RpcNode(chain.url)
    found = node.block(number)
    node.close()
    assert found is not None
    return "0x" + found.hash.hex()


def test_a_draw_by_a_later_block_is_run_again_from_its_receipts(
    chain: RunningChain, tmp_path: Path
) -> None:
    with serving(chain, tmp_path) as service:
        draw, number = Draw(service, tmp_path), tip(chain) + AHEAD
        draw.commit(number)
        assert tip(chain) < number, "the commitment must be final before the block is there"
        code, told = draw.check("--rpc", chain.url)
        assert (code, told["outcome"]) == (4, "waiting")  # final, and not revealed yet
        mine_to(chain, number + service.policy.chain.finality_depth)
        block_hash = block_hash_of(chain, number)
        drawn = draw.draw(block_hash, refusing=2)
        drawn["block"] = {
            "chain_id": chain.chain_id,
            "number": number,
            "hash": block_hash.removeprefix("0x"),
        }
        draw.enter("2-drawn", drawn)
        draw.reveal()
        code, told = draw.check("--rpc", chain.url)
        assert (code, told["outcome"]) == (0, "match"), told
        assert told["calls"] == len(VECTOR["orders"]) + 2
        assert {each["outcome"] for each in told["receipts"]} == {"match"}
        assert not any("log's word" in note["en"] for note in told["notes"])
        # Nobody to ask: the receipts cannot be examined against the chain.
        assert draw.check()[0] == 6
        assert draw.check("--rpc", "http://127.0.0.1:1")[0] == 6
        # Whoever leaves out a record does not get a match.
        (tmp_path / "receipts" / "2-drawn.receipt.json").rename(tmp_path / "away")
        code, told = draw.check("--rpc", chain.url)
        assert (code, told["outcome"]) == (3, "different")


def test_a_block_that_was_there_before_the_commitment_is_found_out(
    anvil: RunningChain, tmp_path: Path
) -> None:
    with serving(anvil, tmp_path) as service:
        draw = Draw(service, tmp_path)
        mine_to(anvil, tip(anvil) + 3)
        number = tip(anvil)
        draw.commit(number)  # its hash is known, and the order can be looked up beforehand
        draw.enter("2-drawn", draw.draw(block_hash_of(anvil, number), refusing=0))
        draw.reveal()
        code, told = draw.check("--rpc", anvil.url)
        assert (code, told["outcome"]) in {(3, "different"), (6, "could_not_check")}
        said = [each["en"] for each in told["reasons"]]
        assert any("was there when" in text or "anchored no earlier" in text for text in said)
