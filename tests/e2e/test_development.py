"""Chain, contract and service together, as processes: set up, stopped, started again."""

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liuhen.app.audit.finding import Finding
from liuhen.core.errors import Unavailable
from liuhen.core.policy import parse_policy
from liuhen.wiring.audit import audit_logs
from liuhen.wiring.development import dev
from liuhen.wiring.settings import load_settings

PROGRAM = Path(__file__).with_name("development_program.py")
SERVICE = Path(__file__).parents[2] / "service"
PATIENCE_SECONDS = 60


@contextmanager
def development(
    folder: Path, stop: signal.Signals = signal.SIGINT
) -> Iterator[tuple[httpx2.Client, str]]:
    """Run it, give a client and the chain's URL, stop it with a signal and see that it ends."""
    process = subprocess.Popen(
        [sys.executable, PROGRAM, folder],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SERVICE)},
    )
    assert process.stdout
    try:
        line = process.stdout.readline()
        assert line, "it did not become ready"
        url, rpc_url = line.split()
        with httpx2.Client(base_url=url, timeout=30) as client:
            yield client, rpc_url
        process.send_signal(stop)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def verdict_when_final(client: httpx2.Client, number: str) -> dict[str, Any]:
    """Verify a record's receipt once the service says that its entry is final."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while client.get(f"/v1/records/{number}").json()["life"] != "final":
        assert time.monotonic() < deadline, "the record did not become final"
        time.sleep(0.1)
    receipt = client.get(f"/v1/records/{number}/receipt").content
    verdict: dict[str, Any] = client.post("/v1/verify", content=receipt).json()
    return verdict


def append(client: httpx2.Client, body: bytes) -> str:
    answer = client.post("/v1/records", content=body)
    assert answer.status_code == 201
    number: str = answer.headers["Liuhen-Record-Id"]
    return number


def audited(folder: Path, client: httpx2.Client, rpc_url: str) -> list[Finding]:
    """Audit beside the running service, while it goes on."""
    settings = load_settings(folder / "liuhen.toml")
    assert settings.rpc_urls == (rpc_url,)
    found: list[Finding] = []
    append(client, b'{"data":"not anchored yet"}')
    done = list(
        audit_logs(settings, rpc_urls=[rpc_url], found=found.append, progress=lambda _: None)
    )
    assert [each.head.size > 3 for each in done] == [True]
    return found


def is_listening(url: str) -> bool:
    try:
        httpx2.post(url, json={}, timeout=5)
    except httpx2.HTTPError:
        return False
    return True


def test_a_record_becomes_final_and_everything_survives_a_restart(tmp_path: Path) -> None:
    with development(tmp_path) as (client, first_chain):
        first = append(client, b'{"data":"one","case":"P-1"}')
        assert verdict_when_final(client, first)["outcome"] == "match"
    assert not is_listening(first_chain)
    keys = {file: file.read_bytes() for file in (tmp_path / "keys").iterdir()}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in keys)
    policy = (tmp_path / "policy.json").read_bytes()

    with development(tmp_path, signal.SIGTERM) as (client, second_chain):
        assert client.get(f"/v1/records/{first}").json()["life"] == "final"
        assert verdict_when_final(client, first)["outcome"] == "match"
        second = append(client, b'{"data":"two","case":"P-1"}')
        found = verdict_when_final(client, second)
        assert (found["outcome"], found["facts"]["case"]) == ("match", "P-1"), found["reason"]
        record = client.get(f"/v1/records/{second}").json()["record"]
        assert record["case_seq"] == 1
        assert record["after_block"]["number"] is not None
        digest = hashlib.sha256(b'"two"').hexdigest()
        assert client.get(f"/v1/lookup?digest=sha-256:{digest}").status_code == 200
        with pytest.raises(Unavailable, match="already"):
            dev(tmp_path, 0)
        assert audited(tmp_path, client, second_chain) == []
    assert not is_listening(second_chain)
    assert {file: file.read_bytes() for file in (tmp_path / "keys").iterdir()} == keys
    assert (tmp_path / "policy.json").read_bytes() == policy


def test_a_chain_that_was_wiped_is_begun_anew_and_the_log_goes_on(tmp_path: Path) -> None:
    with development(tmp_path) as (client, _):
        first = append(client, b'{"data":"one","case":"P-1"}')
        assert verdict_when_final(client, first)["outcome"] == "match"
        receipt = client.get(f"/v1/records/{first}/receipt").content
    before = parse_policy((tmp_path / "policy.json").read_bytes())
    shutil.rmtree(tmp_path / "chain")

    with development(tmp_path) as (client, chain):
        assert verdict_when_final(client, first)["outcome"] == "match"
        second = append(client, b'{"data":"two","case":"P-1"}')
        assert verdict_when_final(client, second)["outcome"] == "match"
        assert client.get(f"/v1/records/{second}").json()["record"]["case_seq"] == 1
        old = client.post("/v1/verify", content=receipt).json()
        assert old["outcome"] != "match"  # its anchor stood on the chain that is gone
        assert audited(tmp_path, client, chain) == []
    after = parse_policy((tmp_path / "policy.json").read_bytes())
    assert after.chain.genesis != before.chain.genesis
    assert replace(after, chain=before.chain) == before
    with closing(sqlite3.connect(tmp_path / "data" / "liuhen.sqlite")) as database:
        kept = database.execute("SELECT wiped, state FROM anchor ORDER BY anchor_id").fetchall()
    assert (1, "final") in kept
    assert (0, "final") in kept
