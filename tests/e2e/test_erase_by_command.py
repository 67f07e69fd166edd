"""Disclose and erase with the program, against a service that runs: as an operator does it."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import uvicorn
from typer.testing import CliRunner

from liuhen.cli.main import app
from liuhen.core.canonical import canonical
from liuhen.core.receipt import parse_receipt
from liuhen.wiring.app import build_app
from tests.fakes.running_service import NOBODY, running_logs
from tests.grep import forms_of_text, grep

PHONE = "13800138000（张三）"
SHEET = {
    "type": "contract",
    "case": "SLZX-2026-0031",
    "data": {"expert": {"name": "王五", "phone": PHONE}, "scores": ["43.00", "41.30", "39.90"]},
}
BASIS = "PIPL art. 47 (1)"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "state"
    folder.mkdir()
    # The service runs in this process: its diagnostics must not mix with what a command prints.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with running_logs(folder) as logs, socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        served = build_app(logs, hosts=["localhost", "127.0.0.1"])
        server = uvicorn.Server(uvicorn.Config(served, log_config=None, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, args=([sock],))
        thread.start()
        address = f"http://127.0.0.1:{sock.getsockname()[1]}"
        settings = [f'{name}_dir = "{folder / name}"' for name in ("data", "register", "keys")]
        settings += [f'policy_file = "{folder / "policy.json"}"', f'rpc_url = "{NOBODY}"']
        settings.append(f"port = {sock.getsockname()[1]}")
        (tmp_path / "liuhen.toml").write_text("\n".join(settings))
        yield address
        server.should_exit = True
        thread.join()
    structlog.reset_defaults()


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, words)))
    return done.exit_code, done.stdout, done.stderr


def test_a_score_sheet_is_disclosed_for_one_bidder_and_its_erased_twin_still_proves(
    url: str, tmp_path: Path
) -> None:
    state, policy = tmp_path / "state", tmp_path / "state" / "policy.json"
    sheet, receipt = tmp_path / "sheet.json", tmp_path / "receipt.json"
    sheet.write_bytes(canonical(SHEET))  # type: ignore[arg-type]
    code, stdout, stderr = run("append", "--url", url, sheet, "--json")
    assert code == 0, stderr
    record_id = json.loads(stdout)["record_id"]
    assert run("receipt", "fetch", record_id, "--url", url, "--out", receipt)[0] == 0

    # one field shown
    one = tmp_path / "one.json"
    assert run("disclose", receipt, "--show", "/data/scores/2", "-o", one)[0] == 0
    code, said, _ = run("verify", one, "--policy", policy, "--offline", "--lang", "en")
    assert code == 0, said
    assert "/data/scores/2  39.90" in said
    assert "43.00" not in one.read_text()

    # one field erased, by a receipt file
    assert grep([state], forms_of_text(PHONE))
    settings = tmp_path / "liuhen.toml"
    field = ("--field", "/data/expert/phone")
    words = ("--basis", BASIS, "--settings", settings)
    code, said, stderr = run("erase", receipt, *field, *words)
    assert code == 0, stderr
    assert f"{record_id}  erased  /data/expert/phone" in said
    assert (said.count("log.erasure"), stderr) == (1, "")
    assert grep([state], forms_of_text(PHONE)) == []

    # what is there now proves as before; what was given out before does too, and is not replaced
    twin = tmp_path / "twin.json"
    assert run("receipt", "fetch", record_id, "--url", url, "--out", twin)[0] == 0
    code, said, _ = run("verify", twin, "--policy", policy, "--offline", "--lang", "en")
    assert (code, PHONE in said) == (0, False)
    assert "hidden or erased (1): /data/expert/phone." in said
    assert run("verify", receipt, "--policy", policy, "--offline")[0] == 0
    code, _, stderr = run("receipt", "fetch", record_id, "--url", url, "--out", receipt)
    assert (code, "was not replaced" in stderr) == (6, True)
    before, after = parse_receipt(receipt.read_bytes()), parse_receipt(twin.read_bytes())
    assert before.entry_index == after.entry_index

    # again, by number; another field; and what cannot be erased
    assert run("erase", record_id, *field, *words)[0] == 7
    assert run("erase", record_id, "--field", "/type", *words)[0] == 7
    assert run("erase", record_id, "--field", "/data/fax", *words)[0] == 5
    code, said, _ = run("erase", record_id, "--field", "/data/expert", *words, "--json")
    assert code == 0
    assert json.loads(said)["erased"] == ["/data/expert/name", "/data/expert/phone"]


def test_without_the_operators_key_nothing_is_erased(url: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    sheet.write_bytes(canonical(SHEET))  # type: ignore[arg-type]
    record_id = json.loads(run("append", "--url", url, sheet, "--json")[1])["record_id"]
    key = tmp_path / "state" / "keys" / "operator.key"
    words = ("--field", "/data", "--basis", BASIS, "--settings", tmp_path / "liuhen.toml")
    key.write_text("0" * 64 + "\n")
    code, _, stderr = run("erase", record_id, *words)
    assert code == 6
    assert "operator" in stderr
    key.unlink()
    assert run("erase", record_id, *words)[0] == 6
    assert run("erase", record_id, "--field", "/data", "--basis", BASIS)[0] == 2
