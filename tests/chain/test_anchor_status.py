"""`liuhen anchor status` over a real chain: all is well, nothing to pay with, another chain."""

import json
import time
from pathlib import Path

import httpx2
from typer.testing import CliRunner

from liuhen.cli.main import app
from tests.chain.conftest import RunningChain
from tests.chain.test_several_logs import PATIENCE_SECONDS, serving

RUNNER = CliRunner()


def set_balance(chain: RunningChain, address: str, wei: int) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "anvil_setBalance", "params": [address, hex(wei)]}
    httpx2.post(chain.url, json=call, trust_env=False).raise_for_status()


def test_the_operator_is_told_what_is_so_beside_a_service_and_without_one(
    own_anvil: RunningChain, tmp_path: Path
) -> None:
    file = tmp_path / "liuhen.toml"

    def status(*words: str) -> tuple[int, str]:
        done = RUNNER.invoke(
            app, ["anchor", "status", "--settings", str(file), "--lang", "en", *words]
        )
        return done.exit_code, done.stdout

    with serving(own_anvil, tmp_path) as centre:
        lines = [
            f'{name} = "{getattr(centre.settings, name)}"'
            for name in ("data_dir", "register_dir", "keys_dir", "policy_file")
        ]
        file.write_text("\n".join([*lines, f'rpc_url = "{own_anvil.url}"', ""]))
        for name in ("north", "south"):
            centre.final_receipt(centre.append(name, 1))
        code, said = status()
        assert code == 0, said
        assert said.count("everything is anchored, or on its way") == 2
        chain = centre.client.get("/readyz").json()["logs"][0]["chain"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while chain["balance_wei"] is None:
            assert time.monotonic() < deadline
            chain = centre.client.get("/readyz").json()["logs"][0]["chain"]
        assert (chain["trouble"], chain["shortage"], chain["unanchored"]) == (None, None, 0)
        assert [node["condition"] for node in chain["nodes"]] == ["answering"]
        metrics = centre.client.get("/metrics").text
        assert 'liuhen_anchoring_ok{log="north"} 1.0' in metrics
        assert 'liuhen_anchoring_lease{log="south"} 1.0' in metrics
    told = json.loads(status("--log", "north", "--json")[1])
    assert told["anchored_size"] == told["final_size"] == told["size"]
    assert told["nodes"][0]["condition"] == "answering"
    (newest, *_) = told["newest"]
    life = json.loads(status("--id", str(newest["id"]), "--json")[1])
    set_balance(own_anvil, life["attempts"][0]["sender"], 7)
    code, said = status("--log", "north")
    assert code == 4, said
    assert "anchor.low_balance (wei 7" in said
    assert "the publisher has 7 wei" in said
    assert status("--log", "south")[0] == 0
    policy = centre.settings.policy_file / "north.json"
    genesis = json.loads(policy.read_text())["chain"]["genesis"]
    policy.write_text(policy.read_text().replace(genesis, "0x" + "00" * 32))
    code, said = status("--log", "north")
    assert code == 3, said
    assert "the chain contradicts the log" in said
